package dev.sealift.ops.chaos.device;

import dev.sealift.client.Row;
import dev.sealift.client.Schema;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.error.SealiftException;
import dev.sealift.ops.chaos.verdict.Evidence.Acknowledged;
import dev.sealift.ops.chaos.verdict.Notes;
import dev.sealift.ops.chaos.verdict.Values;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A device that writes all along, offline or not, and notes down what was acknowledged. Its writer has a thread of its own; the other methods may
 * be called from any.
 */
final class Participant implements AutoCloseable {
  static final String ENTRIES = "entries";
  static final String COUNTERS = "counters";
  static final String PROBES = "probes";

  /** What a person's app would write in a busy minute; the machine runs a dozen devices and the mesh. */
  private static final long LEAST_PAUSE_MILLIS = 60;

  private static final long MOST_PAUSE_MILLIS = 240;

  /** Beyond so many writes without an acknowledgement the writer waits: ten minutes of them, longer than any fault. */
  private static final long MOST_OPEN = 4_000;

  private final String name;
  private final String spaceName;
  private final Sealift home;
  private final Space space;
  private final Notebook notebook;
  private final Consumer<String> problems;
  private final Gaps gaps = new Gaps();
  private final AtomicBoolean asking = new AtomicBoolean();
  private volatile long written;
  private volatile long acknowledged;
  private volatile boolean stopping;
  private @Nullable Thread writer;

  Participant(
      String name,
      String spaceName,
      Sealift home,
      Space space,
      Notebook notebook,
      Consumer<String> problems) {
    this.name = name;
    this.spaceName = spaceName;
    this.home = home;
    this.space = space;
    this.notebook = notebook;
    this.problems = problems;
  }

  static Schema schema() {
    return Schema.of(
        Schema.table(ENTRIES, "id").text("writer").integer("number").text("text"),
        Schema.table(COUNTERS, "id").text("writer").integer("number"),
        Schema.table(PROBES, "id").integer("number"));
  }

  String name() {
    return name;
  }

  String spaceName() {
    return spaceName;
  }

  Space space() {
    return space;
  }

  Gaps gaps() {
    return gaps;
  }

  long written() {
    return written;
  }

  long acknowledged() {
    return acknowledged;
  }

  void startWriting() {
    gaps.start();
    Thread started = new Thread(this::writeAll, "sealift-chaos-writer-" + name);
    started.setDaemon(true);
    started.start();
    writer = started;
  }

  private void writeAll() {
    java.util.Random pauses = new java.util.Random(name.hashCode());
    while (!stopping) {
      try {
        if (written - acknowledged < MOST_OPEN) {
          write(written + 1);
        }
        askForAcknowledgement();
      } catch (SealiftException e) {
        problems.accept(name + " could not write: " + e.code());
      }
      long pause =
          LEAST_PAUSE_MILLIS + pauses.nextInt((int) (MOST_PAUSE_MILLIS - LEAST_PAUSE_MILLIS + 1));
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause));
    }
  }

  private void write(long number) {
    int slot = Values.slot(number);
    Row value = Row.of("writer", name, "number", number);
    space.write(writes -> {
      writes.put(
          ENTRIES,
          Values.entryKey(name, number),
          Row.of("writer", name, "number", number, "text", "entry " + number + " of " + name));
      writes.put(COUNTERS, Values.counterKey(name, slot), value);
      writes.put(COUNTERS, Values.contendedKey(slot), value);
    });
    written = number;
  }

  /** One question is open at a time: its answer is about everything that was written before it was asked. */
  private void askForAcknowledgement() {
    long upTo = written;
    if (upTo > acknowledged && asking.compareAndSet(false, true)) {
      var unused = space.whenDurable().whenComplete((done, failure) -> {
        if (failure == null) {
          notebook.note(
              Notes.of(new Acknowledged(name, spaceName, upTo)), () -> acknowledged(upTo));
        } else {
          asking.set(false); // the exchange stopped; the watch over devices says why
        }
      });
    }
  }

  private void acknowledged(long upTo) {
    acknowledged = upTo;
    gaps.acknowledged();
    asking.set(false);
  }

  void stopWriting() throws InterruptedException {
    stopping = true;
    if (writer != null) {
      writer.join();
    }
  }

  /** Asks once more for what was written last; answers whether everything is acknowledged. */
  boolean isEverythingAcknowledged() {
    askForAcknowledgement();
    return acknowledged >= written;
  }

  @Override
  public void close() {
    home.close();
  }
}
