package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.store.Batch;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.SeenLog;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.link.RecoveryKeys;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Genesis;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.MembershipPayload;
import dev.sealift.protocol.proto.Seen;
import java.util.Arrays;

/**
 * The recovery space of a paper key on one mesh. Its genesis is the same bytes whenever it is made from the same words and the same notary, so they alone say which space it
 * is: what a mesh shows of any other is refused, and nothing but the space's name is taken from the mesh. It seals the epoch key to nobody, since sealing is random, and whoever has the
 * founder's keys derives that one too.
 */
public final class RecoverySpace {
  /** The founder opens the invitation right behind its genesis. */
  public static final long INVITATION_SEQUENCE = 2;

  private final RecoveryKeys keys;
  private final VerifyingKey notary;
  private final DeviceKeyPair founder;
  private final EpochKey epochKey;
  private final SignedFile genesis;

  private RecoverySpace(RecoveryKeys keys, VerifyingKey notary) throws FormatException {
    this.keys = keys;
    this.notary = notary;
    this.founder = founder(keys);
    this.epochKey = EpochKey.of(Membership.FIRST_EPOCH, keys.epochKey());
    this.genesis = makeGenesis();
  }

  /** @param notary the mesh's key */
  public static RecoverySpace of(RecoveryKeys keys, VerifyingKey notary) {
    try {
      return new RecoverySpace(keys, notary);
    } catch (FormatException e) {
      throw new IllegalStateException("what is derived has the length of a key", e);
    }
  }

  private static DeviceKeyPair founder(RecoveryKeys keys) throws FormatException {
    byte[] signing = keys.founderSigning().seed();
    byte[] hpke = keys.founderHpkePrivate();
    byte[] both = Arrays.copyOf(signing, signing.length + hpke.length);
    System.arraycopy(hpke, 0, both, signing.length, hpke.length);
    return DeviceKeyPair.of(both);
  }

  private SignedFile makeGenesis() throws FormatException {
    SeenLog seen = SeenLog.nothing();
    ByteString payload = MembershipPayload.newBuilder()
        .setVersion(FileMaker.PAYLOAD_VERSION)
        .build()
        .toByteString();
    HeaderBody body = HeaderBody.newBuilder()
        .setVersion(Limits.PROTOCOL_VERSION)
        .setKind(FileKind.FILE_KIND_MEMBERSHIP)
        .setDevice(founder.id().byteString())
        .setCounter(1)
        .setHybridTime(HybridTime.ZERO.bits())
        .setCollection(FileMaker.MAIN)
        .setEpoch(Membership.FIRST_EPOCH)
        .setSeen(
            Seen.newBuilder().setSequence(seen.sequence()).setRoot(seen.root().byteString()))
        .setSalt(keys.genesisSalt())
        .setMembership(MembershipChange.newBuilder()
            .setGenesis(Genesis.newBuilder()
                .setFounder(founder.publicKeys().toProto())
                .setMember(keys.member().byteString())
                .setNotary(notary.byteString())
                .setRules(SpaceRules.defaults().toProto())
                .setEpochCommitment(epochKey.commitment(FileMaker.MAIN))))
        .build();
    return SignedFile.apart(
        SignedHeader.sign(body, payload.toByteArray(), founder.signing()), payload);
  }

  public SpaceId id() {
    return genesis.file().space();
  }

  /** The device that the words themselves are. */
  public DeviceKeyPair founderKeys() {
    return founder;
  }

  /** The genesis's signed header: for who compares it. */
  public ByteString genesisHeader() {
    return ByteString.copyFrom(genesis.file().toByteArray());
  }

  /** The store is the founder's, and its genesis waits to be sent. */
  public void startFounding(SpaceRecords records, Batch batch) {
    batch.useRules(SpaceRules.defaults());
    records.putSpace(batch, id(), notary);
    records.putEpochKey(batch, epochKey);
    batch.send(genesis.kept());
  }

  /** The store is that of a device which comes in by the words. No head is known of the log: on paper there is none. */
  public void startJoining(SpaceRecords records, Batch batch) {
    records.startJoining(batch, id(), notary, keys.invitationSecret(), INVITATION_SEQUENCE);
  }
}
