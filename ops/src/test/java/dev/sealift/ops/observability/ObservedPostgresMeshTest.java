package dev.sealift.ops.observability;

import dev.sealift.ops.mesh.StoreLocation;
import dev.sealift.ops.support.Database;
import java.nio.file.Path;

/** With a real PostgreSQL. */
class ObservedPostgresMeshTest extends ObservedMesh {
  @Override
  StoreLocation store(Path data) throws Exception {
    return new StoreLocation.Postgres(Database.create().options());
  }

  @Override
  String otherStore() {
    return "(embedded store)";
  }
}
