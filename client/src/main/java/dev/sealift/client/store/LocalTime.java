package dev.sealift.client.store;

import dev.sealift.client.merge.HybridClock;
import dev.sealift.client.store.StoreException.Code;
import dev.sealift.protocol.clock.HybridTime;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * The device's hybrid clock, and the highest time it has seen from others. Kept with the batches that move them; a batch
 * of local writes keeps its times in the journal, so that a single write does not touch another page.
 */
final class LocalTime {
  private static final String SETTING = Settings.OWN_PREFIX + "clock";

  private final Settings settings;
  private final LongSupplier meshMillis;
  private final LongSupplier boundMillis;
  private HybridClock clock;
  private HybridTime seen = HybridTime.ZERO;

  LocalTime(Settings settings, Journal journal, LongSupplier boundMillis, LongSupplier meshMillis) {
    this.settings = settings;
    this.meshMillis = meshMillis;
    this.boundMillis = boundMillis;
    clock = HybridClock.starting(boundMillis.getAsLong());
    load(journal);
  }

  /** As the database has it. */
  void load(Journal journal) {
    HybridTime last = journal.lastTime();
    ByteBuffer kept = ByteBuffer.wrap(settings.get(SETTING).orElse(new byte[2 * Long.BYTES]));
    clock = new HybridClock(
        HybridTime.max(new HybridTime(kept.getLong()), last), boundMillis.getAsLong());
    seen = new HybridTime(kept.getLong());
  }

  /** The bound has changed. */
  void useBound() {
    clock = new HybridClock(clock.last(), boundMillis.getAsLong());
  }

  HybridTime last() {
    return clock.last();
  }

  HybridTime seen() {
    return seen;
  }

  /** What {@link #tick} would give now, at the least. */
  HybridTime next() {
    return clock.tick(meshMillis.getAsLong()).last();
  }

  /** The time of one more local write. */
  HybridTime tick() {
    clock = clock.tick(meshMillis.getAsLong());
    return clock.last();
  }

  /** Refuses a time that must wait until its time has come. */
  void requireNotAhead(HybridTime newest) {
    if (clock.isAhead(newest, meshMillis.getAsLong())) {
      throw new StoreException(
          Code.TIME_AHEAD,
          "a file is stamped further ahead than the space allows; set it aside until its time has come");
    }
  }

  /** Whether this device's own writes are, or would be, too far ahead of the mesh's clock. */
  boolean isAhead(long nowMillis) {
    return clock.isAhead(clock.last(), nowMillis);
  }

  /** The last time that is not too far ahead. */
  HybridTime latest(long nowMillis) {
    HybridTime latest = HybridTime.ofClock(nowMillis + boundMillis.getAsLong());
    return HybridTime.of(latest.millis(), HybridTime.MAX_COUNTER);
  }

  /** Events up to this time were applied. */
  void observe(HybridTime newest) {
    clock = clock.observe(newest, meshMillis.getAsLong());
    seen = HybridTime.max(seen, newest);
    keep();
  }

  /** Events up to this time are shown that the log may never have: own writes go above them, as long as it may. */
  void observeUnplaced(HybridTime newest) {
    clock = clock.observe(newest, meshMillis.getAsLong());
    keep();
  }

  /** Own events moved; the clock is where the last of them is. */
  void reset(HybridTime last) {
    clock = new HybridClock(HybridTime.max(last, seen), boundMillis.getAsLong());
    keep();
  }

  /** Survives the journal's entries. */
  void keep() {
    ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES);
    settings.put(
        SETTING, bytes.putLong(clock.last().bits()).putLong(seen.bits()).array());
  }
}
