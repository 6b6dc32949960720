package dev.sealift.ops.bench;

import dev.sealift.ops.mesh.Role;
import dev.sealift.ops.programs.FreePort;
import java.net.URI;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Starts a mesh as it runs in production: a process for each verticle, joined by Hazelcast, each with the JVM's settings of its container.
 * What others need comes first; the gateway finds everybody there.
 */
final class ClusterStart {
  private static final List<Role> ORDER =
      List.of(Role.STORAGE_ADAPTER, Role.MERGE_ENGINE, Role.GATEWAY);

  private final Workbench bench;
  private final String data;
  private final String store;
  private final Map<Role, ChildProcess> started = new EnumMap<>(Role.class);

  /**
   * @param data the folder where they find one notary key
   * @param store as {@link MeshMain} takes it
   */
  ClusterStart(Workbench bench, String data, String store) {
    this.bench = bench;
    this.data = data;
    this.store = store;
  }

  Mesh start(Mesh.Ending ending) throws Exception {
    try {
      String said = "";
      String others = "";
      for (Role role : ORDER) {
        int port = FreePort.next();
        ChildProcess process = bench.child(
            MeshMain.class, Container.FLAGS, data, store, role.text(), "" + port, others);
        started.put(role, process);
        said = process.line(Workbench.START_SECONDS);
        others = others + (others.isEmpty() ? "" : ",") + ThrowawayPostgres.ADDRESS + ":" + port;
      }
      return new Mesh(URI.create(said), started, ending);
    } catch (Exception e) {
      for (ChildProcess process : started.values()) {
        process.close();
      }
      throw e;
    }
  }
}
