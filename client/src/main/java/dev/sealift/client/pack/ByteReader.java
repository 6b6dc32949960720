package dev.sealift.client.pack;

import dev.sealift.client.value.Bytes;
import dev.sealift.client.value.Utf8;
import dev.sealift.protocol.FormatException;

/** Reads a range of bytes from outside, forward, and refuses to read what is not there. */
public final class ByteReader {
  private final byte[] bytes;
  private final int end;
  private int at;

  public ByteReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private ByteReader(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  public int remaining() {
    return end - at;
  }

  /** The next {@code length} bytes as a reader of their own. */
  public ByteReader slice(int length) throws FormatException {
    int from = skip(length);
    return new ByteReader(bytes, from, from + length);
  }

  public int readByte() throws FormatException {
    return bytes[skip(1)] & 0xff;
  }

  public Bytes readBytes(int length) throws FormatException {
    int from = skip(length);
    return Bytes.ofRange(bytes, from, from + length);
  }

  public String readText(int length) throws FormatException {
    return Utf8.decode(bytes, skip(length), length);
  }

  long readLong() throws FormatException {
    int from = skip(Long.BYTES);
    long value = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      value = (value << 8) | (bytes[from + i] & 0xff);
    }
    return value;
  }

  public long readVarint() throws FormatException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = readByte();
      value |= (next & 0x7fL) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new FormatException("a number in a payload is longer than 64 bits");
  }

  long readZigZag() throws FormatException {
    long value = readVarint();
    return value >>> 1 ^ -(value & 1);
  }

  /** A number that counts or measures something of which there are at most {@code bound}. */
  public int readCount(int bound) throws FormatException {
    long count = readVarint();
    if (count < 0 || count > bound) {
      throw new FormatException("a count in a payload is out of bounds");
    }
    return (int) count;
  }

  /** Adds a plane of bytes to the numbers: each number's next eight bits, from the top. */
  void readPlane(long[] numbers) throws FormatException {
    int from = skip(numbers.length);
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (numbers[i] << 8) | (bytes[from + i] & 0xff);
    }
  }

  /** Writes the next bytes in lower-case hexadecimal into {@code characters}, two for each. */
  void readHex(byte[] characters, int from, int count) throws FormatException {
    int source = skip(count);
    for (int i = 0; i < count; i++) {
      int b = bytes[source + i] & 0xff;
      characters[from + 2 * i] = Hex.DIGITS[b >>> 4];
      characters[from + 2 * i + 1] = Hex.DIGITS[b & 0xf];
    }
  }

  public void requireEnd() throws FormatException {
    if (remaining() != 0) {
      throw new FormatException("a part of a payload is longer than what it holds");
    }
  }

  private int skip(int length) throws FormatException {
    if (length < 0 || length > remaining()) {
      throw new FormatException("a payload is cut short");
    }
    int from = at;
    at += length;
    return from;
  }
}
