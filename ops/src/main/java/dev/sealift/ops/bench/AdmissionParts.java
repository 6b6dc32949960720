package dev.sealift.ops.bench;

import dev.sealift.ops.bench.RawDevice.PutFileBytes;
import dev.sealift.ops.bench.Sockets.Socket;
import dev.sealift.ops.bench.Workbench.Mesh;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The processor time that small files cost each part of a mesh in one process, told apart by threads: event loops carry the gateway and
 * the mail between the parts, the merge engine and the store have threads of their own. Compiling and collecting garbage are in none.
 */
final class AdmissionParts implements Measurement {
  private static final int FILES_A_PUT = 64;
  private static final int PAYLOAD_BYTES = 128;

  private final Workbench bench;

  AdmissionParts(Workbench bench) {
    this.bench = bench;
  }

  @Override
  public Set<BenchRow> rows() {
    return Set.of(
        BenchRow.ADMISSION_GATEWAY,
        BenchRow.ADMISSION_MERGE_ENGINE,
        BenchRow.ADMISSION_STORAGE_ADAPTER);
  }

  @Override
  public boolean warmsUp() {
    return false;
  }

  @Override
  public void round(int number, Figures figures) throws Exception {
    Path folder = bench.fresh("admission");
    Random random = new Random(number);
    int puts = Math.max(1, bench.plan().files() / FILES_A_PUT);
    double verifying = PropagationFloor.verifying() * 1e3;
    Sockets sockets = new Sockets();
    try (Mesh mesh = bench.mesh(folder);
        Socket stranger = sockets.open(mesh.url());
        Socket socket = sockets.open(mesh.url())) {
      RawDevice device = new RawDevice(RawDevice.notary(stranger, random), random);
      device.enter(socket);
      put(device, socket, puts); // as many again, so that all code is compiled
      JsonObject before = processor(mesh);
      put(device, socket, puts);
      JsonObject after = processor(mesh);
      int files = puts * FILES_A_PUT;
      figures.add(
          BenchRow.ADMISSION_GATEWAY,
          micros(before, after, name -> name.startsWith("vert.x-eventloop")) / files,
          verifying);
      figures.add(
          BenchRow.ADMISSION_MERGE_ENGINE,
          micros(before, after, name -> name.startsWith("sealift-merge-engine")) / files,
          verifying);
      figures.add(
          BenchRow.ADMISSION_STORAGE_ADAPTER,
          micros(before, after, name -> name.startsWith("sealift-store")) / files,
          verifying);
    }
    Workbench.clear(folder);
  }

  private static JsonObject processor(Mesh mesh) throws Exception {
    return new JsonObject(mesh.process().ask(Answering.PROCESSOR));
  }

  private static double micros(JsonObject before, JsonObject after, Predicate<String> threads) {
    return after.fieldNames().stream()
            .filter(threads)
            .mapToLong(name -> after.getLong(name) - before.getLong(name, 0L))
            .sum()
        / 1e3;
  }

  /** Two Puts are under way at any time, so that the mesh always has work. */
  private static void put(RawDevice device, Socket socket, int puts) throws Exception {
    List<PutFileBytes> next = device.files(FILES_A_PUT, PAYLOAD_BYTES);
    RawDevice.send(socket, next);
    for (int i = 1; i < puts; i++) {
      RawDevice.send(socket, device.files(FILES_A_PUT, PAYLOAD_BYTES));
      RawDevice.awaitReceipts(socket);
    }
    RawDevice.awaitReceipts(socket);
  }
}
