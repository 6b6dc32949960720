package dev.sealift.protocol.vectors;

import static dev.sealift.protocol.SampleFiles.filled;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.membership.JoinSignature;
import dev.sealift.protocol.proto.AttestationVerdict;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Join;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.OpenInvitation;
import dev.sealift.protocol.proto.Role;
import dev.sealift.protocol.proto.Seen;
import dev.sealift.protocol.proto.SequenceRange;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.Messages;

/** Headers that keep every rule, many of them at a bound. */
final class GoodHeaders {
  private static final long HIGHEST = (1L << 62) - 1;
  private static final SampleDevice DEVICE = SampleDevice.number(1);
  private static final SampleDevice JOINER = SampleDevice.number(2);
  private static final SignedHeader GENESIS = SampleFiles.genesis(DEVICE);
  private static final SpaceId SPACE = GENESIS.space();
  private static final InvitationKeys INVITATION =
      InvitationKeys.derive(SampleDevice.filled(32, 0x5e));

  private GoodHeaders() {}

  static void add(Cases to) throws FormatException {
    both(to, "the genesis of section 20", SampleFiles.genesisBody(DEVICE), DEVICE);
    both(to, "the events of section 20", eventsOfSpecification(), DEVICE);
    both(to, "the first events of a device", events(), DEVICE);
    both(to, "an open invitation", opening(), DEVICE);
    both(to, "a join", joining(), JOINER);
    both(to, "everything set, at its highest", everything(), DEVICE);
    both(to, "a compaction in one part", compaction().setParts(1), DEVICE);
    both(to, "the second part of a compaction", SampleFiles.later(compaction()).setPart(2), DEVICE);
    both(to, "a compaction with everything at its highest", highest(), DEVICE);
    both(to, "attestations", SampleFiles.attestationBody(DEVICE, SPACE), DEVICE);
    both(to, "64 attestations", attestations(64), DEVICE);
    both(
        to,
        "a blob chunk: well-formed, though not served",
        events().setKind(FileKind.FILE_KIND_BLOB_CHUNK),
        DEVICE);
    read(to, "an unknown field is passed over and stays signed", unknownField());
    read(to, "fields in another order", reordered());
    read(
        to,
        "an unknown kind of membership change is well-formed",
        SampleFiles.sign(
                SampleFiles.changeBody(
                    DEVICE, SPACE, MembershipChange.newBuilder().setNumber(1)),
                DEVICE)
            .toByteArray());
    read(
        to,
        "an empty payload",
        SignedHeader.sign(events().build(), new byte[0], DEVICE.signing()).toByteArray());
    read(
        to,
        "the longest payload, of zeros",
        SignedHeader.sign(events().build(), new byte[1 << 20], DEVICE.signing()).toByteArray());
  }

  private static void both(Cases to, String name, HeaderBody.Builder body, SampleDevice author) {
    to.add(
        "make: " + name,
        Json.of("kind", "make")
            .json("body", Messages.toJson(body.build()))
            .hex("payload", SampleFiles.payload(body))
            .hex("seed", author.signing().seed()));
    to.add(
        "read: " + name,
        FileHeaderVectors.read(
            SampleFiles.sign(body, author).toByteArray(), author.signing().verifyingKey()));
  }

  private static void read(Cases to, String name, byte[] signedHeader) {
    to.add(
        "read: " + name, FileHeaderVectors.read(signedHeader, DEVICE.signing().verifyingKey()));
  }

  static HeaderBody.Builder events() {
    return SampleFiles.eventsBody(DEVICE, SPACE);
  }

  static HeaderBody.Builder compaction() {
    return SampleFiles.compactionBody(DEVICE, SPACE);
  }

  private static HeaderBody.Builder highest() {
    return SampleFiles.later(compaction())
        .setCounter(HIGHEST)
        .setHybridTime(-1)
        .setEpoch(Integer.MAX_VALUE)
        .setKeyId(filled(16, 0x44))
        .setGeneration(Integer.MAX_VALUE)
        .setSeen(Seen.newBuilder().setSequence(HIGHEST).setRoot(filled(32, 0x22)))
        .setSupersedes(0, range(HIGHEST, HIGHEST))
        .setPart(4096)
        .setParts(4096);
  }

  static HeaderBody.Builder attestations(int count) {
    HeaderBody.Builder body = SampleFiles.attestationBody(DEVICE, SPACE).clearAttestations();
    for (int i = 0; i < count; i++) {
      body.addAttestations(SampleFiles.attestation(i, AttestationVerdict.forNumber(1 + i % 2)));
    }
    return body;
  }

  private static HeaderBody.Builder eventsOfSpecification() {
    return SampleFiles.later(events())
        .setSeen(Seen.newBuilder().setSequence(9).setRoot(filled(32, 0x22)))
        .addBuildsOn(
            Dot.newBuilder().setDevice(filled(32, 0x44)).setCounter(300).setFile(filled(32, 0x66)));
  }

  private static HeaderBody.Builder opening() {
    return SampleFiles.later(SampleFiles.changeBody(
        DEVICE,
        SPACE,
        MembershipChange.newBuilder()
            .setNumber(1)
            .setPrevious(GENESIS.id().byteString())
            .setOpenInvitation(OpenInvitation.newBuilder()
                .setKeys(INVITATION.publicKeys().toProto())
                .setRole(Role.ROLE_WRITER)
                .setExpiresAtMillis(SampleFiles.NEW_YEAR_MILLIS + 86_400_000)
                .setUses(3)
                .setMember(DEVICE.member().byteString()))));
  }

  private static HeaderBody.Builder joining() {
    byte[] signature =
        JoinSignature.sign(INVITATION.signing(), SPACE, JOINER.keys(), JOINER.member());
    return SampleFiles.changeBody(
        JOINER,
        SPACE,
        MembershipChange.newBuilder()
            .setNumber(2)
            .setPrevious(filled(32, 0x33))
            .setJoin(Join.newBuilder()
                .setDevice(JOINER.keys().toProto())
                .setInvitation(INVITATION.publicKeys().signing().byteString())
                .setInvitationSignature(ByteString.copyFrom(signature))
                .setMember(JOINER.member().byteString())));
  }

  private static HeaderBody.Builder everything() {
    HeaderBody.Builder body = eventsOfSpecification()
        .setCounter(HIGHEST)
        .setHybridTime(-1)
        .setEpoch(Integer.MAX_VALUE)
        .setKeyId(filled(16, 0x44))
        .setSeen(Seen.newBuilder().setSequence(HIGHEST).setRoot(filled(32, 0x22)))
        .setExpiresAtMillis(Long.MAX_VALUE)
        .clearBuildsOn();
    for (int i = 0; i < 64; i++) {
      body.addBuildsOn(Dot.newBuilder()
          .setDevice(filled(32, i))
          .setCounter(HIGHEST - i)
          .setFile(filled(32, 0xff - i)));
    }
    return body;
  }

  static SequenceRange range(long first, long last) {
    return SequenceRange.newBuilder().setFirst(first).setLast(last).build();
  }

  private static byte[] unknownField() {
    UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
        .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
        .build();
    return SampleFiles.sign(events().setUnknownFields(unknown), DEVICE).toByteArray();
  }

  /** The last field first, which protobuf allows. */
  private static byte[] reordered() throws FormatException {
    ByteString salt =
        HeaderBody.newBuilder().setSalt(events().getSalt()).build().toByteString();
    ByteString body = salt.concat(events().clearSalt().build().toByteString());
    return SignedHeader.sign(body, SampleFiles.PAYLOAD, DEVICE.signing()).toByteArray();
  }
}
