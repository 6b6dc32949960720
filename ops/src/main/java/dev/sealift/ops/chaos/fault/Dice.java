package dev.sealift.ops.chaos.fault;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Draws, the same for the same seed on every Java: the algorithm of {@link Random} is specified. For one thread. */
final class Dice {
  private final Random random;

  Dice(long seed) {
    this.random = new Random(seed);
  }

  /** From {@code least} to {@code most}, both included. */
  int between(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  <T> T oneOf(List<T> things) {
    return things.get(random.nextInt(things.size()));
  }

  <T> List<T> shuffled(List<T> things) {
    List<T> order = new ArrayList<>(things);
    Collections.shuffle(order, random);
    return order;
  }
}
