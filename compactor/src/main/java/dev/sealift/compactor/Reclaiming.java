package dev.sealift.compactor;

import dev.sealift.protocol.mesh.proto.EffectiveCompaction;
import dev.sealift.protocol.mesh.proto.ReclaimHindrance;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The compactions of one space under which something may go: how far that has got, what hinders it, and when to ask again. */
final class Reclaiming {
  static final long NEVER = Long.MAX_VALUE;

  /** A compaction, by the sequence of its last part. */
  static final class Item {
    private final long compaction;
    private long dueAt;
    private long after;
    private ReclaimHindrance why = ReclaimHindrance.RECLAIM_HINDRANCE_UNSPECIFIED;

    private Item(long compaction, long dueAt) {
      this.compaction = compaction;
      this.dueAt = dueAt;
    }

    long compaction() {
      return compaction;
    }

    /** Only files behind this sequence are left. */
    long after() {
      return after;
    }

    /** The store has come to the end of it. */
    boolean isDone() {
      return dueAt == NEVER;
    }
  }

  private final Watcher watcher;
  private final Map<Long, Item> items = new HashMap<>(2);
  private long underWay;

  Reclaiming(Watcher watcher) {
    this.watcher = watcher;
  }

  /** These compactions stand now. What is done of one stays done as long as it stands. */
  void learn(Collection<EffectiveCompaction> standing, CompactorPolicy policy, Moment now) {
    Set<Long> there =
        standing.stream().map(Reclaiming::lastPart).collect(Collectors.toUnmodifiableSet());
    items.values().stream()
        .filter(item -> !there.contains(item.compaction))
        .forEach(item -> because(item, ReclaimHindrance.RECLAIM_HINDRANCE_UNSPECIFIED));
    items.keySet().retainAll(there);
    for (EffectiveCompaction compaction : standing) {
      items.computeIfAbsent(lastPart(compaction), last -> newItem(last, compaction, policy, now));
    }
  }

  private Item newItem(
      long last, EffectiveCompaction compaction, CompactorPolicy policy, Moment now) {
    long graceLeft = compaction.getStoodAtMillis() + policy.grace().toMillis() - now.serverMillis();
    Item item = new Item(last, now.millis() + Math.max(0, graceLeft));
    if (graceLeft > 0) {
      because(item, ReclaimHindrance.RECLAIM_HINDRANCE_GRACE);
    }
    return item;
  }

  static long lastPart(EffectiveCompaction compaction) {
    return compaction.getParts(compaction.getPartsCount() - 1);
  }

  /** How far this compaction has come; empty when it is not known here. */
  Optional<Item> of(long compaction) {
    return Optional.ofNullable(items.get(compaction));
  }

  /** When there is something to ask next. */
  long dueAt() {
    return underWay > 0
        ? NEVER
        : items.values().stream().mapToLong(item -> item.dueAt).min().orElse(NEVER);
  }

  /** What to ask now; one at a time. */
  Optional<Item> begin(long now) {
    Optional<Item> due = underWay > 0
        ? Optional.empty()
        : items.values().stream().filter(item -> item.dueAt <= now).findFirst();
    due.ifPresent(item -> underWay = item.compaction);
    return due;
  }

  void answered(ReclaimReply reply, CompactorPolicy policy, long now) {
    Item item = end();
    if (item == null) {
      return;
    }
    because(item, reply.getHindrance());
    if (reply.getHindrance() == ReclaimHindrance.RECLAIM_HINDRANCE_UNSPECIFIED) {
      goOn(item, reply.getLookedAt(), now);
    } else {
      item.dueAt = now + policy.reclaimAgainMillis();
    }
  }

  /** A store that does not get on is not asked on and on. */
  private static void goOn(Item item, long lookedAt, long now) {
    boolean isMore = lookedAt > item.after;
    item.after = isMore ? lookedAt : item.after;
    item.dueAt = isMore ? now : NEVER;
  }

  void failed(long now) {
    Item item = end();
    if (item != null) {
      item.dueAt = now + CompactorLimits.AGAIN_MILLIS;
    }
  }

  /** The space is forgotten. */
  void forget() {
    items.values().forEach(item -> because(item, ReclaimHindrance.RECLAIM_HINDRANCE_UNSPECIFIED));
    items.clear();
  }

  /** What it was about is null when it does not stand any more. */
  private @Nullable Item end() {
    Item item = items.get(underWay);
    underWay = 0;
    return item;
  }

  private void because(Item item, ReclaimHindrance why) {
    ReclaimHindrance known =
        why == ReclaimHindrance.UNRECOGNIZED ? ReclaimHindrance.RECLAIM_HINDRANCE_UNSPECIFIED : why;
    if (known != item.why) {
      count(item.why, -1);
      count(known, 1);
      item.why = known;
    }
  }

  private void count(ReclaimHindrance why, int more) {
    if (why != ReclaimHindrance.RECLAIM_HINDRANCE_UNSPECIFIED) {
      watcher.waiting(why, more);
    }
  }
}
