package dev.sealift.client.pack;

import dev.sealift.protocol.Limits;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Fills payloads from a stream of events, in order, each as full as it sensibly gets: fewer files
 * cost less in headers, signatures, padding and dictionaries. A transaction is whole in one of them.
 *
 * <p>How much fits is known only after deflating, so the packer guesses from what the payload
 * before came to, tries, and takes fewer or more events when it was wrong. It holds the events of
 * about one payload at a time. Not thread-safe.
 */
public final class PayloadPacker {
  /**
   * A payload filled this far is taken as it is: another try costs more than the rest of the room
   * is worth.
   */
  private static final double FULL_ENOUGH = 0.85;

  /** Where to aim, so that most guesses stay just below the limit. */
  private static final double AIM = 0.96;

  /** Tries that make a payload fuller. Tries that make it fit end by themselves. */
  private static final int MAX_EXTENSIONS = 3;

  /**
   * What the first guess supposes a byte of content to come to, deflated; most rows come to less.
   */
  private static final double FIRST_RATIO = 0.4;

  private final EventBuffer buffer;
  private final int maxBytes;
  private double loadPerContentByte;

  /**
   * Packs the events of {@code source}, which is read as needed, into payloads of the largest size
   * that can be sealed.
   */
  public PayloadPacker(Iterator<EventRun> source) {
    this(source, PayloadLimits.MAX_PLAINTEXT_BYTES);
  }

  PayloadPacker(Iterator<EventRun> source, int maxBytes) {
    this.buffer = new EventBuffer(source);
    this.maxBytes = maxBytes;
    this.loadPerContentByte = FIRST_RATIO / maxBytes;
  }

  /** The next payload; empty when all events are packed. */
  public Optional<PackedPayload> next() {
    int rows = guess();
    if (rows == 0) {
      return Optional.empty();
    }
    Attempt attempt = fuller(fitting(attempt(rows)));
    buffer.drop(attempt.rows);
    return Optional.of(attempt.payload);
  }

  /** How many events will probably fit; at least one if there is one. */
  private int guess() {
    return buffer.rowsWithin((long) (AIM / loadPerContentByte));
  }

  private Attempt fitting(Attempt first) {
    Attempt attempt = first;
    while (attempt.load > 1) {
      int fewer = (int) (attempt.rows * AIM / attempt.load);
      int rows = buffer.whole(Math.max(1, Math.min(attempt.rows - 1, fewer)));
      if (rows >= attempt.rows) {
        throw new IllegalStateException(
            "an event or a transaction within its limits does not fit into a payload");
      }
      attempt = attempt(rows);
    }
    return attempt;
  }

  private Attempt fuller(Attempt first) {
    Attempt best = first;
    for (int i = 0; i < MAX_EXTENSIONS && best.load < FULL_ENOUGH; i++) {
      int rows = guess();
      Attempt more = rows > best.rows ? attempt(rows) : best;
      if (more == best || more.load > 1) {
        return best;
      }
      best = more;
    }
    return best;
  }

  /** Encodes the first {@code rows} events, and learns from what they come to. */
  private Attempt attempt(int rows) {
    List<EventRun> runs = buffer.first(rows);
    byte[] content = RunsWriter.write(runs);
    byte[] plaintext = Deflated.wrap(content);
    double load = Math.max(
        (double) plaintext.length / maxBytes,
        (double) content.length / Limits.MAX_UNPACKED_PAYLOAD_BYTES);
    loadPerContentByte = load / Math.max(1, Tally.of(runs).contentBytes());
    return new Attempt(rows, load, new PackedPayload(runs, plaintext));
  }

  /** How one guess came out; a load of 1 is a payload filled to its limit. */
  private static final class Attempt {
    private final int rows;
    private final double load;
    private final PackedPayload payload;

    Attempt(int rows, double load, PackedPayload payload) {
      this.rows = rows;
      this.load = load;
      this.payload = payload;
    }
  }
}
