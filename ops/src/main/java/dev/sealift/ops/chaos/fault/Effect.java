package dev.sealift.ops.chaos.fault;

import dev.sealift.ops.chaos.bed.ChaosFailedException;

/** What shows from outside that a fault has taken hold. It may take a while, and is asked again until it is seen or the fault is over. */
@FunctionalInterface
public interface Effect {
  boolean isSeen() throws ChaosFailedException, InterruptedException;
}
