package dev.sealift.storage.sqlite;

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
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The embedded store: one SQLite file, its write-ahead log, and a lock beside it.
 *
 * <p>One thread writes, in groups; a few read. A commit is answered when its transaction is on disk
 * (write-ahead log, {@code synchronous=FULL}). A store whose disk is full refuses commits, goes on reading,
 * and commits again when there is space.
 */
public final class SqliteFileStore implements FileStore {
  private final StoreFile file;
  private final StagingArea area;
  private final PayloadStaging staging;
  private final GroupWriter writer;
  private final InstantSource clock;
  private final StoreMeters meters;

  /**
   * Opens the store in this file, and makes the file when it is not there. Blocks.
   *
   * @param clock what the store says the time is: an embedded store has no other than its process's
   * @throws StoreOpenException saying what to do about it
   */
  public static SqliteFileStore open(
      Path path, SqliteOptions options, InstantSource clock, MeterRegistry meters)
      throws StoreOpenException {
    SecureRandom random = new SecureRandom();
    long keepNanos = options.keepStaged().toNanos();
    StagingArea area =
        new StagingArea(options.stagingBytes(), keepNanos, random.nextLong(), random.nextLong());
    StoreMeters shown = new StoreMeters(meters, SqlFailure.reasons());
    return new SqliteFileStore(StoreFile.open(path, options, meters, shown), area, clock, shown);
  }

  private SqliteFileStore(
      StoreFile file, StagingArea area, InstantSource clock, StoreMeters meters) {
    this.file = file;
    this.area = area;
    this.staging = new PayloadStaging(area, file.hashers(), System::nanoTime);
    this.writer = new GroupWriter(file, area, clock, meters);
    this.clock = clock;
    this.meters = meters;
    meters.showStagedBytes(area::usedBytes, area.capacityBytes());
    meters.showWritesWaiting(writer::waiting, GroupWriter.MAX_WAITING);
    meters.showReadsWaiting(file.readers()::waiting, ReaderPool.MAX_WAITING);
    writer.start();
  }

  @Override
  public CompletionStage<StageReply> stage(StageRequest request) {
    return staging.stage(request);
  }

  @Override
  public CompletionStage<CommitReply> commit(CommitRequest request) {
    Write.Commit write = new Write.Commit(request, area);
    writer.submit(write);
    return write
        .reply()
        .thenApply(reply -> reply.toBuilder().setStoreTimeMillis(clock.millis()).build());
  }

  @Override
  public CompletionStage<LoadSpaceReply> loadSpace(LoadSpaceRequest request) {
    return file.readers()
        .submit(statements -> new SpaceReader(statements).load(request))
        .thenApply(reply -> reply.toBuilder().setStoreTimeMillis(clock.millis()).build());
  }

  @Override
  public CompletionStage<LookUpReply> lookUp(LookUpRequest request) {
    return file.readers().submit(statements -> new LogReader(statements).lookUp(request));
  }

  @Override
  public CompletionStage<ReadReply> read(ReadRequest request) {
    return file.readers().submit(statements -> new LogReader(statements).read(request));
  }

  @Override
  public CompletionStage<OutlineReply> outline(OutlineRequest request) {
    return file.readers().submit(statements -> new LogReader(statements).outline(request));
  }

  @Override
  public CompletionStage<EntriesReply> entries(EntriesRequest request) {
    return file.readers().submit(statements -> new LogReader(statements).entries(request));
  }

  @Override
  public CompletionStage<CompactionsReply> compactions(CompactionsRequest request) {
    return file.readers().submit(statements -> new LogReader(statements).compactions(request));
  }

  @Override
  public CompletionStage<PositionsReply> recordPositions(PositionsRequest request) {
    Write.Positions write = new Write.Positions(request);
    writer.submit(write);
    return write.reply();
  }

  @Override
  public CompletionStage<List<DevicePosition>> positions(SpaceId space) {
    return file.readers().submit(statements -> new SpaceReader(statements).positions(space));
  }

  @Override
  public CompletionStage<SignedPositionsReply> signedPositions(SignedPositionsRequest request) {
    return file.readers()
        .submit(statements -> new SpaceReader(statements).signedPositions(request));
  }

  @Override
  public CompletionStage<SpacesReply> spaces(SpacesRequest request) {
    return file.readers().submit(statements -> new SpaceReader(statements).spaces(request));
  }

  @Override
  public CompletionStage<DevicesReply> devices(DevicesRequest request) {
    return file.readers().submit(statements -> new SpaceReader(statements).devices(request));
  }

  @Override
  public CompletionStage<ReclaimReply> reclaim(ReclaimRequest request) {
    Write.Drop<ReclaimRequest, ReclaimReply> write = Write.Drop.of(request);
    writer.submit(write);
    return write.reply();
  }

  @Override
  public CompletionStage<ExpireReply> expire(ExpireRequest request) {
    Write.Drop<ExpireRequest, ExpireReply> write = Write.Drop.of(request);
    writer.submit(write);
    return write.reply();
  }

  @Override
  public void close() {
    writer.close();
    file.close();
    meters.close();
  }
}
