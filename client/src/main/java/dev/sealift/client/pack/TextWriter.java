package dev.sealift.client.pack;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a column of texts in the encoding that suits them. The layouts are in {@link Encoding}.
 */
final class TextWriter {
  /**
   * A dictionary is worth it while texts come back this often on average, judged after a sample and
   * at the end.
   */
  private static final int MIN_REPETITION = 2;

  private static final int SAMPLE = 1024;
  private static final int MAX_HEX_BYTES = 255;

  private TextWriter() {}

  static void write(ByteWriter out, String[] texts) {
    Numerals numerals = Numerals.of(texts);
    int hexBytes = hexBytes(texts);
    if (numerals != null) {
      numerals.write(out);
    } else if (hexBytes > 0) {
      writeHex(out, texts, hexBytes);
    } else if (areUuids(texts)) {
      writeUuids(out, texts);
    } else {
      Dictionary dictionary = dictionary(texts);
      if (dictionary == null) {
        out.writeByte(Encoding.TEXT);
        writePlain(out, texts);
      } else {
        dictionary.write(out);
      }
    }
  }

  private static void writePlain(ByteWriter out, String[] texts) {
    byte[][] encoded = new byte[texts.length][];
    long[] lengths = new long[texts.length];
    for (int i = 0; i < texts.length; i++) {
      encoded[i] = texts[i].getBytes(StandardCharsets.UTF_8);
      lengths[i] = encoded[i].length;
    }
    IntegerSeries.write(out, lengths);
    for (byte[] text : encoded) {
      out.write(text);
    }
  }

  /** Half the length that all texts have, if they are all hexadecimal; otherwise 0. */
  private static int hexBytes(String[] texts) {
    int length = texts[0].length();
    if (length == 0 || length % 2 != 0 || length / 2 > MAX_HEX_BYTES) {
      return 0;
    }
    for (String text : texts) {
      if (text.length() != length || !isHex(text)) {
        return 0;
      }
    }
    return length / 2;
  }

  private static boolean isHex(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!Hex.isDigit(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static void writeHex(ByteWriter out, String[] texts, int hexBytes) {
    out.writeByte(Encoding.HEX);
    out.writeByte(hexBytes);
    for (String text : texts) {
      for (int i = 0; i < text.length(); i += 2) {
        out.writeByte(Hex.value(text.charAt(i)) << 4 | Hex.value(text.charAt(i + 1)));
      }
    }
  }

  private static boolean areUuids(String[] texts) {
    for (String text : texts) {
      if (!isUuid(text)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isUuid(String text) {
    if (text.length() != Encoding.UUID_CHARACTERS) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Encoding.isUuidHyphen(i) ? c != '-' : !Hex.isDigit(c)) {
        return false;
      }
    }
    return true;
  }

  private static void writeUuids(ByteWriter out, String[] texts) {
    out.writeByte(Encoding.UUID);
    for (String text : texts) {
      for (int i = 0; i < text.length(); i += 2) {
        i += Encoding.isUuidHyphen(i) ? 1 : 0;
        out.writeByte(Hex.value(text.charAt(i)) << 4 | Hex.value(text.charAt(i + 1)));
      }
    }
  }

  private static @Nullable Dictionary dictionary(String[] texts) {
    Map<String, Integer> places = new HashMap<>();
    String[] entries = new String[texts.length / MIN_REPETITION];
    long[] references = new long[texts.length];
    for (int i = 0; i < texts.length; i++) {
      Integer place = places.get(texts[i]);
      if (place == null) {
        place = places.size();
        if (place == entries.length || (i >= SAMPLE && place > i / MIN_REPETITION)) {
          return null;
        }
        places.put(texts[i], place);
        entries[place] = texts[i];
      }
      references[i] = place;
    }
    return new Dictionary(Arrays.copyOf(entries, places.size()), references);
  }

  private static final class Dictionary {
    private final String[] entries;
    private final long[] references;

    Dictionary(String[] entries, long[] references) {
      this.entries = entries;
      this.references = references;
    }

    void write(ByteWriter out) {
      out.writeByte(Encoding.DICTIONARY);
      out.writeVarint(entries.length);
      writePlain(out, entries);
      IntegerSeries.write(out, references);
    }
  }
}
