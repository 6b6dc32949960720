package dev.sealift.protocol.vectors;

import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.vectors.Cases;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A signature on which the two verification equations disagree: R is off by a point of order 2, which the cofactor would
 * multiply away. Edwards arithmetic as RFC 8032, section 5.1, has it, slow and in the open.
 */
final class CofactorVector {
  private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
  private static final BigInteger ORDER =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
  private static final BigInteger D = BigInteger.valueOf(-121_665)
      .multiply(BigInteger.valueOf(121_666).modInverse(P))
      .mod(P);
  private static final Point BASE = new Point(
      new BigInteger(
          "15112221349535400772501151409588531511454012693041857206046113283949847762202"),
      new BigInteger(
          "46316835694926478169428394003475163141307993866256225615783033603165251855960"));
  private static final Point ORDER_TWO = new Point(BigInteger.ZERO, P.subtract(BigInteger.ONE));

  private CofactorVector() {}

  private record Point(BigInteger x, BigInteger y) {
    Point plus(Point other) {
      BigInteger product =
          D.multiply(x).multiply(other.x).multiply(y).multiply(other.y).mod(P);
      BigInteger sumX = x.multiply(other.y).add(y.multiply(other.x));
      BigInteger sumY = y.multiply(other.y).add(x.multiply(other.x));
      return new Point(
          sumX.multiply(BigInteger.ONE.add(product).modInverse(P)).mod(P),
          sumY.multiply(BigInteger.ONE.subtract(product).modInverse(P)).mod(P));
    }

    Point times(BigInteger scalar) {
      Point sum = new Point(BigInteger.ZERO, BigInteger.ONE);
      for (int bit = scalar.bitLength() - 1; bit >= 0; bit--) {
        sum = sum.plus(sum);
        sum = scalar.testBit(bit) ? sum.plus(this) : sum;
      }
      return sum;
    }

    byte[] encoded() {
      byte[] bytes = SignatureVectors.littleEndian(y);
      bytes[31] |= (byte) (x.testBit(0) ? 0x80 : 0);
      return bytes;
    }
  }

  static void add(Cases to) {
    byte[] part = "cofactor".getBytes(StandardCharsets.US_ASCII);
    BigInteger secret = BigInteger.valueOf(8_000_009);
    BigInteger nonce = BigInteger.valueOf(1_234_567);
    byte[] key = BASE.times(secret).encoded();
    to.add(
        "a signature with a chosen nonce",
        "The next one without its flaw.",
        SignatureVectors.verify(
            SignatureContext.JOIN, key, signed(BASE.times(nonce), nonce, secret, key, part), part));
    to.add(
        "refused: good only for the equation with cofactor",
        "R has a point of order 2 added. 8 S B = 8 R + 8 k A holds, S B = R + k A does not.",
        SignatureVectors.verify(
            SignatureContext.JOIN,
            key,
            signed(BASE.times(nonce).plus(ORDER_TWO), nonce, secret, key, part),
            part));
  }

  private static byte[] signed(
      Point r, BigInteger nonce, BigInteger secret, byte[] key, byte[] part) {
    byte[] message = ("sealift.v1 join\0" + new String(part, StandardCharsets.US_ASCII))
        .getBytes(StandardCharsets.US_ASCII);
    BigInteger k = SignatureVectors.littleEndian(sha512(r.encoded(), key, message));
    byte[] s = SignatureVectors.littleEndian(nonce.add(k.multiply(secret)).mod(ORDER));
    byte[] signature = new byte[64];
    System.arraycopy(r.encoded(), 0, signature, 0, 32);
    System.arraycopy(s, 0, signature, 32, 32);
    return signature;
  }

  private static byte[] sha512(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-512");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
