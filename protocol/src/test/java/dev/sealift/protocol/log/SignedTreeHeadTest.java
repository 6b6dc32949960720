package dev.sealift.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.crypto.SigningKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SignedTreeHeadTest {
  private static final int SIZE_OFFSET = 1 + 32 + 4;
  private static final int SERVER_TIME_OFFSET = SIZE_OFFSET + 8 + 32;

  private final SigningKey notary = SigningKey.fromSeed(seed(7));
  private final TreeHead head = new TreeHead(
      Samples.SPACE, 0xfffffffe, 0x0102030405060708L, Samples.ROOT, 1_767_225_600_000L);
  private final SignedTreeHead signed = SignedTreeHead.sign(head, notary);

  /** Heads are evidence for ever: if this test fails, the format has changed. */
  @Test
  void hasTheBytesThatTheSpecificationGives() {
    String body = "01"
        + "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
        + "fffffffe"
        + "0102030405060708"
        + "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
        + "0000019b76daa800";
    String signature = "ffe933ac78aed8c4580246d7af18de35ca9c3c6813d61bb3708d22c6ab68f4a7"
        + "ebf1c4fe9e8e1d1c8fd6d5403b0059c8452346f345c6ff6cf9abeea824adc90f";
    assertThat(HexFormat.of().formatHex(head.bytes())).isEqualTo(body);
    assertThat(HexFormat.of().formatHex(signed.bytes())).isEqualTo(body + signature);
    assertThat(TreeHead.BYTES).isEqualTo(85);
    assertThat(SignedTreeHead.BYTES).isEqualTo(149);
  }

  @Test
  void isParsedBackToTheSameBytesAndTheSameHead() throws FormatException {
    SignedTreeHead parsed = SignedTreeHead.parse(signed.bytes());
    assertThat(parsed).isEqualTo(signed).hasSameHashCodeAs(signed);
    assertThat(parsed.head()).isEqualTo(head);
    assertThat(parsed.verify(notary.verifyingKey())).isTrue();
    assertThat(SignedTreeHead.parse(signed.byteString())).isEqualTo(signed);
  }

  @Test
  void noBitMayFlip() {
    for (int bit = 0; bit < 8 * SignedTreeHead.BYTES; bit++) {
      byte[] flipped = Mutations.flipBit(signed.bytes(), bit);
      assertThat(isAccepted(flipped)).as("bit %d", bit).isFalse();
    }
  }

  @Test
  void onlyTheNotaryAndOnlyThisContextVerify() throws FormatException {
    byte[] elsewhere = notary.sign(SignatureContext.FILE_HEADER, head.bytes());
    byte[] moved = signed.bytes();
    System.arraycopy(elsewhere, 0, moved, TreeHead.BYTES, elsewhere.length);
    assertThat(SignedTreeHead.parse(moved).verify(notary.verifyingKey())).isFalse();
    assertThat(signed.verify(SigningKey.fromSeed(seed(8)).verifyingKey())).isFalse();
  }

  @Test
  void anyOtherLengthIsRefused() {
    for (int length : new int[] {0, 1, 85, 148, 150, 1 << 16}) {
      byte[] bytes = Arrays.copyOf(signed.bytes(), length);
      assertThatThrownBy(() -> SignedTreeHead.parse(bytes)).isInstanceOf(FormatException.class);
      assertThatThrownBy(() -> SignedTreeHead.parse(ByteString.copyFrom(bytes)))
          .isInstanceOf(FormatException.class);
    }
  }

  @Test
  void anUnknownVersionIsRefused() {
    byte[] newer = signed.bytes();
    newer[0] = 2;
    assertThatThrownBy(() -> SignedTreeHead.parse(newer))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("version");
  }

  @Test
  void aSizeOutOfBoundsIsRefused() throws FormatException {
    for (long size : new long[] {0, 1, Limits.MAX_SEQUENCE - 1}) {
      assertThat(SignedTreeHead.parse(withLong(SIZE_OFFSET, size)).head().size())
          .isEqualTo(size);
    }
    for (long size : new long[] {-1, Long.MIN_VALUE, Limits.MAX_SEQUENCE, Long.MAX_VALUE}) {
      assertThatThrownBy(() -> SignedTreeHead.parse(withLong(SIZE_OFFSET, size)))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("leaves");
    }
  }

  @Test
  void aServerTimeThatNoHybridTimeCanHoldIsRefused() throws FormatException {
    for (long millis : new long[] {0, HybridTime.MAX_MILLIS}) {
      byte[] bytes = withLong(SERVER_TIME_OFFSET, millis);
      assertThat(SignedTreeHead.parse(bytes).head().serverTimeMillis()).isEqualTo(millis);
    }
    for (long millis : new long[] {-1, HybridTime.MAX_MILLIS + 1}) {
      assertThatThrownBy(() -> SignedTreeHead.parse(withLong(SERVER_TIME_OFFSET, millis)))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("server time");
    }
  }

  @Test
  void whatIsHandedInAndOutIsCopied() throws FormatException {
    byte[] given = signed.bytes();
    SignedTreeHead parsed = SignedTreeHead.parse(given);
    given[40] ^= 1;
    parsed.bytes()[40] ^= 1;
    assertThat(parsed).isEqualTo(signed);
    assertThat(parsed.verify(notary.verifyingKey())).isTrue();
  }

  private boolean isAccepted(byte[] bytes) {
    try {
      return SignedTreeHead.parse(bytes).verify(notary.verifyingKey());
    } catch (FormatException refused) {
      return false;
    }
  }

  private byte[] withLong(int offset, long value) {
    return ByteBuffer.wrap(signed.bytes()).putLong(offset, value).array();
  }

  private static byte[] seed(int fill) {
    byte[] seed = new byte[SigningKey.SEED_BYTES];
    Arrays.fill(seed, (byte) fill);
    return seed;
  }
}
