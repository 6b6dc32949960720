package dev.sealift.ops.simulate;

import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.LostReason;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the log makes of one row, said as directly as possible and without the client's ideas: it keeps every write that is not dead, and asks questions
 * about all of them. The rules are those of the client's package {@code merge}.
 */
final class RowModel {
  private static final String ROW = "";

  /** Something in the inbox. */
  record Lost(LostReason reason, Value value, long sinceMillis, HybridTime transaction) {
    /** Then it stays until all of the transaction is reviewed. */
    boolean isOfTransaction() {
      return !transaction.equals(HybridTime.ZERO);
    }
  }

  /** Which write of which cell. */
  record Name(String column, DeviceId device, HybridTime time) implements Comparable<Name> {
    @Override
    public int compareTo(Name other) {
      return Comparator.comparing(Name::column)
          .thenComparing(name -> name.device().toString())
          .thenComparing(Name::time)
          .compare(this, other);
    }
  }

  private final long cutOffMillis;
  private final List<String> columns;
  private List<LogEvent> alive = new ArrayList<>();
  private List<LogEvent> parts = new ArrayList<>();
  private List<LogEvent> dropped = new ArrayList<>();
  private @Nullable LogEvent removal;
  private final SortedMap<Name, Lost> losers = new TreeMap<>();

  /** @param columns its registers */
  RowModel(long cutOffMillis, List<String> columns) {
    this.cutOffMillis = cutOffMillis;
    this.columns = columns;
  }

  private static Comparator<LogEvent> rank() {
    return Comparator.comparingLong(LogEvent::place)
        .thenComparing(LogEvent::time)
        .thenComparing(event -> event.device().toString());
  }

  private static Comparator<LogEvent> rank(String column) {
    return rank().thenComparing(event -> event.values().get(column).hash().toString());
  }

  /** Before the log's next file says something of the row. */
  private void forgetDead(long serverTimeMillis) {
    if (removal != null && removal.time().millis() + 2 * cutOffMillis < serverTimeMillis) {
      if (!isVisible()) {
        forgetWrites();
      }
      removal = null;
    }
  }

  private void forgetWrites() {
    alive = new ArrayList<>();
    parts = new ArrayList<>();
    dropped = new ArrayList<>();
  }

  /** The next event of the log. */
  void apply(LogEvent event) {
    forgetDead(event.serverTimeMillis());
    if (event.kind() == RunKind.DISMISS) {
      dismiss(event);
    } else if (event.isLate(cutOffMillis)) {
      lose(event, Set.of(LostReason.LATE, LostReason.LATE_REMOVAL, LostReason.LATE_DISCARD));
    } else if (event.kind() == RunKind.REMOVE) {
      remove(event);
    } else if (event.kind().isPart()) {
      operate(event);
    } else {
      write(event);
    }
  }

  private void dismiss(LogEvent event) {
    losers
        .keySet()
        .removeIf(name -> Value.of(name.column()).equals(event.values().get("column"))
            && Value.of(name.time().bits()).equals(event.values().get("time"))
            && Value.of(name.device().toByteArray()).equals(event.values().get("device")));
  }

  /** An event of a transaction in conflict. */
  void refuse(LogEvent event) {
    if (event.kind() != RunKind.DISMISS) {
      lose(
          event,
          Set.of(LostReason.CONFLICT, LostReason.CONFLICT_REMOVAL, LostReason.CONFLICT_DISCARD));
    }
  }

  /** Nothing of the event is merged. */
  private void lose(LogEvent event, Set<LostReason> reasons) {
    String end = event.kind() == RunKind.REMOVE
        ? "_REMOVAL"
        : event.kind() == RunKind.DISCARD ? "_DISCARD" : "";
    LostReason reason = reasons.stream()
        .filter(one -> end.isEmpty() ? !one.name().contains("_") : one.name().endsWith(end))
        .findFirst()
        .orElseThrow();
    Map<String, Value> lost = event.values().isEmpty() ? Map.of(ROW, Value.NULL) : event.values();
    lost.forEach((column, value) -> losers.put(
        name(column, event),
        new Lost(reason, value, event.serverTimeMillis(), event.transaction())));
  }

  /** Whether what a transaction says to have read is so. */
  boolean holds(LogEvent guard, List<LogEvent> guards) {
    forgetDead(guard.serverTimeMillis());
    String column = ((Value.Text) guard.values().get("column")).value();
    return switch ((int) ((Value.Int) guard.values().get("what")).value()) {
      case 0 -> names(Stream.ofNullable(winners().get(column))).equals(read(Stream.of(guard)));
      case 1 -> isVisible();
      case 2 -> !isVisible();
      default ->
        names(parts.stream().filter(part -> column(part).equals(column)))
            .equals(read(guards.stream()
                .filter(other -> other.key().equals(guard.key())
                    && other.values().get("what").equals(guard.values().get("what"))
                    && other.values().get("column").equals(guard.values().get("column")))));
    };
  }

  private static List<String> names(Stream<LogEvent> events) {
    return events
        .map(event -> event.time().bits() + " " + event.device())
        .sorted()
        .toList();
  }

  /** Which events guards name. */
  private static List<String> read(Stream<LogEvent> guards) {
    return guards
        .filter(guard -> guard.values().get("time") != Value.NULL)
        .map(guard -> ((Value.Int) guard.values().get("time")).value() + " "
            + HexFormat.of()
                .formatHex(((Value.Blob) guard.values().get("device")).value().toByteArray()))
        .sorted()
        .toList();
  }

  private void remove(LogEvent event) {
    if (alive.stream().anyMatch(write -> rank().compare(write, event) > 0)) {
      lose(ROW, event, LostReason.WRITE, Value.NULL, event);
      return;
    }
    if (isVisible()) {
      hide(event);
    }
    removal = removal == null || rank().compare(event, removal) > 0 ? event : removal;
  }

  private void hide(LogEvent by) {
    SortedMap<String, LogEvent> winners = winners();
    winners.forEach((column, write) -> {
      if (!by.saw(write)) {
        put(column, write, LostReason.REMOVAL, write.values().get(column), by);
      }
    });
    parts.stream()
        .filter(part -> !by.saw(part))
        .sorted(Comparator.comparing(part -> value(part).hash()))
        .forEach(part -> put(column(part), part, LostReason.REMOVAL, value(part), by));
    Optional<LogEvent> highest =
        Stream.concat(winners.values().stream(), parts.stream()).max(rank());
    marker()
        .filter(put -> highest.filter(held -> rank().compare(held, put) >= 0).isEmpty())
        .filter(put -> !by.saw(put))
        .ifPresent(put -> put(ROW, put, LostReason.REMOVAL, Value.NULL, by));
  }

  private void write(LogEvent event) {
    boolean hidden = removal != null && !isVisible();
    boolean above = removal == null || rank().compare(event, removal) > 0;
    if (!hidden && !above) {
      loseToRemoval(event, event.values());
      return;
    }
    if (hidden && above) {
      comeBack(event);
    }
    SortedMap<String, LogEvent> before = winners();
    Optional<LogEvent> markerBefore = marker();
    alive.add(event);
    before.forEach((column, write) -> judge(column, event, write));
    if (hidden && !above) {
      stayHidden(event, before, markerBefore);
    }
  }

  /** What would show is lost with the row. */
  private void stayHidden(
      LogEvent event, SortedMap<String, LogEvent> before, Optional<LogEvent> markerBefore) {
    SortedMap<String, Value> taken = new TreeMap<>(event.values());
    taken
        .keySet()
        .removeIf(column ->
            before.containsKey(column) && rank(column).compare(event, before.get(column)) <= 0);
    boolean onlyThere = event.values().isEmpty()
        && markerBefore.filter(put -> rank().compare(put, event) >= 0).isEmpty();
    if (onlyThere || !taken.isEmpty()) {
      loseToRemoval(event, taken);
    }
  }

  private void loseToRemoval(LogEvent event, SortedMap<String, Value> values) {
    values.forEach((column, value) -> lose(column, event, LostReason.REMOVAL, value, event));
    if (event.values().isEmpty()) {
      lose(ROW, event, LostReason.REMOVAL, Value.NULL, event);
    }
  }

  private void comeBack(LogEvent event) {
    LogEvent hiding = removal;
    if (hiding == null || event.time().millis() - hiding.time().millis() > cutOffMillis) {
      forgetWrites();
      return;
    }
    winners().forEach((column, write) -> restore(name(column, write)));
    marker().ifPresent(put -> restore(name(ROW, put)));
    parts.forEach(part -> restore(name(column(part), part)));
    if (!event.saw(hiding)) {
      lose(ROW, hiding, LostReason.WRITE, Value.NULL, event);
    }
    removal = null;
  }

  /** It is there again, and lost no more; but not that its transaction came too late once more. */
  private void restore(Name name) {
    losers.computeIfPresent(name, (any, lost) -> lost.isOfTransaction() ? lost : null);
  }

  private static String column(LogEvent part) {
    return part.values().firstKey();
  }

  private static Value value(LogEvent part) {
    return part.values().get(column(part));
  }

  /** Something is done to a compound cell. */
  private void operate(LogEvent event) {
    boolean hidden = removal != null && !isVisible();
    boolean above = removal == null || rank().compare(event, removal) > 0;
    if (!hidden && !above) {
      losePart(event);
      return;
    }
    if (hidden && above) {
      comeBack(event);
    }
    alive.add(event);
    if (takePart(event) && hidden && !above) {
      losePart(event);
    }
  }

  private void losePart(LogEvent event) {
    if (event.kind() == RunKind.COUNT || event.kind() == RunKind.ASSIGN) {
      lose(column(event), event, LostReason.REMOVAL, value(event), event);
    } else if (event.kind() != RunKind.DISCARD) {
      put(column(event), event, LostReason.REMOVAL, value(event), event);
    }
  }

  /** Whether it is a part now that it was not before. */
  private boolean takePart(LogEvent event) {
    boolean adds = event.kind() != RunKind.DISCARD;
    if (adds && parts.stream().anyMatch(part -> isSame(part, event))) {
      return false;
    }
    if (adds && isRefused(event)) {
      lose(column(event), event, LostReason.VALUE, value(event), event);
      return false;
    }
    if (event.kind() == RunKind.COUNT && removal == null) {
      drop(column(event), event);
    }
    List<LogEvent> gone =
        parts.stream().filter(part -> takesAway(event, part) && event.saw(part)).toList();
    parts.removeAll(gone);
    if (event.kind() != RunKind.COUNT) {
      dropped.addAll(gone);
    }
    if (adds) {
      parts.add(event);
    }
    return adds;
  }

  private static boolean isSame(LogEvent one, LogEvent other) {
    return one.time().equals(other.time())
        && one.device().equals(other.device())
        && one.values().equals(other.values());
  }

  /** What comes after something later of its device was taken away, or counted. */
  private boolean isRefused(LogEvent event) {
    return event.kind() == RunKind.COUNT
        ? parts.stream().anyMatch(part -> takesAway(part, event))
        : dropped.stream()
            .filter(part -> column(part).equals(column(event)))
            .filter(part -> part.device().equals(event.device()))
            .anyMatch(part -> !event.time().isAfter(part.time()));
  }

  private static boolean takesAway(LogEvent event, LogEvent part) {
    if (!column(event).equals(column(part))) {
      return false;
    }
    int order = rank().compare(event, part);
    return switch (event.kind()) {
      case ASSIGN, COLLAPSE -> order > 0;
      case ADD, DISCARD -> order > 0 && value(event).equals(value(part));
      case COUNT ->
        event.device().equals(part.device())
            && (order == 0 ? rank(column(event)).compare(event, part) > 0 : order > 0);
      default -> false;
    };
  }

  private void judge(String column, LogEvent arriving, LogEvent there) {
    Value came = arriving.values().get(column);
    Value was = there.values().get(column);
    if (came == null) {
      return;
    }
    int order = rank(column).compare(arriving, there);
    if (order == 0 || (order > 0 && arriving.saw(there))) {
      return;
    }
    drop(column, arriving);
    if (!came.equals(was)) {
      put(column, order > 0 ? there : arriving, LostReason.VALUE, order > 0 ? was : came, arriving);
    }
  }

  /** In the place of what its author had lost of that cell before. */
  private void lose(
      String column, LogEvent loser, LostReason reason, Value value, LogEvent arriving) {
    drop(column, loser);
    put(column, loser, reason, value, arriving);
  }

  private void put(
      String column, LogEvent loser, LostReason reason, Value value, LogEvent arriving) {
    losers.put(
        name(column, loser), new Lost(reason, value, arriving.serverTimeMillis(), HybridTime.ZERO));
  }

  /** What the author of an event had lost of a cell up to then. */
  private void drop(String column, LogEvent by) {
    losers
        .entrySet()
        .removeIf(lost -> lost.getKey().column().equals(column)
            && lost.getKey().device().equals(by.device())
            && !lost.getKey().time().isAfter(by.time())
            && !lost.getValue().isOfTransaction());
  }

  private static Name name(String column, LogEvent event) {
    return new Name(column, event.device(), event.time());
  }

  private boolean isVisible() {
    LogEvent hiding = removal;
    return alive.stream().anyMatch(write -> hiding == null || rank().compare(write, hiding) > 0);
  }

  private Optional<LogEvent> marker() {
    return alive.stream()
        .filter(event -> event.kind() == RunKind.PUT)
        .max(rank().thenComparing(firstComeLast()));
  }

  /** Of two events of one rank the first one counts. */
  private static Comparator<LogEvent> firstComeLast() {
    return Comparator.comparingLong(LogEvent::sequence).reversed();
  }

  private SortedMap<String, LogEvent> winners() {
    SortedMap<String, LogEvent> winners = new TreeMap<>();
    for (String column : columns) {
      alive.stream()
          .filter(event -> event.values().containsKey(column))
          .max(rank(column).thenComparing(firstComeLast()))
          .ifPresent(event -> winners.put(column, event));
    }
    return winners;
  }

  /** Whether a removal hides it where a server time is. */
  boolean isRemoved(long serverTimeMillis) {
    forgetDead(serverTimeMillis);
    return removal != null && !isVisible();
  }

  /** What a device shows of it; empty when it shows no row. */
  Optional<SortedMap<String, Value>> shown() {
    if (!isVisible()) {
      return Optional.empty();
    }
    SortedMap<String, Value> shown = new TreeMap<>();
    Map<String, LogEvent> winners = winners();
    columns.forEach(column -> shown.put(
        column,
        winners.containsKey(column) ? winners.get(column).values().get(column) : Value.NULL));
    return Optional.of(shown);
  }

  /** What is in a compound cell; of a counter the total. */
  Set<Value> values(String column) {
    if (!isVisible()) {
      return Set.of();
    }
    Stream<Value> values =
        parts.stream().filter(part -> column(part).equals(column)).map(RowModel::value);
    return Writer.COMPOUNDS.get(column) == ColumnType.COUNTER
        ? Set.of(Value.of(values.mapToLong(value -> ((Value.Int) value).value()).sum()))
        : values.collect(Collectors.toSet());
  }

  /** What is to be reviewed of it. */
  SortedMap<Name, Lost> losers(long sinceMillis) {
    SortedMap<Name, Lost> recent = new TreeMap<>(losers);
    recent.values().removeIf(lost -> lost.sinceMillis() < sinceMillis);
    return recent;
  }
}
