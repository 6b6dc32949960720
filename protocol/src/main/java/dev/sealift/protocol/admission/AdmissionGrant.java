package dev.sealift.protocol.admission;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.SpaceId;

/**
 * A token as a mesh keeps it with a space: bound to that space by the notary's signature, so that whoever edits the store cannot
 * give one space the token of another. What remains to an editor is to take it away, or to put an older one of the same space back.
 *
 * <pre>
 * signed token ‖ the notary's signature over space ‖ signed token, 64 bytes
 * </pre>
 */
public final class AdmissionGrant {
  /** Of the longest one. */
  public static final int MAX_BYTES =
      Limits.MAX_ADMISSION_TOKEN_BYTES + VerifyingKey.SIGNATURE_BYTES;

  private AdmissionGrant() {}

  public static ByteString bind(AdmissionToken token, SpaceId space, SigningKey notary) {
    byte[] bytes = token.byteString().toByteArray();
    byte[] signature = notary.sign(SignatureContext.ADMISSION_GRANT, space.toByteArray(), bytes);
    return token.byteString().concat(ByteString.copyFrom(signature));
  }

  /**
   * The token that a notary bound to a space. Whether it is of an operator who still counts is for the caller to check.
   *
   * @throws FormatException when it is none, or of another space or notary
   */
  public static AdmissionToken open(ByteString grant, SpaceId space, VerifyingKey notary)
      throws FormatException {
    int end = grant.size() - VerifyingKey.SIGNATURE_BYTES;
    if (end <= 0 || grant.size() > MAX_BYTES) {
      throw new FormatException("not an admission grant");
    }
    byte[] token = grant.substring(0, end).toByteArray();
    byte[] signature = grant.substring(end).toByteArray();
    if (!notary.verify(SignatureContext.ADMISSION_GRANT, signature, space.toByteArray(), token)) {
      throw new FormatException("an admission grant of another space or mesh");
    }
    return AdmissionToken.parse(grant.substring(0, end));
  }
}
