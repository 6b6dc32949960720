package dev.sealift.client.pack;

import dev.sealift.protocol.FormatException;

/**
 * A series of 64-bit numbers whose count the reader knows: times, lengths, references, integers,
 * scaled decimals.
 *
 * <pre>
 * series = (nothing)                              when there is no number
 *        | form ‖ [first] ‖ base ‖ planes
 *
 * form     bits 0–3: width, 0 to 8; bit 4: differences; other bits 0
 * first    zigzag varint, only with differences: the first number
 * base     zigzag varint: the smallest of the numbers that follow
 * planes   width × count bytes: each number less base, as an unsigned number of width bytes; first the highest byte of all
 *          of them, then the next, and so on
 * </pre>
 *
 * With differences, what follows is each number less the one before, from the second on. All
 * arithmetic is modulo 2^64. Bytes of like weight stand together because deflate's code words then
 * fit them: a plane of high bytes nearly vanishes, and a plane of low bytes does not spoil it.
 * Equal steps (times of an import) take no plane at all.
 */
public final class IntegerSeries {
  private static final int DIFFERENCES = 0x10;
  private static final int WIDTH_MASK = 0x0f;

  /** Below this, planes are too short for deflate to tell them apart: the narrower form wins. */
  private static final int MIN_COUNT_TO_ESTIMATE = 64;

  private IntegerSeries() {}

  public static void write(ByteWriter out, long[] numbers) {
    if (numbers.length == 0) {
      return;
    }
    Planes plain = Planes.of(numbers);
    if (plain.width == 0) {
      plain.write(out);
      return;
    }
    Planes differences = Planes.of(differences(numbers));
    if (differences.cost() < plain.cost()) {
      differences.writeAfter(out, numbers[0]);
    } else {
      plain.write(out);
    }
  }

  private static long[] differences(long[] numbers) {
    long[] differences = new long[numbers.length - 1];
    for (int i = 0; i < differences.length; i++) {
      differences[i] = numbers[i + 1] - numbers[i];
    }
    return differences;
  }

  public static long[] read(ByteReader in, int count) throws FormatException {
    if (count == 0) {
      return new long[0];
    }
    int form = in.readByte();
    int width = form & WIDTH_MASK;
    if ((form & ~(DIFFERENCES | WIDTH_MASK)) != 0 || width > Long.BYTES) {
      throw new FormatException("a series of numbers has an unknown form");
    }
    return (form & DIFFERENCES) == 0
        ? readPlanes(in, count, width)
        : sums(in.readZigZag(), readPlanes(in, count - 1, width));
  }

  private static long[] readPlanes(ByteReader in, int count, int width) throws FormatException {
    long base = in.readZigZag();
    if ((long) width * count > in.remaining()) {
      throw new FormatException("a series of numbers is cut short");
    }
    long[] numbers = new long[count];
    for (int plane = 0; plane < width; plane++) {
      in.readPlane(numbers);
    }
    for (int i = 0; i < count; i++) {
      numbers[i] += base;
    }
    return numbers;
  }

  private static long[] sums(long first, long[] differences) {
    long[] numbers = new long[differences.length + 1];
    numbers[0] = first;
    for (int i = 0; i < differences.length; i++) {
      numbers[i + 1] = numbers[i] + differences[i];
    }
    return numbers;
  }

  /** Numbers less their smallest, and in how many bytes each fits. */
  private static final class Planes {
    private final long[] offsets;
    private final long base;
    private final int width;

    private Planes(long[] offsets, long base, int width) {
      this.offsets = offsets;
      this.base = base;
      this.width = width;
    }

    static Planes of(long[] numbers) {
      long base = numbers.length == 0 ? 0 : numbers[0];
      for (long number : numbers) {
        base = Math.min(base, number);
      }
      long[] offsets = new long[numbers.length];
      long used = 0;
      for (int i = 0; i < numbers.length; i++) {
        offsets[i] = numbers[i] - base;
        used |= offsets[i];
      }
      return new Planes(offsets, base, (71 - Long.numberOfLeadingZeros(used)) / 8);
    }

    /** About how many bytes will be left of the planes after deflating. */
    double cost() {
      if (offsets.length < MIN_COUNT_TO_ESTIMATE) {
        return (double) offsets.length * width;
      }
      double bits = 0;
      for (int plane = 0; plane < width; plane++) {
        bits += Entropy.bits(offsets, 8 * plane);
      }
      return bits / 8;
    }

    void writeAfter(ByteWriter out, long first) {
      out.writeByte(DIFFERENCES | width);
      out.writeZigZag(first);
      writeBody(out);
    }

    void write(ByteWriter out) {
      out.writeByte(width);
      writeBody(out);
    }

    private void writeBody(ByteWriter out) {
      out.writeZigZag(base);
      for (int plane = width - 1; plane >= 0; plane--) {
        out.writePlane(offsets, offsets.length, 8 * plane);
      }
    }
  }
}
