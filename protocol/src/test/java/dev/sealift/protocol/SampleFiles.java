package dev.sealift.protocol;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SeenLog;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.CollectionId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.Attestation;
import dev.sealift.protocol.proto.AttestationVerdict;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Genesis;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.Seen;
import dev.sealift.protocol.proto.SequenceRange;
import java.nio.charset.StandardCharsets;

/** Header bodies that keep every rule, for tests to break one at a time, with the same bytes in every run. */
public final class SampleFiles {
  /** 2026-01-01T00:00:00Z. */
  public static final long NEW_YEAR_MILLIS = 1_767_225_600_000L;

  public static final byte[] PAYLOAD = "sealed".getBytes(StandardCharsets.US_ASCII);
  public static final SigningKey NOTARY_KEY =
      SigningKey.fromSeed(SampleDevice.filled(SigningKey.SEED_BYTES, 0x77));
  public static final VerifyingKey NOTARY = NOTARY_KEY.verifyingKey();

  private static final int FOURTH_FILE = 4;

  private SampleFiles() {}

  public static SignedHeader sign(HeaderBody.Builder body, SampleDevice by) {
    try {
      return SignedHeader.sign(body.build(), payload(body), by.signing());
    } catch (FormatException e) {
      throw new AssertionError("the sample breaks a rule", e);
    }
  }

  /** What a file of this kind may have. */
  public static byte[] payload(HeaderBody.Builder body) {
    return body.getKind() == FileKind.FILE_KIND_ATTESTATION ? new byte[0] : PAYLOAD;
  }

  public static SignedHeader genesis(SampleDevice founder) {
    return sign(genesisBody(founder), founder);
  }

  public static HeaderBody.Builder genesisBody(SampleDevice founder) {
    return first(founder)
        .setKind(FileKind.FILE_KIND_MEMBERSHIP)
        .setMembership(MembershipChange.newBuilder().setGenesis(founding(founder)));
  }

  public static Genesis.Builder founding(SampleDevice founder) {
    return Genesis.newBuilder()
        .setFounder(founder.keys().toProto())
        .setMember(founder.member().byteString())
        .setNotary(NOTARY.byteString())
        .setRules(SpaceRules.defaults().toProto())
        .setEpochCommitment(filled(32, 0x55));
  }

  /** A file of events, the first of its chain. */
  public static HeaderBody.Builder eventsBody(SampleDevice author, SpaceId space) {
    return first(author).setKind(FileKind.FILE_KIND_EVENTS).setSpace(space.byteString());
  }

  /** Part 1 of 3 of a compaction of the files 3 to 9. */
  public static HeaderBody.Builder compactionBody(SampleDevice author, SpaceId space) {
    return eventsBody(author, space)
        .setKind(FileKind.FILE_KIND_COMPACTION)
        .setSeen(Seen.newBuilder().setSequence(9).setRoot(filled(32, 0x22)))
        .addSupersedes(SequenceRange.newBuilder().setFirst(3).setLast(9))
        .setGeneration(1)
        .setPart(1)
        .setParts(3);
  }

  /** A file of attestations: it is for one compaction and against another one. */
  public static HeaderBody.Builder attestationBody(SampleDevice author, SpaceId space) {
    return eventsBody(author, space)
        .setKind(FileKind.FILE_KIND_ATTESTATION)
        .addAttestations(attestation(0x61, AttestationVerdict.ATTESTATION_VERDICT_ATTESTED))
        .addAttestations(attestation(0x62, AttestationVerdict.ATTESTATION_VERDICT_CONTESTED));
  }

  public static Attestation.Builder attestation(int fill, AttestationVerdict verdict) {
    return Attestation.newBuilder().setCompaction(filled(32, fill)).setVerdict(verdict);
  }

  /** A membership file, the first of its chain: where it stands there is not for the membership to judge. */
  public static HeaderBody.Builder changeBody(
      SampleDevice author, SpaceId space, MembershipChange.Builder change) {
    return first(author)
        .setKind(FileKind.FILE_KIND_MEMBERSHIP)
        .setSpace(space.byteString())
        .setMembership(change);
  }

  /** As though three files of the author's came before. */
  public static HeaderBody.Builder later(HeaderBody.Builder first) {
    return first.setCounter(FOURTH_FILE).setPrevious(filled(32, 0x33));
  }

  private static HeaderBody.Builder first(SampleDevice author) {
    return HeaderBody.newBuilder()
        .setVersion(Limits.PROTOCOL_VERSION)
        .setDevice(author.id().byteString())
        .setCounter(1)
        .setHybridTime(HybridTime.of(NEW_YEAR_MILLIS, 7).bits())
        .setCollection(CollectionId.main().byteString())
        .setEpoch(1)
        .setSeen(Seen.newBuilder().setRoot(SeenLog.nothing().root().byteString()))
        .setSalt(filled(FileHeader.SALT_BYTES, 0x11));
  }

  public static ByteString filled(int length, int fill) {
    return ByteString.copyFrom(SampleDevice.filled(length, fill));
  }
}
