package dev.sealift.merge;

import dev.sealift.protocol.mesh.proto.CommitRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * What the engine asks of the store, each stamped with the engine's step. Steps count inputs; by them
 * it is told whether an answer of the store came from before or after a request.
 *
 * <p>Loads wait for one another: a reply holds a space's whole membership, and as many are in memory as are under way.
 */
final class StoreCalls {
  /**
   * Loads under way at once. Replies of the largest spaces, with {@link HouseRules#MAX_MEMBERSHIP_BYTES} each, are some 70 MiB then; and
   * a store that takes three ms for a load still loads thousands of spaces a second.
   */
  static final int MAX_LOADS = 8;

  /** A load that waited so long is given up, as one that the store does not answer: who asked has heard that by now. */
  static final long MAX_LOAD_WAIT_MILLIS = StoreTimeouts.READ_MILLIS;

  private record Load(Slot slot, long sinceMono) {}

  private final Consumer<Effect> effects;
  private final Deque<Load> waiting = new ArrayDeque<>();
  private long step;
  private long monoMillis;
  private int loads;

  StoreCalls(Consumer<Effect> effects) {
    this.effects = effects;
  }

  /** Something came in. */
  long nextStep() {
    return ++step;
  }

  long step() {
    return step;
  }

  /** What a clock that never jumps shows now. */
  void elapsed(long newMonoMillis) {
    monoMillis = newMonoMillis;
  }

  /** As soon as fewer than {@value #MAX_LOADS} others are under way. Spaces that wait are bounded by the requests that wait for them. */
  void load(Slot slot) {
    slot.load(step);
    if (loads < MAX_LOADS) {
      send(slot);
    } else {
      waiting.add(new Load(slot, monoMillis));
    }
  }

  private void send(Slot slot) {
    loads++;
    effects.accept(new Effect.Load(slot.space()));
  }

  /**
   * A load was answered, or failed: the next goes on its way, stamped with this step.
   *
   * @return slots whose loads waited for too long, and are not asked for
   */
  List<Slot> loadEnded() {
    loads--;
    List<Slot> late = new ArrayList<>();
    while (!waiting.isEmpty() && isLate(waiting.element())) {
      late.add(waiting.remove().slot());
    }
    if (!waiting.isEmpty()) {
      Slot next = waiting.remove().slot();
      next.load(step);
      send(next);
    }
    return late;
  }

  private boolean isLate(Load load) {
    return monoMillis - load.sinceMono() >= MAX_LOAD_WAIT_MILLIS;
  }

  /** Loads nothing more of what waits. */
  void stop() {
    waiting.clear();
  }

  void lookUp(Slot slot, Inquiry inquiry) {
    effects.accept(new Effect.LookUp(slot.space(), inquiry.request()));
  }

  void commit(Batch batch) {
    CommitRequest request = batch.send(step);
    effects.accept(new Effect.Commit(request, batch.asks()));
  }
}
