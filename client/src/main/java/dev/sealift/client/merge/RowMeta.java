package dev.sealift.client.merge;

import dev.sealift.protocol.FormatException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The canonical bytes of a row's state, kept beside each row, and the short cut for rows that one
 * put wrote whole, which is nearly all of them: those are made, recognised and outranked, in SQL too,
 * without ever becoming a {@link RowState}.
 *
 * <pre>
 * row        = uniform | dictionary | placed | touched
 * uniform    = 21 ‖ cells ‖ time ‖ sequence, 6 bytes ‖ device   every cell has this stamp, and there is no removal
 * dictionary = 22 ‖ cells ‖ stamps ‖ stamp × stamps             in the order in which cells and removal first use them
 *                 ‖ reference × cells ‖ reference of the removal  0: none, otherwise 1 + place in the dictionary
 * placed     = 23, then as a dictionary, with the place of its file before each stamp: for the arrival rule
 * touched    = 24, then as placed ‖ reference of the touch: of a row with compound cells
 * stamp      = time ‖ device ‖ sequence
 * time       = 8 bytes
 * </pre>
 *
 * The first byte is the version (2) and the form. Numbers with a length are big-endian, all others unsigned LEB128. Rows of version 1
 * are read: 11 is a uniform row with device and sequence as in a stamp, 12 a dictionary.
 * A uniform row takes 17 bytes, as long as it has less than 128 cells and comes from one of the first 128 devices.
 */
public final class RowMeta {
  private static final byte UNIFORM_1 = 0x11;
  private static final byte DICTIONARY_1 = 0x12;
  private static final byte UNIFORM = 0x21;
  private static final byte DICTIONARY = 0x22;
  private static final byte PLACED = 0x23;
  private static final byte TOUCHED = 0x24;
  private static final int SEQUENCE_BYTES = 6;
  private static final int MAX_VARINT_BYTES = 9;
  private static final int MAX_STAMP_BYTES = Long.BYTES + 5 + 2 * MAX_VARINT_BYTES;

  /** Above any table's columns; bounds what a damaged store can make us allocate. */
  private static final int MAX_CELLS = 1 << 12;

  private RowMeta() {}

  /**
   * The bytes of a row of {@code cells} cells, marker included, that were all written by one put under the rule by hybrid time.
   */
  public static byte[] uniform(int cells, long time, int device, long sequence) {
    if (cells < 1 || time == 0 || device < 0 || sequence < 0) {
      throw new IllegalArgumentException("a written row has a cell and a stamp");
    }
    byte[] bytes =
        new byte[1 + Varint.length(cells) + Long.BYTES + SEQUENCE_BYTES + Varint.length(device)];
    bytes[0] = UNIFORM;
    int at = Varint.write(bytes, 1, cells);
    writeFixed(bytes, at, time, Long.BYTES);
    writeFixed(bytes, at + Long.BYTES, sequence, SEQUENCE_BYTES);
    Varint.write(bytes, at + Long.BYTES + SEQUENCE_BYTES, device);
    return bytes;
  }

  /** A sequence as it stands in a uniform row: as bytes they compare as numbers do. */
  public static byte[] sequenceBytes(long sequence) {
    byte[] bytes = new byte[SEQUENCE_BYTES];
    writeFixed(bytes, 0, sequence, SEQUENCE_BYTES);
    return bytes;
  }

  /** A time as it stands in a row: as bytes they compare as numbers without a sign do. */
  public static byte[] timeBytes(long time) {
    byte[] bytes = new byte[Long.BYTES];
    writeFixed(bytes, 0, time, Long.BYTES);
    return bytes;
  }

  static byte[] bytes(RowState row) {
    Stamp first = row.stampOf(RowState.MARKER);
    return first != null && first.place() == 0 && row.equals(RowState.uniform(row.cells(), first))
        ? uniform(row.cells(), first.time(), first.device(), first.sequence())
        : dictionary(row);
  }

  private static byte[] dictionary(RowState row) {
    Map<Stamp, Integer> references = new LinkedHashMap<>();
    for (int cell = 0; cell < row.cells(); cell++) {
      refer(references, row.stampOf(cell));
    }
    refer(references, row.removalStamp());
    refer(references, row.touchStamp());
    boolean touched = row.touchStamp() != null;
    boolean placed = touched || references.keySet().stream().anyMatch(stamp -> stamp.place() != 0);
    byte[] bytes = new byte[11 + references.size() * MAX_STAMP_BYTES + 2 * (row.cells() + 2)];
    bytes[0] = touched ? TOUCHED : placed ? PLACED : DICTIONARY;
    int at = Varint.write(bytes, 1, row.cells());
    at = Varint.write(bytes, at, references.size());
    for (Stamp stamp : references.keySet()) {
      at = placed ? Varint.write(bytes, at, stamp.place()) : at;
      at = writeStamp(bytes, at, stamp);
    }
    for (int cell = 0; cell < row.cells(); cell++) {
      at = Varint.write(bytes, at, reference(references, row.stampOf(cell)));
    }
    at = Varint.write(bytes, at, reference(references, row.removalStamp()));
    at = touched ? Varint.write(bytes, at, reference(references, row.touchStamp())) : at;
    return Arrays.copyOf(bytes, at);
  }

  private static void refer(Map<Stamp, Integer> references, @Nullable Stamp stamp) {
    if (stamp != null) {
      references.putIfAbsent(stamp, references.size() + 1);
    }
  }

  private static int reference(Map<Stamp, Integer> references, @Nullable Stamp stamp) {
    return stamp == null ? 0 : references.getOrDefault(stamp, 0);
  }

  static RowState parse(byte[] bytes) throws FormatException {
    if (bytes.length == 0) {
      throw new FormatException("a row's state is empty");
    }
    Reader reader = new Reader(bytes);
    RowState row = switch (bytes[0]) {
      case UNIFORM -> RowState.uniform(reader.cells(1), reader.uniformStamp());
      case UNIFORM_1 -> RowState.uniform(reader.cells(1), reader.stamp(0));
      case DICTIONARY -> dictionary(reader, false, false);
      case DICTIONARY_1 -> withoutUndone(dictionary(reader, false, false));
      case PLACED -> dictionary(reader, true, false);
      case TOUCHED -> dictionary(reader, true, true);
      default ->
        throw new FormatException(
            "a row's state has an unknown form; it may be of a newer version");
    };
    reader.requireEnd();
    return row;
  }

  /** Version 1 kept a removal that a patch had undone; now one that stays beside something later means that the row began anew. */
  private static RowState withoutUndone(RowState row) {
    Stamp removal = row.removalStamp();
    boolean undone =
        removal != null && row.has(stamp -> Long.compareUnsigned(stamp.time(), removal.time()) > 0);
    return undone ? row.without(removal::equals) : row;
  }

  private static RowState dictionary(Reader reader, boolean placed, boolean touched)
      throws FormatException {
    int cells = reader.cells(0);
    @Nullable Stamp[] stamps = new Stamp[reader.upTo(cells + 2) + 1];
    for (int i = 1; i < stamps.length; i++) {
      stamps[i] = reader.stamp(placed ? reader.varint() : 0);
    }
    @Nullable Stamp[] row = new Stamp[cells];
    for (int cell = 0; cell < cells; cell++) {
      row[cell] = stamps[reader.upTo(stamps.length - 1)];
    }
    Stamp removal = stamps[reader.upTo(stamps.length - 1)];
    return RowState.owning(row, removal, touched ? stamps[reader.upTo(stamps.length - 1)] : null);
  }

  private static int writeStamp(byte[] bytes, int at, Stamp stamp) {
    writeFixed(bytes, at, stamp.time(), Long.BYTES);
    int next = Varint.write(bytes, at + Long.BYTES, stamp.device());
    return Varint.write(bytes, next, stamp.sequence());
  }

  private static void writeFixed(byte[] bytes, int at, long value, int length) {
    for (int i = 0; i < length; i++) {
      bytes[at + i] = (byte) (value >>> (8 * (length - 1 - i)));
    }
  }

  /** Reads forward, and refuses to read what is not there. */
  private static final class Reader {
    private final byte[] bytes;
    private int at = 1;

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    int cells(int atLeast) throws FormatException {
      int cells = upTo(MAX_CELLS);
      if (cells < atLeast) {
        throw new FormatException("a row's state has no cell");
      }
      return cells;
    }

    int upTo(int bound) throws FormatException {
      long value = varint();
      if (value > bound) {
        throw new FormatException("a number in a row's state is out of bounds");
      }
      return (int) value;
    }

    Stamp stamp(long place) throws FormatException {
      long time = time();
      int device = upTo(Integer.MAX_VALUE);
      return new Stamp(place, time, device, varint());
    }

    Stamp uniformStamp() throws FormatException {
      long time = time();
      long sequence = fixed(SEQUENCE_BYTES);
      return new Stamp(time, upTo(Integer.MAX_VALUE), sequence);
    }

    private long time() throws FormatException {
      long time = fixed(Long.BYTES);
      if (time == 0) {
        throw new FormatException("a row's state has a stamp without a time");
      }
      return time;
    }

    private long fixed(int length) throws FormatException {
      if (bytes.length - at < length) {
        throw new FormatException("a row's state is cut short");
      }
      long value = 0;
      for (int i = 0; i < length; i++) {
        value = (value << 8) | (bytes[at++] & 0xff);
      }
      return value;
    }

    long varint() throws FormatException {
      long value = 0;
      for (int shift = 0; shift < 63 && at < bytes.length; shift += 7) {
        byte next = bytes[at++];
        value |= (next & 0x7fL) << shift;
        if (next >= 0) {
          return value;
        }
      }
      throw new FormatException("a number in a row's state is cut short or too large");
    }

    void requireEnd() throws FormatException {
      if (at != bytes.length) {
        throw new FormatException("a row's state has bytes after its end");
      }
    }
  }

  /** Unsigned LEB128 of numbers that are not negative. */
  private static final class Varint {
    static int length(long value) {
      return Math.max(1, (70 - Long.numberOfLeadingZeros(value)) / 7);
    }

    static int write(byte[] bytes, int at, long value) {
      int next = at;
      long rest = value;
      while (rest >= 0x80) {
        bytes[next++] = (byte) (rest | 0x80);
        rest >>>= 7;
      }
      bytes[next++] = (byte) rest;
      return next;
    }
  }
}
