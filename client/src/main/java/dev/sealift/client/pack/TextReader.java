package dev.sealift.client.pack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sealift.protocol.FormatException;
import java.util.function.IntFunction;

/** Reads a column of texts from outside. The layouts are in {@link Encoding}. */
final class TextReader<T> {
  /** Makes what the column holds of a text; called once for each entry of a dictionary. */
  interface Maker<T> {
    T make(String text) throws FormatException;
  }

  private final Maker<T> maker;
  private final IntFunction<T[]> arrays;
  private final int maxTextBytes;

  TextReader(Maker<T> maker, IntFunction<T[]> arrays, int maxTextBytes) {
    this.maker = maker;
    this.arrays = arrays;
    this.maxTextBytes = maxTextBytes;
  }

  T[] read(ByteReader in, int tag, int count) throws FormatException {
    return switch (tag) {
      case Encoding.TEXT -> readPlain(in, count);
      case Encoding.DICTIONARY -> readDictionary(in, count);
      case Encoding.HEX -> readHex(in, count);
      case Encoding.UUID -> readUuids(in, count);
      case Encoding.NUMERALS -> readNumerals(in, count);
      default -> throw new FormatException("a column of texts has another encoding");
    };
  }

  private T[] readPlain(ByteReader in, int count) throws FormatException {
    int[] lengths = ColumnReader.readLengths(in, count, maxTextBytes);
    T[] made = arrays.apply(count);
    for (int i = 0; i < count; i++) {
      made[i] = maker.make(in.readText(lengths[i]));
    }
    return made;
  }

  private T[] readDictionary(ByteReader in, int count) throws FormatException {
    int size = in.readCount(count);
    T[] entries = readPlain(in, size);
    long[] references = IntegerSeries.read(in, count);
    T[] made = arrays.apply(count);
    for (int i = 0; i < count; i++) {
      if (references[i] < 0 || references[i] >= size) {
        throw new FormatException("a text is not in its column's dictionary");
      }
      made[i] = entries[(int) references[i]];
    }
    return made;
  }

  private T[] readHex(ByteReader in, int count) throws FormatException {
    int width = in.readByte();
    if (width == 0 || 2 * width > maxTextBytes) {
      throw new FormatException("a column of hexadecimal texts has an impossible width");
    }
    requireBytes(in, (long) width * count);
    byte[] characters = new byte[2 * width];
    T[] made = arrays.apply(count);
    for (int i = 0; i < count; i++) {
      in.readHex(characters, 0, width);
      made[i] = maker.make(new String(characters, ISO_8859_1));
    }
    return made;
  }

  private T[] readUuids(ByteReader in, int count) throws FormatException {
    requireBytes(in, (long) Encoding.UUID_BYTES * count);
    byte[] characters = new byte[Encoding.UUID_CHARACTERS];
    T[] made = arrays.apply(count);
    for (int i = 0; i < count; i++) {
      for (int at = 0; at < characters.length; at += 2) {
        if (Encoding.isUuidHyphen(at)) {
          characters[at++] = '-';
        }
        in.readHex(characters, at, 1);
      }
      made[i] = maker.make(new String(characters, ISO_8859_1));
    }
    return made;
  }

  private T[] readNumerals(ByteReader in, int count) throws FormatException {
    Numerals numerals = Numerals.read(in, count);
    T[] made = arrays.apply(count);
    for (int i = 0; i < count; i++) {
      made[i] = maker.make(numerals.text(i));
    }
    return made;
  }

  private static void requireBytes(ByteReader in, long bytes) throws FormatException {
    if (bytes > in.remaining()) {
      throw new FormatException("a column is cut short");
    }
  }
}
