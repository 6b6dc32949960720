package dev.sealift.protocol.file;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.proto.HeaderBody;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A file's header as its author signed it: the exact bytes, kept and passed on unchanged, and what they say.
 *
 * <pre>
 * body             protobuf HeaderBody, any length
 * payload length    4 bytes, unsigned, big-endian
 * payload SHA-256  32 bytes
 * signature        64 bytes, Ed25519 over context FILE_HEADER and everything before
 * </pre>
 *
 * <p>The payload is sealed with {@linkplain #associatedData the body} as associated data, so that it cannot be moved to
 * another header. Immutable; equal by bytes.
 */
public final class SignedHeader {
  private static final int LENGTH_BYTES = 4;
  private static final int TRAILER_BYTES = LENGTH_BYTES + Hash.BYTES;
  private static final int MIN_BYTES = TRAILER_BYTES + VerifyingKey.SIGNATURE_BYTES;

  private final byte[] bytes;
  private final FileHeader header;
  private final FileId id;

  private SignedHeader(byte[] bytes, FileHeader header) {
    this.bytes = bytes;
    this.header = header;
    this.id = FileId.of(Hash.of(bytes));
  }

  /**
   * Reads what came from outside. The signature is not checked here: see {@link #verify}.
   *
   * @throws FormatException when a length, a range or the protobuf encoding is wrong
   */
  public static SignedHeader parse(byte[] exact) throws FormatException {
    if (exact.length < MIN_BYTES || exact.length > Limits.MAX_SIGNED_HEADER_BYTES) {
      throw new FormatException("a signed header must be " + MIN_BYTES + " to "
          + Limits.MAX_SIGNED_HEADER_BYTES + " bytes long, not " + exact.length);
    }
    byte[] bytes = exact.clone();
    int bodyLength = bytes.length - MIN_BYTES;
    ByteBuffer trailer = ByteBuffer.wrap(bytes, bodyLength, TRAILER_BYTES);
    int payloadLength = trailer.getInt();
    Hash payloadHash =
        Hash.wrap(Arrays.copyOfRange(bytes, bodyLength + LENGTH_BYTES, bodyLength + TRAILER_BYTES));
    ByteString body = ByteString.copyFrom(bytes, 0, bodyLength);
    return new SignedHeader(bytes, HeaderCodec.decode(body, payloadLength, payloadHash));
  }

  /** Reads a protobuf field that came from outside. */
  public static SignedHeader parse(ByteString exact) throws FormatException {
    return parse(exact.toByteArray());
  }

  /**
   * Makes and signs a header.
   *
   * @param payload the sealed payload
   * @throws FormatException when the body or the payload breaks the format, so that no peer would take it
   */
  public static SignedHeader sign(HeaderBody body, byte[] payload, SigningKey key)
      throws FormatException {
    return sign(body.toByteString(), payload, key);
  }

  /** As above, for a body that is already encoded because the payload was sealed with it. */
  public static SignedHeader sign(ByteString body, byte[] payload, SigningKey key)
      throws FormatException {
    byte[] unsigned = ByteBuffer.allocate(body.size() + TRAILER_BYTES)
        .put(body.asReadOnlyByteBuffer())
        .putInt(payload.length)
        .put(Hash.of(payload).toByteArray())
        .array();
    byte[] signature = key.sign(SignatureContext.FILE_HEADER, unsigned);
    byte[] signed = Arrays.copyOf(unsigned, unsigned.length + signature.length);
    System.arraycopy(signature, 0, signed, unsigned.length, signature.length);
    return parse(signed);
  }

  /** Whether {@code key} signed these bytes. */
  public boolean verify(VerifyingKey key) {
    int signedLength = bytes.length - VerifyingKey.SIGNATURE_BYTES;
    byte[] signature = Arrays.copyOfRange(bytes, signedLength, bytes.length);
    return key.verify(SignatureContext.FILE_HEADER, signature, Arrays.copyOf(bytes, signedLength));
  }

  public FileHeader header() {
    return header;
  }

  /** SHA-256 of the signed header. */
  public FileId id() {
    return id;
  }

  /** The space that the file belongs to: the one that it names, or, for a genesis file, itself. */
  public SpaceId space() {
    return header.space().orElseGet(() -> spaceOfGenesis(id));
  }

  /** The body's exact bytes: what the payload is sealed with. */
  public byte[] associatedData() {
    return Arrays.copyOf(bytes, bytes.length - MIN_BYTES);
  }

  /** A copy of the exact bytes. */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  public ByteString byteString() {
    return ByteString.copyFrom(bytes);
  }

  private static SpaceId spaceOfGenesis(FileId id) {
    try {
      return SpaceId.of(id.toByteArray());
    } catch (FormatException e) {
      throw new AssertionError("a FileId and a SpaceId are of one length", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SignedHeader && Arrays.equals(bytes, ((SignedHeader) other).bytes);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return "file " + id;
  }
}
