package dev.sealift.protocol.log;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import java.nio.ByteBuffer;

/**
 * An {@link Incarnation} as the notary signed it: evidence for ever of what a mesh said it lost.
 *
 * <pre>
 * incarnation  93 bytes, see {@link Incarnation}
 * signature    64 bytes, Ed25519 over context INCARNATION and the incarnation
 * </pre>
 *
 * @param exact the bytes, kept and passed on unchanged
 */
public record SignedIncarnation(ByteString exact, Incarnation incarnation) {
  public static final int BYTES = Incarnation.BYTES + VerifyingKey.SIGNATURE_BYTES;

  /** The notary's word; to be given only for what is known durable. */
  public static SignedIncarnation sign(Incarnation incarnation, SigningKey notary) {
    byte[] body = incarnation.bytes();
    byte[] signature = notary.sign(SignatureContext.INCARNATION, body);
    return new SignedIncarnation(
        ByteString.copyFrom(body).concat(ByteString.copyFrom(signature)), incarnation);
  }

  /**
   * Reads what came from outside. The signature is not checked here: see {@link #verify}.
   *
   * @throws FormatException when length, version or a number is wrong
   */
  public static SignedIncarnation parse(ByteString exact) throws FormatException {
    if (exact.size() != BYTES) {
      throw new FormatException(
          "a signed incarnation must be " + BYTES + " bytes long, not " + exact.size());
    }
    return new SignedIncarnation(exact, Incarnation.read(ByteBuffer.wrap(exact.toByteArray())));
  }

  /** Whether the signature is {@code notary}'s, over these very bytes. Never throws on hostile input. */
  public boolean verify(VerifyingKey notary) {
    byte[] body = exact.substring(0, Incarnation.BYTES).toByteArray();
    byte[] signature = exact.substring(Incarnation.BYTES).toByteArray();
    return notary.verify(SignatureContext.INCARNATION, signature, body);
  }
}
