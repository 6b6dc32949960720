package dev.sealift.client.merge;

import dev.sealift.protocol.FormatException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The canonical bytes of a row's state, kept beside each row, and the short cuts for rows that one
 * put wrote whole, which is nearly all of them: those are made, recognised and outranked without
 * ever becoming a {@link RowState}.
 *
 * <pre>
 * row        = uniform | dictionary
 * uniform    = 11 ‖ cells ‖ stamp                               every cell has this stamp, and there is no removal
 * dictionary = 12 ‖ cells ‖ stamps ‖ stamp × stamps             in the order in which cells and removal first use them
 *                 ‖ reference × cells ‖ reference of the removal  0: none, otherwise 1 + place in the dictionary
 * stamp      = time, 8 bytes, big-endian ‖ device ‖ sequence
 * </pre>
 *
 * The first byte is the version (1) and the form. All numbers without a length are unsigned LEB128.
 * A uniform row takes 12 to 14 bytes, as long as it comes from one of the first 128 devices and 2
 * million files.
 */
public final class RowMeta {
  private static final byte UNIFORM = 0x11;
  private static final byte DICTIONARY = 0x12;
  private static final int MAX_STAMP_BYTES = Long.BYTES + 5 + 9;

  /** Above any table's columns; bounds what a damaged store can make us allocate. */
  private static final int MAX_CELLS = 1 << 12;

  private RowMeta() {}

  /**
   * The bytes of a row of {@code cells} cells, marker included, that were all written by one put.
   */
  public static byte[] uniform(int cells, Stamp stamp) {
    return uniform(cells, stamp.time(), stamp.device(), stamp.sequence());
  }

  /** As {@link #uniform(int, Stamp)}, without the stamp. */
  public static byte[] uniform(int cells, long time, int device, long sequence) {
    if (cells < 1 || time == 0 || device < 0 || sequence < 0) {
      throw new IllegalArgumentException("a written row has a cell and a stamp");
    }
    int length =
        1 + Varint.length(cells) + Long.BYTES + Varint.length(device) + Varint.length(sequence);
    byte[] bytes = new byte[length];
    bytes[0] = UNIFORM;
    writeStamp(bytes, Varint.write(bytes, 1, cells), time, device, sequence);
    return bytes;
  }

  /**
   * Whether a put of all cells up to {@code cells} (marker included) at {@code time} outranks
   * everything that the row is known for. If so, {@link #uniform} is the row's new state, all its
   * values are taken, and it was visible before and stays so. If not, nothing is said: the state
   * has to be merged.
   */
  public static boolean yieldsToPut(byte[] row, int cells, long time) {
    if (row.length < 2 || row[0] != UNIFORM || row[1] < 0 || row[1] > cells) {
      return false;
    }
    return row.length >= 2 + Long.BYTES && Long.compareUnsigned(time(row, 2), time) < 0;
  }

  static byte[] bytes(RowState row) {
    Stamp first = row.stampOf(RowState.MARKER);
    return first != null && row.equals(RowState.uniform(row.cells(), first))
        ? uniform(row.cells(), first)
        : dictionary(row);
  }

  private static byte[] dictionary(RowState row) {
    Map<Stamp, Integer> references = new LinkedHashMap<>();
    for (int cell = 0; cell < row.cells(); cell++) {
      refer(references, row.stampOf(cell));
    }
    refer(references, row.removalStamp());
    byte[] bytes = new byte[11 + references.size() * MAX_STAMP_BYTES + 2 * (row.cells() + 1)];
    bytes[0] = DICTIONARY;
    int at = Varint.write(bytes, 1, row.cells());
    at = Varint.write(bytes, at, references.size());
    for (Stamp stamp : references.keySet()) {
      at = writeStamp(bytes, at, stamp.time(), stamp.device(), stamp.sequence());
    }
    for (int cell = 0; cell < row.cells(); cell++) {
      at = Varint.write(bytes, at, reference(references, row.stampOf(cell)));
    }
    at = Varint.write(bytes, at, reference(references, row.removalStamp()));
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
      case UNIFORM -> RowState.uniform(reader.cells(1), reader.stamp());
      case DICTIONARY -> dictionary(reader);
      default ->
        throw new FormatException(
            "a row's state has an unknown form; it may be of a newer version");
    };
    reader.requireEnd();
    return row;
  }

  private static RowState dictionary(Reader reader) throws FormatException {
    int cells = reader.cells(0);
    @Nullable Stamp[] stamps = new Stamp[reader.upTo(cells + 1) + 1];
    for (int i = 1; i < stamps.length; i++) {
      stamps[i] = reader.stamp();
    }
    @Nullable Stamp[] row = new Stamp[cells];
    for (int cell = 0; cell < cells; cell++) {
      row[cell] = stamps[reader.upTo(stamps.length - 1)];
    }
    return RowState.owning(row, stamps[reader.upTo(stamps.length - 1)]);
  }

  private static int writeStamp(byte[] bytes, int at, long time, int device, long sequence) {
    for (int i = 0; i < Long.BYTES; i++) {
      bytes[at + i] = (byte) (time >>> (56 - 8 * i));
    }
    int next = Varint.write(bytes, at + Long.BYTES, device);
    return Varint.write(bytes, next, sequence);
  }

  private static long time(byte[] bytes, int at) {
    long time = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      time = (time << 8) | (bytes[at + i] & 0xff);
    }
    return time;
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

    Stamp stamp() throws FormatException {
      if (bytes.length - at < Long.BYTES) {
        throw new FormatException("a row's state is cut short");
      }
      long time = time(bytes, at);
      at += Long.BYTES;
      int device = upTo(Integer.MAX_VALUE);
      if (time == 0) {
        throw new FormatException("a row's state has a stamp without a time");
      }
      return new Stamp(time, device, varint());
    }

    private long varint() throws FormatException {
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
