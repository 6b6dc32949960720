package dev.sealift.gateway;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.CollectionId;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.Position;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.proto.Challenge;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Genesis;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Hello;
import dev.sealift.protocol.proto.Join;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.Prove;
import dev.sealift.protocol.proto.Put;
import dev.sealift.protocol.proto.PutFile;
import dev.sealift.protocol.proto.Rules;
import dev.sealift.protocol.proto.Seen;
import dev.sealift.protocol.wire.Handshake;
import java.util.Arrays;

/** A device as tests need it: keys, and the frames it would send. */
public final class TestDevice {
  public static final SigningKey NOTARY = SigningKey.fromSeed(filled(7, SigningKey.SEED_BYTES));
  public static final SigningKey INVITATION = SigningKey.fromSeed(filled(8, SigningKey.SEED_BYTES));
  private static final ByteString NONCE = ByteString.copyFrom(filled(9, Handshake.NONCE_BYTES));

  public final SigningKey key;
  public final DevicePublicKeys keys;

  public TestDevice(int seed) {
    key = SigningKey.fromSeed(filled(seed, SigningKey.SEED_BYTES));
    keys = new DevicePublicKeys(key.verifyingKey(), ByteString.copyFrom(filled(seed, 32)));
  }

  public DeviceId id() {
    return keys.id();
  }

  public static SpaceId space(int number) {
    return checked(() -> SpaceId.of(filled(number, SpaceId.BYTES)));
  }

  public static ByteString head(SpaceId space, long size) {
    return head(space, 0, size);
  }

  public static ByteString head(SpaceId space, int incarnation, long size) {
    TreeHead head = new TreeHead(space, incarnation, size, Hash.of(new byte[] {1}), 1_000 + size);
    return SignedTreeHead.sign(head, NOTARY).byteString();
  }

  /** Signed, of the log that {@link #head(SpaceId, long)} is of. */
  public ByteString position(SpaceId space, long sequence) {
    return position(new Position(
        space, id(), 0, sequence, Hash.of(new byte[] {1}), HybridTime.of(1_000 + sequence, 0)));
  }

  public ByteString position(Position position) {
    return SignedPosition.sign(position, key).exact();
  }

  public Hello.Builder hello(SpaceId space) {
    return Hello.newBuilder()
        .setMinVersion(1)
        .setMaxVersion(1)
        .setSpace(space.byteString())
        .setDevice(keys.toProto())
        .setClientNonce(NONCE);
  }

  public Hello.Builder invitedHello(SpaceId space) {
    return hello(space).setInvitation(INVITATION.verifyingKey().byteString());
  }

  public Prove.Builder prove(SpaceId space, Challenge challenge) {
    return Prove.newBuilder()
        .setSignature(ByteString.copyFrom(handshake(space, challenge).signAsDevice(key, id())));
  }

  public Prove.Builder invitedProve(SpaceId space, Challenge challenge) {
    return prove(space, challenge)
        .setInvitationSignature(
            ByteString.copyFrom(handshake(space, challenge).signAsInvitation(INVITATION, id())));
  }

  public static Handshake handshake(SpaceId space, Challenge challenge) {
    return checked(() -> new Handshake(
        challenge.getVersion(),
        VerifyingKey.parse(challenge.getNotary()),
        space.byteString(),
        NONCE,
        challenge.getServerNonce()));
  }

  /** An events file of so many payload bytes. */
  public PutFile file(SpaceId space, long counter, int payloadBytes) {
    HeaderBody.Builder body = body(FileKind.FILE_KIND_EVENTS, counter).setSpace(space.byteString());
    if (counter > 1) {
      body.setPrevious(space.byteString());
    }
    return signed(body, new byte[payloadBytes]);
  }

  /** Of an events file whose payload may go from then on. */
  public ByteString expiringHeader(SpaceId space, long atMillis) {
    HeaderBody.Builder body = body(FileKind.FILE_KIND_EVENTS, 1)
        .setSpace(space.byteString())
        .setExpiresAtMillis(atMillis);
    return signed(body, new byte[9]).getSignedHeader();
  }

  public PutFile genesis() {
    Genesis genesis = Genesis.newBuilder()
        .setFounder(keys.toProto())
        .setMember(ByteString.copyFrom(filled(1, 16)))
        .setNotary(NOTARY.verifyingKey().byteString())
        .setRules(Rules.getDefaultInstance())
        .setEpochCommitment(ByteString.copyFrom(filled(2, 32)))
        .build();
    return signed(
        body(FileKind.FILE_KIND_MEMBERSHIP, 1)
            .setMembership(MembershipChange.newBuilder().setGenesis(genesis)),
        new byte[0]);
  }

  public PutFile join(SpaceId space) {
    Join join = Join.newBuilder()
        .setDevice(keys.toProto())
        .setInvitation(INVITATION.verifyingKey().byteString())
        .setInvitationSignature(ByteString.copyFrom(new byte[64]))
        .setMember(ByteString.copyFrom(filled(1, 16)))
        .build();
    return signed(
        body(FileKind.FILE_KIND_MEMBERSHIP, 1)
            .setSpace(space.byteString())
            .setMembership(MembershipChange.newBuilder()
                .setNumber(2)
                .setPrevious(space.byteString())
                .setJoin(join)),
        new byte[0]);
  }

  public static SpaceId spaceOf(PutFile genesis) {
    return checked(() -> SignedHeader.parse(genesis.getSignedHeader()).space());
  }

  private HeaderBody.Builder body(FileKind kind, long counter) {
    return HeaderBody.newBuilder()
        .setVersion(1)
        .setKind(kind)
        .setDevice(id().byteString())
        .setCounter(counter)
        .setHybridTime(1L << 16)
        .setCollection(CollectionId.main().byteString())
        .setEpoch(1)
        .setSeen(Seen.newBuilder().setRoot(Hash.of().byteString()))
        .setSalt(ByteString.copyFrom(filled(3, 32)));
  }

  private PutFile signed(HeaderBody.Builder body, byte[] payload) {
    SignedHeader header = checked(() -> SignedHeader.sign(body.build(), payload, key));
    return PutFile.newBuilder()
        .setSignedHeader(header.byteString())
        .setPayload(ByteString.copyFrom(payload))
        .build();
  }

  public static Put put(long request, PutFile... files) {
    return Put.newBuilder()
        .setRequest(request)
        .addAllFiles(Arrays.asList(files))
        .build();
  }

  public static Frame frame(Hello.Builder hello) {
    return Frame.newBuilder().setHello(hello).build();
  }

  public static Frame frame(Prove.Builder prove) {
    return Frame.newBuilder().setProve(prove).build();
  }

  public static Frame frame(Put put) {
    return Frame.newBuilder().setPut(put).build();
  }

  public static byte[] filled(int value, int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private interface Checked<T> {
    T get() throws FormatException;
  }

  private static <T> T checked(Checked<T> step) {
    try {
      return step.get();
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }
}
