package dev.sealift.protocol.id;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;

/** A file: the SHA-256 of its signed header. */
public final class FileId extends FixedBytes implements Comparable<FileId> {
  public static final int BYTES = 32;

  private FileId(byte[] owned) {
    super(owned);
  }

  /** Copies {@code bytes}, which must be {@value #BYTES} long. */
  public static FileId of(byte[] bytes) throws FormatException {
    return new FileId(FixedBytes.copyOfLength(bytes, BYTES, "FileId"));
  }

  /** Reads the value of a protobuf field, which must be {@value #BYTES} bytes long. */
  public static FileId parse(ByteString bytes) throws FormatException {
    return new FileId(FixedBytes.copyOfLength(bytes, BYTES, "FileId"));
  }

  /** The hash is the identity. */
  public static FileId of(Hash hash) {
    return new FileId(hash.toByteArray());
  }

  @Override
  public int compareTo(FileId other) {
    return compareBytes(other);
  }
}
