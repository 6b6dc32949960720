package dev.sealift.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.sealift.protocol.mesh.Addresses;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.CommitReply;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.DevicePosition;
import dev.sealift.protocol.mesh.proto.DevicesReply;
import dev.sealift.protocol.mesh.proto.DevicesRequest;
import dev.sealift.protocol.mesh.proto.ExpireRequest;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.LoadSpaceRequest;
import dev.sealift.protocol.mesh.proto.LookUpReply;
import dev.sealift.protocol.mesh.proto.LookUpRequest;
import dev.sealift.protocol.mesh.proto.PositionsReply;
import dev.sealift.protocol.mesh.proto.PositionsRequest;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.mesh.proto.ReclaimHindrance;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.SignedPositionsReply;
import dev.sealift.protocol.mesh.proto.SignedPositionsRequest;
import dev.sealift.protocol.mesh.proto.SpacesReply;
import dev.sealift.protocol.mesh.proto.SpacesRequest;
import dev.sealift.protocol.mesh.proto.StageReply;
import dev.sealift.protocol.mesh.proto.StageRequest;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.storage.sqlite.SqliteFileStore;
import dev.sealift.storage.sqlite.SqliteOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(VertxExtension.class)
class StorageVerticleTest {
  private static final String STORE = "store";
  private static final long DEADLINE_SECONDS = 30;

  @TempDir
  Path directory;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final SampleLog log = new SampleLog("first");
  private List<SampleFile> files =
      log.next(SampleLog.device("Anna"), FileKind.FILE_KIND_EVENTS, ByteString.copyFromUtf8("one"));
  private Vertx vertx;
  private String deployment;

  @BeforeEach
  void deploy(Vertx injected) throws Exception {
    vertx = injected;
    deployment = await(vertx.deployVerticle(verticle()));
  }

  private StorageVerticle verticle() {
    return new StorageVerticle(STORE, this::open, meters);
  }

  private FileStore open() throws StoreOpenException {
    return SqliteFileStore.open(
        directory.resolve("store.db"), SqliteOptions.defaults(), InstantSource.system(), meters);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  private byte[] request(String address, MessageLite message) throws Exception {
    return request(address, Buffer.buffer(message.toByteArray()));
  }

  private byte[] request(String address, Object body) throws Exception {
    return await(vertx.eventBus().<Buffer>request(address, body)).body().getBytes();
  }

  private int failureCode(String address, Object body) throws Exception {
    return failure(address, body).failureCode();
  }

  private ReplyException failure(String address, Object body) throws Exception {
    try {
      request(address, body);
      throw new AssertionError("answered");
    } catch (ExecutionException e) {
      return (ReplyException) e.getCause();
    }
  }

  private CommitReply commit() throws Exception {
    StageRequest stage =
        StageRequest.newBuilder().addPayloads(files.get(0).payload()).build();
    StageReply staged = StageReply.parseFrom(request(Addresses.stage(STORE), stage));
    return CommitReply.parseFrom(request(
        Addresses.commit(STORE), StoreDriver.request(log.commit(files, staged.getStagedList()))));
  }

  @Test
  void everyAddressAnswersWithItsReply() throws Exception {
    assertThat(commit().getResultsList()).containsExactly(CommitResult.COMMIT_RESULT_COMMITTED);
    log.accept(files);
    ByteString space = log.space().byteString();

    LoadSpaceRequest load = LoadSpaceRequest.newBuilder().setSpace(space).build();
    assertThat(LoadSpaceReply.parseFrom(request(Addresses.LOAD_SPACE, load)).getSize())
        .isEqualTo(1);
    LookUpRequest lookUp =
        LookUpRequest.newBuilder().setSpace(space).addRootSizes(1).build();
    assertThat(LookUpReply.parseFrom(request(Addresses.LOOK_UP, lookUp)).getRoots(0))
        .isEqualTo(log.rootAt(1).byteString());
    ReadReply read =
        ReadReply.parseFrom(request(Addresses.READ, StoreDriver.range(log, 0, 1).build()));
    assertThat(read.getEntries(0).getPayload()).isEqualTo(files.get(0).payload());
    DevicePosition position = DevicePosition.newBuilder()
        .setSpace(space)
        .setDevice(files.get(0).device().byteString())
        .setSequence(1)
        .setSignedPosition(StoreDriver.signed(1, 7))
        .build();
    PositionsRequest positions =
        PositionsRequest.newBuilder().addPositions(position).build();
    assertThat(PositionsReply.parseFrom(request(Addresses.POSITIONS, positions)))
        .isNotNull();
    assertThat(SpacesReply.parseFrom(request(Addresses.SPACES, SpacesRequest.getDefaultInstance()))
            .getSpaces(0)
            .getSpace())
        .isEqualTo(space);
    SignedPositionsRequest signed =
        SignedPositionsRequest.newBuilder().setSpace(space).setHeadSize(1).build();
    assertThat(SignedPositionsReply.parseFrom(request(Addresses.SIGNED_POSITIONS, signed))
            .getSignedPositionsList())
        .containsExactly(StoreDriver.signed(1, 7));
    DevicesRequest devices = DevicesRequest.newBuilder().setSpace(space).build();
    assertThat(DevicesReply.parseFrom(request(Addresses.DEVICES, devices))
            .getDevices(0)
            .getPosition())
        .isEqualTo(1);
    assertThat(ReclaimReply.parseFrom(
                request(Addresses.RECLAIM, StoreDriver.reclaimOf(log, 1).build()))
            .getHindrance())
        .isEqualTo(ReclaimHindrance.RECLAIM_HINDRANCE_NOT_STANDING);
  }

  @Test
  void whatIsReclaimedIsCounted() throws Exception {
    files = log.next(
        SampleLog.device("Anna"), FileKind.FILE_KIND_EVENTS, ByteString.copyFromUtf8("one"));
    commit();
    log.accept(files);
    files = log.compaction(SampleLog.device("Anna"), 1, 1, 1, true, ByteString.EMPTY);
    commit();
    log.accept(files);

    request(Addresses.RECLAIM, StoreDriver.reclaimOf(log, 2).build());

    assertThat(meters.get("sealift.storage.reclaimed.files").counter().count()).isEqualTo(1);
    assertThat(meters.get("sealift.storage.reclaimed.bytes").counter().count())
        .isEqualTo(3 + log.files().get(0).header().size());
  }

  @Test
  void whatExpiresIsCounted() throws Exception {
    files = log.expiring(SampleLog.device("Anna"), 0, ByteString.copyFromUtf8("one"));
    commit();
    log.accept(files);

    request(
        Addresses.EXPIRE,
        ExpireRequest.newBuilder()
            .setSpace(log.space().byteString())
            .setMaxFiles(9)
            .build());

    assertThat(meters.get("sealift.storage.expired.files").counter().count()).isEqualTo(1);
    assertThat(meters.get("sealift.storage.expired.bytes").counter().count()).isEqualTo(3);
  }

  @Test
  void whatIsNoRequestIsMalformed() throws Exception {
    int malformed = MeshFailure.MALFORMED.code();

    assertThat(failureCode(Addresses.commit(STORE), Buffer.buffer("\u00ff\u00ff")))
        .isEqualTo(malformed);
    assertThat(failureCode(Addresses.commit(STORE), "text")).isEqualTo(malformed);
    assertThat(failureCode(Addresses.LOAD_SPACE, Buffer.buffer())).isEqualTo(malformed);
  }

  @Test
  void aFailureComesAsItsCode() throws Exception {
    Buffer beyond = Buffer.buffer(StoreDriver.range(log, 0, 1).build().toByteArray());

    assertThat(failureCode(Addresses.READ, beyond)).isEqualTo(MeshFailure.UNAVAILABLE.code());
  }

  @Test
  void requestsAreMeasuredByOperationAndOutcomeOnly() throws Exception {
    commit();
    failureCode(Addresses.commit(STORE), "text");

    assertThat(timerCount("commit", "ok")).isEqualTo(1);
    assertThat(timerCount("commit", "malformed")).isEqualTo(1);
    assertThat(meters.get("sealift.storage.transaction.files").summary().totalAmount())
        .isEqualTo(1);
    assertThat(meters.get("sealift.storage.staged.bytes").gauge().value()).isZero();
  }

  private long timerCount(String operation, String outcome) {
    return meters
        .get("sealift.storage.request")
        .tags("operation", operation, "outcome", outcome)
        .timer()
        .count();
  }

  @Test
  void aStoreInUseFailsTheDeployment() {
    assertThat(vertx.deployVerticle(verticle()).toCompletionStage().toCompletableFuture())
        .failsWithin(Duration.ofSeconds(DEADLINE_SECONDS))
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(StoreOpenException.InUse.class);
  }

  @Test
  void stoppingReleasesTheStoreAndTheAddresses() throws Exception {
    commit();
    await(vertx.undeploy(deployment));

    open().close();
    Buffer body = Buffer.buffer();
    assertThat(failure(Addresses.LOAD_SPACE, body).failureType())
        .isEqualTo(ReplyFailure.NO_HANDLERS);
  }
}
