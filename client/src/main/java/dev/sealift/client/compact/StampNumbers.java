package dev.sealift.client.compact;

import java.util.Arrays;
import java.util.List;

/** The stamps of a block, each once, in the order in which they first come. Instead of a map with an object for each of many thousands, and another for its number. */
final class StampNumbers {
  private static final int FEWEST_SLOTS = 1 << 6;

  private Origin[] all = new Origin[FEWEST_SLOTS / 2];
  private int size;

  /** 1 + the number of a stamp; 0 of an empty one. More than half of them are empty. */
  private int[] slots = new int[FEWEST_SLOTS];

  /** The one that was asked for last: a row that was written at once has the same everywhere. */
  private int last;

  void add(Origin stamp) {
    if (size > 0 && all[last] == stamp) {
      return;
    }
    int slot = slot(stamp);
    if (slots[slot] == 0) {
      slots[slot] = append(stamp);
    }
    last = slots[slot] - 1;
    if (2 * size >= slots.length) {
      widen();
    }
  }

  /** Where it is, or is to be. */
  private int slot(Origin stamp) {
    int mixed = stamp.hashCode() * 0x9e37_79b9;
    int slot = (mixed ^ mixed >>> 15) & (slots.length - 1);
    while (slots[slot] != 0 && !all[slots[slot] - 1].equals(stamp)) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  private int append(Origin stamp) {
    if (size == all.length) {
      all = Arrays.copyOf(all, 2 * size);
    }
    all[size] = stamp;
    size++;
    return size;
  }

  private void widen() {
    slots = new int[2 * slots.length];
    for (int i = 0; i < size; i++) {
      slots[slot(all[i])] = 1 + i;
    }
  }

  /** Of one that was added. */
  int of(Origin stamp) {
    if (all[last] != stamp) {
      last = slots[slot(stamp)] - 1;
    }
    return last;
  }

  List<Origin> all() {
    return Arrays.asList(all).subList(0, size);
  }
}
