package dev.sealift.protocol.admission;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.NewerFormatException;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.proto.AdmissionTokenBody;
import java.util.Base64;

/**
 * What an operator signed: a tenant's spaces are kept until then, each within these bounds. Whoever holds it may use it. Keeps the
 * exact bytes; that they are an operator's is for {@link #isSignedBy} to say, and until then nothing in it is true.
 *
 * <pre>
 * body, an encoded AdmissionTokenBody ‖ signature over it, 64 bytes
 * </pre>
 *
 * <p>Prints nothing that could be used.
 */
public final class AdmissionToken {
  /** What a token's text begins with. */
  public static final String TEXT_PREFIX = "sealift-token:";

  public static final int TENANT_BYTES = 16;

  /** Far enough for any contract, near enough that sums with it never overflow. */
  public static final long MAX_MILLIS = 1L << 47;

  private static final int VERSION = 1;

  private static final int MAX_TEXT_CHARACTERS =
      TEXT_PREFIX.length() + (Limits.MAX_ADMISSION_TOKEN_BYTES * 4 + 2) / 3;

  private final ByteString bytes;
  private final ByteString tenant;
  private final long serial;
  private final long issuedAtMillis;
  private final long expiresAtMillis;
  private final SpaceQuota quota;

  private AdmissionToken(ByteString bytes, AdmissionTokenBody body) throws FormatException {
    this.bytes = bytes;
    this.tenant = body.getTenant();
    this.serial = body.getSerial();
    this.issuedAtMillis = body.getIssuedAtMillis();
    this.expiresAtMillis = body.getExpiresAtMillis();
    this.quota = SpaceQuota.parse(body.getQuota());
  }

  /**
   * Signs a new one.
   *
   * @throws IllegalArgumentException when the tenant is not {@value #TENANT_BYTES} bytes, or it would expire before it is issued
   */
  public static AdmissionToken sign(
      SigningKey operator,
      ByteString tenant,
      long serial,
      long issuedAtMillis,
      long expiresAtMillis,
      SpaceQuota quota) {
    ByteString body = AdmissionTokenBody.newBuilder()
        .setVersion(VERSION)
        .setTenant(tenant)
        .setSerial(serial)
        .setIssuedAtMillis(issuedAtMillis)
        .setExpiresAtMillis(expiresAtMillis)
        .setQuota(quota.toProto())
        .build()
        .toByteString();
    byte[] signature = operator.sign(SignatureContext.ADMISSION_TOKEN, body.toByteArray());
    try {
      return parse(body.concat(ByteString.copyFrom(signature)));
    } catch (FormatException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /**
   * Reads the bytes. Whose they are is not checked.
   *
   * @throws NewerFormatException when it is of a version that this code does not know
   */
  public static AdmissionToken parse(ByteString bytes) throws FormatException {
    if (bytes.size() <= VerifyingKey.SIGNATURE_BYTES
        || bytes.size() > Limits.MAX_ADMISSION_TOKEN_BYTES) {
      throw new FormatException("an admission token is 65 to 512 bytes long");
    }
    AdmissionTokenBody body = body(bytes);
    if (body.getVersion() > VERSION) {
      throw new NewerFormatException("an admission token of a newer version");
    }
    boolean wellFormed = body.getVersion() == VERSION
        && body.getTenant().size() == TENANT_BYTES
        && body.getIssuedAtMillis() >= 0
        && body.getExpiresAtMillis() > body.getIssuedAtMillis()
        && body.getExpiresAtMillis() < MAX_MILLIS;
    if (!wellFormed) {
      throw new FormatException("an admission token's tenant or times are out of range");
    }
    return new AdmissionToken(bytes, body);
  }

  private static AdmissionTokenBody body(ByteString bytes) throws FormatException {
    try {
      return AdmissionTokenBody.parseFrom(
          bytes.substring(0, bytes.size() - VerifyingKey.SIGNATURE_BYTES));
    } catch (InvalidProtocolBufferException e) {
      throw new FormatException("not an admission token", e);
    }
  }

  /** Reads {@link #text}, white space around it passed over. */
  public static AdmissionToken parseText(String text) throws FormatException {
    String line = text.strip();
    if (!line.startsWith(TEXT_PREFIX) || line.length() > MAX_TEXT_CHARACTERS) {
      throw new FormatException("an admission token begins with " + TEXT_PREFIX);
    }
    try {
      return parse(
          ByteString.copyFrom(Base64.getUrlDecoder().decode(line.substring(TEXT_PREFIX.length()))));
    } catch (IllegalArgumentException e) {
      throw new FormatException("an admission token is base64 behind " + TEXT_PREFIX, e);
    }
  }

  /** One line. */
  public String text() {
    return TEXT_PREFIX
        + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
  }

  public boolean isSignedBy(VerifyingKey operator) {
    int end = bytes.size() - VerifyingKey.SIGNATURE_BYTES;
    return operator.verify(
        SignatureContext.ADMISSION_TOKEN,
        bytes.substring(end).toByteArray(),
        bytes.substring(0, end).toByteArray());
  }

  public ByteString byteString() {
    return bytes;
  }

  /** {@value #TENANT_BYTES} bytes that an operator gave one customer; no name. */
  public ByteString tenant() {
    return tenant;
  }

  public long serial() {
    return serial;
  }

  public long issuedAtMillis() {
    return issuedAtMillis;
  }

  public long expiresAtMillis() {
    return expiresAtMillis;
  }

  /** From here on it is good no more. */
  public boolean isExpiredAt(long nowMillis) {
    return nowMillis >= expiresAtMillis;
  }

  public SpaceQuota quota() {
    return quota;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AdmissionToken token && token.bytes.equals(bytes);
  }

  @Override
  public int hashCode() {
    return bytes.hashCode();
  }

  @Override
  public String toString() {
    return "an admission token";
  }
}
