package dev.sealift.client.compact;

import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.id.DeviceId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the log makes of a row, or a piece of that: a block begins with what had no room in the one before. Lists stand in their canonical orders, in whatever order they are given.
 *
 * @param marker as {@code removal} and {@code touch} not in a later piece of a row
 * @param registers each that was ever written
 * @param parts of compound cells
 * @param dropped the last parts of each device that were taken away
 * @param lines what is kept of its history
 * @param feed its place in its feed
 */
public record CarriedRow(
    String table,
    String key,
    @Nullable Origin marker,
    @Nullable Origin removal,
    @Nullable Origin touch,
    List<Held> registers,
    List<Held> parts,
    List<Dropped> dropped,
    List<Loser> losers,
    List<Line> lines,
    @Nullable FeedPlace feed) {
  static final Comparator<CarriedRow> ORDER = CarriedRow::compare;

  private static int compare(CarriedRow one, CarriedRow other) {
    int order = CodePoints.compare(one.table, other.table);
    return order != 0 ? order : CodePoints.compare(one.key, other.key);
  }

  /** A value of a register, or one of those of a compound cell. */
  public record Held(CellName cell, Origin origin, Value value) {
    static final Comparator<Held> ORDER = Held::compare;

    private static int compare(Held one, Held other) {
      int order = one.cell.compareTo(other.cell);
      if (order == 0) {
        order = Origin.ORDER.compare(one.origin, other.origin);
      }
      return order != 0 ? order : compareValues(one.value, other.value);
    }
  }

  /** A part that was taken away. */
  public record Dropped(CellName cell, Origin origin) {
    static final Comparator<Dropped> ORDER =
        Comparator.comparing(Dropped::cell).thenComparing(Dropped::origin, Origin.ORDER);
  }

  /**
   * What lost to something whose author had not seen it.
   *
   * @param reason a number from 1 on
   * @param since by the mesh's clock
   * @param transaction that it lost with, whole; 0 of what lost by itself
   */
  public record Loser(
      CellName cell,
      long time,
      DeviceId device,
      int reason,
      Value value,
      long rivalTime,
      DeviceId rivalDevice,
      long since,
      long transaction) {
    /** The highest number of a reason. */
    public static final int MAX_REASON = 9;

    static final Comparator<Loser> ORDER = Comparator.comparing(Loser::cell)
        .thenComparing(Loser::time, Long::compareUnsigned)
        .thenComparing(Loser::device);

    public Loser {
      if (time == 0 || rivalTime == 0 || reason < 1 || reason > MAX_REASON) {
        throw new IllegalArgumentException("a loser is of a time, and has lost for a reason");
      }
    }
  }

  /**
   * What an event of the log did to a cell.
   *
   * @param inFile which event of its file it is
   */
  public record Line(
      CellName cell,
      RunKind kind,
      long time,
      DeviceId device,
      long sequence,
      int inFile,
      long serverTimeMillis,
      Value value) {
    static final Comparator<Line> ORDER = Comparator.comparingLong(Line::sequence)
        .thenComparingInt(Line::inFile)
        .thenComparing(Line::cell)
        .thenComparing(Line::time, Long::compareUnsigned)
        .thenComparing(Line::device);

    public Line {
      if (time == 0
          || sequence < 1
          || inFile < 0
          || kind == RunKind.DISMISS
          || kind == RunKind.GUARD) {
        throw new IllegalArgumentException(
            "a line is of an event in the log that writes something");
      }
    }
  }

  /** Where a row stands in its feed, and what appended it. */
  public record FeedPlace(long at, long time, DeviceId device, long sequence) {
    public FeedPlace {
      if (at < 1 || time == 0 || sequence < 1) {
        throw new IllegalArgumentException("a feed counts from 1 on what the log has");
      }
    }
  }

  public CarriedRow {
    registers = sorted(registers, Held.ORDER);
    parts = sorted(parts, Held.ORDER);
    dropped = sorted(dropped, Dropped.ORDER);
    losers = sorted(losers, Loser.ORDER);
    lines = sorted(lines, Line.ORDER);
  }

  static <T> List<T> sorted(List<T> items, Comparator<? super T> order) {
    for (int i = 1; i < items.size(); i++) {
      if (order.compare(items.get(i - 1), items.get(i)) > 0) {
        List<T> sorted = new ArrayList<>(items);
        sorted.sort(order);
        return List.copyOf(sorted);
      }
    }
    return List.copyOf(items);
  }

  private static int compareValues(Value one, Value other) {
    return one.equals(other) ? 0 : Arrays.compareUnsigned(one.canonical(), other.canonical());
  }

  /** A row of which nothing is left. */
  public static CarriedRow empty(String table, String key) {
    return new CarriedRow(
        table, key, null, null, null, List.of(), List.of(), List.of(), List.of(), List.of(), null);
  }

  /**
   * What is left of its cells and losers when some events are taken away.
   *
   * @param gone of the bits of their times
   */
  public CarriedRow without(LongPredicate gone) {
    return new CarriedRow(
        table,
        key,
        without(marker, gone),
        without(removal, gone),
        without(touch, gone),
        left(registers, held -> gone.test(held.origin().time())),
        left(parts, held -> gone.test(held.origin().time())),
        left(dropped, one -> gone.test(one.origin().time())),
        left(losers, loser -> gone.test(loser.time())),
        lines,
        feed);
  }

  private static @Nullable Origin without(@Nullable Origin origin, LongPredicate gone) {
    return origin == null || gone.test(origin.time()) ? null : origin;
  }

  private static <T> List<T> left(List<T> items, Predicate<T> gone) {
    return items.stream().filter(gone.negate()).toList();
  }

  /** Whether the log has nothing of it. */
  public boolean isEmpty() {
    return equals(empty(table, key));
  }

  /** Whether it is the same row. */
  public boolean isOf(CarriedRow other) {
    return table.equals(other.table) && key.equals(other.key);
  }
}
