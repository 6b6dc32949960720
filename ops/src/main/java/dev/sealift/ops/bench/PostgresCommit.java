package dev.sealift.ops.bench;

import dev.sealift.ops.bench.EngineBatches.Batch;
import dev.sealift.ops.bench.EngineBatches.Part;
import dev.sealift.protocol.mesh.proto.CommitReply;
import dev.sealift.protocol.mesh.proto.CommitRequest;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.protocol.mesh.proto.StageReply;
import dev.sealift.protocol.mesh.proto.StageRequest;
import dev.sealift.storage.FileStore;
import dev.sealift.storage.postgres.PostgresFileStore;
import dev.sealift.storage.postgres.PostgresOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * What the store on PostgreSQL commits, without a mesh around it: payloads are staged and committed through its {@code FileStore} by as many
 * engines as it has connections that write, each with one commit under way as engines have. Beside it the same batches as plain inserts.
 */
final class PostgresCommit implements Measurement {
  /** As many files as an engine commits at once ({@code EngineLimits}), when they are small. */
  private static final int SMALL_BATCH = 256;

  /** A payload that holds many rows, and as many as an engine's bound of 8 MiB lets into a commit. */
  private static final int LARGE_BYTES = 256 << 10;

  private static final int LARGE_BATCH = 30;
  private static final int LARGE_BATCHES = 12;

  /** Different large payloads: the server does not look whether it has them already. */
  private static final int LARGE_KINDS = 8;

  private static final double MEGABYTE = 1e6;

  private final Workbench bench;

  PostgresCommit(Workbench bench) {
    this.bench = bench;
  }

  @Override
  public Set<BenchRow> rows() {
    return Set.of(BenchRow.POSTGRES_COMMIT, BenchRow.POSTGRES_COMMIT_LARGE);
  }

  @Override
  public boolean warmsUp() {
    return true;
  }

  @Override
  public void round(int number, Figures figures) throws Exception {
    int payloadBytes = bench.plan().fileBytes();
    int files = bench.plan().files();
    if (bench.plan().only().contains(BenchRow.POSTGRES_COMMIT)) {
      Shape small = new Shape(payloadBytes, files, SMALL_BATCH, Math.max(1, files / SMALL_BATCH));
      Seconds seconds = measure(number, small);
      figures.add(
          BenchRow.POSTGRES_COMMIT, seconds.files / seconds.store, seconds.files / seconds.floor);
    }
    if (bench.plan().only().contains(BenchRow.POSTGRES_COMMIT_LARGE)) {
      Seconds seconds =
          measure(number, new Shape(LARGE_BYTES, LARGE_KINDS, LARGE_BATCH, LARGE_BATCHES));
      figures.add(
          BenchRow.POSTGRES_COMMIT_LARGE,
          seconds.bytes / MEGABYTE / seconds.store,
          seconds.bytes / MEGABYTE / seconds.floor);
    }
  }

  /**
   * What is committed.
   *
   * @param batches of all engines together
   */
  private record Shape(int payloadBytes, int payloadKinds, int batchFiles, int batches) {}

  private record Seconds(double store, double floor, double files, double bytes) {}

  private Seconds measure(int number, Shape shape) throws Exception {
    ThrowawayPostgres server = bench.postgres();
    PostgresOptions options = server.freshStore();
    List<Batch> founding = new ArrayList<>();
    List<List<Batch>> engines = new ArrayList<>();
    for (int i = 0; i < options.writers(); i++) {
      EngineBatches made = new EngineBatches(
          new Random((long) number * options.writers() + i),
          shape.payloadBytes,
          shape.payloadKinds);
      founding.add(made.founding());
      List<Batch> batches = new ArrayList<>();
      for (int batch = i; batch < shape.batches; batch += options.writers()) {
        batches.add(made.next(shape.batchFiles));
      }
      engines.add(batches);
    }
    Vertx vertx = Vertx.vertx();
    try {
      server.settle();
      double floor = new PostgresFloor(vertx, options).seconds(engines);
      server.settle();
      double store = store(vertx, options, founding, engines);
      List<Batch> all = engines.stream().flatMap(List::stream).toList();
      return new Seconds(
          store,
          floor,
          all.stream().mapToInt(Batch::files).sum(),
          all.stream().mapToLong(Batch::bytes).sum());
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(1, TimeUnit.MINUTES);
      server.drop(options);
    }
  }

  private static double store(
      Vertx vertx, PostgresOptions options, List<Batch> founding, List<List<Batch>> engines)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(engines.size());
    try (FileStore store = PostgresFileStore.open(vertx, options, new SimpleMeterRegistry())) {
      for (Batch batch : founding) {
        commitAll(store, List.of(batch));
      }
      return Workbench.seconds(() -> {
        List<Future<?>> running = new ArrayList<>();
        for (List<Batch> batches : engines) {
          running.add(threads.submit(() -> {
            commitAll(store, batches);
            return null;
          }));
        }
        for (Future<?> engine : running) {
          engine.get(Workbench.DEADLINE.toSeconds(), TimeUnit.SECONDS);
        }
      });
    } finally {
      threads.shutdownNow();
    }
  }

  /** One commit after another; while one is under way, the payloads of the next are staged. */
  private static void commitAll(FileStore store, List<Batch> batches) throws Exception {
    CompletionStage<CommitReply> underWay =
        CompletableFuture.completedStage(CommitReply.getDefaultInstance());
    for (Batch batch : batches) {
      CommitRequest request = stage(store, batch);
      requireCommitted(await(underWay));
      underWay = store.commit(request);
    }
    requireCommitted(await(underWay));
  }

  private static CommitRequest stage(FileStore store, Batch batch) throws Exception {
    List<CompletionStage<StageReply>> staged = new ArrayList<>();
    for (Part part : batch.parts()) {
      staged.add(store.stage(StageRequest.newBuilder()
          .setSpace(part.commit().getSpace())
          .addAllPayloads(part.payloads())
          .build()));
    }
    CommitRequest.Builder request = CommitRequest.newBuilder();
    for (int i = 0; i < staged.size(); i++) {
      request.addCommits(complete(batch.parts().get(i).commit(), await(staged.get(i))));
    }
    return request.build();
  }

  private static SpaceCommit complete(SpaceCommit commit, StageReply staged) {
    SpaceCommit.Builder complete = commit.toBuilder();
    for (int i = 0; i < staged.getStagedCount(); i++) {
      complete
          .getFilesBuilder(i)
          .setPayloadToken(staged.getStaged(i).getToken())
          .setPayloadSha256(staged.getStaged(i).getSha256());
    }
    return complete.build();
  }

  private static void requireCommitted(CommitReply reply) throws BenchFailedException {
    if (reply.getResultsList().stream()
        .anyMatch(result -> result != CommitResult.COMMIT_RESULT_COMMITTED)) {
      throw new BenchFailedException("The store did not commit what it should.");
    }
  }

  private static <T> T await(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(Workbench.DEADLINE.toSeconds(), TimeUnit.SECONDS);
  }
}
