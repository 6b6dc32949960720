package dev.sealift.storage.postgres;

import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.CommitReply;
import dev.sealift.protocol.mesh.proto.CommitRequest;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.DevicePosition;
import dev.sealift.protocol.mesh.proto.DevicesReply;
import dev.sealift.protocol.mesh.proto.DevicesRequest;
import dev.sealift.protocol.mesh.proto.EntriesReply;
import dev.sealift.protocol.mesh.proto.EntriesRequest;
import dev.sealift.protocol.mesh.proto.ExpireReply;
import dev.sealift.protocol.mesh.proto.ExpireRequest;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.LoadSpaceRequest;
import dev.sealift.protocol.mesh.proto.LookUpReply;
import dev.sealift.protocol.mesh.proto.LookUpRequest;
import dev.sealift.protocol.mesh.proto.OutlineReply;
import dev.sealift.protocol.mesh.proto.OutlineRequest;
import dev.sealift.protocol.mesh.proto.PositionsReply;
import dev.sealift.protocol.mesh.proto.PositionsRequest;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.mesh.proto.ReadRequest;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.protocol.mesh.proto.SignedPositionsReply;
import dev.sealift.protocol.mesh.proto.SignedPositionsRequest;
import dev.sealift.protocol.mesh.proto.SpacesReply;
import dev.sealift.protocol.mesh.proto.SpacesRequest;
import dev.sealift.protocol.mesh.proto.StageReply;
import dev.sealift.protocol.mesh.proto.StageRequest;
import dev.sealift.storage.FileStore;
import dev.sealift.storage.StoreMeters;
import dev.sealift.storage.StoreOpenException;
import dev.sealift.storage.staging.PayloadStaging;
import dev.sealift.storage.staging.StagingArea;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The store on PostgreSQL. Any number of processes may have it open at once; staged payloads are of one
 * process, so a payload and its commit must meet at the same one.
 *
 * <p>Whatever the server does (restarts, hands over to a standby, runs full), requests fail for as long as it
 * lasts, and the store finds its way back by itself.
 */
public final class PostgresFileStore implements FileStore {
  private final Lanes lanes;
  private final GroupWriter writer;
  private final ReadQueue reader;
  private final LoadQueue loader;
  private final PayloadStaging staging;
  private final ExecutorService hashers;
  private final StoreMeters meters;

  /**
   * Opens the store, whose schema must be there already: {@link PostgresMigration}. Blocks, so not on an
   * event loop.
   *
   * @throws StoreOpenException saying what to do about it
   */
  public static PostgresFileStore open(Vertx vertx, PostgresOptions options, MeterRegistry meters)
      throws StoreOpenException {
    return new PostgresFileStore(
        Lanes.open(vertx, options), options, new StoreMeters(meters, PgFailure.reasons()));
  }

  private PostgresFileStore(Lanes lanes, PostgresOptions options, StoreMeters meters) {
    SecureRandom random = new SecureRandom();
    StagingArea area = new StagingArea(
        options.stagingBytes(),
        options.keepStaged().toNanos(),
        random.nextLong(),
        random.nextLong());
    this.lanes = lanes;
    this.meters = meters;
    this.hashers = Executors.newFixedThreadPool(options.writers(), PostgresFileStore::hasher);
    this.staging = new PayloadStaging(area, hashers, System::nanoTime);
    this.writer = new GroupWriter(lanes.context(), lanes.writers(), area, meters);
    ReadFailures failures = new ReadFailures(meters);
    this.reader = new ReadQueue(lanes.context(), lanes.readers(), failures);
    this.loader = new LoadQueue(lanes.context(), lanes.loaders(), failures);
    show(area);
    lanes.keep(() -> {
      area.dropStale(System.nanoTime());
      loader.dropStale(System.nanoTime());
    });
  }

  private static Thread hasher(Runnable task) {
    Thread thread = new Thread(task, "sealift-store-hasher");
    thread.setDaemon(true);
    return thread;
  }

  private void show(StagingArea area) {
    meters.showStagedBytes(area::usedBytes, area.capacityBytes());
    meters.showWritesWaiting(writer::waiting, GroupWriter.MAX_WAITING);
    meters.showReadsWaiting(this::readsWaiting, ReadQueue.MAX_WAITING + LoadQueue.MAX_WAITING);
    meters.show("connections.open", lanes::open);
    meters.show("connections.busy", lanes::busy);
  }

  private int readsWaiting() {
    return reader.waiting() + loader.waiting();
  }

  @Override
  public CompletionStage<StageReply> stage(StageRequest request) {
    return staging.stage(request);
  }

  @Override
  public CompletionStage<CommitReply> commit(CommitRequest request) {
    return submit(new PgWrite.Commit(request));
  }

  private <R> CompletionStage<R> submit(PgWrite<R> write) {
    writer.submit(write);
    return write.reply();
  }

  @Override
  public CompletionStage<LoadSpaceReply> loadSpace(LoadSpaceRequest request) {
    return loader.submit(request);
  }

  @Override
  public CompletionStage<LookUpReply> lookUp(LookUpRequest request) {
    return reader.submit(session -> new LogQueries(session, request.getSpace()).lookUp(request));
  }

  @Override
  public CompletionStage<ReadReply> read(ReadRequest request) {
    return reader.submit(session -> new LogQueries(session, request.getSpace()).read(request));
  }

  @Override
  public CompletionStage<OutlineReply> outline(OutlineRequest request) {
    return reader.submit(session -> new LogQueries(session, request.getSpace()).outline(request));
  }

  @Override
  public CompletionStage<EntriesReply> entries(EntriesRequest request) {
    return reader.submit(session -> new LogQueries(session, request.getSpace()).entries(request));
  }

  @Override
  public CompletionStage<CompactionsReply> compactions(CompactionsRequest request) {
    return reader.submit(session -> new CompactionQueries(session, request).answer());
  }

  @Override
  public CompletionStage<PositionsReply> recordPositions(PositionsRequest request) {
    return submit(new PgWrite.Positions(request));
  }

  @Override
  public CompletionStage<List<DevicePosition>> positions(SpaceId space) {
    return reader.submit(session -> SpaceQueries.positions(session, space));
  }

  @Override
  public CompletionStage<SignedPositionsReply> signedPositions(SignedPositionsRequest request) {
    return reader.submit(session -> SpaceQueries.signedPositions(session, request));
  }

  @Override
  public CompletionStage<SpacesReply> spaces(SpacesRequest request) {
    return reader.submit(session -> SpaceQueries.spaces(session, request));
  }

  @Override
  public CompletionStage<DevicesReply> devices(DevicesRequest request) {
    return reader.submit(session -> SpaceQueries.devices(session, request));
  }

  @Override
  public CompletionStage<ReclaimReply> reclaim(ReclaimRequest request) {
    return submit(new PgWrite.Reclaim(request));
  }

  @Override
  public CompletionStage<ExpireReply> expire(ExpireRequest request) {
    return submit(new PgWrite.Expire(request));
  }

  @Override
  public void close() {
    writer.stopTaking();
    reader.stopTaking();
    loader.stopTaking();
    lanes.closeWhen(() -> writer.isIdle() && reader.isIdle() && loader.isIdle());
    hashers.shutdown();
    meters.close();
  }
}
