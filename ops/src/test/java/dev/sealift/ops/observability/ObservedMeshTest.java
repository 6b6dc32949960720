package dev.sealift.ops.observability;

import dev.sealift.ops.mesh.StoreLocation;
import java.nio.file.Path;

/** With the embedded store. */
class ObservedMeshTest extends ObservedMesh {
  @Override
  StoreLocation store(Path data) {
    return StoreLocation.in(data);
  }

  @Override
  String otherStore() {
    return "(PostgreSQL)";
  }
}
