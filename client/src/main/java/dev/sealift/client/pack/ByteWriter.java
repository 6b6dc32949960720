package dev.sealift.client.pack;

import java.util.Arrays;

/** A growing array of bytes. */
public final class ByteWriter {
  private byte[] bytes;
  private int size;

  public ByteWriter(int capacity) {
    bytes = new byte[capacity];
  }

  public int size() {
    return size;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  public void writeByte(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
  }

  public void write(byte[] source) {
    ensure(source.length);
    System.arraycopy(source, 0, bytes, size, source.length);
    size += source.length;
  }

  /** Unsigned LEB128 of a 64-bit number. */
  public void writeVarint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      writeByte((int) rest | 0x80);
      rest >>>= 7;
    }
    writeByte((int) rest);
  }

  /** Small numbers of either sign in few bytes: 0, -1, 1, -2 … become 0, 1, 2, 3 … */
  void writeZigZag(long value) {
    writeVarint(value << 1 ^ value >> 63);
  }

  /** The same byte of each number: the one that {@code shift} moves to the end. */
  void writePlane(long[] numbers, int count, int shift) {
    ensure(count);
    for (int i = 0; i < count; i++) {
      bytes[size + i] = (byte) (numbers[i] >>> shift);
    }
    size += count;
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), bytes.length * 2));
    }
  }
}
