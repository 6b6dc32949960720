package dev.sealift.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifyingKeyTest {
  private static final SignatureContext CONTEXT = SignatureContext.FILE_HEADER;
  private static final byte[] MESSAGE = {1, 2, 3};
  private static final BigInteger GROUP_ORDER =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

  private final SigningKey signing = SigningKey.fromSeed(new byte[32]);
  private final VerifyingKey key = signing.verifyingKey();
  private final byte[] signature = signing.sign(CONTEXT, MESSAGE);

  @Test
  void aSignatureVerifiesUnderItsKeyOnly() {
    assertThat(key.verify(CONTEXT, signature, MESSAGE)).isTrue();
    assertThat(SigningKey.generate().verifyingKey().verify(CONTEXT, signature, MESSAGE))
        .isFalse();
  }

  @Test
  void whereThePartsAreCutDoesNotMatter() {
    assertThat(key.verify(CONTEXT, signature, new byte[] {1}, new byte[] {2, 3}))
        .isTrue();
  }

  @Test
  void noBitOfTheSignatureMayFlip() {
    for (int bit = 0; bit < 8 * VerifyingKey.SIGNATURE_BYTES; bit++) {
      byte[] flipped = signature.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(key.verify(CONTEXT, flipped, MESSAGE)).as("bit %d", bit).isFalse();
    }
  }

  @Test
  void aSignatureOfAnyOtherLengthIsRefused() {
    for (int length : new int[] {0, 1, 32, 63, 65, 128, 1 << 16}) {
      assertThat(key.verify(CONTEXT, Arrays.copyOf(signature, length), MESSAGE)).isFalse();
    }
  }

  /** Else a third party could make a second signature, and with it a second FileId for one file. */
  @Test
  void aSignatureCannotBeRewrittenIntoAnother() {
    byte[] rewritten = signature.clone();
    BigInteger s = littleEndian(Arrays.copyOfRange(signature, 32, 64)).add(GROUP_ORDER);
    System.arraycopy(littleEndian(s), 0, rewritten, 32, 32);
    assertThat(key.verify(CONTEXT, rewritten, MESSAGE)).isFalse();
  }

  @Test
  void aKeyOfAnyOtherLengthIsRefused() {
    for (int length : new int[] {0, 1, 31, 33, 64}) {
      assertThatThrownBy(() -> VerifyingKey.of(new byte[length]))
          .isInstanceOf(FormatException.class);
      assertThatThrownBy(() -> VerifyingKey.parse(ByteString.copyFrom(new byte[length])))
          .isInstanceOf(FormatException.class);
    }
  }

  /** Each of the eight points of small order, and every other way to write one: anyone can sign for these. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
      })
  void aKeyThatAnyoneCanSignForIsNoKey(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    byte[] otherSign = bytes.clone();
    otherSign[31] ^= (byte) 0x80;
    assertThatThrownBy(() -> VerifyingKey.of(bytes))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("small order");
    assertThatThrownBy(() -> VerifyingKey.of(otherSign)).isInstanceOf(FormatException.class);
  }

  /** Not a point at all, beyond the field's prime, all ones: whatever the key, an answer comes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0200000000000000000000000000000000000000000000000000000000000000",
        "efffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
      })
  void noKeyMakesVerifyingThrow(String hex) throws FormatException {
    VerifyingKey hostile = VerifyingKey.of(HexFormat.of().parseHex(hex));
    assertThat(hostile.verify(CONTEXT, signature, MESSAGE)).isFalse();
    assertThat(hostile.verify(CONTEXT, new byte[64], MESSAGE)).isFalse();
  }

  @Test
  void isItsBytes() throws FormatException {
    VerifyingKey again = VerifyingKey.parse(key.byteString());
    assertThat(again).isEqualTo(key).hasSameHashCodeAs(key);
    assertThat(again).hasToString(HexFormat.of().formatHex(key.toByteArray()));
    assertThat(again).isNotEqualTo(SigningKey.generate().verifyingKey());
  }

  @Test
  void whatIsHandedInAndOutIsCopied() throws FormatException {
    byte[] bytes = key.toByteArray();
    VerifyingKey copy = VerifyingKey.of(bytes);
    bytes[0] ^= 1;
    copy.toByteArray()[0] ^= 1;
    assertThat(copy).isEqualTo(key);
    assertThat(copy.verify(CONTEXT, signature, MESSAGE)).isTrue();
  }

  private static BigInteger littleEndian(byte[] bytes) {
    return new BigInteger(1, reversed(bytes));
  }

  private static byte[] littleEndian(BigInteger number) {
    byte[] bigEndian = number.toByteArray();
    byte[] padded = new byte[32];
    System.arraycopy(bigEndian, 0, padded, 32 - bigEndian.length, bigEndian.length);
    return reversed(padded);
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return reversed;
  }
}
