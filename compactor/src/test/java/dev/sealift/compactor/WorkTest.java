package dev.sealift.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.compactor.World.Manner;
import org.junit.jupiter.api.Test;

/** Many spaces: what changes is work, what is there is none. */
class WorkTest {
  private static final int SPACES = 100_000;
  private static final long MINUTE = 60_000;

  private final World world = new World();

  private void found(long files) {
    for (int space = 0; space < SPACES; space++) {
      world.log(space).size = files;
    }
  }

  @Test
  void smallSpacesCostOnePassAndNoState() {
    found(CompactorLimits.LEAST_LOWER - 1);
    world.pass(10 * MINUTE);
    assertThat(world.done(Effect.AskSpaces.class)).hasSize(SPACES / CompactorLimits.SWEEP_PAGE + 2);
    assertThat(world.done(Effect.AskStanding.class)).isEmpty();
    assertThat(world.scheduler.spaces()).isZero();
  }

  @Test
  void aPassAsksAboutEachLargerSpaceOnceAtABoundedRateAndForgetsThemAgain() {
    found(100);
    world.pass(MINUTE);
    assertThat(world.done(Effect.AskStanding.class).size())
        .isLessThanOrEqualTo(60 * CompactorLimits.SWEPT_PER_TICK);
    world.pass(90 * MINUTE);
    assertThat(world.done(Effect.AskStanding.class).size()).isEqualTo(SPACES);
    assertThat(world.scheduler.spaces()).isEqualTo(CompactorLimits.MAX_SPACES);
    assertThat(world.scheduler.scheduled()).isZero();
  }

  @Test
  void ofAHundredThousandSpacesTheTenThatChangeAreAskedAbout() {
    found(100);
    world.pass(90 * MINUTE);
    world.done.clear();
    for (int space = 0; space < 10; space++) {
      world.device(space, 1, Manner.WORKS);
      for (int file = 0; file < 300; file++) {
        world.write(space, 1);
      }
    }
    world.pass(60 * MINUTE);
    assertThat(world.done.size()).as("questions and offers in all").isLessThan(10 * 10);
    for (int space = 0; space < 10; space++) {
      assertThat(world.log(space).compacted).hasSize(1);
    }
    assertThat(world.tally.made).isEqualTo(10);
  }

  @Test
  void aFloodOfNewsOfOneSpaceIsOneQuestionInTenSeconds() {
    world.device(1, 1, Manner.IDLE);
    for (int second = 0; second < 600; second++) {
      world.write(1, 1_000);
      world.pass(1_000);
    }
    assertThat(world.done(Effect.AskStanding.class).size()).isLessThan(60);
  }

  @Test
  void soItIsWhereDevicesCompactByThemselvesAllTheTime() {
    for (int second = 0; second < 600; second++) {
      world.write(1, 1_000);
      world.compact(world.log(1), Ids.device(1));
      world.pass(1_000);
    }
    assertThat(world.done(Effect.AskStanding.class).size()).isBetween(30, 61);
  }

  @Test
  void aFloodOfSpacesIsWorkedOffAtTheSameRateAndBoundedInMemory() {
    for (int space = 0; space < SPACES / 2; space++) {
      world.write(space, 500);
    }
    assertThat(world.scheduler.spaces()).isEqualTo(CompactorLimits.MAX_SPACES);
    world.pass(10_000);
    assertThat(world.done(Effect.AskStanding.class).size())
        .isLessThanOrEqualTo(11 * CompactorLimits.ACTS_PER_TICK);
  }
}
