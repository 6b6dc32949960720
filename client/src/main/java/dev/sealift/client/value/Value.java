package dev.sealift.client.value;

import dev.sealift.protocol.id.Hash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What a cell holds: null, a 64-bit integer, a real number, text or bytes. Immutable, equal by
 * content.
 *
 * <p>The canonical encoding is one tag byte and the content, and two values are the same exactly
 * when their encodings are:
 *
 * <pre>
 * null   00
 * int    01 ‖ 8 bytes, two's complement, big-endian
 * real   02 ‖ 8 bytes, IEEE 754 binary64, big-endian; never a NaN, never -0.0
 * text   03 ‖ UTF-8
 * bytes  04 ‖ the bytes
 * </pre>
 *
 * <p>An integer and a real are different values even where they are numerically equal: what was
 * written comes back.
 */
public sealed interface Value {
  /** The one null. */
  Value NULL = Null.INSTANCE;

  /** What kind of value it is. */
  enum Kind {
    NULL(0),
    INT(1),
    REAL(2),
    TEXT(3),
    BLOB(4);

    private final byte tag;

    Kind(int tag) {
      this.tag = (byte) tag;
    }

    /** The first byte of the canonical encoding. */
    public byte tag() {
      return tag;
    }
  }

  Kind kind();

  /** The canonical encoding. */
  byte[] canonical();

  /** The length of the canonical encoding, without making it. */
  int canonicalLength();

  /** SHA-256 of the canonical encoding: the last word between two writes of one rank. */
  Hash hash();

  static Value of(long value) {
    return new Int(value);
  }

  /**
   * @throws InvalidValueException for a NaN
   */
  static Value of(double value) {
    return new Real(value);
  }

  /**
   * @throws InvalidValueException when the text is too long or has an unpaired surrogate
   */
  static Value of(String value) {
    return new Text(value);
  }

  /**
   * Copies {@code value}.
   *
   * @throws InvalidValueException when it is too long
   */
  static Value of(byte[] value) {
    return new Blob(Bytes.of(value));
  }

  enum Null implements Value {
    INSTANCE;

    @Override
    public Kind kind() {
      return Kind.NULL;
    }

    @Override
    public byte[] canonical() {
      return new byte[] {Kind.NULL.tag()};
    }

    @Override
    public Hash hash() {
      return Hash.of(canonical());
    }

    @Override
    public int canonicalLength() {
      return 1;
    }
  }

  record Int(long value) implements Value {
    @Override
    public Kind kind() {
      return Kind.INT;
    }

    @Override
    public byte[] canonical() {
      return ByteBuffer.allocate(canonicalLength())
          .put(Kind.INT.tag())
          .putLong(value)
          .array();
    }

    @Override
    public Hash hash() {
      return Hash.of(canonical());
    }

    @Override
    public int canonicalLength() {
      return 1 + Long.BYTES;
    }
  }

  /**
   * A real number. A NaN is refused because SQLite cannot keep one, and because it equals nothing,
   * itself included; -0.0 becomes 0.0 because SQLite does not tell them apart, and devices must
   * agree.
   */
  record Real(double value) implements Value {
    public Real {
      if (Double.isNaN(value)) {
        throw new InvalidValueException(
            InvalidValueException.Code.NOT_A_NUMBER, "NaN cannot be stored; write null instead");
      }
      if (value == 0) {
        value = 0.0;
      }
    }

    @Override
    public Kind kind() {
      return Kind.REAL;
    }

    @Override
    public byte[] canonical() {
      return ByteBuffer.allocate(canonicalLength())
          .put(Kind.REAL.tag())
          .putDouble(value)
          .array();
    }

    @Override
    public Hash hash() {
      return Hash.of(canonical());
    }

    @Override
    public int canonicalLength() {
      return 1 + Double.BYTES;
    }
  }

  record Text(String value) implements Value {
    public Text {
      requireSize(Utf8.length(value));
    }

    @Override
    public Kind kind() {
      return Kind.TEXT;
    }

    @Override
    public byte[] canonical() {
      byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
      return ByteBuffer.allocate(1 + utf8.length).put(Kind.TEXT.tag()).put(utf8).array();
    }

    @Override
    public Hash hash() {
      return Hash.of(canonical());
    }

    @Override
    public int canonicalLength() {
      return 1 + Utf8.length(value);
    }
  }

  record Blob(Bytes value) implements Value {
    public Blob {
      requireSize(value.length());
    }

    @Override
    public Kind kind() {
      return Kind.BLOB;
    }

    @Override
    public byte[] canonical() {
      byte[] canonical = new byte[canonicalLength()];
      canonical[0] = Kind.BLOB.tag();
      value.copyTo(canonical, 1);
      return canonical;
    }

    @Override
    public Hash hash() {
      return Hash.of(canonical());
    }

    @Override
    public int canonicalLength() {
      return 1 + value.length();
    }
  }

  private static void requireSize(int bytes) {
    if (bytes > ValueLimits.MAX_VALUE_BYTES) {
      throw new InvalidValueException(
          InvalidValueException.Code.VALUE_TOO_LARGE,
          "a value may take "
              + ValueLimits.MAX_VALUE_BYTES
              + " bytes and this one takes "
              + bytes
              + "; store it in parts, or keep it elsewhere and store where it is");
    }
  }
}
