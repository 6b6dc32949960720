package dev.sealift.client.store;

import dev.sealift.client.pack.EventRun;
import dev.sealift.protocol.clock.HybridTime;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * The oldest local writes that were not packed yet, as events in the order of their times: what a {@link
 * dev.sealift.client.pack.PayloadPacker} fills payloads from. They are read as they are asked for, a little at a time.
 *
 * <p>Nothing leaves the journal before {@link Batch#commitPacked}. Writes may go on meanwhile: one that replaces a cell
 * whose event was read already is another event, later, and both are sent; one that replaces a cell not yet read coalesces
 * with it. For one thread.
 */
public final class PendingEvents {
  private final SpaceStore store;
  private final long generation;
  private final long entries;
  private final long end;
  private final Stream runs;
  private long last;
  private long bytesLeft;

  PendingEvents(SpaceStore store, long generation, long entries, long maxBytes, long end) {
    this.store = store;
    this.generation = generation;
    this.entries = entries;
    this.bytesLeft = maxBytes;
    this.end = end;
    this.runs = new Stream();
  }

  /** How many entries the journal had. */
  public long entries() {
    return entries;
  }

  /** The events, to be read once; after about as many bytes as were asked for there are no more. */
  public Iterable<EventRun> runs() {
    return () -> runs;
  }

  /** The time of the last journal entry whose events were read. */
  public HybridTime last() {
    return new HybridTime(last);
  }

  /** Of the journal: what was read before its times were moved are not its events any more. */
  long generation() {
    return generation;
  }

  private final class Stream implements Iterator<EventRun> {
    private Iterator<EventRun> ready = List.<EventRun>of().iterator();
    private boolean atEnd;

    @Override
    public boolean hasNext() {
      while (!ready.hasNext() && !atEnd && bytesLeft > 0) {
        readOn();
      }
      return ready.hasNext();
    }

    private void readOn() {
      PendingWalk walk = store.walk(last, end);
      ready = walk.runs().iterator();
      bytesLeft -= walk.bytes();
      atEnd = walk.last() == last;
      last = walk.last();
    }

    @Override
    public EventRun next() {
      if (!hasNext()) {
        throw new NoSuchElementException("all events were read");
      }
      return ready.next();
    }
  }
}
