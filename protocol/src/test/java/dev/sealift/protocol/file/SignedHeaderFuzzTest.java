package dev.sealift.protocol.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.proto.HeaderBody;

/** A signed header is the bytes that came, or it is refused. */
class SignedHeaderFuzzTest {
  private static final SampleDevice AUTHOR = SampleDevice.number(1);

  @FuzzTest
  void parse(byte[] bytes) {
    SignedHeader file;
    try {
      file = SignedHeader.parse(bytes);
    } catch (FormatException refused) {
      return;
    }
    assertThat(file.toByteArray()).isEqualTo(bytes);
    assertThat(file.byteString().toByteArray()).isEqualTo(bytes);
    assertThat(file.id()).isEqualTo(FileId.of(Hash.of(bytes)));
    assertThat(file.verify(AUTHOR.signing().verifyingKey())).isIn(true, false);
    requireBounds(file);
  }

  /** The fuzzer's body behind a trailer and a signature that are good, so that it reaches the rules of fields. */
  @FuzzTest
  void sign(FuzzedDataProvider data) {
    byte[] payload = data.consumeBytes(16);
    ByteString body = ByteString.copyFrom(data.consumeRemainingAsBytes());
    SignedHeader file;
    try {
      file = SignedHeader.sign(body, payload, AUTHOR.signing());
    } catch (FormatException refused) {
      return;
    }
    assertThat(file.verify(AUTHOR.signing().verifyingKey())).isTrue();
    assertThat(file.associatedData()).isEqualTo(body.toByteArray());
    assertThat(file.header().payloadHash()).isEqualTo(Hash.of(payload));
    byte[] altered = file.toByteArray();
    int at = altered.length - VerifyingKey.SIGNATURE_BYTES - 1;
    altered[at] ^= 1;
    assertThat(isAccepted(altered)).isFalse();
    requireBounds(file);
  }

  private static boolean isAccepted(byte[] bytes) {
    try {
      return SignedHeader.parse(bytes).verify(AUTHOR.signing().verifyingKey());
    } catch (FormatException refused) {
      return false;
    }
  }

  private static void requireBounds(SignedHeader file) {
    FileHeader header = file.header();
    assertThat(header.counter()).isBetween(1L, Limits.MAX_SEQUENCE - 1);
    assertThat(header.epoch()).isPositive();
    assertThat(header.generation()).isNotNegative();
    assertThat(header.payloadLength()).isBetween(0, Limits.MAX_PAYLOAD_BYTES);
    assertThat(header.seen().sequence()).isBetween(0L, Limits.MAX_SEQUENCE - 1);
    assertThat(header.buildsOn()).hasSizeLessThanOrEqualTo(Limits.MAX_BUILDS_ON);
    assertThat(header.attestations()).hasSizeLessThanOrEqualTo(Limits.MAX_ATTESTATIONS);
    assertThat(header.part()).isBetween(0, header.parts());
    assertThat(header.parts()).isLessThanOrEqualTo(Limits.MAX_COMPACTION_PARTS);
    assertThat(header.membership().isPresent()).isEqualTo(isMembership(file));
    assertThat(header.space().isEmpty())
        .isEqualTo(header.membership().filter(change -> change.hasGenesis()).isPresent());
  }

  private static boolean isMembership(SignedHeader file) {
    try {
      return HeaderBody.parseFrom(file.associatedData()).hasMembership();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("a header was read of what cannot be read", e);
    }
  }
}
