package dev.sealift.client.sync;

import dev.sealift.client.error.SealiftException;
import java.util.function.IntSupplier;

/** What is handed over, taken over or kept of others, as it grows: no more than a device can take over at once. */
final class Load {
  private final int mostEvents;
  private int files;
  private long bytes;
  private int events;

  Load() {
    this(HandOver.MAX_EVENTS);
  }

  Load(int mostEvents) {
    this.mostEvents = mostEvents;
  }

  /**
   * One more file.
   *
   * @param itsEvents how many it has; asked for only when it fits otherwise, since it may have to be opened for that
   * @throws SealiftException {@code TOO_MANY_FILES} when it does not fit any more
   */
  void add(long itsBytes, IntSupplier itsEvents) {
    files++;
    bytes += itsBytes;
    if (!HandOver.fits(files, bytes)) {
      throw HandOver.tooMuch();
    }
    events += itsEvents.getAsInt();
    if (events > mostEvents) {
      throw HandOver.tooMuch();
    }
  }
}
