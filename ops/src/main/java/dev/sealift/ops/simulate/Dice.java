package dev.sealift.ops.simulate;

import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/** Draws, the same for the same seed. */
final class Dice implements RandomGenerator {
  private final Random random;

  Dice(long seed) {
    this.random = new Random(seed);
  }

  /** Dice of their own for a part of a run, so that what it draws does not depend on the others. */
  Dice fork() {
    return new Dice(random.nextLong());
  }

  @Override
  public long nextLong() {
    return random.nextLong();
  }

  /** From {@code least} to {@code most}, both included. */
  long between(long least, long most) {
    return least + nextLong(most - least + 1);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  <T> T oneOf(List<T> things) {
    return things.get(random.nextInt(things.size()));
  }

  byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}
