package dev.sealift.client.compact;

import static dev.sealift.client.compact.BlockReader.require;
import static dev.sealift.client.compact.BlockReader.sum;

import dev.sealift.client.compact.CarriedRow.Dropped;
import dev.sealift.client.compact.CarriedRow.FeedPlace;
import dev.sealift.client.compact.CarriedRow.Held;
import dev.sealift.client.compact.CarriedRow.Line;
import dev.sealift.client.compact.CarriedRow.Loser;
import dev.sealift.client.merge.CellKind;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.FormatException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the rows of one table of a block. The layout is in {@link BlockCodec}. */
final class TableReader {
  private final BlockReader in;
  private final String name;
  private CellName[] cells = {};

  TableReader(BlockReader in, String name) {
    this.in = in;
    this.name = name;
  }

  String name() {
    return name;
  }

  void read(List<CarriedRow> rows) throws FormatException {
    int count = in.count();
    require(count > 0, "a table in a block has no rows");
    String[] keys = in.keys(count);
    readCells();
    long[] markers = in.series(count);
    long[] removals = in.series(count);
    long[] touches = in.series(count);
    Pieces<Held> registers = readRegisters(markers);
    Pieces<Held> parts = readParts(count);
    Pieces<Dropped> dropped = readDropped(count);
    Pieces<Loser> losers = readLosers(count);
    Pieces<Line> lines = readLines(count);
    @Nullable FeedPlace[] feed = readFeed(count);
    for (int i = 0; i < count; i++) {
      require(i == 0 || CodePoints.compare(keys[i - 1], keys[i]) < 0, "keys do not ascend");
      rows.add(new CarriedRow(
          name,
          keys[i],
          optional(markers[i]),
          optional(removals[i]),
          optional(touches[i]),
          registers.next(Held.ORDER),
          parts.next(Held.ORDER),
          dropped.next(Dropped.ORDER),
          losers.next(Loser.ORDER),
          lines.next(Line.ORDER),
          feed[i]));
    }
  }

  private @Nullable Origin optional(long reference) throws FormatException {
    return reference == 0 ? null : in.stamp(reference - 1);
  }

  private void readCells() throws FormatException {
    int count = in.count();
    String[] names = in.names(count);
    long[] kinds = in.within(count, 0, CellKind.values().length);
    cells = new CellName[count];
    for (int i = 0; i < count; i++) {
      CellKind kind = kinds[i] == 0 ? null : CellKind.values()[(int) kinds[i] - 1];
      cells[i] = new CellName(names[i], kind);
      require(i == 0 || cells[i - 1].compareTo(cells[i]) < 0, "a table's cells do not ascend");
    }
  }

  /** What rows have of something, one row after the other. */
  private static final class Pieces<T> {
    private final int[] counts;
    private final List<T> all;
    private int row;
    private int from;

    Pieces(int[] counts, List<T> all) {
      this.counts = counts;
      this.all = all;
    }

    List<T> next(Comparator<T> order) throws FormatException {
      List<T> some = all.subList(from, from + counts[row]);
      from += counts[row];
      row++;
      for (int i = 1; i < some.size(); i++) {
        require(order.compare(some.get(i - 1), some.get(i)) < 0, "what a row has does not ascend");
      }
      return some;
    }
  }

  private Pieces<Held> readRegisters(long[] markers) throws FormatException {
    int[] counts = in.counts(markers.length);
    int count = sum(counts);
    long[] numbers = in.series(count);
    long[] references = in.series(count);
    Value[] values = readByCell(numbers);
    List<Held> all = new ArrayList<>(count);
    for (int row = 0; row < counts.length; row++) {
      for (int i = 0; i < counts[row]; i++) {
        int at = all.size();
        CellName cell = cell(numbers[at]);
        require(cell.kind() == null, "a compound cell has no place among registers");
        long reference = references[at] == 0 ? markers[row] : references[at];
        require(i == 0 || cell.compareTo(all.get(at - 1).cell()) > 0, "registers do not ascend");
        all.add(new Held(cell, in.stamp(reference - 1), values[at]));
      }
    }
    return new Pieces<>(counts, all);
  }

  private Pieces<Held> readParts(int rows) throws FormatException {
    int[] counts = in.counts(rows);
    int count = sum(counts);
    long[] numbers = in.series(count);
    long[] references = in.series(count);
    Value[] values = readByCell(numbers);
    List<Held> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      CellName cell = compound(numbers[i]);
      require(suits(cell.kind(), values[i]), "a part does not suit the kind of its cell");
      all.add(new Held(cell, in.stamp(references[i]), values[i]));
    }
    return new Pieces<>(counts, all);
  }

  /** As of events: whatever reads cells of a kind relies on it. */
  private static boolean suits(@Nullable CellKind kind, Value value) {
    return kind == CellKind.COUNTER
        ? value instanceof Value.Int
        : kind == CellKind.UPDATES
            ? value instanceof Value.Blob
            : kind == CellKind.MULTI_VALUE || value != Value.NULL;
  }

  private Value[] readByCell(long[] numbers) throws FormatException {
    int[] counts = new int[cells.length];
    for (long number : numbers) {
      cell(number);
      counts[(int) number]++;
    }
    Value[][] columns = new Value[cells.length][];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = in.values(counts[i]);
    }
    int[] next = new int[cells.length];
    Value[] values = new Value[numbers.length];
    for (int i = 0; i < values.length; i++) {
      int cell = (int) numbers[i];
      values[i] = columns[cell][next[cell]++];
    }
    return values;
  }

  private CellName cell(long number) throws FormatException {
    require(number >= 0 && number < cells.length, "a table has no such cell");
    return cells[(int) number];
  }

  private CellName compound(long number) throws FormatException {
    CellName cell = cell(number);
    require(cell.kind() != null, "a register has no parts");
    return cell;
  }

  private CellName cellOrRow(long reference) throws FormatException {
    return reference == 0 ? CellName.ROW : cell(reference - 1);
  }

  private Pieces<Dropped> readDropped(int rows) throws FormatException {
    int[] counts = in.counts(rows);
    int count = sum(counts);
    long[] numbers = in.series(count);
    long[] references = in.series(count);
    List<Dropped> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      all.add(new Dropped(compound(numbers[i]), in.stamp(references[i])));
    }
    return new Pieces<>(counts, all);
  }

  private Pieces<Loser> readLosers(int rows) throws FormatException {
    int[] counts = in.counts(rows);
    int count = sum(counts);
    long[] references = in.series(count);
    long[] times = eventTimes(count);
    long[] devices = in.series(count);
    long[] reasons = in.within(count, 1, Loser.MAX_REASON);
    long[] rivalTimes = eventTimes(count);
    long[] rivals = in.series(count);
    long[] since = in.times(count);
    long[] transactions = in.series(count);
    Value[] values = in.values(count);
    List<Loser> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      all.add(new Loser(
          cellOrRow(references[i]),
          times[i],
          in.device(devices[i]),
          (int) reasons[i],
          values[i],
          rivalTimes[i],
          in.device(rivals[i]),
          since[i],
          transactions[i]));
    }
    return new Pieces<>(counts, all);
  }

  private Pieces<Line> readLines(int rows) throws FormatException {
    int[] counts = in.counts(rows);
    int count = sum(counts);
    long[] references = in.series(count);
    long[] kinds = in.series(count);
    long[] times = eventTimes(count);
    long[] devices = in.series(count);
    long[] sequences = in.loggedSequences(count);
    long[] inFile = in.within(count, 0, Integer.MAX_VALUE);
    long[] serverTimes = in.times(count);
    Value[] values = in.values(count);
    List<Line> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      all.add(new Line(
          cellOrRow(references[i]),
          kind(kinds[i]),
          times[i],
          in.device(devices[i]),
          sequences[i],
          (int) inFile[i],
          serverTimes[i],
          values[i]));
    }
    return new Pieces<>(counts, all);
  }

  private static RunKind kind(long number) throws FormatException {
    for (RunKind kind : RunKind.values()) {
      if (kind.number() == number && kind != RunKind.DISMISS && kind != RunKind.GUARD) {
        return kind;
      }
    }
    throw new FormatException("a line is of an unknown kind");
  }

  private @Nullable FeedPlace[] readFeed(int rows) throws FormatException {
    long[] there = in.within(rows, 0, 1);
    int count = 0;
    for (long one : there) {
      count += (int) one;
    }
    long[] offsets = in.sequences(count);
    long[] times = eventTimes(count);
    long[] devices = in.series(count);
    long[] sequences = in.loggedSequences(count);
    @Nullable FeedPlace[] feed = new FeedPlace[rows];
    int next = 0;
    for (int i = 0; i < rows; i++) {
      if (there[i] == 1) {
        feed[i] =
            new FeedPlace(offsets[next], times[next], in.device(devices[next]), sequences[next]);
        next++;
      }
    }
    return feed;
  }

  private long[] eventTimes(int count) throws FormatException {
    long[] times = in.series(count);
    for (long time : times) {
      require(time != 0, "an event has no time");
    }
    return times;
  }
}
