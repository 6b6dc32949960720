package dev.sealift.protocol.log;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.Hash;
import java.nio.ByteBuffer;

/**
 * A {@link Position} as its device signed it: the exact bytes, kept and passed on unchanged, and what they say. Proof for whoever
 * holds the log that the device holds it too, or another one.
 *
 * <pre>
 * position  117 bytes, see {@link Position}
 * signature  64 bytes, Ed25519 over context POSITION and the position
 * </pre>
 *
 * <p>Immutable.
 */
public record SignedPosition(ByteString exact, Position position) {
  public static final int BYTES = Position.BYTES + VerifyingKey.SIGNATURE_BYTES;

  /** Where the sequence begins in the bytes, from 0, for whoever compares them unread; it has {@link Long#BYTES}. */
  public static final int SEQUENCE_OFFSET = Position.BYTES - Long.BYTES - Hash.BYTES - Long.BYTES;

  /** The same of the hybrid time. */
  public static final int TIME_OFFSET = Position.BYTES - Long.BYTES;

  /** The device's word. To be given only for what is durable on it. */
  public static SignedPosition sign(Position position, SigningKey device) {
    byte[] body = position.bytes();
    byte[] signature = device.sign(SignatureContext.POSITION, body);
    byte[] exact = ByteBuffer.allocate(BYTES).put(body).put(signature).array();
    return new SignedPosition(ByteString.copyFrom(exact), position);
  }

  /**
   * Reads what came from outside. The signature is not checked here: see {@link #verify}.
   *
   * @throws FormatException when length, version or sequence is wrong
   */
  public static SignedPosition parse(ByteString exact) throws FormatException {
    if (exact.size() != BYTES) {
      throw new FormatException(
          "a signed position must be " + BYTES + " bytes long, not " + exact.size());
    }
    return new SignedPosition(exact, Position.read(exact.asReadOnlyByteBuffer()));
  }

  /** Whether the signature is by {@code device}'s key, over these very bytes. Never throws on hostile input. */
  public boolean verify(VerifyingKey device) {
    byte[] body = exact.substring(0, Position.BYTES).toByteArray();
    byte[] signature = exact.substring(Position.BYTES).toByteArray();
    return device.verify(SignatureContext.POSITION, signature, body);
  }

  /** Of two of one device the one that was signed later, by bytes alone; empty ones are the oldest. */
  public static ByteString newer(ByteString a, ByteString b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.isEmpty() ? b : a;
    }
    return Long.compareUnsigned(time(a), time(b)) >= 0 ? a : b;
  }

  private static long time(ByteString exact) {
    return exact.asReadOnlyByteBuffer().getLong(TIME_OFFSET);
  }
}
