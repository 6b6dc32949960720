package dev.sealift.client.merge;

import dev.sealift.client.merge.LoserChange.Reason;
import dev.sealift.client.merge.RowEvents.Event;
import dev.sealift.client.merge.RowEvents.Kind;
import dev.sealift.client.value.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The meaning of a log, written down as directly as possible and without the production code's ideas: it keeps every write that is not dead, and
 * asks questions about all of them. Who is a loser is said of each event by itself, from what came before and after it.
 */
final class RowModel {
  /** A write that is not dead, and when it came: events of one file come one after the other. */
  private record Write(int at, Event event) {}

  /** A part of a compound cell that is not dead, or was taken away. */
  private static final class Part {
    private final Event event;
    private boolean gone;

    Part(Event event) {
      this.event = event;
    }
  }

  private List<Write> alive = new ArrayList<>();
  private List<Part> parts = new ArrayList<>();
  private @Nullable Event removal;

  /** By cell and event: what beat it. */
  private final SortedMap<String, String> losers = new TreeMap<>();

  RowModel(List<Event> log) {
    for (int at = 0; at < log.size(); at++) {
      Event event = log.get(at);
      if (event.kind() == Kind.REMOVE) {
        remove(event);
      } else if (event.kind().isPart()) {
        writePart(at, event);
      } else {
        write(at, event);
      }
    }
  }

  private void writePart(int at, Event event) {
    boolean hidden = removal != null && !isVisible();
    boolean above = removal == null || byRank().compare(event, removal) > 0;
    if (!hidden && !above) {
      losePart(event);
      return;
    }
    if (hidden && above) {
      comeBack(event);
    }
    alive.add(new Write(at, event));
    if (join(event) && hidden && !above) {
      losePart(event);
    }
  }

  private void losePart(Event event) {
    if (event.kind() == Kind.COUNT || event.kind() == Kind.ASSIGN) {
      drop(event.kind().cell(), event);
    }
    if (event.kind() != Kind.DISCARD) {
      lose(Reason.REMOVAL, event.kind().cell(), event, event.part());
    }
  }

  /** Whether the event is a part that was not there before. */
  private boolean join(Event event) {
    int cell = event.kind().cell();
    List<Part> there = parts(cell);
    boolean held = there.stream().anyMatch(part -> !part.gone && isSame(part.event, event));
    if (held && event.kind() != Kind.DISCARD) {
      return false;
    }
    if (event.kind() != Kind.DISCARD && isRefused(there, event)) {
      drop(cell, event);
      lose(Reason.VALUE, cell, event, event.part());
      return false;
    }
    if (event.kind() == Kind.COUNT && removal == null) {
      drop(cell, event);
    }
    there.stream()
        .filter(part -> takesAway(event, part.event) && event.sees(part.event.stamp()))
        .forEach(part -> part.gone = true);
    if (event.kind() != Kind.DISCARD) {
      parts.add(new Part(event));
      return true;
    }
    return false;
  }

  private static boolean isRefused(List<Part> there, Event event) {
    Comparator<Event> byTime = Comparator.comparing(
        some -> new BigInteger(Long.toUnsignedString(some.stamp().time())));
    return there.stream()
        .filter(part -> part.event.stamp().device() == event.stamp().device())
        .anyMatch(part -> event.kind() == Kind.COUNT
            ? !part.gone && takesAway(part.event, event)
            : part.gone && byTime.compare(part.event, event) >= 0);
  }

  private static boolean takesAway(Event event, Event part) {
    int order = byRank().compare(event, part);
    return switch (event.kind()) {
      case ASSIGN, COLLAPSE -> order > 0;
      case COUNT ->
        event.stamp().device() == part.stamp().device()
            && (order > 0
                || (order == 0
                    && event
                            .part()
                            .hash()
                            .toString()
                            .compareTo(part.part().hash().toString())
                        > 0));
      case ADD, DISCARD -> order > 0 && event.part().equals(part.part());
      default -> false;
    };
  }

  private static boolean isSame(Event one, Event other) {
    return one.stamp().time() == other.stamp().time()
        && one.stamp().device() == other.stamp().device()
        && one.part().equals(other.part());
  }

  private List<Part> parts(int cell) {
    return parts.stream().filter(part -> part.event.kind().cell() == cell).toList();
  }

  private static Comparator<Event> byRank() {
    return Comparator.<Event>comparingLong(event -> event.stamp().place())
        .thenComparing(
            event -> new BigInteger(Long.toUnsignedString(event.stamp().time())))
        .thenComparing(event -> RowEvents.DEVICES.get(event.stamp().device()).toString());
  }

  private static Comparator<Event> forCell(int cell) {
    return byRank()
        .thenComparing(event -> event.values().get(cell).hash().toString())
        .thenComparing(firstComeLast());
  }

  private static Comparator<Event> firstComeLast() {
    return Comparator.<Event>comparingLong(event -> event.stamp().sequence()).reversed();
  }

  private Optional<Event> newest() {
    return alive.stream().map(Write::event).max(byRank());
  }

  boolean isVisible() {
    return newest()
        .filter(write -> removal == null || byRank().compare(write, removal) > 0)
        .isPresent();
  }

  private void remove(Event event) {
    Optional<Event> above = newest().filter(write -> byRank().compare(write, event) > 0);
    if (above.isPresent()) {
      drop(RowState.MARKER, event);
      lose(Reason.WRITE, RowState.MARKER, event, Value.NULL);
      return;
    }
    if (isVisible()) {
      hide(event);
    }
    Comparator<Event> order = byRank().thenComparing(firstComeLast());
    removal = removal == null || order.compare(event, removal) > 0 ? event : removal;
  }

  private void hide(Event by) {
    SortedMap<Integer, Event> winners = winners();
    winners.forEach((cell, write) -> {
      if (!by.sees(write.stamp())) {
        lose(Reason.REMOVAL, cell, write, write.values().get(cell));
      }
    });
    List<Part> shown = parts.stream()
        .filter(part -> !part.gone)
        .sorted(
            Comparator.comparing(part -> part.event.part().hash())) // the last of one name stays
        .toList();
    for (Part part : shown) {
      if (!by.sees(part.event.stamp())) {
        lose(Reason.REMOVAL, part.event.kind().cell(), part.event, part.event.part());
      }
    }
    Optional<Event> highest = Stream.concat(
            winners.values().stream(), shown.stream().map(part -> part.event))
        .max(byRank());
    marker()
        .filter(put -> highest.filter(held -> byRank().compare(held, put) >= 0).isEmpty())
        .filter(put -> !by.sees(put.stamp()))
        .ifPresent(put -> lose(Reason.REMOVAL, RowState.MARKER, put, Value.NULL));
  }

  private void write(int at, Event event) {
    boolean hidden = removal != null && !isVisible();
    boolean above = removal == null || byRank().compare(event, removal) > 0;
    if (!hidden && !above) {
      loseToRemoval(event, event.values());
      return;
    }
    if (hidden && above) {
      comeBack(event);
    }
    SortedMap<Integer, Event> before = winners();
    Optional<Event> markerBefore = marker();
    alive.add(new Write(at, event));
    SortedMap<Integer, Event> after = winners();
    before.forEach((cell, write) -> judge(cell, event, write, isHeld(cell, event, before)));
    if (hidden && !above) {
      SortedMap<Integer, Value> hiddenValues = new TreeMap<>(event.values());
      hiddenValues
          .keySet()
          .removeIf(cell ->
              after.get(cell) == before.get(cell) || sameRank(cell, before.get(cell), event));
      boolean onlyThere = event.values().isEmpty()
          && markerBefore.filter(put -> byRank().compare(put, event) >= 0).isEmpty();
      if (onlyThere || !hiddenValues.isEmpty()) {
        loseToRemoval(event, hiddenValues);
      }
    }
  }

  private static boolean sameRank(int cell, @Nullable Event one, Event other) {
    return one != null
        && byRank().compare(one, other) == 0
        && one.values().get(cell).equals(other.values().get(cell));
  }

  private void loseToRemoval(Event event, SortedMap<Integer, Value> values) {
    values.forEach((cell, value) -> {
      drop(cell, event);
      lose(Reason.REMOVAL, cell, event, value);
    });
    if (event.values().isEmpty()) {
      drop(RowState.MARKER, event);
      lose(Reason.REMOVAL, RowState.MARKER, event, Value.NULL);
    }
  }

  private void comeBack(Event event) {
    Event hiding = removal;
    long after =
        event.stamp().hybridTime().millis() - hiding.stamp().hybridTime().millis();
    if (after > RowEvents.CUT_OFF_MILLIS) {
      alive = new ArrayList<>();
      parts = new ArrayList<>();
      return;
    }
    winners().forEach((cell, write) -> losers.remove(name(cell, write)));
    marker().ifPresent(put -> losers.remove(name(RowState.MARKER, put)));
    parts.stream()
        .filter(part -> !part.gone)
        .forEach(part -> losers.remove(name(part.event.kind().cell(), part.event)));
    if (!event.sees(hiding.stamp())) {
      drop(RowState.MARKER, hiding);
      lose(Reason.WRITE, RowState.MARKER, hiding, Value.NULL);
    }
    removal = null;
  }

  /** Two values of one cell: {@code arriving}, and the one that was there. */
  private void judge(int cell, Event arriving, Event there, boolean held) {
    if (!arriving.values().containsKey(cell)) {
      return;
    }
    Value came = arriving.values().get(cell);
    Value was = there.values().get(cell);
    Comparator<Event> rank =
        byRank().thenComparing(event -> event.values().get(cell).hash().toString());
    int order = rank.compare(arriving, there);
    if (order == 0 || (order > 0 && arriving.sees(there.stamp()))) {
      return;
    }
    drop(cell, arriving);
    if (!held) {
      lose(Reason.VALUE, cell, order > 0 ? there : arriving, order > 0 ? was : came);
    }
  }

  /** Whether a row has what is written to a cell, and, if it is in a group, to the whole group. */
  private static boolean isHeld(int cell, Event arriving, SortedMap<Integer, Event> before) {
    return arriving.values().entrySet().stream()
        .filter(value -> arriving.isTogether() || value.getKey() == cell)
        .allMatch(value -> {
          Event there = before.get(value.getKey());
          Value was = there == null ? Value.NULL : there.values().get(value.getKey());
          return was.equals(value.getValue());
        });
  }

  private void lose(Reason reason, int cell, Event loser, Value value) {
    losers.put(name(cell, loser), reason + "=" + value.hash());
  }

  private void drop(int cell, Event event) {
    losers.keySet().removeIf(name -> isEarlier(name, cell, event.stamp()));
  }

  /** Whether a loser is of a cell and a stamp's device, and no later than that. */
  static boolean isEarlier(String name, int cell, Stamp by) {
    return name.startsWith(cell + "/" + by.device() + "/")
        && Long.compareUnsigned(time(name), by.time()) <= 0;
  }

  /** When a loser was written. */
  static long time(String name) {
    return Long.parseUnsignedLong(name.substring(name.lastIndexOf('/') + 1), 16);
  }

  static String name(int cell, Event event) {
    return name(cell, event.stamp());
  }

  static String name(int cell, Stamp stamp) {
    return cell + "/" + stamp.device() + "/" + Long.toHexString(stamp.time());
  }

  private Optional<Event> marker() {
    return alive.stream()
        .map(Write::event)
        .filter(event -> event.kind() == Kind.PUT)
        .max(byRank().thenComparing(firstComeLast()));
  }

  private SortedMap<Integer, Event> winners() {
    SortedMap<Integer, Event> winners = new TreeMap<>();
    for (int cell = 1; cell <= RowEvents.COLUMNS; cell++) {
      int column = cell;
      alive.stream()
          .map(Write::event)
          .filter(event -> event.values().containsKey(column))
          .max(forCell(cell))
          .ifPresent(event -> winners.put(column, event));
    }
    return winners;
  }

  /** What a replica that has this log should say of itself. */
  String expected() {
    StringBuilder expected = new StringBuilder();
    Map<Integer, Value> values = new TreeMap<>();
    SortedMap<Integer, Event> winners = winners();
    expected.append(marker().map(event -> event.stamp().toString()).orElse("-")).append(' ');
    for (int cell = 1; cell <= RowEvents.COLUMNS; cell++) {
      Event winner = winners.get(cell);
      expected.append(winner == null ? "-" : winner.stamp().toString()).append(' ');
      if (winner != null) {
        values.put(cell, winner.values().get(cell));
      }
    }
    expected.append(removal == null ? "-" : removal.stamp().toString());
    return expected
        + RowEvents.describe(values)
        + describeParts(parts.stream()
            .filter(part -> !part.gone)
            .map(part -> part.event.kind().cell() + "=" + part.event.part().hash() + "@"
                + part.event.stamp()))
        + isVisible()
        + describe(losers);
  }

  /** The same words about a replica. */
  static String actual(RowReplica replica) {
    StringBuilder actual = new StringBuilder();
    Map<Integer, Value> values = new TreeMap<>();
    for (int cell = 0; cell <= RowEvents.COLUMNS; cell++) {
      Optional<Stamp> stamp = replica.state().cell(cell);
      actual.append(stamp.map(Stamp::toString).orElse("-")).append(' ');
      if (cell > 0 && stamp.isPresent()) {
        values.put(cell, replica.value(cell));
      }
    }
    actual.append(replica.state().removal().map(Stamp::toString).orElse("-"));
    return actual
        + RowEvents.describe(values)
        + describeParts(replica.compounds())
        + replica.isVisible()
        + describe(replica.losers());
  }

  static String describeParts(Map<Integer, CompoundCell> compounds) {
    return describeParts(compounds.entrySet().stream()
        .flatMap(compound -> compound.getValue().parts().stream()
            .map(part -> compound.getKey() + "=" + part.value().hash() + "@" + part.stamp())));
  }

  private static String describeParts(Stream<String> parts) {
    return parts.sorted().collect(Collectors.joining(",", "{", "}"));
  }

  static String describe(SortedMap<String, String> losers) {
    return losers.entrySet().stream()
        .map(loser -> loser.getKey() + ":" + loser.getValue())
        .collect(Collectors.joining(",", "[", "]"));
  }
}
