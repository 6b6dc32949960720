package dev.sealift.compactor;

import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.SpaceId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is held of one space that changed lately. */
final class Watch {
  static final long NEVER = Long.MAX_VALUE;

  private final SpaceId space;
  private final Pace pace = new Pace();
  private final Reclaiming reclaiming;
  private final Expiring expiring = new Expiring();
  private final Set<DeviceId> asked = new HashSet<>(2);

  /** Who has made what was offered lately, and until when it makes no other: as many as are made in that time. */
  private final Map<DeviceId, Long> pausing = new HashMap<>(2);

  private Phase phase = new Phase.Quiet();
  private long phaseDueAt = NEVER;
  private long size;
  private long askAtSize;
  private long sizeAsked;
  private long askedAt = -CompactorLimits.ASK_EVERY_MILLIS;
  private long base;
  private long partsBefore = NEVER;
  private int rests;

  Watch(SpaceId space, Watcher watcher) {
    this.space = space;
    this.reclaiming = new Reclaiming(watcher);
  }

  SpaceId space() {
    return space;
  }

  Pace pace() {
    return pace;
  }

  Reclaiming reclaiming() {
    return reclaiming;
  }

  Expiring expiring() {
    return expiring;
  }

  Phase phase() {
    return phase;
  }

  /** Of its log, as far as it was heard of. */
  long size() {
    return size;
  }

  /** The devices that were offered what is to be compacted now. */
  Set<DeviceId> asked() {
    return asked;
  }

  /** When something is to be done. */
  long dueAt() {
    return Math.min(phaseDueAt, Math.min(reclaiming.dueAt(), expiring.dueAt()));
  }

  /** When something comes of its phase without any news. */
  long phaseDueAt() {
    return phaseDueAt;
  }

  boolean isPhaseDue(long now) {
    return phaseDueAt <= now;
  }

  /** Its log has this size now; a smaller one where the store was restored, or news overtook each other. */
  void grown(long to, long now) {
    askAtSize = to < size ? 0 : askAtSize;
    size = to;
    if (phase instanceof Phase.Quiet && size >= askAtSize) {
      askAt(now);
    } else if (phase instanceof Phase.Offered offered && size > sizeAsked) {
      phaseDueAt = Math.min(phaseDueAt, Math.max(now, offered.lookAt()));
    }
  }

  /** The space is looked at, however much it has grown. */
  void look(long now) {
    if (phase instanceof Phase.Quiet) {
      askAt(now);
    }
  }

  private void askAt(long now) {
    phaseDueAt = Math.min(phaseDueAt, Math.max(now, askedAt + CompactorLimits.ASK_EVERY_MILLIS));
  }

  void asking(long now) {
    phase = new Phase.Asking(
        phase instanceof Phase.Offered offered ? Optional.of(offered) : Optional.empty());
    phaseDueAt = NEVER;
    askedAt = now;
    sizeAsked = size;
  }

  /** Nothing comes of it before the log has that many files more. */
  void quiet(long more) {
    phase = new Phase.Quiet();
    phaseDueAt = NEVER;
    askAtSize = size + more;
  }

  /** The store did not answer. */
  void unanswered(Optional<Phase.Offered> offer, long now) {
    phase = offer.<Phase>map(one -> one).orElseGet(Phase.Quiet::new);
    phaseDueAt = now + CompactorLimits.AGAIN_MILLIS;
  }

  void gathering(Known known, long now) {
    phase = new Phase.Gathering(known);
    phaseDueAt = now + CompactorLimits.PRESENCE_MILLIS;
  }

  void offered(Known known, Line line, DeviceId device, long now) {
    Phase.Offered offered = new Phase.Offered(known, line, device, now);
    phase = offered;
    phaseDueAt = offered.until();
    partsBefore = known.parts();
    asked.add(device);
  }

  /** Nothing has come of the offer yet, or not all of it. */
  void goOn(Phase.Offered offer, long now) {
    Phase.Offered later = offer.later(now);
    phase = later;
    phaseDueAt = size > sizeAsked ? Math.min(later.lookAt(), later.until()) : later.until();
  }

  /** What this device was offered stands. */
  void made(DeviceId device, long now) {
    pausing.values().removeIf(until -> until <= now);
    pausing.put(device, now + CompactorLimits.PAUSE_MILLIS);
  }

  /** Whether it would pass over an offer, as far as is known here. */
  boolean isPausing(DeviceId device, long now) {
    return pausing.getOrDefault(device, now) > now;
  }

  /** It is nobody's turn but theirs who pause: until the first of them does not. */
  void awaiting(Collection<Present> who, long now) {
    phase = new Phase.Resting();
    phaseDueAt = who.stream()
        .mapToLong(one -> pausing.getOrDefault(one.device(), now))
        .min()
        .orElse(now);
    over();
  }

  /** Longer each time, as long as nothing comes of it. */
  void resting(long now) {
    phase = new Phase.Resting();
    phaseDueAt =
        now + (CompactorLimits.REST_MILLIS << Math.min(rests, CompactorLimits.REST_DOUBLINGS));
    rests++;
    over();
  }

  /**
   * The store said which compactions stand.
   *
   * @return whether what was offered has begun since
   */
  boolean learn(Known known) {
    boolean begun = isOffered() && (known.parts() > partsBefore || known.base() > base);
    if (known.base() != base) {
      base = known.base();
      rests = 0;
      over();
    }
    return begun;
  }

  /** Whether somebody was offered something, and it is not known what became of it. */
  boolean isOffered() {
    return partsBefore != NEVER;
  }

  private void over() {
    asked.clear();
    partsBefore = NEVER;
  }
}
