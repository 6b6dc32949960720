package dev.sealift.protocol.id;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A SHA-256 hash. */
public final class Hash extends FixedBytes implements Comparable<Hash> {
  public static final int BYTES = 32;

  private Hash(byte[] owned) {
    super(owned);
  }

  /** The hash of the parts, one after another. */
  public static Hash of(byte[]... parts) {
    MessageDigest digest = sha256();
    for (byte[] part : parts) {
      digest.update(part);
    }
    return new Hash(digest.digest());
  }

  /** Takes what {@code digest} has collected, and resets it. */
  public static Hash of(MessageDigest digest) {
    return new Hash(digest.digest());
  }

  /** Copies a hash made elsewhere. */
  public static Hash wrap(byte[] bytes) throws FormatException {
    return new Hash(copyOfLength(bytes, BYTES, "A SHA-256 hash"));
  }

  /** Reads the value of a protobuf field. */
  public static Hash parse(ByteString bytes) throws FormatException {
    return new Hash(copyOfLength(bytes, BYTES, "A SHA-256 hash"));
  }

  /** A fresh SHA-256 digest, for hashing in pieces. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Adds this hash to {@code digest} without copying it. */
  public void addTo(MessageDigest digest) {
    digest.update(shared());
  }

  /** Copies this hash into {@code target} at {@code offset}. */
  public void copyTo(byte[] target, int offset) {
    System.arraycopy(shared(), 0, target, offset, BYTES);
  }

  @Override
  public int compareTo(Hash other) {
    return compareBytes(other);
  }
}
