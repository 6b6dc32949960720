package dev.sealift.ops.chaos.verdict;

import java.util.ArrayList;
import java.util.List;

/** A set of whole numbers as runs without gaps, in ascending order: the numbers of a writer's entries are few runs, mostly one. */
public record Ranges(List<Range> runs) {
  /** No number. */
  public static final Ranges NONE = new Ranges(List.of());

  /** From {@code first} to {@code last}, both included. */
  public record Range(long first, long last) {}

  public Ranges {
    runs = List.copyOf(runs);
  }

  /** Of numbers that come in ascending order; repetitions make no difference. */
  public static Ranges of(Iterable<Long> ascending) {
    List<Range> runs = new ArrayList<>();
    for (long number : ascending) {
      Range last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
      if (last == null || number > last.last() + 1) {
        runs.add(new Range(number, number));
      } else if (number == last.last() + 1) {
        runs.set(runs.size() - 1, new Range(last.first(), number));
      }
    }
    return new Ranges(runs);
  }

  /** Reads {@link #text}. */
  public static Ranges parse(String text) {
    List<Range> runs = new ArrayList<>();
    for (String run : text.split(",", -1)) {
      if (!run.isEmpty()) {
        int dash = run.indexOf('-');
        runs.add(new Range(
            Long.parseLong(run.substring(0, dash)), Long.parseLong(run.substring(dash + 1))));
      }
    }
    return new Ranges(runs);
  }

  /** Such as {@code 1-17,19-20}. */
  public String text() {
    return String.join(
        ",", runs.stream().map(run -> run.first() + "-" + run.last()).toList());
  }

  /** The highest number; 0 when there is none. */
  public long last() {
    return runs.isEmpty() ? 0 : runs.get(runs.size() - 1).last();
  }

  /** How many of 1, 2, … {@code last} are not there. */
  public long missingUpTo(long last) {
    long present = 0;
    for (Range run : runs) {
      long from = Math.max(1, run.first());
      long to = Math.min(last, run.last());
      present += Math.max(0, to - from + 1);
    }
    return Math.max(0, last) - present;
  }
}
