package dev.sealift.client.pack;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The events that come next, read from their source as far as someone looked. */
final class EventBuffer {
  private final Iterator<EventRun> source;
  private final List<EventRun> held = new ArrayList<>();

  EventBuffer(Iterator<EventRun> source) {
    this.source = source;
  }

  /**
   * How many events from the first on may stand in one payload and have at most {@code
   * contentBytes} of content, transactions whole; the first event or transaction, if there is one, whatever its content.
   */
  int rowsWithin(long contentBytes) {
    Tally tally = new Tally();
    EventRun previous = null;
    for (int i = 0; holds(i); i++) {
      EventRun run = held.get(i);
      if (previous == null || !run.hasShapeOf(previous)) {
        tally.addRun();
      }
      previous = run;
      for (RowEvent row : run.rows()) {
        tally.add(row);
        if (tally.rows() > 1 && (tally.contentBytes() > contentBytes || !tally.fits())) {
          return whole(tally.rows() - 1);
        }
      }
    }
    return tally.rows();
  }

  /** The most events up to {@code rows}, which is not 0, that leave no transaction torn; the first transaction whole, where it has more. */
  int whole(int rows) {
    int whole = 0;
    int upTo = 0;
    for (int i = 0; whole < rows && holds(i); i++) {
      EventRun run = held.get(i);
      upTo += run.rows().size();
      if (!run.isOfTransaction()) {
        whole = Math.min(upTo, rows);
      } else if (upTo > rows && whole > 0) {
        return whole;
      } else if (!goesOn(i)) {
        whole = upTo;
      }
    }
    return whole;
  }

  private boolean goesOn(int run) {
    return holds(run + 1) && held.get(run + 1).transaction() == held.get(run).transaction();
  }

  /** The first {@code rows} events; neighbouring runs of one shape become one run. */
  List<EventRun> first(int rows) {
    List<EventRun> runs = new ArrayList<>();
    List<RowEvent> gathered = new ArrayList<>();
    EventRun shape = null;
    int missing = rows;
    for (int i = 0; missing > 0 && holds(i); i++) {
      EventRun run = held.get(i);
      if (shape != null && !run.hasShapeOf(shape)) {
        runs.add(withRows(shape, gathered));
        gathered.clear();
      }
      shape = run;
      List<RowEvent> taken = run.rows().subList(0, Math.min(missing, run.rows().size()));
      gathered.addAll(taken);
      missing -= taken.size();
    }
    addLast(runs, shape, gathered);
    return runs;
  }

  private static void addLast(
      List<EventRun> runs, @Nullable EventRun shape, List<RowEvent> gathered) {
    if (shape != null) {
      runs.add(withRows(shape, gathered));
    }
  }

  /** Forgets the first {@code rows} events. */
  void drop(int rows) {
    int whole = 0;
    int missing = rows;
    while (missing > 0 && holds(whole) && held.get(whole).rows().size() <= missing) {
      missing -= held.get(whole).rows().size();
      whole++;
    }
    held.subList(0, whole).clear();
    if (missing > 0) {
      EventRun cut = held.get(0);
      held.set(0, withRows(cut, cut.rows().subList(missing, cut.rows().size())));
    }
  }

  /**
   * Whether there is an {@code index}-th run, which is read if need be. Runs without events are
   * passed over.
   */
  private boolean holds(int index) {
    while (held.size() <= index && source.hasNext()) {
      EventRun run = source.next();
      if (!run.rows().isEmpty()) {
        held.add(run);
      }
    }
    return held.size() > index;
  }

  private static EventRun withRows(EventRun shape, List<RowEvent> rows) {
    return new EventRun(
        shape.kind(),
        shape.table(),
        shape.seenSequence(),
        shape.seenFiles(),
        shape.columns(),
        shape.groups(),
        shape.transaction(),
        rows);
  }
}
