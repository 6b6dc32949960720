package dev.sealift.client.merge;

import dev.sealift.client.merge.RowEvents.Event;
import dev.sealift.client.merge.RowEvents.Kind;
import dev.sealift.client.value.Value;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The meaning of a set of events, written down as directly as possible and without any of the
 * production code's ideas: no state, no merging, only questions about the whole set.
 */
final class RowModel {
  private final List<Event> events;

  RowModel(List<Event> events) {
    this.events = List.copyOf(events);
  }

  private static Comparator<Event> byTimeAndDevice() {
    return Comparator.<Event, BigInteger>comparing(
            event -> new BigInteger(Long.toUnsignedString(event.stamp().time())))
        .thenComparing(event -> RowEvents.DEVICES.get(event.stamp().device()).toString());
  }

  /** Rank, and among equals the one whose file came first. */
  private static Comparator<Event> forCell(int cell) {
    return byTimeAndDevice()
        .thenComparing(event -> event.values().get(cell).hash().toString())
        .thenComparing(firstComeLast());
  }

  private static Comparator<Event> firstComeLast() {
    return Comparator.<Event>comparingLong(event -> event.stamp().sequence()).reversed();
  }

  private Optional<Event> highest(Predicate<Event> among, Comparator<Event> order) {
    return events.stream().filter(among).max(order);
  }

  Optional<Event> winner(int cell) {
    return highest(event -> event.values().containsKey(cell), forCell(cell));
  }

  private Optional<Event> marker() {
    return highest(
        event -> event.kind() == Kind.PUT, byTimeAndDevice().thenComparing(firstComeLast()));
  }

  private Optional<Event> removal() {
    return highest(
        event -> event.kind() == Kind.REMOVE, byTimeAndDevice().thenComparing(firstComeLast()));
  }

  /** Something was written after every removal. */
  boolean isVisible() {
    return events.stream()
        .filter(event -> event.kind() != Kind.REMOVE)
        .anyMatch(event ->
            removal().isEmpty() || byTimeAndDevice().compare(event, removal().get()) > 0);
  }

  Map<Integer, Value> values() {
    Map<Integer, Value> values = new TreeMap<>();
    for (int cell = 1; cell <= RowEvents.COLUMNS; cell++) {
      int column = cell;
      winner(cell).ifPresent(event -> values.put(column, event.values().get(column)));
    }
    return values;
  }

  /** What a replica that has these events should say of itself. */
  String expected() {
    StringBuilder expected = new StringBuilder();
    for (int cell = 0; cell <= RowEvents.COLUMNS; cell++) {
      Optional<Event> winner = cell == 0 ? marker() : winner(cell);
      expected.append(winner.map(event -> event.stamp().toString()).orElse("-")).append(' ');
    }
    boolean outranked = marker().isPresent()
        && removal().isPresent()
        && byTimeAndDevice().compare(marker().get(), removal().get()) > 0;
    expected.append(removal()
        .filter(event -> !outranked)
        .map(event -> event.stamp().toString())
        .orElse("-"));
    return expected + RowEvents.describe(values()) + isVisible();
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
    return actual + RowEvents.describe(values) + replica.isVisible();
  }
}
