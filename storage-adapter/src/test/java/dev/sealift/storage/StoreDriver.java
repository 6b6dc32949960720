package dev.sealift.storage;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.CommitRequest;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.DevicePosition;
import dev.sealift.protocol.mesh.proto.DeviceSeen;
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
import dev.sealift.protocol.mesh.proto.PositionsRequest;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.mesh.proto.ReadRequest;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.protocol.mesh.proto.SignedPositionsRequest;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.protocol.mesh.proto.SpaceSize;
import dev.sealift.protocol.mesh.proto.SpacesRequest;
import dev.sealift.protocol.mesh.proto.StageRequest;
import dev.sealift.protocol.mesh.proto.StagedPayload;
import dev.sealift.protocol.proto.FileKind;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks a store and waits for the answer. */
public final class StoreDriver {
  public static final int MUCH = StoreLimits.MAX_READ_BYTES;

  private static final long DEADLINE_SECONDS = 30;

  private final FileStore store;

  public StoreDriver(FileStore store) {
    this.store = store;
  }

  public static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StoreException failure) {
        throw failure;
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /** The failure of a stage that must fail. */
  public static MeshFailure failureOf(CompletionStage<?> stage) {
    try {
      throw new AssertionError("answered " + await(stage));
    } catch (StoreException e) {
      return e.failure();
    }
  }

  public List<StagedPayload> stage(List<ByteString> payloads) {
    return await(store.stage(StageRequest.newBuilder().addAllPayloads(payloads).build()))
        .getStagedList();
  }

  /** The commit of these files, their payloads staged. */
  public SpaceCommit staged(SampleLog log, List<SampleFile> files) {
    return log.commit(files, stage(files.stream().map(SampleFile::payload).toList()));
  }

  public List<CommitResult> commit(SpaceCommit... commits) {
    return await(store.commit(request(commits))).getResultsList();
  }

  public static CommitRequest request(SpaceCommit... commits) {
    return CommitRequest.newBuilder().addAllCommits(Arrays.asList(commits)).build();
  }

  /** Stages and commits; the log has the files when the store has them. */
  public CommitResult append(SampleLog log, List<SampleFile> files) {
    CommitResult result = commit(staged(log, files)).get(0);
    if (result == CommitResult.COMMIT_RESULT_COMMITTED) {
      log.accept(files);
    }
    return result;
  }

  public CommitResult append(SampleLog log, DeviceId device, ByteString... payloads) {
    return append(log, log.next(device, FileKind.FILE_KIND_EVENTS, payloads));
  }

  public LoadSpaceReply load(SampleLog log) {
    return await(store.loadSpace(
        LoadSpaceRequest.newBuilder().setSpace(log.space().byteString()).build()));
  }

  /** In as many reads as it takes. */
  public ReadReply readAll(SampleLog log) {
    ReadReply.Builder all = read(log, 0, log.size()).toBuilder();
    int reached = 0;
    while (reached < all.getEntriesCount() && all.getEntriesCount() < log.size()) {
      reached = all.getEntriesCount();
      all.addAllEntries(read(log, reached, log.size()).getEntriesList()).clearConsistency();
    }
    return all.build();
  }

  public ReadReply read(SampleLog log, long after, long head) {
    return read(range(log, after, head).build());
  }

  public ReadReply read(ReadRequest request) {
    return await(store.read(request));
  }

  public static ReadRequest.Builder range(SampleLog log, long after, long head) {
    return ReadRequest.newBuilder()
        .setSpace(log.space().byteString())
        .setAfterSequence(after)
        .setHeadSize(head)
        .setMaxBytes(MUCH)
        .setMaxFiles(StoreLimits.MAX_READ_FILES);
  }

  public LookUpReply lookUp(LookUpRequest request) {
    return await(store.lookUp(request));
  }

  public OutlineReply outline(OutlineRequest.Builder request) {
    return await(store.outline(request.build()));
  }

  public static OutlineRequest.Builder outlineOf(SampleLog log, long after, long upTo) {
    return OutlineRequest.newBuilder()
        .setSpace(log.space().byteString())
        .setAfterSequence(after)
        .setUpTo(upTo)
        .setHeadSize(log.size())
        .setMaxBytes(MUCH)
        .setMaxEntries(StoreLimits.MAX_READ_FILES);
  }

  public EntriesReply entries(EntriesRequest.Builder request) {
    return await(store.entries(request.build()));
  }

  public static EntriesRequest.Builder entriesOf(SampleLog log, Long... sequences) {
    return EntriesRequest.newBuilder()
        .setSpace(log.space().byteString())
        .addAllSequences(Arrays.asList(sequences))
        .setHeadSize(log.size())
        .setMaxBytes(MUCH);
  }

  public CompactionsReply compactions(CompactionsRequest.Builder request) {
    return await(store.compactions(request.build()));
  }

  /** As of the log's end. */
  public static CompactionsRequest.Builder ask(SampleLog log) {
    return CompactionsRequest.newBuilder()
        .setSpace(log.space().byteString())
        .setHeadSize(log.size());
  }

  public void record(SampleLog log, DeviceId device, long sequence) {
    record(log, device, sequence, ByteString.EMPTY);
  }

  public void record(SampleLog log, DeviceId device, long sequence, ByteString signed) {
    record(position(log, device, sequence, signed));
  }

  public void record(DevicePosition... positions) {
    await(store.recordPositions(
        PositionsRequest.newBuilder().addAllPositions(List.of(positions)).build()));
  }

  public static DevicePosition position(
      SampleLog log, DeviceId device, long sequence, ByteString signed) {
    return DevicePosition.newBuilder()
        .setSpace(log.space().byteString())
        .setDevice(device.byteString())
        .setSequence(sequence)
        .setSignedPosition(signed)
        .build();
  }

  /** As far as one answer goes. */
  public List<ByteString> signedPositions(SampleLog log, ByteString after, long headSize) {
    SignedPositionsRequest request = SignedPositionsRequest.newBuilder()
        .setSpace(log.space().byteString())
        .setAfter(after)
        .setHeadSize(headSize)
        .build();
    return await(store.signedPositions(request)).getSignedPositionsList();
  }

  /** Bytes of a signed position, of which nothing but sequence and time is anything: a store reads no more. */
  public static ByteString signed(long sequence, long time) {
    byte[] bytes = new byte[SignedPosition.BYTES];
    Arrays.fill(bytes, (byte) 0x5a);
    ByteBuffer.wrap(bytes)
        .putLong(SignedPosition.SEQUENCE_OFFSET, sequence)
        .putLong(SignedPosition.TIME_OFFSET, time);
    return ByteString.copyFrom(bytes);
  }

  /** Of a compaction by its last part, whoever was seen and however short it stands; all that one request may look at. */
  public static ReclaimRequest.Builder reclaimOf(SampleLog log, long compaction) {
    return ReclaimRequest.newBuilder()
        .setSpace(log.space().byteString())
        .setCompaction(compaction)
        .setSeenSinceMillis(Long.MAX_VALUE)
        .setStoodBeforeMillis(Long.MAX_VALUE)
        .setMaxFiles(StoreLimits.MAX_RECLAIM_FILES);
  }

  public ReclaimReply reclaim(ReclaimRequest.Builder request) {
    return await(store.reclaim(request.build()));
  }

  public ReclaimReply reclaim(SampleLog log, long compaction) {
    return reclaim(reclaimOf(log, compaction));
  }

  public ExpireReply expire(SampleLog log, int maxFiles) {
    return await(store.expire(ExpireRequest.newBuilder()
        .setSpace(log.space().byteString())
        .setMaxFiles(maxFiles)
        .build()));
  }

  /** As many as may expire at once. */
  public ExpireReply expire(SampleLog log) {
    return expire(log, StoreLimits.MAX_EXPIRE_FILES);
  }

  /** What is told of the space among all of them. */
  public SpaceSize sizeOf(SampleLog log) {
    return await(store.spaces(SpacesRequest.getDefaultInstance())).getSpacesList().stream()
        .filter(size -> size.getSpace().equals(log.space().byteString()))
        .findFirst()
        .orElseThrow();
  }

  public List<DeviceSeen> devices(SampleLog log) {
    DevicesRequest request =
        DevicesRequest.newBuilder().setSpace(log.space().byteString()).build();
    return await(store.devices(request)).getDevicesList();
  }

  public List<DevicePosition> positions(SampleLog log) {
    return await(store.positions(log.space()));
  }
}
