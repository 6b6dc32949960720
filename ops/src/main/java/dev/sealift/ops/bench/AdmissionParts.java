package dev.sealift.ops.bench;

import dev.sealift.ops.bench.RawDevice.PutFileBytes;
import dev.sealift.ops.bench.Sockets.Socket;
import dev.sealift.ops.mesh.Role;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * The processor time that small files cost each part of a mesh. In one process they are told apart by threads: event loops carry the gateway and
 * the mail between the parts, the merge engine and the store have threads of their own; compiling and collecting garbage are in none. A process
 * of its own counts with all that it does.
 */
final class AdmissionParts implements Measurement {
  private static final int FILES_A_PUT = 64;

  private static final Set<Role> ON_THE_WAY =
      EnumSet.of(Role.GATEWAY, Role.MERGE_ENGINE, Role.STORAGE_ADAPTER);

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
      Map<BenchRow, Double> before = micros(mesh);
      put(device, socket, puts);
      Map<BenchRow, Double> after = micros(mesh);
      after.forEach((row, micros) -> figures.add(
          row, (micros - before.getOrDefault(row, 0.0)) / (puts * FILES_A_PUT), verifying));
    }
    Workbench.clear(folder);
  }

  private Map<BenchRow, Double> micros(Mesh mesh) throws Exception {
    return bench.plan().cluster() ? ofProcesses(mesh) : ofThreads(mesh);
  }

  private static Map<BenchRow, Double> ofProcesses(Mesh mesh) throws Exception {
    Map<BenchRow, Double> micros = new EnumMap<>(BenchRow.class);
    for (Role role : ON_THE_WAY) {
      micros.put(row(role), processor(mesh.process(role)).getLong(Answering.WHOLE) / 1e3);
    }
    return micros;
  }

  private static Map<BenchRow, Double> ofThreads(Mesh mesh) throws Exception {
    JsonObject threads = processor(mesh.gateway());
    Map<BenchRow, Double> micros = new EnumMap<>(BenchRow.class);
    for (Role role : ON_THE_WAY) {
      double nanos = threads.fieldNames().stream()
          .filter(name -> name.startsWith(threads(role)))
          .mapToLong(threads::getLong)
          .sum();
      micros.put(row(role), nanos / 1e3);
    }
    return micros;
  }

  private static BenchRow row(Role role) {
    return switch (role) {
      case GATEWAY -> BenchRow.ADMISSION_GATEWAY;
      case MERGE_ENGINE -> BenchRow.ADMISSION_MERGE_ENGINE;
      case STORAGE_ADAPTER -> BenchRow.ADMISSION_STORAGE_ADAPTER;
      case COMPACTOR -> throw notOnTheWay();
    };
  }

  /** What its threads' names begin with. A store on PostgreSQL works on an event loop too. */
  private static String threads(Role role) {
    return switch (role) {
      case GATEWAY -> "vert.x-eventloop";
      case MERGE_ENGINE -> "sealift-merge-engine";
      case STORAGE_ADAPTER -> "sealift-store";
      case COMPACTOR -> throw notOnTheWay();
    };
  }

  private static IllegalArgumentException notOnTheWay() {
    return new IllegalArgumentException("nothing that is admitted goes by way of a compactor");
  }

  private static JsonObject processor(ChildProcess process) throws Exception {
    return new JsonObject(process.ask(Answering.PROCESSOR));
  }

  /** Two Puts are under way at any time, so that the mesh always has work. */
  private void put(RawDevice device, Socket socket, int puts) throws Exception {
    int payloadBytes = bench.plan().fileBytes();
    List<PutFileBytes> next = device.files(FILES_A_PUT, payloadBytes);
    RawDevice.send(socket, next);
    for (int i = 1; i < puts; i++) {
      RawDevice.send(socket, device.files(FILES_A_PUT, payloadBytes));
      RawDevice.awaitReceipts(socket);
    }
    RawDevice.awaitReceipts(socket);
  }
}
