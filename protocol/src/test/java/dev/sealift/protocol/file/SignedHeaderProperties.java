package dev.sealift.protocol.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.proto.Attestation;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Join;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.Seen;
import dev.sealift.protocol.proto.SequenceRange;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class SignedHeaderProperties {
  private final SampleDevice author = SampleDevice.number(3);

  /** decode(encode(x)) = x, exact bytes and all, whatever a newer version has added. */
  @Property
  void everyGoodBodyRoundTrips(
      @ForAll("bodies") HeaderBody body, @ForAll @Size(max = 100) byte[] payload)
      throws FormatException {
    byte[] fitting = isOfAttestations(body) ? new byte[0] : payload;
    SignedHeader signed = SignedHeader.sign(body, fitting, author.signing());
    SignedHeader parsed = SignedHeader.parse(signed.toByteArray());
    assertThat(parsed).isEqualTo(signed);
    assertThat(parsed.header()).isEqualTo(signed.header());
    assertThat(parsed.associatedData()).isEqualTo(body.toByteArray());
    assertThat(parsed.verify(author.signing().verifyingKey())).isTrue();
    assertThat(bodyOf(parsed.header())).isEqualTo(known(body));
    assertThat(parsed.header().payloadLength()).isEqualTo(fitting.length);
  }

  private static boolean isOfAttestations(HeaderBody body) {
    return body.getKind() == FileKind.FILE_KIND_ATTESTATION;
  }

  @Property
  void randomBytesAreRefusedAndNothingElseHappens(@ForAll @Size(max = 2000) byte[] bytes) {
    assertThat(isAccepted(bytes)).isFalse();
  }

  /** Bodies of random bytes behind lengths that fit: what the protobuf parser makes of them is still checked. */
  @Property
  void randomBodiesAreRefusedOrUnsigned(@ForAll @Size(max = 500) byte[] body) {
    assertThat(isAccepted(Arrays.copyOf(body, body.length + 100))).isFalse();
  }

  @Property(tries = 300)
  void manyFlippedBitsAreNeverAccepted(
      @ForAll("bodies") HeaderBody body,
      @ForAll @IntRange(min = 1, max = 8) int flips,
      @ForAll long seed)
      throws FormatException {
    byte[] good = SignedHeader.sign(body, SampleFiles.payload(body.toBuilder()), author.signing())
        .toByteArray();
    byte[] bytes = good.clone();
    Random random = new Random(seed);
    for (int i = 0; i < flips; i++) {
      int bit = random.nextInt(8 * bytes.length);
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
    }
    assertThat(isAccepted(bytes)).isEqualTo(Arrays.equals(bytes, good));
  }

  @Property(tries = 300)
  void noPartIsAccepted(@ForAll("bodies") HeaderBody body, @ForAll long seed)
      throws FormatException {
    byte[] good = SignedHeader.sign(body, SampleFiles.payload(body.toBuilder()), author.signing())
        .toByteArray();
    int from = new Random(seed).nextInt(good.length);
    assertThat(isAccepted(Arrays.copyOf(good, from))).isFalse();
    assertThat(isAccepted(Arrays.copyOfRange(good, from + 1, good.length))).isFalse();
  }

  private boolean isAccepted(byte[] bytes) {
    try {
      return SignedHeader.parse(bytes).verify(author.signing().verifyingKey());
    } catch (FormatException refused) {
      return false;
    }
  }

  private static HeaderBody known(HeaderBody body) {
    return body.toBuilder()
        .setUnknownFields(UnknownFieldSet.getDefaultInstance())
        .build();
  }

  private static HeaderBody bodyOf(FileHeader header) {
    HeaderBody.Builder body = HeaderBody.newBuilder()
        .setVersion(Limits.PROTOCOL_VERSION)
        .setKind(header.kind())
        .setDevice(header.device().byteString())
        .setCounter(header.counter())
        .setHybridTime(header.time().bits())
        .setCollection(header.collection().byteString())
        .setEpoch(header.epoch())
        .setGeneration(header.generation())
        .setSeen(Seen.newBuilder()
            .setSequence(header.seen().sequence())
            .setRoot(header.seen().root().byteString()))
        .setExpiresAtMillis(header.expiresAtMillis())
        .setSalt(header.salt())
        .setPart(header.part())
        .setParts(header.parts())
        .setKeyId(header.keyId());
    header.space().ifPresent(space -> body.setSpace(space.byteString()));
    header.previous().ifPresent(previous -> body.setPrevious(previous.byteString()));
    header.membership().ifPresent(body::setMembership);
    for (SequenceSpan span : header.supersedes()) {
      body.addSupersedes(SequenceRange.newBuilder().setFirst(span.first()).setLast(span.last()));
    }
    for (Attested said : header.attestations()) {
      body.addAttestations(Attestation.newBuilder()
          .setCompaction(said.compaction().byteString())
          .setVerdictValue(said.isContested() ? 2 : 1));
    }
    for (FileDot dot : header.buildsOn()) {
      body.addBuildsOn(Dot.newBuilder()
          .setDevice(dot.device().byteString())
          .setCounter(dot.counter())
          .setFile(dot.file().byteString()));
    }
    return body.build();
  }

  @Provide
  Arbitrary<HeaderBody> bodies() {
    return Arbitraries.randomValue(SignedHeaderProperties::body);
  }

  private static HeaderBody body(Random random) {
    HeaderBody.Builder body = HeaderBody.newBuilder()
        .setVersion(Limits.PROTOCOL_VERSION)
        .setDevice(bytes(random, 32))
        .setCounter(1)
        .setHybridTime(random.nextLong())
        .setCollection(bytes(random, 16))
        .setEpoch(1 + random.nextInt(Integer.MAX_VALUE))
        .setSeen(seen(random))
        .setSalt(bytes(random, 32));
    kind(random, body);
    if (random.nextBoolean()) {
      body.setCounter(2 + (random.nextLong() >>> 3)).setPrevious(bytes(random, 32));
    }
    switch (body.getKind()) {
      case FILE_KIND_COMPACTION -> compaction(random, body);
      case FILE_KIND_ATTESTATION -> attestations(random, body);
      default -> others(random, body);
    }
    if (body.getEpoch() > 1
        && body.getKind() != FileKind.FILE_KIND_MEMBERSHIP
        && body.getKind() != FileKind.FILE_KIND_ATTESTATION) {
      body.setKeyId(bytes(random, 16));
    }
    return body.setUnknownFields(unknown(random)).build();
  }

  private static void kind(Random random, HeaderBody.Builder body) {
    List<FileKind> kinds = List.of(
        FileKind.FILE_KIND_EVENTS,
        FileKind.FILE_KIND_COMPACTION,
        FileKind.FILE_KIND_BLOB_CHUNK,
        FileKind.FILE_KIND_ATTESTATION,
        FileKind.FILE_KIND_MEMBERSHIP);
    FileKind kind = kinds.get(random.nextInt(kinds.size()));
    body.setKind(kind);
    if (kind == FileKind.FILE_KIND_MEMBERSHIP) {
      body.setMembership(change(random));
    }
    if (!body.getMembership().hasGenesis()) {
      body.setSpace(bytes(random, 32));
    }
  }

  private static MembershipChange.Builder change(Random random) {
    MembershipChange.Builder change = MembershipChange.newBuilder()
        .setNumber(random.nextLong())
        .setPrevious(bytes(random, random.nextInt(40)));
    return random.nextBoolean()
        ? change.setGenesis(SampleFiles.founding(SampleDevice.number(3)))
        : change.setJoin(Join.newBuilder().setMember(bytes(random, random.nextInt(40))));
  }

  private static Seen.Builder seen(Random random) {
    return random.nextBoolean()
        ? Seen.newBuilder().setRoot(SeenLog.nothing().root().byteString())
        : Seen.newBuilder().setSequence(1 + (random.nextLong() >>> 3)).setRoot(bytes(random, 32));
  }

  private static void compaction(Random random, HeaderBody.Builder body) {
    long base = 1 + (random.nextLong() >>> 3);
    long first = 1 + (long) (random.nextDouble() * (base - 1));
    int parts = 1 + random.nextInt(Limits.MAX_COMPACTION_PARTS);
    body.setGeneration(1 + random.nextInt(Integer.MAX_VALUE - 1))
        .setSeen(Seen.newBuilder().setSequence(base).setRoot(bytes(random, 32)))
        .addSupersedes(SequenceRange.newBuilder().setFirst(first).setLast(base))
        .setPart(1 + random.nextInt(parts))
        .setParts(parts);
  }

  private static void attestations(Random random, HeaderBody.Builder body) {
    for (int i = random.nextInt(4); i >= 0; i--) {
      body.addAttestations(Attestation.newBuilder()
          .setCompaction(bytes(random, 32))
          .setVerdictValue(1 + random.nextInt(2)));
    }
  }

  private static void others(Random random, HeaderBody.Builder body) {
    boolean expires = !body.hasMembership() && random.nextBoolean();
    body.setExpiresAtMillis(expires ? random.nextLong() >>> 1 : 0);
    for (int i = random.nextInt(4); i > 0; i--) {
      body.addBuildsOn(Dot.newBuilder()
          .setDevice(bytes(random, 32))
          .setCounter(1 + (random.nextLong() >>> 3))
          .setFile(bytes(random, 32)));
    }
  }

  private static UnknownFieldSet unknown(Random random) {
    int firstUnused = 21;
    UnknownFieldSet.Builder fields = UnknownFieldSet.newBuilder();
    for (int i = random.nextInt(3); i > 0; i--) {
      UnknownFieldSet.Field.Builder field = UnknownFieldSet.Field.newBuilder();
      field.addVarint(random.nextLong()).addLengthDelimited(bytes(random, random.nextInt(50)));
      fields.addField(
          firstUnused + random.nextInt(1000), field.addFixed32(random.nextInt()).build());
    }
    return fields.build();
  }

  private static ByteString bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }
}
