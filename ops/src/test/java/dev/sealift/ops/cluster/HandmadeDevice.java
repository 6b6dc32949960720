package dev.sealift.ops.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.CollectionId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.Challenge;
import dev.sealift.protocol.proto.Fetch;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Genesis;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Hello;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.Prove;
import dev.sealift.protocol.proto.Put;
import dev.sealift.protocol.proto.PutFile;
import dev.sealift.protocol.proto.Receipt;
import dev.sealift.protocol.proto.Seen;
import dev.sealift.protocol.wire.Handshake;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A device without a store or keys of content: founds a space, and signs files that say whatever a test wants. For one thread. */
final class HandmadeDevice {
  private static final long SECONDS = 30;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SigningKey key = SigningKey.generate();
  private final DevicePublicKeys keys = new DevicePublicKeys(key.verifyingKey(), bytes(32));
  private final BlockingQueue<Frame> received = new LinkedBlockingQueue<>();
  private @Nullable SignedHeader genesis;
  private @Nullable WebSocket socket;
  private VerifyingKey notary = key.verifyingKey(); // until the mesh has said it
  private long counter;
  private long request;

  /** What came of one file. */
  record Placed(SignedHeader header, long sequence, long serverTimeMillis) {}

  private static ByteString bytes(int count) {
    byte[] bytes = new byte[count];
    RANDOM.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  /** Founds its space, at the mesh that it then is connected to. */
  void found(URI mesh) throws Exception {
    dial(mesh);
    hello(ByteString.EMPTY, bytes(Handshake.NONCE_BYTES));
    notary = VerifyingKey.parse(next().getChallenge().getNotary());
    Genesis founding = Genesis.newBuilder()
        .setFounder(keys.toProto())
        .setMember(bytes(16))
        .setNotary(notary.byteString())
        .setRules(SpaceRules.defaults().toProto())
        .setEpochCommitment(bytes(32))
        .build();
    genesis = sign(
        blank()
            .setKind(FileKind.FILE_KIND_MEMBERSHIP)
            .setMembership(MembershipChange.newBuilder().setGenesis(founding)),
        new byte[0]);
    connect(mesh);
    put(genesis, new byte[0]);
  }

  /** Anew, and as the one that it is. */
  void connect(URI mesh) throws Exception {
    dial(mesh);
    ByteString nonce = bytes(Handshake.NONCE_BYTES);
    hello(space(), nonce);
    Challenge challenge = next().getChallenge();
    Handshake handshake =
        new Handshake(challenge.getVersion(), notary, space(), nonce, challenge.getServerNonce());
    ByteString signature = ByteString.copyFrom(handshake.signAsDevice(key, keys.id()));
    send(Frame.newBuilder().setProve(Prove.newBuilder().setSignature(signature)));
    assertThat(next().hasWelcome()).isTrue();
  }

  private void hello(ByteString space, ByteString nonce) throws Exception {
    Hello.Builder hello =
        Hello.newBuilder().setMinVersion(1).setMaxVersion(1).setClientNonce(nonce);
    if (!space.isEmpty()) {
      hello.setSpace(space).setDevice(keys.toProto());
    }
    send(Frame.newBuilder().setHello(hello));
  }

  private ByteString space() {
    return founding().id().byteString();
  }

  private SignedHeader founding() {
    if (genesis == null) {
      throw new IllegalStateException("it has no space");
    }
    return genesis;
  }

  /**
   * The next file of events of its chain, put and admitted.
   *
   * @param expiresAtMillis 0: never
   */
  Placed write(long expiresAtMillis) throws Exception {
    byte[] payload = bytes(200).toByteArray();
    HeaderBody.Builder body =
        blank().setKind(FileKind.FILE_KIND_EVENTS).setExpiresAtMillis(expiresAtMillis);
    return put(sign(body.setSpace(space()).setPrevious(last.byteString()), payload), payload);
  }

  private FileId last = FileId.of(CompactTree.EMPTY_ROOT); // of nothing so far

  private SignedHeader sign(HeaderBody.Builder body, byte[] payload) throws FormatException {
    counter++;
    SignedHeader header = SignedHeader.sign(body.setCounter(counter).build(), payload, key);
    last = header.id();
    return header;
  }

  private HeaderBody.Builder blank() {
    return HeaderBody.newBuilder()
        .setVersion(1)
        .setDevice(keys.id().byteString())
        .setHybridTime(HybridTime.of(System.currentTimeMillis(), 0).bits())
        .setCollection(CollectionId.main().byteString())
        .setEpoch(1)
        .setSeen(Seen.newBuilder().setRoot(CompactTree.EMPTY_ROOT.byteString()))
        .setSalt(bytes(32));
  }

  private Placed put(SignedHeader header, byte[] payload) throws Exception {
    PutFile file = PutFile.newBuilder()
        .setSignedHeader(header.byteString())
        .setPayload(ByteString.copyFrom(payload))
        .build();
    send(Frame.newBuilder().setPut(Put.newBuilder().setRequest(++request).addFiles(file)));
    Frame frame = next();
    assertThat(frame.getPutResult().getOutcomesList())
        .as("%s", frame)
        .singleElement()
        .matches(outcome -> outcome.hasReceipt());
    Receipt receipt = frame.getPutResult().getOutcomes(0).getReceipt();
    return new Placed(header, receipt.getSequence(), receipt.getServerTimeMillis());
  }

  /** All entries of the log, as the mesh tells them now, which fit one frame. */
  Files readAll() throws Exception {
    send(Frame.newBuilder().setFetch(Fetch.newBuilder().setRequest(++request)));
    Frame frame = next();
    assertThat(frame.hasFiles()).as("%s", frame).isTrue();
    return frame.getFiles();
  }

  /** Checked by nobody. */
  static long serverTime(Files files) throws FormatException {
    return SignedTreeHead.parse(files.getSignedHead()).head().serverTimeMillis();
  }

  private void dial(URI mesh) throws Exception {
    received.clear();
    socket = HttpClient.newHttpClient()
        .newWebSocketBuilder()
        .subprotocols("sealift.v1")
        .buildAsync(mesh.resolve("/v1/sync"), new Receiver())
        .get(SECONDS, TimeUnit.SECONDS);
  }

  private void send(Frame.Builder frame) throws Exception {
    if (socket == null) {
      throw new IllegalStateException("it is not connected");
    }
    socket
        .sendBinary(ByteBuffer.wrap(frame.build().toByteArray()), true)
        .get(SECONDS, TimeUnit.SECONDS);
  }

  private Frame next() throws InterruptedException {
    Frame frame = received.poll(SECONDS, TimeUnit.SECONDS);
    assertThat(frame).as("a frame in time").isNotNull();
    return frame;
  }

  private final class Receiver implements WebSocket.Listener {
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
      byte[] part = new byte[data.remaining()];
      data.get(part);
      message.writeBytes(part);
      if (last) {
        received.add(parsed(message.toByteArray()));
        message.reset();
      }
      from.request(1);
      return null;
    }

    private static Frame parsed(byte[] bytes) {
      try {
        return Frame.parseFrom(bytes);
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(e);
      }
    }
  }
}
