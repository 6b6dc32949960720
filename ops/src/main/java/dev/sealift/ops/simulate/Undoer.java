package dev.sealift.ops.simulate;

import dev.sealift.client.store.Batch;
import dev.sealift.client.store.UndoResult;
import dev.sealift.client.value.Value;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * People who take back what they did last on a device, and make it again; and looks at once whether that left alone what others have written since. It remembers no fewer changes than a device does, each
 * no older: where it knows less than the device, it is silent.
 */
final class Undoer {
  private static final int MOST_WRITES = 1_000;
  private static final int MOST_ROWS = 10_000;

  private final Trace trace;
  private final History history;
  private final boolean used;

  /** By device, how many values there were when each change was made. */
  private final Map<Device, Deque<Long>> changes = new HashMap<>();

  private final Map<Device, Deque<Long>> takenBack = new HashMap<>();

  /** @param used whether anybody does so in this run */
  Undoer(Trace trace, History history, boolean used) {
    this.trace = trace;
    this.history = history;
    this.used = used;
  }

  /**
   * As {@link Device#write}, so that it can be taken back.
   *
   * @param values how many there are by then
   */
  boolean write(Device device, long values, Consumer<Batch> work) {
    if (!used) {
      return device.write(work);
    }
    of(changes, device).push(values);
    boolean certain = device.write(batch -> {
      batch.undoable(MOST_WRITES);
      work.accept(batch);
    });
    if (certain) {
      of(takenBack, device).clear();
    }
    return certain;
  }

  void undo(Device device, long values) {
    trace.say(device.toString(), "takes back its last change");
    take(device, values, Batch::undo, of(changes, device), of(takenBack, device));
  }

  void redo(Device device, long values) {
    trace.say(device.toString(), "makes its last change again");
    take(device, values, Batch::redo, of(takenBack, device), of(changes, device));
  }

  private static Deque<Long> of(Map<Device, Deque<Long>> stacks, Device device) {
    return stacks.computeIfAbsent(device, any -> new ArrayDeque<>());
  }

  private void take(
      Device device,
      long values,
      Function<Batch, UndoResult> how,
      Deque<Long> from,
      Deque<Long> to) {
    Map<String, Map<String, Value>> before = rows(device);
    history.takesBack(device);
    AtomicReference<UndoResult> result = new AtomicReference<>();
    boolean certain = device.write(batch -> result.set(how.apply(batch)));
    UndoResult done = result.get();
    if (done == null || done.outcome() != UndoResult.Outcome.DONE) {
      return;
    }
    trace.say(device.toString(), "has taken back " + done.undone() + ", and left " + done.left());
    done.undone().stream()
        .filter(undone -> undone.table().equals(Writer.TABLE))
        .forEach(undone -> history.tookBack(device, undone.key(), undone.column()));
    if (certain) {
      Optional.ofNullable(from.poll()).ifPresent(since -> requireKept(device, before, since));
    }
    to.push(values);
  }

  /** What others wrote since the change is there as it was. */
  private void requireKept(Device device, Map<String, Map<String, Value>> before, long since) {
    if (!device.isRunning()) {
      return;
    }
    Map<String, Map<String, Value>> after = rows(device);
    before.forEach((key, row) -> row.forEach((column, value) -> {
      boolean isKept = value.equals(after.getOrDefault(key, Map.of()).get(column));
      if (!isKept
          && Writer.number(value) > since
          && !history.hasWritten(device, key, column, value)) {
        throw new Fault(
            "undo", device + " has taken back " + value + " of " + key + ", which another wrote");
      }
    }));
  }

  private static Map<String, Map<String, Value>> rows(Device device) {
    return new TreeMap<>(device.store().page(Writer.TABLE, "", MOST_ROWS));
  }
}
