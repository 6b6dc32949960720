package dev.sealift.client.pack;

import dev.sealift.client.value.Bytes;
import dev.sealift.client.value.Value;
import dev.sealift.client.value.Value.Kind;
import java.util.Arrays;
import java.util.function.Predicate;

/** Writes a column in the encoding that suits its values. The layouts are in {@link Encoding}. */
public final class ColumnWriter {
  private static final Kind[] MIXABLE = {Kind.INT, Kind.REAL, Kind.TEXT, Kind.BLOB};

  private ColumnWriter() {}

  /** Writes a column of at least one value. */
  public static byte[] write(Value[] values) {
    ByteWriter out = writerFor(values.length);
    if (allMatch(values, value -> value != Value.NULL)) {
      writePresent(out, values);
    } else if (allMatch(values, value -> value == Value.NULL)) {
      out.writeByte(Encoding.NULLS);
    } else {
      out.writeByte(Encoding.NULLABLE);
      out.write(bitmap(values));
      writePresent(out, where(values, value -> value != Value.NULL));
    }
    return out.toByteArray();
  }

  /** Writes a column of at least one text. */
  public static byte[] write(String[] texts) {
    ByteWriter out = writerFor(texts.length);
    TextWriter.write(out, texts);
    return out.toByteArray();
  }

  private static ByteWriter writerFor(int values) {
    return new ByteWriter(64 + 8 * values);
  }

  private static Value[] where(Value[] values, Predicate<Value> holds) {
    return Arrays.stream(values).filter(holds).toArray(Value[]::new);
  }

  private static byte[] bitmap(Value[] values) {
    byte[] bitmap = new byte[(values.length + 7) / 8];
    for (int i = 0; i < values.length; i++) {
      if (values[i] != Value.NULL) {
        bitmap[i / 8] |= (byte) (1 << i % 8);
      }
    }
    return bitmap;
  }

  private static void writePresent(ByteWriter out, Value[] values) {
    if (allMatch(values, values[0]::equals)) {
      out.writeByte(Encoding.CONSTANT);
      out.write(values[0].canonical());
    } else if (allMatch(values, value -> value.kind() == values[0].kind())) {
      writeAlike(out, values);
    } else {
      writeMixed(out, values);
    }
  }

  private static boolean allMatch(Value[] values, Predicate<Value> holds) {
    for (Value value : values) {
      if (!holds.test(value)) {
        return false;
      }
    }
    return true;
  }

  private static void writeMixed(ByteWriter out, Value[] values) {
    out.writeByte(Encoding.MIXED);
    IntegerSeries.write(
        out, Arrays.stream(values).mapToLong(value -> value.kind().tag()).toArray());
    for (Kind kind : MIXABLE) {
      Value[] alike = where(values, value -> value.kind() == kind);
      if (alike.length > 0) {
        ByteWriter column = writerFor(alike.length);
        writePresent(column, alike);
        out.writeVarint(column.size());
        out.write(column.toByteArray());
      }
    }
  }

  private static void writeAlike(ByteWriter out, Value[] values) {
    switch (values[0].kind()) {
      case INT -> writeIntegers(out, values);
      case REAL -> writeReals(out, values);
      case TEXT -> TextWriter.write(out, texts(values));
      case BLOB -> writeBlobs(out, values);
      case NULL -> throw new IllegalArgumentException("nulls stand in the bitmap");
    }
  }

  private static void writeIntegers(ByteWriter out, Value[] values) {
    long[] integers = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      integers[i] = ((Value.Int) values[i]).value();
    }
    out.writeByte(Encoding.INTEGERS);
    IntegerSeries.write(out, integers);
  }

  private static void writeReals(ByteWriter out, Value[] values) {
    double[] reals = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      reals[i] = ((Value.Real) values[i]).value();
    }
    int places = Decimals.places(reals);
    if (places >= 0) {
      out.writeByte(Encoding.DECIMALS);
      out.writeByte(places);
      IntegerSeries.write(out, Decimals.unscaled(reals, places));
    } else {
      out.writeByte(Encoding.REALS);
      long[] bits = Arrays.stream(reals).mapToLong(Double::doubleToRawLongBits).toArray();
      for (int shift = Long.SIZE - 8; shift >= 0; shift -= 8) {
        out.writePlane(bits, bits.length, shift);
      }
    }
  }

  private static String[] texts(Value[] values) {
    String[] texts = new String[values.length];
    for (int i = 0; i < values.length; i++) {
      texts[i] = ((Value.Text) values[i]).value();
    }
    return texts;
  }

  private static void writeBlobs(ByteWriter out, Value[] values) {
    out.writeByte(Encoding.BLOBS);
    long[] lengths = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      lengths[i] = ((Value.Blob) values[i]).value().length();
    }
    IntegerSeries.write(out, lengths);
    for (Value value : values) {
      Bytes bytes = ((Value.Blob) value).value();
      out.write(bytes.toByteArray());
    }
  }
}
