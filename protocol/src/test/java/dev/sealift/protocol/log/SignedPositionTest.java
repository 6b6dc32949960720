package dev.sealift.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.DeviceId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SignedPositionTest {
  private final SigningKey key = SigningKey.fromSeed(seed(7));
  private final Position position = new Position(
      Samples.SPACE,
      DeviceId.of(Samples.ROOT),
      0xfffffffe,
      0x0102030405060708L,
      Samples.ROOT,
      HybridTime.of(1_767_225_600_000L, 7));
  private final SignedPosition signed = SignedPosition.sign(position, key);

  /** Positions are evidence: if this test fails, the format has changed. */
  @Test
  void hasTheBytesThatTheSpecificationGives() {
    String body = "01"
        + "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
        + "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
        + "fffffffe"
        + "0102030405060708"
        + "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
        + "019b76daa8000007";
    byte[] signature = key.sign(SignatureContext.POSITION, HexFormat.of().parseHex(body));
    assertThat(HexFormat.of().formatHex(signed.exact().toByteArray()))
        .isEqualTo(body + HexFormat.of().formatHex(signature));
    assertThat(Position.BYTES).isEqualTo(117);
    assertThat(SignedPosition.BYTES).isEqualTo(181);
  }

  @Test
  void isParsedBackToTheSameBytesAndTheSamePosition() throws FormatException {
    SignedPosition parsed = SignedPosition.parse(signed.exact());
    assertThat(parsed).isEqualTo(signed).hasSameHashCodeAs(signed);
    assertThat(parsed.position()).isEqualTo(position);
    assertThat(parsed.verify(key.verifyingKey())).isTrue();
  }

  @Test
  void noBitMayFlip() {
    for (int bit = 0; bit < 8 * SignedPosition.BYTES; bit++) {
      byte[] flipped = Mutations.flipBit(signed.exact().toByteArray(), bit);
      assertThat(isAccepted(flipped)).as("bit %d", bit).isFalse();
    }
  }

  @Test
  void onlyTheDeviceAndOnlyThisContextVerify() throws FormatException {
    byte[] elsewhere = key.sign(SignatureContext.FILE_HEADER, position.bytes());
    ByteString moved = ByteString.copyFrom(position.bytes()).concat(ByteString.copyFrom(elsewhere));
    assertThat(SignedPosition.parse(moved).verify(key.verifyingKey())).isFalse();
    assertThat(signed.verify(SigningKey.fromSeed(seed(8)).verifyingKey())).isFalse();
  }

  @Test
  void anyOtherLengthIsRefused() {
    for (int length : new int[] {0, 1, 117, 180, 182, 1 << 16}) {
      byte[] bytes = Arrays.copyOf(signed.exact().toByteArray(), length);
      assertThat(isParsed(bytes)).as("%d bytes", length).isFalse();
    }
  }

  @Test
  void anUnknownVersionIsRefused() {
    byte[] newer = signed.exact().toByteArray();
    newer[0] = 2;
    assertThatThrownBy(() -> SignedPosition.parse(ByteString.copyFrom(newer)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("version");
  }

  @Test
  void aSequenceOutOfBoundsIsRefused() {
    for (long sequence : new long[] {1, Limits.MAX_SEQUENCE - 1}) {
      assertThat(isParsed(withSequence(sequence))).isTrue();
    }
    for (long sequence : new long[] {0, -1, Limits.MAX_SEQUENCE, Long.MAX_VALUE}) {
      assertThat(isParsed(withSequence(sequence))).isFalse();
    }
  }

  /** Times are unsigned; whoever keeps the newest never reads more of one. */
  @Test
  void theNewerOneIsTheOneSignedLaterWhateverItsSequence() {
    ByteString first = at(9, HybridTime.of(1_000, 0));
    ByteString second = at(4, HybridTime.of(1_000, 1));
    ByteString last = at(2, new HybridTime(-1));
    assertThat(SignedPosition.newer(first, second)).isEqualTo(second);
    assertThat(SignedPosition.newer(second, first)).isEqualTo(second);
    assertThat(SignedPosition.newer(last, second)).isEqualTo(last);
    assertThat(SignedPosition.newer(first, ByteString.EMPTY)).isEqualTo(first);
    assertThat(SignedPosition.newer(ByteString.EMPTY, first)).isEqualTo(first);
    ByteString oldest = at(9, HybridTime.ZERO);
    assertThat(SignedPosition.newer(ByteString.EMPTY, oldest)).isEqualTo(oldest);
    assertThat(SignedPosition.newer(oldest, ByteString.EMPTY)).isEqualTo(oldest);
  }

  private ByteString at(long sequence, HybridTime time) {
    Position at =
        new Position(position.space(), position.device(), 0, sequence, position.root(), time);
    return SignedPosition.sign(at, key).exact();
  }

  private boolean isAccepted(byte[] bytes) {
    try {
      return SignedPosition.parse(ByteString.copyFrom(bytes)).verify(key.verifyingKey());
    } catch (FormatException refused) {
      return false;
    }
  }

  private static boolean isParsed(byte[] bytes) {
    try {
      return SignedPosition.parse(ByteString.copyFrom(bytes)).exact().size() == bytes.length;
    } catch (FormatException refused) {
      return false;
    }
  }

  private byte[] withSequence(long sequence) {
    byte[] bytes = signed.exact().toByteArray();
    return ByteBuffer.wrap(bytes)
        .putLong(SignedPosition.SEQUENCE_OFFSET, sequence)
        .array();
  }

  private static byte[] seed(int fill) {
    byte[] seed = new byte[SigningKey.SEED_BYTES];
    Arrays.fill(seed, (byte) fill);
    return seed;
  }
}
