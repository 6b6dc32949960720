package dev.sealift.merge;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** The slots with a request to judge. They take turns, one request each: a busy space holds up no other. */
final class Line {
  private final Deque<Slot> slots = new ArrayDeque<>();

  /** Puts the slot at the end, if it is ready and not in the line yet. */
  void add(Slot slot) {
    if (slot.isReady() && slot.schedule()) {
      slots.add(slot);
    }
  }

  boolean isEmpty() {
    return slots.isEmpty();
  }

  /** Whether the next request has room in the batch. */
  boolean fits(Batch batch, EngineLimits limits) {
    Slot next = slots.peek();
    return next == null || !next.isReady() || batch.hasRoomFor(next.queue().element(), limits);
  }

  Optional<Slot> next() {
    Optional<Slot> next = Optional.ofNullable(slots.poll());
    next.ifPresent(Slot::unschedule);
    return next;
  }
}
