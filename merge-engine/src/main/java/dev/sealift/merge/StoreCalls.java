package dev.sealift.merge;

import dev.sealift.protocol.mesh.proto.CommitRequest;
import java.util.function.Consumer;

/**
 * What the engine asks of the store, each stamped with the engine's step. Steps count inputs; by them
 * it is told whether an answer of the store came from before or after a request.
 */
final class StoreCalls {
  private final Consumer<Effect> effects;
  private long step;

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

  void load(Slot slot) {
    slot.load(step);
    effects.accept(new Effect.Load(slot.space()));
  }

  void lookUp(Slot slot, Inquiry inquiry) {
    effects.accept(new Effect.LookUp(slot.space(), inquiry.request()));
  }

  void commit(Batch batch) {
    CommitRequest request = batch.send(step);
    effects.accept(new Effect.Commit(request, batch.asks()));
  }
}
