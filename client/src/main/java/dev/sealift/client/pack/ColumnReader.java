package dev.sealift.client.pack;

import static dev.sealift.client.value.ValueLimits.MAX_KEY_BYTES;
import static dev.sealift.client.value.ValueLimits.MAX_VALUE_BYTES;

import dev.sealift.client.value.Value;
import dev.sealift.client.value.Value.Kind;
import dev.sealift.protocol.FormatException;
import java.util.Arrays;

/**
 * Reads a column from outside. The layouts are in {@link Encoding}; whatever breaks them is a
 * {@link FormatException}. The caller bounds the number of values; bytes are bounded by what is
 * there.
 */
public final class ColumnReader {
  private static final int MAX_KIND = Kind.BLOB.tag();

  private static final TextReader<String> KEYS =
      new TextReader<>(ColumnReader::key, String[]::new, MAX_KEY_BYTES);

  private static final TextReader<Value> TEXTS =
      new TextReader<>(Value.Text::new, Value[]::new, MAX_VALUE_BYTES);

  private ColumnReader() {}

  /** Reads a column of {@code count} values, at least one. */
  public static Value[] readValues(ByteReader in, int count) throws FormatException {
    int tag = in.readByte();
    Value[] values = switch (tag) {
      case Encoding.NULLS -> repeated(Value.NULL, count);
      case Encoding.NULLABLE -> readNullable(in, count);
      case Encoding.MIXED -> readMixed(in, count);
      default -> readAlike(in, tag, count);
    };
    in.requireEnd();
    return values;
  }

  /** Reads the keys of {@code count} rows, at least one. */
  public static String[] readKeys(ByteReader in, int count) throws FormatException {
    String[] keys = KEYS.read(in, in.readByte(), count);
    in.requireEnd();
    return keys;
  }

  private static String key(String key) throws FormatException {
    if (key.isEmpty()) {
      throw new FormatException("a row has an empty key");
    }
    return key;
  }

  private static Value[] readNullable(ByteReader in, int count) throws FormatException {
    boolean[] present = new boolean[count];
    int found = readBitmap(in, present);
    if (found == 0) {
      throw new FormatException("a column of nulls alone has a bitmap");
    }
    int tag = in.readByte();
    Value[] values = tag == Encoding.MIXED ? readMixed(in, found) : readAlike(in, tag, found);
    Value[] spread = new Value[count];
    int next = 0;
    for (int i = 0; i < count; i++) {
      spread[i] = present[i] ? values[next++] : Value.NULL;
    }
    return spread;
  }

  private static int readBitmap(ByteReader in, boolean[] present) throws FormatException {
    int bits = 0;
    int found = 0;
    for (int i = 0; i < present.length; i++) {
      bits = i % 8 == 0 ? in.readByte() : bits >>> 1;
      present[i] = (bits & 1) != 0;
      found += bits & 1;
    }
    if (bits >>> 1 != 0) {
      throw new FormatException("a bitmap of nulls has bits after its last value");
    }
    return found;
  }

  private static Value[] readMixed(ByteReader in, int count) throws FormatException {
    long[] kinds = IntegerSeries.read(in, count);
    int[] counts = new int[MAX_KIND + 1];
    for (long kind : kinds) {
      if (kind <= 0 || kind > MAX_KIND) {
        throw new FormatException("a mixed column has a value of an unknown kind");
      }
      counts[(int) kind]++;
    }
    Value[] mixed = new Value[count];
    for (int kind = 1; kind <= MAX_KIND; kind++) {
      if (counts[kind] > 0) {
        ByteReader column = in.slice(in.readCount(in.remaining()));
        Value[] alike = readAlike(column, column.readByte(), counts[kind]);
        column.requireEnd();
        requireKind(alike, kind);
        spread(alike, kind, kinds, mixed);
      }
    }
    return mixed;
  }

  private static void requireKind(Value[] values, int kind) throws FormatException {
    for (Value value : values) {
      if (value.kind().tag() != kind) {
        throw new FormatException("a mixed column has a value of another kind than it says");
      }
    }
  }

  private static void spread(Value[] alike, int kind, long[] kinds, Value[] target) {
    int next = 0;
    for (int i = 0; i < target.length; i++) {
      if (kinds[i] == kind) {
        target[i] = alike[next++];
      }
    }
  }

  private static Value[] readAlike(ByteReader in, int tag, int count) throws FormatException {
    return switch (tag) {
      case Encoding.CONSTANT -> repeated(readCanonical(in), count);
      case Encoding.INTEGERS -> readIntegers(in, count);
      case Encoding.DECIMALS -> readDecimals(in, count);
      case Encoding.REALS -> readReals(in, count);
      case Encoding.BLOBS -> readBlobs(in, count);
      default -> TEXTS.read(in, tag, count);
    };
  }

  private static Value[] repeated(Value value, int count) {
    Value[] values = new Value[count];
    Arrays.fill(values, value);
    return values;
  }

  private static Value readCanonical(ByteReader in) throws FormatException {
    int tag = in.readByte();
    int length = in.remaining();
    if (length > MAX_VALUE_BYTES) {
      throw new FormatException("a value is too large");
    }
    if (tag == Kind.INT.tag()) {
      return Value.of(in.readLong());
    } else if (tag == Kind.REAL.tag()) {
      return real(Double.longBitsToDouble(in.readLong()));
    } else if (tag == Kind.TEXT.tag()) {
      return Value.of(in.readText(length));
    } else if (tag == Kind.BLOB.tag()) {
      return new Value.Blob(in.readBytes(length));
    }
    throw new FormatException("a constant column has a value of an unknown kind");
  }

  private static Value[] readIntegers(ByteReader in, int count) throws FormatException {
    long[] integers = IntegerSeries.read(in, count);
    Value[] values = new Value[count];
    for (int i = 0; i < count; i++) {
      values[i] = new Value.Int(integers[i]);
    }
    return values;
  }

  private static Value[] readDecimals(ByteReader in, int count) throws FormatException {
    int places = in.readByte();
    if (places > Encoding.MAX_DECIMAL_PLACES) {
      throw new FormatException("a column of decimals has too many places");
    }
    long[] unscaled = IntegerSeries.read(in, count);
    Value[] values = new Value[count];
    for (int i = 0; i < count; i++) {
      if (unscaled[i] > Encoding.MAX_UNSCALED || unscaled[i] < -Encoding.MAX_UNSCALED) {
        throw new FormatException("a decimal is out of bounds");
      }
      values[i] = new Value.Real(Decimals.real(unscaled[i], places));
    }
    return values;
  }

  private static Value[] readReals(ByteReader in, int count) throws FormatException {
    if ((long) Long.BYTES * count > in.remaining()) {
      throw new FormatException("a column is cut short");
    }
    long[] bits = new long[count];
    for (int plane = 0; plane < Long.BYTES; plane++) {
      in.readPlane(bits);
    }
    Value[] values = new Value[count];
    for (int i = 0; i < count; i++) {
      values[i] = real(Double.longBitsToDouble(bits[i]));
    }
    return values;
  }

  /** Two reals that are refused have no canonical form: no author could have meant them. */
  private static Value real(double real) throws FormatException {
    if (Double.isNaN(real) || Double.doubleToRawLongBits(real) == Long.MIN_VALUE) {
      throw new FormatException("a real is NaN or -0.0");
    }
    return new Value.Real(real);
  }

  private static Value[] readBlobs(ByteReader in, int count) throws FormatException {
    int[] lengths = readLengths(in, count, MAX_VALUE_BYTES);
    Value[] values = new Value[count];
    for (int i = 0; i < count; i++) {
      values[i] = new Value.Blob(in.readBytes(lengths[i]));
    }
    return values;
  }

  static int[] readLengths(ByteReader in, int count, int max) throws FormatException {
    long[] numbers = IntegerSeries.read(in, count);
    int[] lengths = new int[count];
    for (int i = 0; i < count; i++) {
      if (numbers[i] < 0 || numbers[i] > max) {
        throw new FormatException("a text or blob is too long");
      }
      lengths[i] = (int) numbers[i];
    }
    return lengths;
  }
}
