package dev.sealift.protocol.log;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A {@link TreeHead} as the notary signed it: the exact bytes, kept and passed on unchanged, and
 * what they say.
 *
 * <pre>
 * head       85 bytes, see {@link TreeHead}
 * signature  64 bytes, Ed25519 over context TREE_HEAD and the head
 * </pre>
 *
 * <p>Immutable; equal by bytes.
 */
public final class SignedTreeHead {
  public static final int BYTES = TreeHead.BYTES + VerifyingKey.SIGNATURE_BYTES;

  private final byte[] bytes;
  private final TreeHead head;

  private SignedTreeHead(byte[] owned, TreeHead head) {
    this.bytes = owned;
    this.head = head;
  }

  /** The notary's word that this is the log. To be given only for what is known durable. */
  public static SignedTreeHead sign(TreeHead head, SigningKey notary) {
    byte[] body = head.bytes();
    byte[] signature = notary.sign(SignatureContext.TREE_HEAD, body);
    return new SignedTreeHead(
        ByteBuffer.allocate(BYTES).put(body).put(signature).array(), head);
  }

  /**
   * Copies and reads what came from outside. The signature is not checked here: see {@link
   * #verify}.
   *
   * @throws FormatException when length, version, size or server time is wrong
   */
  public static SignedTreeHead parse(byte[] exact) throws FormatException {
    checkLength(exact.length);
    byte[] owned = exact.clone();
    return new SignedTreeHead(owned, TreeHead.read(ByteBuffer.wrap(owned)));
  }

  /** Reads the value of a protobuf field, as {@link #parse(byte[])} does. */
  public static SignedTreeHead parse(ByteString exact) throws FormatException {
    checkLength(exact.size());
    byte[] owned = exact.toByteArray();
    return new SignedTreeHead(owned, TreeHead.read(ByteBuffer.wrap(owned)));
  }

  private static void checkLength(int length) throws FormatException {
    if (length != BYTES) {
      throw new FormatException(
          "a signed tree head must be " + BYTES + " bytes long, not " + length);
    }
  }

  /**
   * Whether the signature is {@code notary}'s, over these very bytes. Never throws on hostile
   * input.
   */
  public boolean verify(VerifyingKey notary) {
    byte[] body = Arrays.copyOf(bytes, TreeHead.BYTES);
    byte[] signature = Arrays.copyOfRange(bytes, TreeHead.BYTES, BYTES);
    return notary.verify(SignatureContext.TREE_HEAD, signature, body);
  }

  public TreeHead head() {
    return head;
  }

  /** A copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The value of a protobuf field. */
  public ByteString byteString() {
    return ByteString.copyFrom(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SignedTreeHead that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** What the head says, without the signature. */
  @Override
  public String toString() {
    return "Signed" + head;
  }
}
