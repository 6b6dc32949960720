package dev.sealift.client.rule;

import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A device's rows, as simply as can be: each cell, marker and removal has the highest-ranked event of all that have come. */
final class ModelRows implements Rows {
  /** The name of the cell that says that a row was put. */
  static final String MARKER = "";

  /** An event's rank: the time of a clock that is above all that its author had seen, and the author. */
  record Rank(long time, int device) implements Comparable<Rank> {
    static final Rank NONE = new Rank(0, 0);

    @Override
    public int compareTo(Rank other) {
      return Comparator.comparingLong(Rank::time)
          .thenComparingInt(Rank::device)
          .compare(this, other);
    }
  }

  /** Writes a cell, or removes the row. */
  record Event(Rank rank, RowName row, @Nullable String cell, Value value) {
    boolean removes() {
      return cell == null;
    }
  }

  private record Cell(Rank rank, Value value) {}

  private static final class Row {
    private final Map<String, Cell> cells = new HashMap<>();
    private Rank removal = Rank.NONE;

    private boolean isThere() {
      return cells.values().stream().anyMatch(cell -> cell.rank().compareTo(removal) > 0);
    }
  }

  private final int device;
  private final Map<RowName, Row> rows =
      new TreeMap<>(Comparator.comparing(RowName::table).thenComparing(RowName::key));
  private final Map<RowName, Integer> changes = new HashMap<>();
  private final Set<Rank> applied = new HashSet<>();
  private long clock;

  ModelRows(int device) {
    this.device = device;
  }

  void apply(Event event) {
    if (!applied.add(event.rank())) {
      return;
    }
    clock = Math.max(clock, event.rank().time());
    Row row = rows.computeIfAbsent(event.row(), any -> new Row());
    String cell = event.cell();
    if (cell == null) {
      row.removal = event.rank().compareTo(row.removal) > 0 ? event.rank() : row.removal;
    } else {
      row.cells.merge(
          cell,
          new Cell(event.rank(), event.value()),
          (a, b) -> a.rank().compareTo(b.rank()) > 0 ? a : b);
    }
  }

  /** An event of this device, later than all that it has seen. */
  Event write(RowName row, @Nullable String cell, Value value) {
    Event event = new Event(new Rank(clock + 1, device), row, cell, value);
    apply(event);
    return event;
  }

  Event write(Answer answer) {
    if (answer instanceof Answer.Change change) {
      changes.merge(change.row(), 1, Integer::sum);
      return write(change.row(), change.column(), change.value());
    }
    return answer instanceof Answer.Remove
        ? write(answer.row(), null, Value.NULL)
        : write(answer.row(), MARKER, Value.NULL);
  }

  void forEachThere(Consumer<RowName> action) {
    there().forEach(action);
  }

  List<RowName> there() {
    return rows.entrySet().stream()
        .filter(entry -> entry.getValue().isThere())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** What people see. */
  Map<RowName, Map<String, Value>> shown() {
    Map<RowName, Map<String, Value>> shown = new HashMap<>();
    there().forEach(row -> {
      Map<String, Value> values = new HashMap<>();
      get(row).cells.forEach((cell, held) -> values.put(cell, held.value()));
      values.remove(MARKER);
      shown.put(row, values);
    });
    return shown;
  }

  private Row get(RowName name) {
    return rows.getOrDefault(name, new Row());
  }

  @Override
  public Presence presence(RowName row) {
    return !rows.containsKey(row)
        ? Presence.NEVER
        : get(row).isThere() ? Presence.THERE : Presence.REMOVED;
  }

  @Override
  public Origin origin(RowName name) {
    Row row = get(name);
    List<Rank> ranks =
        row.isThere() ? row.cells.values().stream().map(Cell::rank).toList() : List.of(row.removal);
    return new Origin(
        ranks.stream().mapToLong(Rank::time).max().orElseThrow(),
        ranks.stream().anyMatch(rank -> rank.device() == device));
  }

  @Override
  public boolean returnsWhole(RowName row) {
    return true;
  }

  @Override
  public Optional<RowName> target(Reference reference, String key) {
    return value(new RowName(reference.table(), key), reference.column()) instanceof Value.Text text
        ? Optional.of(new RowName(reference.target(), text.value()))
        : Optional.empty();
  }

  @Override
  public List<String> referring(
      Reference reference, String target, Presence presence, String afterKey, int most) {
    RowName wanted = new RowName(reference.target(), target);
    return rows.keySet().stream()
        .filter(row -> row.table().equals(reference.table()))
        .filter(row -> row.key().compareTo(afterKey) > 0)
        .filter(row -> presence(row) == presence)
        .filter(row -> target(reference, row.key()).equals(Optional.of(wanted)))
        .map(RowName::key)
        .limit(most)
        .toList();
  }

  @Override
  public List<String> claimants(Unique unique, String key, int most) {
    String column = unique.columns().get(0);
    Value value = value(new RowName(unique.table(), key), column);
    if (value == Value.NULL) {
      return List.of();
    }
    List<RowName> same = new ArrayList<>(there());
    same.removeIf(
        row -> !row.table().equals(unique.table()) || !value(row, column).equals(value));
    same.sort(Comparator.comparing((RowName row) -> get(row).cells.get(column).rank())
        .thenComparing(RowName::key));
    return same.stream().map(RowName::key).limit(most).toList();
  }

  @Override
  public boolean isFree(Unique unique, Value value) {
    return there().stream()
        .filter(row -> row.table().equals(unique.table()))
        .noneMatch(row -> value(row, unique.columns().get(0)).equals(value));
  }

  @Override
  public int changes(RowName row) {
    return changes.getOrDefault(row, 0);
  }

  @Override
  public Value value(RowName row, String column) {
    Cell cell = get(row).cells.get(column);
    return cell == null ? Value.NULL : cell.value();
  }
}
