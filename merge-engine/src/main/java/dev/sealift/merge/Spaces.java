package dev.sealift.merge;

import dev.sealift.protocol.id.SpaceId;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The spaces that the engine holds, bounded by the number of their devices. Beyond the bound the one
 * unused for longest is forgotten, if nothing waits for it; the next request loads it again.
 */
final class Spaces {
  private final int maxWeight;
  private final Map<SpaceId, Slot> slots = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<SpaceId, Integer> weights = new LinkedHashMap<>();
  private int weight;

  Spaces(int maxWeight) {
    this.maxWeight = maxWeight;
  }

  int count() {
    return slots.size();
  }

  Collection<Slot> all() {
    return slots.values();
  }

  Slot get(SpaceId space) {
    return slots.computeIfAbsent(space, Slot::new);
  }

  /** The slot of a space that is held. Being asked for is no use: the order in which spaces are forgotten stays. */
  Optional<Slot> find(SpaceId space) {
    return weights.containsKey(space) ? Optional.ofNullable(slots.get(space)) : Optional.empty();
  }

  /** The slot that an answer from the store is for. It is there: a slot that asked is never idle. */
  Slot expecting(SpaceId space) {
    Slot slot = slots.get(space);
    if (slot == null) {
      throw new IllegalStateException("an answer about a space that nothing was asked about");
    }
    return slot;
  }

  /** Weighs the slot again, and makes room if that takes it. */
  void weigh(Slot slot) {
    Integer before = weights.put(slot.space(), slot.weight());
    weight += slot.weight() - (before == null ? 0 : before);
    if (weight > maxWeight) {
      forgetIdle();
    }
  }

  void forget(Slot slot) {
    slots.remove(slot.space());
    dropWeight(slot.space());
  }

  private void forgetIdle() {
    Iterator<Slot> eldestFirst = slots.values().iterator();
    while (weight > maxWeight && eldestFirst.hasNext()) {
      Slot slot = eldestFirst.next();
      if (slot.isIdle()) {
        eldestFirst.remove();
        dropWeight(slot.space());
      }
    }
  }

  private void dropWeight(SpaceId space) {
    Integer dropped = weights.remove(space);
    weight -= dropped == null ? 0 : dropped;
  }
}
