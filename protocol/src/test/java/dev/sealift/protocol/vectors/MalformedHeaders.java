package dev.sealift.protocol.vectors;

import static dev.sealift.protocol.SampleFiles.filled;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.proto.Attestation;
import dev.sealift.protocol.proto.AttestationVerdict;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.Seen;
import dev.sealift.vectors.Cases;
import java.util.Arrays;

/** Headers that break one rule each, well signed by their author unless the signature is what is wrong. */
final class MalformedHeaders {
  private static final long TOO_HIGH = 1L << 62;
  private static final SampleDevice DEVICE = SampleDevice.number(1);

  private static final AttestationVerdict GOOD = AttestationVerdict.ATTESTATION_VERDICT_ATTESTED;

  private final Cases to;

  private MalformedHeaders(Cases to) {
    this.to = to;
  }

  static void add(Cases to) {
    MalformedHeaders headers = new MalformedHeaders(to);
    headers.frames();
    headers.numbers();
    headers.ids();
    headers.lists();
    headers.membership();
    headers.compactions();
    headers.attestations();
    headers.signatures();
  }

  private static HeaderBody.Builder events() {
    return GoodHeaders.events();
  }

  private static HeaderBody.Builder later() {
    return SampleFiles.later(events());
  }

  private void bad(String what, HeaderBody.Builder body) {
    to.add("malformed: " + what, FileHeaderVectors.read(signed(body), key()));
  }

  private void newer(String what, HeaderBody.Builder body) {
    to.add(
        "newer: " + what,
        "A device stops advancing before such a file and says so; a mesh refuses it as malformed.",
        FileHeaderVectors.read(signed(body), key()));
  }

  private void bytes(String name, byte[] signedHeader) {
    to.add(name, FileHeaderVectors.read(signedHeader, key()));
  }

  private static dev.sealift.protocol.crypto.VerifyingKey key() {
    return DEVICE.signing().verifyingKey();
  }

  private static byte[] signed(HeaderBody.Builder body) {
    return signed(
        body.build().toByteString(), SampleFiles.payload(body).length, SampleFiles.payload(body));
  }

  private static byte[] signed(ByteString body, int payloadLength) {
    return signed(body, payloadLength, SampleFiles.PAYLOAD);
  }

  private static byte[] signed(ByteString body, int payloadLength, byte[] payload) {
    byte[] hash = Hash.of(payload).toByteArray();
    byte[] unsigned = FileHeaderVectors.assembled(body, payloadLength, hash, new byte[0]);
    byte[] signature = DEVICE.signing().sign(SignatureContext.FILE_HEADER, unsigned);
    return FileHeaderVectors.assembled(body, payloadLength, hash, signature);
  }

  private void frames() {
    ByteString body = events().build().toByteString();
    bytes("malformed: 99 bytes", new byte[99]);
    bytes("malformed: an empty body", signed(ByteString.EMPTY, 6));
    bytes("malformed: a body cut short", signed(body.substring(0, body.size() - 1), 6));
    bytes("malformed: a payload of 2^20 + 1 bytes", signed(body, (1 << 20) + 1));
    bytes("malformed: a payload of 2^32 - 1 bytes", signed(body, -1));
  }

  private void numbers() {
    bad("no version", events().clearVersion());
    newer("version 2", events().setVersion(2));
    bad("no kind", events().clearKind());
    newer("kind 6", events().setKindValue(6));
    bad("counter 0", events().clearCounter());
    bad("counter 2^62", later().setCounter(TOO_HIGH));
    bad("counter 2^64 - 1", later().setCounter(-1));
    bad("epoch 0", events().clearEpoch());
    bad("epoch 2^31", events().setEpoch(Integer.MIN_VALUE));
    bad("epoch 2 without a key's id", events().setEpoch(2));
    bad("epoch 1 with a key's id", events().setKeyId(filled(16, 1)));
    bad("a key's id of 15 bytes", events().setEpoch(2).setKeyId(filled(15, 1)));
    bad("a key's id of 17 bytes", events().setEpoch(2).setKeyId(filled(17, 1)));
    bad("attestations with a key's id", attested(1).setEpoch(2).setKeyId(filled(16, 1)));
    bad("an expiry of 2^63", events().setExpiresAtMillis(Long.MIN_VALUE));
  }

  private void ids() {
    bad("no space in a file of events", events().clearSpace());
    bad("a space of 31 bytes", events().setSpace(filled(31, 1)));
    bad("a space in a genesis", SampleFiles.genesisBody(DEVICE).setSpace(filled(32, 1)));
    bad("a device of 31 bytes", events().setDevice(filled(31, 1)));
    bad("a previous file, though the counter is 1", events().setPrevious(filled(32, 1)));
    bad("no previous file, though the counter is 4", later().clearPrevious());
    bad("a previous file of 33 bytes", later().setPrevious(filled(33, 1)));
    bad("a collection of 15 bytes", events().setCollection(filled(15, 0)));
    bad("a salt of 31 bytes", events().setSalt(filled(31, 1)));
    bad("no salt", events().clearSalt());
  }

  private void lists() {
    bad("nothing seen is not said", events().clearSeen());
    bad("nothing seen, with a root", seen(0, 32));
    bad("a root of 31 bytes", seen(1, 31));
    bad("2^62 files seen", seen(TOO_HIGH, 32));
    bad("building on 65 files", dots(65, dot()));
    bad("building on a device of 31 bytes", dots(1, dot().setDevice(filled(31, 1))));
    bad("building on counter 0", dots(1, dot().clearCounter()));
    bad("building on counter 2^62", dots(1, dot().setCounter(TOO_HIGH)));
    bad("building on a file of 33 bytes", dots(1, dot().setFile(filled(33, 1))));
  }

  private static HeaderBody.Builder seen(long sequence, int rootBytes) {
    return events().setSeen(Seen.newBuilder().setSequence(sequence).setRoot(filled(rootBytes, 2)));
  }

  private static Dot.Builder dot() {
    return Dot.newBuilder().setDevice(filled(32, 4)).setCounter(1).setFile(filled(32, 6));
  }

  private static HeaderBody.Builder dots(int count, Dot.Builder dot) {
    HeaderBody.Builder body = events();
    for (int i = 0; i < count; i++) {
      body.addBuildsOn(dot);
    }
    return body;
  }

  private void membership() {
    bad(
        "a membership change in a file of events",
        events().setMembership(MembershipChange.getDefaultInstance()));
    bad("a membership file without a change", events().setKind(FileKind.FILE_KIND_MEMBERSHIP));
    bad("a genesis with an expiry", SampleFiles.genesisBody(DEVICE).setExpiresAtMillis(1));
  }

  private void compactions() {
    bad("a compaction of generation 0", compaction().clearGeneration());
    bad("a compaction of generation 2^31", compaction().setGeneration(Integer.MIN_VALUE));
    bad("a compaction that supersedes nothing", compaction().clearSupersedes());
    bad("superseding from 0", superseding(0, 9));
    bad("superseding backwards", superseding(10, 9));
    bad("superseding less than was seen", superseding(3, 8));
    bad("superseding more than was seen", superseding(3, 10));
    bad(
        "superseding two ranges",
        compaction()
            .setSupersedes(0, GoodHeaders.range(1, 2))
            .addSupersedes(GoodHeaders.range(4, 9)));
    bad(
        "superseding up to 2^62",
        superseding(3, TOO_HIGH).setSeen(seen(TOO_HIGH, 32).getSeen()));
    bad("a compaction of no parts", compaction().clearPart().clearParts());
    bad("part 0 of a compaction", compaction().clearPart());
    bad("part 4 of 3", compaction().setPart(4));
    bad("part 2^32 - 1", compaction().setPart(-1));
    bad("a compaction of 4,097 parts", compaction().setParts(4_097));
    bad("a compaction that builds on a file", compaction().addBuildsOn(dot()));
    bad("a compaction with an expiry", compaction().setExpiresAtMillis(1));
    bad("events of generation 1", events().setGeneration(1));
    bad("events that supersede a range", events().addSupersedes(GoodHeaders.range(1, 1)));
    bad("events in parts", events().setPart(1).setParts(1));
    bad("a genesis of generation 1", SampleFiles.genesisBody(DEVICE).setGeneration(1));
  }

  private static HeaderBody.Builder compaction() {
    return GoodHeaders.compaction();
  }

  private static HeaderBody.Builder superseding(long first, long last) {
    return compaction().setSupersedes(0, GoodHeaders.range(first, last));
  }

  private void attestations() {
    bad("no attestation in a file of them", attested(0));
    bad("65 attestations", attested(65));
    bad("a compaction attested twice", attested(1).addAttestations(attested(1).getAttestations(0)));
    bad(
        "an attestation of a file of 31 bytes",
        said(SampleFiles.attestation(1, GOOD).setCompaction(filled(31, 1))));
    bad(
        "an attestation without a verdict",
        said(SampleFiles.attestation(1, GOOD).clearVerdict()));
    newer("verdict 3", said(SampleFiles.attestation(1, GOOD).setVerdictValue(3)));
    bad("attestations of generation 1", attested(1).setGeneration(1));
    bad("attestations that build on a file", attested(1).addBuildsOn(dot()));
    bad("attestations with an expiry", attested(1).setExpiresAtMillis(1));
    bad(
        "an attestation in a file of events",
        events().addAttestations(attested(1).getAttestations(0)));
    bad(
        "an attestation in a compaction",
        compaction().addAttestations(attested(1).getAttestations(0)));
    bytes(
        "malformed: attestations with a payload",
        signed(attested(1).build().toByteString(), SampleFiles.PAYLOAD.length));
  }

  private static HeaderBody.Builder attested(int count) {
    return GoodHeaders.attestations(count);
  }

  private static HeaderBody.Builder said(Attestation.Builder one) {
    return attested(0).addAttestations(one);
  }

  private void signatures() {
    byte[] good = signed(events());
    byte[] flipped = good.clone();
    flipped[good.length - 1] ^= 0x08;
    bytes("refused: a bit of the signature flipped", flipped);
    byte[] otherPayload = good.clone();
    otherPayload[good.length - 65] ^= 0x10;
    bytes("refused: another payload's hash", otherPayload);
    byte[] unsigned = Arrays.copyOf(good, good.length - 64);
    byte[] asHead = DEVICE.signing().sign(SignatureContext.TREE_HEAD, unsigned);
    System.arraycopy(
        asHead, 0, unsigned = Arrays.copyOf(unsigned, good.length), good.length - 64, 64);
    bytes("refused: signed in another context", unsigned);
    to.add(
        "refused: signed by another device",
        FileHeaderVectors.read(good, SampleDevice.number(2).signing().verifyingKey()));
  }
}
