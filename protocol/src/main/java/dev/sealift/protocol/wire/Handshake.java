package dev.sealift.protocol.wire;

import com.google.protobuf.ByteString;
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
    return notaryKey.sign(SignatureContext.CONNECT_NOTARY, shared(), longBytes(serverTimeMillis));
  }

  public boolean verifyNotary(byte[] signature, long serverTimeMillis) {
    return notary.verify(
        SignatureContext.CONNECT_NOTARY, signature, shared(), longBytes(serverTimeMillis));
  }

  public byte[] signAsDevice(SigningKey device, DeviceId id) {
    return device.sign(SignatureContext.CONNECT_DEVICE, shared(), id.toByteArray());
  }

  public boolean verifyDevice(VerifyingKey device, DeviceId id, byte[] signature) {
    return device.verify(SignatureContext.CONNECT_DEVICE, signature, shared(), id.toByteArray());
  }

  public byte[] signAsInvitation(SigningKey invitation, DeviceId id) {
    return invitation.sign(SignatureContext.CONNECT_INVITATION, shared(), id.toByteArray());
  }

  public boolean verifyInvitation(VerifyingKey invitation, DeviceId id, byte[] signature) {
    return invitation.verify(
        SignatureContext.CONNECT_INVITATION, signature, shared(), id.toByteArray());
  }

  private byte[] shared() {
    return ByteBuffer.allocate(Integer.BYTES + VerifyingKey.BYTES + SPACE_BYTES + 2 * NONCE_BYTES)
        .putInt(version)
        .put(notary.toByteArray())
        .put(space.asReadOnlyByteBuffer())
        .put(clientNonce.asReadOnlyByteBuffer())
        .put(serverNonce.asReadOnlyByteBuffer())
        .array();
  }

  private static byte[] longBytes(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }
}
