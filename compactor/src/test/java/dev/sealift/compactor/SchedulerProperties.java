package dev.sealift.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.compactor.World.Manner;
import dev.sealift.protocol.id.DeviceId;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Simulated spaces with devices of all manners. */
class SchedulerProperties {
  private static final long MINUTE = 60_000;
  private static final Set<Manner> USELESS = EnumSet.of(Manner.IDLE, Manner.GONE);

  @Property(tries = 100)
  void exactlyOneStartsEachTimeThereIsEnough(
      @ForAll @IntRange(min = 1, max = 20) int devices,
      @ForAll @IntRange(min = 1, max = 5) int rounds) {
    World world = new World();
    for (int number = 1; number <= devices; number++) {
      world.device(1, number, Manner.WORKS);
    }
    for (int round = 1; round <= rounds; round++) {
      world.write(1, 300);
      world.pass(30 * MINUTE);
      assertThat(world.log(1).compacted).hasSize(round);
    }
  }

  @Property(tries = 100)
  void whereAnyDeviceWorksTheSpaceIsCompactedInTheEndAndByOneOnly(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int devices) {
    Random random = new Random(seed);
    World world = new World();
    for (int number = 1; number <= devices; number++) {
      boolean works = number == 1 || random.nextInt(4) == 0;
      DeviceId device = world.device(
          1,
          number,
          works ? Manner.WORKS : USELESS.stream().toList().get(random.nextInt(USELESS.size())));
      world.log(1).spared.put(device, random.nextInt(3) == 0);
    }
    world.write(1, 1_000);
    world.pass(devices * (CompactorLimits.OFFER_MILLIS + MINUTE) + 10 * MINUTE);
    assertThat(world.log(1).compacted).hasSize(1);
    assertThat(world.log(1).offered).as("nobody is asked twice").doesNotHaveDuplicates();
  }

  @Property(tries = 50)
  void noCourseOfEventsEverReclaimsUnderWhatDoesNotStand(@ForAll long seed) {
    Random random = new Random(seed);
    World world = new World();
    for (int step = 0; step < 60; step++) {
      int space = random.nextInt(3);
      switch (random.nextInt(5)) {
        case 0 -> world.write(space, random.nextInt(500));
        case 1 ->
          world.device(
              space, random.nextInt(5), Manner.values()[random.nextInt(Manner.values().length)]);
        case 2 -> world.log(space).devices.clear();
        case 3 -> world.storeAnswers = random.nextBoolean();
        default -> world.pass(random.nextInt(600) * MINUTE);
      }
    }
    List<Long> stood =
        world.logs.values().stream().flatMap(log -> log.everStood.stream()).toList();
    assertThat(world.done(Effect.Reclaim.class))
        .allSatisfy(reclaim -> assertThat(reclaim.request().getCompaction()).isIn(stood));
  }
}
