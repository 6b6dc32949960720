package dev.sealift.protocol.wire;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.DeviceId;
import java.nio.ByteBuffer;

/**
 * What the two ends of a connection sign. Each signature covers the protocol version, the notary's key, the space and the
 * nonces of both sides, so that none can be replayed on another connection or relayed to another mesh.
 *
 * @param space 32 bytes; zeros when the device names no space yet
 * @param clientNonce 32 bytes
 * @param serverNonce 32 bytes
 */
public record Handshake(
    int version,
    VerifyingKey notary,
    ByteString space,
    ByteString clientNonce,
    ByteString serverNonce) {
  public static final int NONCE_BYTES = 32;
  public static final int SPACE_BYTES = 32;

  /** What {@link #bytes} gives. */
  static final int BYTES = Integer.BYTES + VerifyingKey.BYTES + SPACE_BYTES + 2 * NONCE_BYTES;

  public Handshake {
    if (space.isEmpty()) {
      space = ByteString.copyFrom(new byte[SPACE_BYTES]);
    }
    if (space.size() != SPACE_BYTES
        || clientNonce.size() != NONCE_BYTES
        || serverNonce.size() != NONCE_BYTES) {
      throw new IllegalArgumentException("a space and both nonces are 32 bytes long");
    }
  }

  public byte[] signAsNotary(SigningKey notaryKey, long serverTimeMillis) {
    return notaryKey.sign(SignatureContext.CONNECT_NOTARY, bytes(), longBytes(serverTimeMillis));
  }

  public boolean verifyNotary(byte[] signature, long serverTimeMillis) {
    return notary.verify(
        SignatureContext.CONNECT_NOTARY, signature, bytes(), longBytes(serverTimeMillis));
  }

  public byte[] signAsDevice(SigningKey device, DeviceId id) {
    return device.sign(SignatureContext.CONNECT_DEVICE, bytes(), id.toByteArray());
  }

  public boolean verifyDevice(VerifyingKey device, DeviceId id, byte[] signature) {
    return device.verify(SignatureContext.CONNECT_DEVICE, signature, bytes(), id.toByteArray());
  }

  public byte[] signAsInvitation(SigningKey invitation, DeviceId id) {
    return invitation.sign(SignatureContext.CONNECT_INVITATION, bytes(), id.toByteArray());
  }

  public boolean verifyInvitation(VerifyingKey invitation, DeviceId id, byte[] signature) {
    return invitation.verify(
        SignatureContext.CONNECT_INVITATION, signature, bytes(), id.toByteArray());
  }

  /** What every signature of the connection covers. */
  byte[] bytes() {
    return ByteBuffer.allocate(BYTES)
        .putInt(version)
        .put(notary.toByteArray())
        .put(space.asReadOnlyByteBuffer())
        .put(clientNonce.asReadOnlyByteBuffer())
        .put(serverNonce.asReadOnlyByteBuffer())
        .array();
  }

  /** Reads the next {@value #BYTES} bytes, which must be there. */
  static Handshake read(ByteBuffer from) throws FormatException {
    return new Handshake(
        from.getInt(),
        VerifyingKey.of(take(from, VerifyingKey.BYTES)),
        ByteString.copyFrom(from, SPACE_BYTES),
        ByteString.copyFrom(from, NONCE_BYTES),
        ByteString.copyFrom(from, NONCE_BYTES));
  }

  private static byte[] take(ByteBuffer from, int count) {
    byte[] bytes = new byte[count];
    from.get(bytes);
    return bytes;
  }

  private static byte[] longBytes(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }
}
