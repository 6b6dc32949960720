package dev.sealift.protocol.membership;

import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.SpaceId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Locale;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A short code of a device in a space, for two people to compare: section 8 of the specification. It takes long to work out, a tenth of a second or more, so that nobody finds another device that has the same one.
 */
public final class ComparisonCode {
  private static final byte[] CONTEXT =
      "sealift.v1 comparison\0".getBytes(StandardCharsets.US_ASCII);
  private static final int ITERATIONS = 600_000;
  private static final long CODES = 1_000_000_000_000L;

  private ComparisonCode() {}

  /** Twelve digits in three groups, with a space between them. */
  public static String of(SpaceId space, DeviceId device) {
    byte[] id = space.toByteArray();
    byte[] salt =
        ByteBuffer.allocate(CONTEXT.length + id.length).put(CONTEXT).put(id).array();
    PBEKeySpec spec =
        new PBEKeySpec(device.toString().toCharArray(), salt, ITERATIONS, Long.BYTES * Byte.SIZE);
    try {
      byte[] derived = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
          .generateSecret(spec)
          .getEncoded();
      long code = Long.remainderUnsigned(ByteBuffer.wrap(derived).getLong(), CODES);
      String digits = String.format(Locale.ROOT, "%012d", code);
      return digits.substring(0, 4) + ' ' + digits.substring(4, 8) + ' ' + digits.substring(8);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has it", e);
    }
  }
}
