package dev.sealift.client.store;

import dev.sealift.client.compact.CodePoints;
import dev.sealift.client.rule.RowName;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names of rows, each once however often it comes, behind one of them in the order of {@link TouchedRows#ORDER}: all where there is room, and otherwise the first ones. */
final class LeastNames {
  /** How many are held: they take some 40 MiB with short keys, and as much again while they are put in order. A heap of 256 MiB has room for that beside what else goes on, and for a second one. */
  private static final int MOST_NAMES = 1 << 20;

  /** What their keys may have. */
  private static final long MOST_BYTES = 48L << 20;

  private final @Nullable RowName after;
  private final Most most;
  private final Map<String, PackedKeys> keys = new HashMap<>();
  private int names;
  private long bytes;
  private @Nullable RowName last;
  private boolean isWhole = true;

  /** How much is held. */
  record Most(int names, long bytes) {
    static final Most DEFAULT = new Most(MOST_NAMES, MOST_BYTES);
  }

  LeastNames(@Nullable RowName after, Most most) {
    this.after = after;
    this.most = most;
  }

  void add(String table, String key) {
    if (isWithin(table, key)) {
      put(table, key);
      if (names > most.names() || bytes > most.bytes()) {
        halve();
      }
    }
  }

  /** In nearly every case there is no bound on either side. */
  private boolean isWithin(String table, String key) {
    return (after == null || compare(after, table, key) < 0)
        && (last == null || compare(last, table, key) >= 0);
  }

  private static int compare(RowName one, String table, String key) {
    int order = CodePoints.compare(one.table(), table);
    return order != 0 ? order : CodePoints.compare(one.key(), key);
  }

  private void put(String table, String key) {
    int added = keys.computeIfAbsent(table, any -> new PackedKeys()).add(key);
    names += added > 0 ? 1 : 0;
    bytes += added;
  }

  /** Lets go of the later ones, so that it is not to be done again soon. One stays. */
  private void halve() {
    Iterator<RowName> all = sorted();
    isWhole = false;
    keys.clear();
    names = 0;
    bytes = 0;
    last = null;
    while (last == null || names < most.names() / 2 && bytes < most.bytes() / 2) {
      last = all.next();
      put(last.table(), last.key());
    }
  }

  /** Whether it has all that came. */
  boolean isWhole() {
    return isWhole;
  }

  /** All of them in their order; each is made when it is asked for. */
  Iterator<RowName> sorted() {
    Map<String, PackedKeys> held = Map.copyOf(keys);
    Iterator<String> tables = held.keySet().stream().sorted(CodePoints::compare).iterator();
    return new Iterator<>() {
      private String table = "";
      private int[] places = {};
      private int at;

      @Override
      public boolean hasNext() {
        return at < places.length || tables.hasNext();
      }

      @Override
      public RowName next() {
        if (at == places.length) {
          table = tables.next(); // none is empty
          places = held.get(table).sorted();
          at = 0;
        }
        return new RowName(table, held.get(table).at(places[at++]));
      }
    };
  }
}
