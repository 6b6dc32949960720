package dev.sealift.protocol.id;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import java.security.SecureRandom;

/** A person or service in a space; opaque to the mesh. */
public final class MemberId extends FixedBytes implements Comparable<MemberId> {
  public static final int BYTES = 16;

  private MemberId(byte[] owned) {
    super(owned);
  }

  /** Copies {@code bytes}, which must be {@value #BYTES} long. */
  public static MemberId of(byte[] bytes) throws FormatException {
    return new MemberId(FixedBytes.copyOfLength(bytes, BYTES, "MemberId"));
  }

  /** Reads the value of a protobuf field, which must be {@value #BYTES} bytes long. */
  public static MemberId parse(ByteString bytes) throws FormatException {
    return new MemberId(FixedBytes.copyOfLength(bytes, BYTES, "MemberId"));
  }

  /** A fresh one, drawn from {@code random}. */
  public static MemberId random(SecureRandom random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return new MemberId(bytes);
  }

  @Override
  public int compareTo(MemberId other) {
    return compareBytes(other);
  }
}
