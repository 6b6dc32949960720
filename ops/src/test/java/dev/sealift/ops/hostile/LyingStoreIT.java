package dev.sealift.ops.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.client.Row;
import dev.sealift.client.Schema;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.sync.MeshViolationError;
import dev.sealift.client.sync.Violation;
import dev.sealift.gateway.GatewayConfig;
import dev.sealift.gateway.GatewayVerticle;
import dev.sealift.merge.MergeEngineVerticle;
import dev.sealift.merge.SpacePolicy;
import dev.sealift.ops.support.Await;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.mesh.Roster;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.storage.StorageVerticle;
import dev.sealift.storage.sqlite.SqliteFileStore;
import dev.sealift.storage.sqlite.SqliteOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A store that flips, swaps, truncates, replays or drops, under a real mesh between two real devices: the reading device names it and
 * applies none of it, and goes on by itself once the store is honest.
 */
class LyingStoreIT {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  /** Files that the reading device has yet to get when the store begins to lie. */
  private static final int NEW_FILES = 4;

  @TempDir
  private Path folder;

  private Vertx vertx;
  private LyingStore store;
  private URI mesh;
  private Sealift writing;
  private Sealift reading;
  private Space writer;
  private Space reader;

  @BeforeEach
  void aReaderThatIsBehind() throws Exception {
    vertx = Vertx.vertx();
    startMesh();
    writing = Sealift.open(folder.resolve("writer"));
    reading = Sealift.open(folder.resolve("reader"));
    writer = writing.create("space", Schema.of(Schema.table("notes", "id").text("text")));
    writer.connect(mesh);
    write(0);
    reader = reading.join(writer.invite());
    reader.connect();
    reader.whenUpToDate().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    reader.disconnect();
    for (int file = 1; file <= NEW_FILES; file++) {
      write(file);
    }
  }

  private void startMesh() throws Exception {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    SigningKey notary = SigningKey.generate();
    store = new LyingStore(SqliteFileStore.open(
        folder.resolve("store.db"), SqliteOptions.defaults(), InstantSource.system(), meters));
    Roster roster = Roster.of("local", "local");
    GatewayVerticle gateway =
        new GatewayVerticle(GatewayConfig.loopback(0, "test"), notary, roster, meters, () -> "");
    vertx
        .deployVerticle(new StorageVerticle("local", () -> store, meters))
        .await(30, TimeUnit.SECONDS);
    vertx
        .deployVerticle(
            new MergeEngineVerticle(
                "local", roster, notary, InstantSource.system(), SpacePolicy.open(), meters),
            MergeEngineVerticle.deploymentOptions())
        .await(30, TimeUnit.SECONDS);
    vertx.deployVerticle(gateway).await(30, TimeUnit.SECONDS);
    mesh = URI.create("ws://127.0.0.1:" + gateway.port());
  }

  private void write(int file) throws Exception {
    writer.table("notes").put("note-" + file, Row.of("text", "what file " + file + " says"));
    writer.whenDurable().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws Exception {
    writing.close();
    reading.close();
    vertx.close().await(30, TimeUnit.SECONDS);
  }

  record Lie(String name, UnaryOperator<ReadReply> twist, Set<Violation> names) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Lie> lies() {
    return Stream.of(
        new Lie(
            "flips a bit of a payload",
            LyingStoreIT::flipPayload,
            Set.of(Violation.PAYLOAD_ALTERED)),
        new Lie(
            "flips a bit of a signature",
            LyingStoreIT::flipSignature,
            Set.of(Violation.FILE_NOT_SIGNED)),
        new Lie(
            "flips a bit of a payload's hash",
            LyingStoreIT::flipHash,
            Set.of(Violation.FILE_NOT_SIGNED)),
        new Lie(
            "truncates a payload",
            LyingStoreIT::truncatePayload,
            Set.of(Violation.PAYLOAD_ALTERED)),
        new Lie(
            "leaves a payload out", LyingStoreIT::omitPayload, Set.of(Violation.PAYLOAD_ALTERED)),
        new Lie(
            "swaps two payloads", LyingStoreIT::swapPayloads, Set.of(Violation.PAYLOAD_ALTERED)),
        new Lie(
            "swaps two files",
            LyingStoreIT::swapFiles,
            Set.of(Violation.CHAIN_BROKEN, Violation.TIME_BROKEN)),
        new Lie("replays an older file", LyingStoreIT::replay, Set.of(Violation.CHAIN_BROKEN)),
        new Lie("drops a file", LyingStoreIT::drop, Set.of(Violation.CHAIN_BROKEN)),
        new Lie("drops the first file", LyingStoreIT::dropFirst, Set.of(Violation.CHAIN_BROKEN)),
        new Lie(
            "tells another server time", LyingStoreIT::shiftTime, Set.of(Violation.LOG_ALTERED)),
        new Lie("tells another base", LyingStoreIT::shiftBase, Set.of(Violation.LOG_ALTERED)));
  }

  @ParameterizedTest(name = "a store that {0} is named, and nothing of it is applied")
  @MethodSource("lies")
  void aLyingStoreIsNamed(Lie lie) throws Exception {
    String before = reader.digest();
    long position = reader.status().position();
    store.tell(lie.twist());

    reader.connect();

    Await.until(DEADLINE, () -> violation().isPresent(), () -> reader.status().toString());
    assertThat(violation().map(MeshViolationError::violation).orElseThrow()).isIn(lie.names());
    assertThat(reader.digest()).isEqualTo(before);
    assertThat(reader.status().position()).isEqualTo(position);

    store.tell(UnaryOperator.identity());
    reader.connect();
    reader.whenUpToDate().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    assertThat(reader.digest()).isEqualTo(writer.digest());
  }

  private Optional<MeshViolationError> violation() {
    Optional<SealiftException> problem = reader.status().problem();
    return problem.filter(MeshViolationError.class::isInstance).map(MeshViolationError.class::cast);
  }

  private static ReadReply flipPayload(ReadReply reply) {
    return entry(
        reply,
        1,
        e -> e.toBuilder()
            .setPayload(flip(e.getPayload(), e.getPayload().size() / 2))
            .build());
  }

  private static ReadReply flipSignature(ReadReply reply) {
    return entry(
        reply,
        1,
        e -> e.toBuilder()
            .setSignedHeader(flip(e.getSignedHeader(), e.getSignedHeader().size() - 40))
            .build());
  }

  private static ReadReply flipHash(ReadReply reply) {
    return entry(
        reply,
        1,
        e -> e.toBuilder()
            .setSignedHeader(flip(e.getSignedHeader(), e.getSignedHeader().size() - 70))
            .build());
  }

  private static ReadReply truncatePayload(ReadReply reply) {
    return entry(
        reply,
        1,
        e -> e.toBuilder()
            .setPayload(e.getPayload().substring(0, e.getPayload().size() - 1))
            .build());
  }

  private static ReadReply omitPayload(ReadReply reply) {
    return entry(reply, 1, e -> e.toBuilder().clearPayload().build());
  }

  private static ReadReply swapPayloads(ReadReply reply) {
    ByteString first = reply.getEntries(0).getPayload();
    ByteString second = reply.getEntries(1).getPayload();
    ReadReply half = entry(reply, 0, e -> e.toBuilder().setPayload(second).build());
    return entry(half, 1, e -> e.toBuilder().setPayload(first).build());
  }

  private static ReadReply swapFiles(ReadReply reply) {
    LogEntry first = reply.getEntries(0);
    LogEntry second = reply.getEntries(1);
    return reply.toBuilder().setEntries(0, second).setEntries(1, first).build();
  }

  private static ReadReply replay(ReadReply reply) {
    return reply.toBuilder().setEntries(1, reply.getEntries(0)).build();
  }

  private static ReadReply drop(ReadReply reply) {
    return reply.getEntriesCount() < 2
        ? reply
        : reply.toBuilder().removeEntries(1).build();
  }

  private static ReadReply dropFirst(ReadReply reply) {
    return reply.toBuilder().removeEntries(0).build();
  }

  private static ReadReply shiftTime(ReadReply reply) {
    return entry(
        reply,
        0,
        e -> e.toBuilder().setServerTimeMillis(e.getServerTimeMillis() + 1).build());
  }

  private static ReadReply shiftBase(ReadReply reply) {
    return entry(reply, 0, e -> e.toBuilder().setBase(e.getBase() + 1).build());
  }

  private static ReadReply entry(ReadReply reply, int at, UnaryOperator<LogEntry> twist) {
    assertThat(reply.getEntriesCount()).isEqualTo(NEW_FILES);
    return reply.toBuilder().setEntries(at, twist.apply(reply.getEntries(at))).build();
  }

  private static ByteString flip(ByteString bytes, int at) {
    byte[] flipped = bytes.toByteArray();
    flipped[at] ^= 1;
    return ByteString.copyFrom(flipped);
  }
}
