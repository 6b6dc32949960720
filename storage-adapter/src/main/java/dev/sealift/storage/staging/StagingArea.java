package dev.sealift.storage.staging;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.mesh.proto.StagedPayload;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Payloads held in memory until they are committed, in bounded space and for a bounded time.
 *
 * <p>Room is reserved before a payload is hashed and given back when it is dropped. A token is this process's
 * random instance number and a counter: a token from before a restart, or of another storage-adapter, never
 * names somebody else's payload. Time is a parameter. Safe for use by several threads.
 */
public final class StagingArea {
  /** What an entry costs besides its bytes, so that a flood of empty payloads is bounded too. */
  static final int ENTRY_BYTES = 256;

  private static final int TOKEN_BYTES = 2 * Long.BYTES + Long.BYTES;

  /**
   * Of the capacity what one space may hold once half of all is taken: a space that floods leaves room for others. Of the usual 64 MiB that
   * is 8 MiB, and the largest request has {@link dev.sealift.storage.StoreLimits#MAX_STAGE_BYTES}, half of that, and its entries: it fits.
   */
  static final int SHARE_DIVISOR = 8;

  private record Entry(
      ByteString space, ByteString payload, StagedPayload description, long stagedNanos) {}

  private final long capacityBytes;
  private final long keepNanos;
  private final long instanceHigh;
  private final long instanceLow;
  private final LinkedHashMap<ByteString, Entry> oldestFirst = new LinkedHashMap<>();
  private final Map<ByteString, Long> usedBySpace = new HashMap<>();
  private long usedBytes;
  private long counter;

  public StagingArea(long capacityBytes, long keepNanos, long instanceHigh, long instanceLow) {
    this.capacityBytes = capacityBytes;
    this.keepNanos = keepNanos;
    this.instanceHigh = instanceHigh;
    this.instanceLow = instanceLow;
  }

  /**
   * Room for payloads of these bytes in all, or false when it would go beyond the bound or the space's share.
   *
   * @param space empty when the asking gateway is of a version that does not say: then the bound alone holds
   */
  public synchronized boolean reserve(ByteString space, int payloads, long payloadBytes) {
    long wanted = costBytes(payloads, payloadBytes);
    boolean plenty = usedBytes + wanted <= capacityBytes / 2;
    long share = space.isEmpty() ? capacityBytes : capacityBytes / SHARE_DIVISOR;
    boolean fits = wanted <= capacityBytes - usedBytes
        && (plenty || usedBySpace.getOrDefault(space, 0L) + wanted <= share);
    if (fits) {
      use(space, wanted);
    }
    return fits;
  }

  private void use(ByteString space, long bytes) {
    if (bytes == 0) {
      return;
    }
    usedBytes += bytes;
    usedBySpace.merge(space, bytes, (before, more) -> before + more == 0 ? null : before + more);
  }

  /** Gives back what {@link #reserve} took and no payload came to fill. */
  public synchronized void unreserve(ByteString space, int payloads, long payloadBytes) {
    use(space, -costBytes(payloads, payloadBytes));
  }

  /** Keeps a payload in room that was reserved for it. */
  public synchronized StagedPayload keep(
      ByteString space, ByteString payload, ByteString sha256, long nowNanos) {
    ByteString token = nextToken();
    StagedPayload description = StagedPayload.newBuilder()
        .setToken(token)
        .setLength(payload.size())
        .setSha256(sha256)
        .setNotesCompactions(true)
        .build();
    oldestFirst.put(token, new Entry(space, payload, description, nowNanos));
    return description;
  }

  /** The payload that this token names, if it is here and is of this length and hash. */
  public synchronized Optional<ByteString> find(ByteString token, int length, ByteString sha256) {
    Entry entry = oldestFirst.get(token);
    boolean matches = entry != null
        && entry.description.getLength() == length
        && entry.description.getSha256().equals(sha256);
    return matches ? Optional.of(entry.payload) : Optional.empty();
  }

  /** Drops a payload that is stored now. */
  public synchronized void release(ByteString token) {
    Entry entry = oldestFirst.remove(token);
    if (entry != null) {
      use(entry.space, -costBytes(1, entry.payload.size()));
    }
  }

  /** Drops what has been waiting for too long. */
  public synchronized void dropStale(long nowNanos) {
    Iterator<Entry> waiting = oldestFirst.values().iterator();
    while (waiting.hasNext()) {
      Entry entry = waiting.next();
      if (nowNanos - entry.stagedNanos < keepNanos) {
        return;
      }
      waiting.remove();
      use(entry.space, -costBytes(1, entry.payload.size()));
    }
  }

  public synchronized long usedBytes() {
    return usedBytes;
  }

  public long capacityBytes() {
    return capacityBytes;
  }

  private ByteString nextToken() {
    ByteBuffer token = ByteBuffer.allocate(TOKEN_BYTES);
    token.putLong(instanceHigh).putLong(instanceLow).putLong(counter++).flip();
    return ByteString.copyFrom(token);
  }

  private static long costBytes(int payloads, long payloadBytes) {
    return payloadBytes + (long) payloads * ENTRY_BYTES;
  }
}
