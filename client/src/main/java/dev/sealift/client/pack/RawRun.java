package dev.sealift.client.pack;

import dev.sealift.client.value.Value;
import dev.sealift.client.value.ValueLimits;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.clock.HybridTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The fields of a {@code Run} as they came; {@link #events} checks them together. Absent ones are
 * empty or 0.
 */
final class RawRun {
  int kind;
  String table = "";
  long seenSequence;
  int rows;
  long transaction;
  byte[] times = {};
  byte[] keys = {};
  final List<DotRef> seenFiles = new ArrayList<>();
  final List<RawColumn> columns = new ArrayList<>();

  EventRun events(Tally tally) throws FormatException {
    RunKind known = requireShape();
    if (rows < 1 || rows > PayloadLimits.MAX_ROWS) {
      throw new FormatException("a run has no event, or too many");
    }
    tally.reserve(rows, columns.size());
    return new EventRun(
        known,
        table,
        seenSequence,
        seenFiles,
        columnNames(),
        groups(known),
        transaction,
        readRows(known, tally));
  }

  private RunKind requireShape() throws FormatException {
    RunKind known = knownKind();
    if (table.isEmpty() || seenSequence < 0 || seenSequence > Limits.MAX_SEQUENCE) {
      throw new FormatException("a run has no table, or has seen what cannot be");
    }
    if (!known.suits(columns.stream().map(column -> column.name).toList())) {
      throw new FormatException("a run's columns do not suit its kind");
    }
    if (known == RunKind.GUARD && transaction == 0) {
      throw new FormatException("guards are of a transaction");
    }
    return known;
  }

  private RunKind knownKind() throws FormatException {
    for (RunKind known : RunKind.values()) {
      if (known.number() == kind) {
        return known;
      }
    }
    throw new FormatException("a run has an unknown kind");
  }

  private List<String> columnNames() throws FormatException {
    Set<String> once = new HashSet<>();
    List<String> names = new ArrayList<>();
    for (RawColumn column : columns) {
      if (column.name.isEmpty() || !once.add(column.name)) {
        throw new FormatException("a run has a column without a name, or twice");
      }
      names.add(column.name);
    }
    return names;
  }

  private List<Integer> groups(RunKind known) throws FormatException {
    List<Integer> groups = new ArrayList<>();
    for (RawColumn column : columns) {
      if (column.group < 0
          || column.group > ValueLimits.MAX_COLUMNS
          || (column.group > 0 && !known.hasGroups())) {
        throw new FormatException("a run has a column in a group that cannot be");
      }
      groups.add(column.group);
    }
    return groups;
  }

  private List<RowEvent> readRows(RunKind known, Tally tally) throws FormatException {
    long[] eventTimes = readTimes();
    String[] eventKeys = ColumnReader.readKeys(new ByteReader(keys), rows);
    Value[][] values = new Value[columns.size()][];
    for (int i = 0; i < values.length; i++) {
      values[i] = ColumnReader.readValues(new ByteReader(columns.get(i).values), rows);
    }
    List<RowEvent> events = new ArrayList<>(rows);
    Value[] row = new Value[values.length];
    for (int i = 0; i < rows; i++) {
      for (int column = 0; column < row.length; column++) {
        row[column] = values[column][i];
        if (!known.accepts(row[column])) {
          throw new FormatException("a run has a value that does not suit its kind");
        }
      }
      List<Value> rowValues = List.of(row);
      if (known == RunKind.GUARD && !Guard.isOne(rowValues)) {
        throw new FormatException("a run has a guard that is none");
      }
      tally.addContent(eventKeys[i], rowValues);
      events.add(new RowEvent(eventKeys[i], new HybridTime(eventTimes[i]), rowValues));
    }
    return events;
  }

  private long[] readTimes() throws FormatException {
    ByteReader in = new ByteReader(times);
    long[] eventTimes = IntegerSeries.read(in, rows);
    in.requireEnd();
    for (long time : eventTimes) {
      if (time == 0) {
        throw new FormatException("an event has no time");
      }
    }
    return eventTimes;
  }
}
