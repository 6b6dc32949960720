package dev.sealift.client.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.Vault;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Welcome;
import dev.sealift.protocol.wire.WelcomeStatement;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A Welcome is believed when the notary has signed it for this very connection. */
class WelcomeTest {
  private static final long HOUR_MILLIS = 3_600_000;

  @TempDir
  Path folder;

  private final FakeMesh mesh = new FakeMesh();
  private final Rogue rogue = new Rogue(mesh);
  private final Random random = new Random(3);
  private final MeshClock clock = new MeshClock(System::currentTimeMillis);
  private SpaceStore store;
  private Replica replica;

  @BeforeEach
  void syncOnce() throws Exception {
    DeviceKeyPair keys = DeviceKeyPair.generate();
    store = SpaceStore.open(folder.resolve("space.db"), keys.id(), clock);
    SpaceRecords records = new SpaceRecords(store, Vault.open(folder.resolve("vault"), null));
    rogue.start(store, records);
    replica = new Replica(keys, store, records, clock, new Silent());
    rogue.admit(rogue.put("1", "one"));
    new Talk().toItsEnd();
    assertThat(replica.isMember()).isTrue();
    rogue.admit(rogue.put("2", "two"));
  }

  private static final class Silent implements Progress {
    @Override
    public void applied(long position) {}

    @Override
    public void durable(HybridTime upTo) {}
  }

  @AfterEach
  void end() {
    store.close();
    assertThat(mesh.complaints()).isEmpty();
  }

  /** One connection, in this thread: what either side says is taken at once by the other. */
  private final class Talk implements Transport.Listener {
    private final Deque<Frame> toMesh = new ArrayDeque<>();
    private final Deque<Frame> toDevice = new ArrayDeque<>();
    private final List<Frame> said = new ArrayList<>();
    private final SyncSession session;
    private final Transport.Connection connection;

    Talk() throws TransportException {
      byte[] nonce = new byte[32];
      random.nextBytes(nonce);
      session = new SyncSession(replica, ByteString.copyFrom(nonce), true, 0, toMesh::add);
      connection = mesh.connect(FakeMesh.ADDRESS, this);
    }

    void toItsEnd() throws Exception {
      session.open();
      while (!toMesh.isEmpty() || !toDevice.isEmpty()) {
        if (!toMesh.isEmpty()) {
          said.add(toMesh.peek());
          connection.send(toMesh.remove().toByteArray());
        } else {
          session.receive(toDevice.remove());
        }
      }
    }

    boolean hasSaidNothingButWhoItIs() {
      return said.stream().allMatch(frame -> frame.hasHello() || frame.hasProve())
          && toMesh.isEmpty();
    }

    @Override
    public void received(byte[] message) {
      try {
        toDevice.add(Frame.parseFrom(message));
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void alive() {}

    @Override
    public void closed() {}
  }

  @Test
  void whatTheMeshSaidIsKeptAsAThirdPartyCanCheckIt() throws Exception {
    Talk talk = new Talk();
    assertThat(talk.session.said()).isEmpty();
    talk.toItsEnd();
    ByteString handedOn = talk.session.said().orElseThrow().encode();

    WelcomeStatement read = WelcomeStatement.parse(handedOn);
    assertThat(read.verify()).isTrue();
    assertThat(read.handshake().notary()).isEqualTo(mesh.notary());
    assertThat(read.handshake().space()).isEqualTo(rogue.log().space().byteString());
    assertThat(read.handshake().clientNonce())
        .isEqualTo(talk.said.get(0).getHello().getClientNonce());
    assertThat(read.signedHead().orElseThrow().head().size())
        .isEqualTo(rogue.log().size());
  }

  record Twisted(String what, UnaryOperator<Welcome> by) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Twisted> twisted() {
    return Stream.of(
        new Twisted(
            "a bit of the signature turned",
            it -> it.toBuilder().setSignature(turned(it.getSignature(), 40)).build()),
        new Twisted("no signature", it -> it.toBuilder().clearSignature().build()),
        new Twisted(
            "a signature cut short",
            it -> it.toBuilder().setSignature(it.getSignature().substring(1)).build()),
        new Twisted(
            "said not to be known",
            it -> it.toBuilder().clearKnown().clearSignedHead().build()),
        new Twisted(
            "another time",
            it -> it.toBuilder()
                .setServerTimeMillis(it.getServerTimeMillis() + HOUR_MILLIS)
                .build()),
        new Twisted(
            "said to recover",
            it -> it.toBuilder().setRecoveringMillis(HOUR_MILLIS).build()),
        new Twisted(
            "a head with a bit turned",
            it -> it.toBuilder()
                .setSignedHead(turned(it.getSignedHead(), it.getSignedHead().size() - 1))
                .build()));
  }

  private static ByteString turned(ByteString bytes, int at) {
    byte[] copy = bytes.toByteArray();
    copy[at] ^= 1;
    return ByteString.copyFrom(copy);
  }

  @ParameterizedTest
  @MethodSource("twisted")
  void oneThatWasTwistedOnTheWayIsNotBelieved(Twisted twisted) throws Exception {
    expectNotBelieved(twisted.by());
  }

  /** By that alone the device would stay where it is, and take it for the log's end. */
  @Test
  void theNotarysOwnHeadOfBeforeIsNotBelieved() throws Exception {
    ByteString before = rogue.log().upTo(replica.log().position()).head().byteString();
    expectNotBelieved(it -> it.toBuilder().setSignedHead(before).build());
  }

  @Test
  void anIncarnationThatWasNotSaidIsNotBelieved() throws Exception {
    long size = replica.log().position();
    Hash root = rogue.log().upTo(size).head().head().root();
    Incarnation begun =
        new Incarnation(rogue.log().space(), 1, size, root, size, mesh.meshMillis());
    ByteString signed = SignedIncarnation.sign(begun, mesh.notaryKey()).exact();
    expectNotBelieved(it -> it.toBuilder().addIncarnations(signed).build());
    assertThat(replica.log().incarnation()).isZero();
  }

  @Test
  void whatWasSaidInAnotherConnectionIsNotBelieved() throws Exception {
    List<Welcome> heard = new ArrayList<>();
    mesh.wire((connection, toDevice, frame) -> {
      if (frame.hasWelcome()) {
        heard.add(frame.getWelcome());
      }
      return List.of(frame);
    });
    new Talk().toItsEnd();
    assertThat(heard).hasSize(1);
    expectNotBelieved(it -> heard.get(0));
  }

  /** Nothing comes of it, and the device goes on with the next connection as if it had never been. */
  private void expectNotBelieved(UnaryOperator<Welcome> lie) throws Exception {
    long position = replica.log().position();
    mesh.wire((connection, toDevice, frame) -> frame.hasWelcome()
        ? List.of(Frame.newBuilder().setWelcome(lie.apply(frame.getWelcome())).build())
        : List.of(frame));
    Talk talk = new Talk();
    assertWrongMesh(talk);
    assertThat(talk.session.said()).isEmpty();
    assertThat(replica.log().position()).isEqualTo(position);
    assertThat(clock.offsetMillis()).isBetween(-HOUR_MILLIS / 2, HOUR_MILLIS / 2);

    mesh.wire(Wire.HONEST);
    new Talk().toItsEnd();
    assertThat(replica.log().position()).isEqualTo(rogue.log().size());
  }

  private static void assertWrongMesh(Talk talk) {
    assertThatThrownBy(talk::toItsEnd)
        .isInstanceOfSatisfying(
            SealiftException.class, it -> assertThat(it.code()).isEqualTo(ErrorCode.WRONG_MESH));
    assertThat(talk.hasSaidNothingButWhoItIs()).isTrue();
  }

  @Test
  void oneThatIsMalformedEndsTheConnection() throws Exception {
    mesh.wire((connection, toDevice, frame) -> frame.hasWelcome()
        ? List.of(Frame.newBuilder()
            .setWelcome(frame.getWelcome().toBuilder().clearKnown())
            .build())
        : List.of(frame));
    Talk talk = new Talk();
    assertThatThrownBy(talk::toItsEnd).isInstanceOf(FormatException.class);
    assertThat(talk.hasSaidNothingButWhoItIs()).isTrue();
  }
}
