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

class SignedIncarnationTest {
  private static final int NUMBER_OFFSET = 1 + 32;
  private static final int SIZE_OFFSET = NUMBER_OFFSET + 4;
  private static final int KNOWN_SIZE_OFFSET = SIZE_OFFSET + 8 + 32;
  private static final int SERVER_TIME_OFFSET = KNOWN_SIZE_OFFSET + 8;

  private final SigningKey notary = SigningKey.fromSeed(new byte[32]);
  private final Incarnation incarnation = new Incarnation(
      Samples.SPACE,
      0xfffffffe,
      0x0102030405060708L,
      Samples.ROOT,
      0x0102030405060709L,
      1_767_225_600_000L);
  private final SignedIncarnation signed = SignedIncarnation.sign(incarnation, notary);

  /** Evidence for ever: if this test fails, the format has changed. */
  @Test
  void hasTheBytesThatTheSpecificationGives() {
    assertThat(HexFormat.of().formatHex(incarnation.bytes()))
        .isEqualTo("01"
            + "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
            + "fffffffe"
            + "0102030405060708"
            + "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
            + "0102030405060709"
            + "0000019b76daa800");
    assertThat(Incarnation.BYTES).isEqualTo(93);
    assertThat(SignedIncarnation.BYTES).isEqualTo(157);
    assertThat(signed.exact().toByteArray()).startsWith(incarnation.bytes());
  }

  @Test
  void isParsedBackToTheSame() throws FormatException {
    SignedIncarnation parsed = SignedIncarnation.parse(signed.exact());
    assertThat(parsed).isEqualTo(signed);
    assertThat(parsed.verify(notary.verifyingKey())).isTrue();
    assertThat(parsed.incarnation().lost()).isOne();
  }

  @Test
  void noBitMayFlip() {
    for (int bit = 0; bit < 8 * SignedIncarnation.BYTES; bit++) {
      byte[] flipped = Mutations.flipBit(signed.exact().toByteArray(), bit);
      assertThat(isAccepted(flipped)).as("bit %d", bit).isFalse();
    }
  }

  private boolean isAccepted(byte[] bytes) {
    try {
      return SignedIncarnation.parse(ByteString.copyFrom(bytes)).verify(notary.verifyingKey());
    } catch (FormatException e) {
      return false;
    }
  }

  @Test
  void aHeadsSignatureIsNotAnIncarnations() throws FormatException {
    byte[] elsewhere = notary.sign(SignatureContext.TREE_HEAD, incarnation.bytes());
    byte[] moved = signed.exact().toByteArray();
    System.arraycopy(elsewhere, 0, moved, Incarnation.BYTES, elsewhere.length);
    assertThat(isAccepted(moved)).isFalse();
  }

  @Test
  void anyOtherLengthIsRefused() {
    for (int length : new int[] {0, 93, 156, 158}) {
      ByteString bytes = ByteString.copyFrom(Arrays.copyOf(signed.exact().toByteArray(), length));
      assertThatThrownBy(() -> SignedIncarnation.parse(bytes)).isInstanceOf(FormatException.class);
    }
  }

  @Test
  void numbersOutOfTheirBoundsAreRefused() {
    assertRefused(put(0, (byte) 2));
    assertRefused(putInt(NUMBER_OFFSET, 0));
    assertRefused(putLong(SIZE_OFFSET, incarnation.knownSize() + 1));
    assertRefused(putLong(SIZE_OFFSET, -1));
    assertRefused(putLong(KNOWN_SIZE_OFFSET, incarnation.size() - 1));
    assertRefused(putLong(KNOWN_SIZE_OFFSET, Limits.MAX_SEQUENCE));
    assertRefused(putLong(SERVER_TIME_OFFSET, HybridTime.MAX_MILLIS + 1));
  }

  @Test
  void numbersAtTheirBoundsAreTaken() throws FormatException {
    SignedIncarnation.parse(putInt(NUMBER_OFFSET, 1));
    SignedIncarnation.parse(putLong(SIZE_OFFSET, incarnation.knownSize()));
    SignedIncarnation.parse(putLong(SIZE_OFFSET, 0));
    SignedIncarnation.parse(putLong(KNOWN_SIZE_OFFSET, Limits.MAX_SEQUENCE - 1));
    SignedIncarnation.parse(putLong(SERVER_TIME_OFFSET, HybridTime.MAX_MILLIS));
  }

  private static void assertRefused(ByteString bytes) {
    assertThatThrownBy(() -> SignedIncarnation.parse(bytes)).isInstanceOf(FormatException.class);
  }

  private ByteString put(int at, byte value) {
    byte[] bytes = signed.exact().toByteArray();
    bytes[at] = value;
    return ByteString.copyFrom(bytes);
  }

  private ByteString putInt(int at, int value) {
    byte[] bytes = signed.exact().toByteArray();
    ByteBuffer.wrap(bytes).putInt(at, value);
    return ByteString.copyFrom(bytes);
  }

  private ByteString putLong(int at, long value) {
    byte[] bytes = signed.exact().toByteArray();
    ByteBuffer.wrap(bytes).putLong(at, value);
    return ByteString.copyFrom(bytes);
  }
}
