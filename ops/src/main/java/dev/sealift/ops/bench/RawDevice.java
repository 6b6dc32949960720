package dev.sealift.ops.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.ops.bench.Sockets.Socket;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.CollectionId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.Challenge;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Genesis;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Hello;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.Prove;
import dev.sealift.protocol.proto.Put;
import dev.sealift.protocol.proto.PutFile;
import dev.sealift.protocol.proto.PutResult;
import dev.sealift.protocol.proto.Seen;
import dev.sealift.protocol.proto.Subscribe;
import dev.sealift.protocol.wire.Handshake;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A device without a store: founds a space of its own, signs small files, and speaks to a mesh frame by frame. It loads the mesh with many
 * devices or many files where whole ones would be the bottleneck. For one thread.
 */
final class RawDevice {
  private static final int ID_BYTES = 32;
  private static final int MEMBER_BYTES = 16;
  private static final int SUBSCRIBED_BYTES = 1 << 20;

  private final RandomGenerator random;
  private final VerifyingKey notary;
  private final SigningKey key = SigningKey.generate();
  private final DevicePublicKeys keys;
  private final SignedHeader genesis;
  private long counter = 1;
  private FileId last;

  /** A device that can found a space at the mesh with this notary. */
  RawDevice(VerifyingKey notary, RandomGenerator random) throws FormatException {
    this.random = random;
    this.notary = notary;
    this.keys = new DevicePublicKeys(key.verifyingKey(), bytes(ID_BYTES));
    this.genesis = genesis();
    this.last = genesis.id();
  }

  /** Asks a mesh who its notary is. */
  static VerifyingKey notary(Socket socket, RandomGenerator random) throws Exception {
    byte[] nonce = new byte[Handshake.NONCE_BYTES];
    random.nextBytes(nonce);
    Hello hello = Hello.newBuilder()
        .setMinVersion(1)
        .setMaxVersion(1)
        .setClientNonce(ByteString.copyFrom(nonce))
        .build();
    socket.send(Frame.newBuilder().setHello(hello).build().toByteArray());
    return VerifyingKey.parse(frame(socket).getChallenge().getNotary());
  }

  VerifyingKey verifyingKey() {
    return key.verifyingKey();
  }

  /** Says who it is. The space is founded, and subscribed, on its first connection. */
  void enter(Socket socket) throws Exception {
    ByteString nonce = bytes(Handshake.NONCE_BYTES);
    Hello hello = Hello.newBuilder()
        .setMinVersion(1)
        .setMaxVersion(1)
        .setSpace(genesis.id().byteString())
        .setDevice(keys.toProto())
        .setClientNonce(nonce)
        .build();
    socket.send(Frame.newBuilder().setHello(hello).build().toByteArray());
    socket.send(prove(frame(socket).getChallenge(), nonce));
    if (!frame(socket).hasWelcome()) {
      throw new BenchFailedException("The mesh did not welcome a device.");
    }
    put(socket, List.of(founding()));
    Subscribe subscribe = Subscribe.newBuilder()
        .setAfterSequence(1)
        .setCreditBytes(SUBSCRIBED_BYTES)
        .build();
    socket.send(Frame.newBuilder().setSubscribe(subscribe).build().toByteArray());
  }

  private byte[] prove(Challenge challenge, ByteString nonce) throws FormatException {
    Handshake handshake = new Handshake(
        challenge.getVersion(),
        notary,
        genesis.id().byteString(),
        nonce,
        challenge.getServerNonce());
    ByteString signature = ByteString.copyFrom(handshake.signAsDevice(key, keys.id()));
    return Frame.newBuilder()
        .setProve(Prove.newBuilder().setSignature(signature))
        .build()
        .toByteArray();
  }

  /** The next files of its chain, signed. */
  List<PutFileBytes> files(int count, int payloadBytes) throws FormatException {
    List<PutFileBytes> files = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      byte[] payload = new byte[payloadBytes];
      random.nextBytes(payload);
      counter++;
      HeaderBody body = blank()
          .setKind(FileKind.FILE_KIND_EVENTS)
          .setSpace(genesis.id().byteString())
          .setCounter(counter)
          .setPrevious(last.byteString())
          .build();
      SignedHeader header = SignedHeader.sign(body, payload, key);
      last = header.id();
      files.add(new PutFileBytes(header, payload));
    }
    return files;
  }

  /** One file, as a Put carries it. */
  record PutFileBytes(SignedHeader header, byte[] payload) {
    PutFile proto() {
      return PutFile.newBuilder()
          .setSignedHeader(header.byteString())
          .setPayload(ByteString.copyFrom(payload))
          .build();
    }
  }

  /** Sends a Put without waiting for its result. */
  static void send(Socket socket, List<PutFileBytes> files) throws Exception {
    Put.Builder put = Put.newBuilder().setRequest(1);
    files.forEach(file -> put.addFiles(file.proto()));
    socket.send(Frame.newBuilder().setPut(put).build().toByteArray());
  }

  /** Waits for the result of a Put, which must be a receipt for every file. */
  static void awaitReceipts(Socket socket) throws Exception {
    Optional<PutResult> result = Optional.empty();
    while (result.isEmpty()) {
      Frame frame = frame(socket);
      if (frame.hasProblem()) {
        throw new BenchFailedException(
            "The mesh has a problem: " + frame.getProblem().getCode());
      }
      result = frame.hasPutResult() ? Optional.of(frame.getPutResult()) : Optional.empty();
    }
    if (!result.get().getOutcomesList().stream().allMatch(o -> o.hasReceipt())) {
      throw new BenchFailedException("The mesh refused a file.");
    }
  }

  private static void put(Socket socket, List<PutFileBytes> files) throws Exception {
    send(socket, files);
    awaitReceipts(socket);
  }

  private static Frame frame(Socket socket)
      throws BenchFailedException, InterruptedException, InvalidProtocolBufferException {
    return Frame.parseFrom(socket.next());
  }

  private SignedHeader genesis() throws FormatException {
    Genesis founding = Genesis.newBuilder()
        .setFounder(keys.toProto())
        .setMember(bytes(MEMBER_BYTES))
        .setNotary(notary.byteString())
        .setRules(SpaceRules.defaults().toProto())
        .setEpochCommitment(bytes(ID_BYTES))
        .build();
    HeaderBody body = blank()
        .setKind(FileKind.FILE_KIND_MEMBERSHIP)
        .setCounter(1)
        .setMembership(MembershipChange.newBuilder().setGenesis(founding))
        .build();
    return SignedHeader.sign(body, new byte[0], key);
  }

  private HeaderBody.Builder blank() {
    return HeaderBody.newBuilder()
        .setVersion(1)
        .setDevice(keys.id().byteString())
        .setHybridTime(HybridTime.of(System.currentTimeMillis(), 0).bits())
        .setCollection(CollectionId.main().byteString())
        .setEpoch(1)
        .setSeen(Seen.newBuilder().setRoot(CompactTree.EMPTY_ROOT.byteString()))
        .setSalt(bytes(ID_BYTES));
  }

  /** The file that founds its space. */
  PutFileBytes founding() {
    return new PutFileBytes(genesis, new byte[0]);
  }

  ByteString deviceId() {
    return keys.id().byteString();
  }

  private ByteString bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }
}
