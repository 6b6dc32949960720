package dev.sealift.client.sync;

import dev.sealift.client.error.SealiftException;
import java.util.function.ToIntFunction;

/** What is to be handed over at once, as it grows: no more than a device can take over, or keep. */
final class Load {
  private final ToIntFunction<Handed> eventsOf;
  private final int mostEvents;
  private int files;
  private long bytes;
  private int events;

  /** @param eventsOf how many events there are in a file; reads it */
  Load(ToIntFunction<Handed> eventsOf) {
    this(eventsOf, HandOver.MAX_EVENTS);
  }

  Load(ToIntFunction<Handed> eventsOf, int mostEvents) {
    this.eventsOf = eventsOf;
    this.mostEvents = mostEvents;
  }

  /** @throws SealiftException {@code TOO_MANY_FILES} when it does not fit any more */
  void add(Handed handed) {
    files++;
    bytes += handed.bytes();
    if (!HandOver.fits(files, bytes)) {
      throw HandOver.tooMuch();
    }
    events += eventsOf.applyAsInt(handed);
    if (events > mostEvents) {
      throw HandOver.tooMuch();
    }
  }
}
