package dev.sealift.client.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Keys of rows, each once however often it comes, as bytes: some 40 for a short one, a third of what a set of texts takes, and nothing that a collector has to move.
 *
 * <pre>
 * key  = length, 2 bytes ‖ UTF-8        one behind the other, in pieces that none goes beyond
 * slot = hash, 4 bytes ‖ 1 + where the key is, 4 bytes; 0 of an empty one
 * </pre>
 */
final class PackedKeys {
  private static final int PIECE_BITS = 20;
  private static final int PIECE_BYTES = 1 << PIECE_BITS;
  private static final int LENGTH_BYTES = Short.BYTES;
  private static final int FIRST_BYTES = 1 << 11;
  private static final int FEWEST_SLOTS = 1 << 6;
  private static final long PLACE = 0xffff_ffffL;

  private final List<byte[]> pieces = new ArrayList<>(List.of(new byte[FIRST_BYTES]));
  private int end;
  private long[] slots = new long[FEWEST_SLOTS];
  private int size;

  /** @return how many bytes it adds; 0 of one that is there */
  int add(String key) {
    int hash = spread(key.hashCode());
    int slot = hash & (slots.length - 1);
    while (slots[slot] != 0) {
      if ((int) (slots[slot] >>> Integer.SIZE) == hash && isAt(place(slots[slot]), key)) {
        return 0;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    byte[] utf8 = key.getBytes(StandardCharsets.UTF_8);
    slots[slot] = (long) hash << Integer.SIZE | (1L + append(utf8));
    size++;
    if (4L * size > 3L * slots.length) {
      widen();
    }
    return LENGTH_BYTES + utf8.length;
  }

  /** Numbers that follow one another, as keys do that are counted up, come to stand apart. */
  private static int spread(int hash) {
    int mixed = hash * 0x9e37_79b9;
    return mixed ^ mixed >>> 15;
  }

  private static int place(long slot) {
    return (int) ((slot & PLACE) - 1);
  }

  /** Where each character takes a byte they are compared one by one; most keys are like that, and come often. */
  private boolean isAt(int place, String key) {
    int length = length(place);
    if (length != key.length()) {
      return length > key.length() && at(place).equals(key);
    }
    byte[] piece = piece(place);
    int from = within(place) + LENGTH_BYTES;
    for (int i = 0; i < length; i++) {
      if (piece[from + i] != key.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private byte[] piece(int place) {
    return pieces.get(place >>> PIECE_BITS);
  }

  private static int within(int place) {
    return place & (PIECE_BYTES - 1);
  }

  private int length(int place) {
    byte[] piece = piece(place);
    int at = within(place);
    return (piece[at] & 0xff) << Byte.SIZE | piece[at + 1] & 0xff;
  }

  private int append(byte[] utf8) {
    makeRoom(LENGTH_BYTES + utf8.length);
    int place = (pieces.size() - 1) << PIECE_BITS | end;
    byte[] piece = piece(place);
    piece[end] = (byte) (utf8.length >>> Byte.SIZE);
    piece[end + 1] = (byte) utf8.length;
    System.arraycopy(utf8, 0, piece, end + LENGTH_BYTES, utf8.length);
    end += LENGTH_BYTES + utf8.length;
    return place;
  }

  /** The first piece grows: most tables have few. A key has 1 KiB at most, so doubling once is enough. */
  private void makeRoom(int bytes) {
    byte[] first = pieces.get(0);
    if (pieces.size() == 1 && first.length < PIECE_BYTES && end + bytes > first.length) {
      pieces.set(0, Arrays.copyOf(first, 2 * first.length));
    } else if (end + bytes > PIECE_BYTES) {
      pieces.add(new byte[PIECE_BYTES]);
      end = 0;
    }
  }

  private void widen() {
    long[] wider = new long[2 * slots.length];
    for (long slot : slots) {
      if (slot != 0) {
        int at = (int) (slot >>> Integer.SIZE) & (wider.length - 1);
        while (wider[at] != 0) {
          at = (at + 1) & (wider.length - 1);
        }
        wider[at] = slot;
      }
    }
    slots = wider;
  }

  /**
   * Where they are, in the order of their bytes: that of code points, and SQLite's. Sorted as numbers that have as much of a key as there is room for, behind what all begin with; where that is the same for several the keys are looked up.
   */
  int[] sorted() {
    int[] places = places();
    int indexBits = Integer.SIZE - Integer.numberOfLeadingZeros(size);
    long index = (1L << indexBits) - 1;
    int common = common(places);
    long[] numbers = new long[size];
    for (int i = 0; i < size; i++) {
      numbers[i] = (head(places[i], common) & ~index | i) ^ Long.MIN_VALUE; // without a sign
    }
    Arrays.sort(numbers);
    int[] sorted = new int[size];
    int from = 0;
    for (int i = 0; i < size; i++) {
      sorted[i] = places[(int) (numbers[i] & index)];
      if (i + 1 == size || (numbers[i] & ~index) != (numbers[i + 1] & ~index)) {
        sort(sorted, from, i + 1);
        from = i + 1;
      }
    }
    return sorted;
  }

  private int[] places() {
    int[] places = new int[size];
    int next = 0;
    for (long slot : slots) {
      if (slot != 0) {
        places[next++] = place(slot);
      }
    }
    return places;
  }

  private void sort(int[] places, int from, int to) {
    if (to - from > 1) {
      int[] sorted = Arrays.stream(places, from, to)
          .boxed()
          .sorted(this::compare)
          .mapToInt(Integer::intValue)
          .toArray();
      System.arraycopy(sorted, 0, places, from, sorted.length);
    }
  }

  /** How many bytes all of them begin with. */
  private int common(int[] places) {
    int common = places.length == 0 ? 0 : length(places[0]);
    for (int place : places) {
      int at = within(place) + LENGTH_BYTES;
      int first = within(places[0]) + LENGTH_BYTES;
      int most = Math.min(common, length(place));
      int differs =
          Arrays.mismatch(piece(places[0]), first, first + most, piece(place), at, at + most);
      common = differs < 0 ? most : differs;
    }
    return common;
  }

  /** Its bytes from one on, eight of them, with zeros behind the last. */
  private long head(int place, int from) {
    byte[] piece = piece(place);
    int at = within(place) + LENGTH_BYTES + from;
    int count = Math.min(Long.BYTES, length(place) - from);
    long head = 0;
    for (int i = 0; i < count; i++) {
      head |= (piece[at + i] & 0xffL) << Long.SIZE - Byte.SIZE * (i + 1);
    }
    return head;
  }

  private int compare(int one, int other) {
    int from = within(one) + LENGTH_BYTES;
    int otherFrom = within(other) + LENGTH_BYTES;
    return Arrays.compareUnsigned(
        piece(one), from, from + length(one), piece(other), otherFrom, otherFrom + length(other));
  }

  /** The key that is somewhere. */
  String at(int place) {
    return new String(
        piece(place), within(place) + LENGTH_BYTES, length(place), StandardCharsets.UTF_8);
  }
}
