package dev.sealift.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.compactor.World.Manner;
import dev.sealift.protocol.compaction.Turns;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.mesh.proto.PresenceReply;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OfferTest {
  private static final long MINUTE = 60_000;

  /** While nothing is measured. */
  private static final Thresholds USUAL =
      Thresholds.of(CompactorLimits.FILES_PER_SECOND, CompactorPolicy.usual());

  private final World world = new World();

  @Test
  void oneIsAskedOnceThereIsEnough() {
    world.device(1, 10, Manner.WORKS);
    world.write(1, USUAL.lower() - CompactorLimits.LEAST_LOWER);
    world.pass(MINUTE);
    world.write(1, CompactorLimits.LEAST_LOWER - 1);
    world.pass(MINUTE);
    assertThat(world.log(1).offered).isEmpty();
    assertThat(world.done(Effect.AskPresence.class))
        .as("gateways are not troubled")
        .isEmpty();
    world.write(1, 1);
    world.pass(MINUTE);
    assertThat(world.log(1).compacted).containsExactly(Ids.device(10));
  }

  @Test
  void afterItNobodyIsAskedUntilThereIsEnoughAgain() {
    world.device(1, 10, Manner.WORKS);
    world.device(1, 11, Manner.WORKS);
    world.write(1, USUAL.lower());
    world.pass(60 * MINUTE);
    assertThat(world.log(1).compacted).hasSize(1);
    world.write(1, USUAL.lower());
    world.pass(60 * MINUTE);
    assertThat(world.log(1).compacted).hasSize(2);
    assertThat(world.tally.ended(Watcher.OfferEnd.TIMED_OUT)).isZero();
  }

  @Test
  void whoDoesNothingIsFollowedByTheNextInLine() {
    List<DeviceId> line = IntStream.range(10, 15)
        .mapToObj(number -> world.device(1, number, Manner.IDLE))
        .sorted(Turns.order(0))
        .toList();
    world.write(1, USUAL.lower());
    for (int asked = 1; asked <= line.size(); asked++) {
      assertThat(world.log(1).offered).isEqualTo(line.subList(0, asked - 1));
      world.pass(
          asked == 1 ? MINUTE : CompactorLimits.OFFER_MILLIS + CompactorLimits.ASK_EVERY_MILLIS);
      assertThat(world.log(1).offered).isEqualTo(line.subList(0, asked));
    }
    assertThat(world.tally.ended(Watcher.OfferEnd.TIMED_OUT)).isEqualTo(line.size() - 1);
  }

  @Test
  void whoIsGoneIsFollowedAtOnce() {
    List<DeviceId> line = IntStream.range(10, 14)
        .mapToObj(number -> world.device(1, number, Manner.GONE))
        .sorted(Turns.order(0))
        .toList();
    world.write(1, USUAL.lower());
    world.pass(10_000);
    assertThat(world.log(1).offered).isEqualTo(line);
    assertThat(world.tally.ended(Watcher.OfferEnd.GONE)).isEqualTo(4);
  }

  @Test
  void whereNobodyIsThereNothingIsOfferedAndItIsLookedForLessAndLess() {
    world.write(1, USUAL.lower());
    world.pass(24 * 60 * MINUTE);
    assertThat(world.log(1).offered).isEmpty();
    assertThat(world.tally.nobody).isBetween(5, 16);
  }

  @Test
  void whoComesLaterIsFoundAfterARest() {
    world.write(1, USUAL.lower());
    world.pass(MINUTE);
    world.device(1, 10, Manner.WORKS);
    world.pass(CompactorLimits.REST_MILLIS);
    assertThat(world.log(1).compacted).hasSize(1);
  }

  @Test
  void whenAllWereAskedInVainTheyRest() {
    world.device(1, 10, Manner.IDLE);
    world.device(1, 11, Manner.IDLE);
    world.write(1, USUAL.lower());
    world.pass(2 * CompactorLimits.OFFER_MILLIS + MINUTE);
    assertThat(world.log(1).offered).hasSize(2);
    world.pass(CompactorLimits.REST_MILLIS - 2 * MINUTE);
    assertThat(world.log(1).offered).hasSize(2);
    world.pass(3 * MINUTE);
    assertThat(world.log(1).offered).hasSize(3);
  }

  @Test
  void whatHasBegunIsGivenTimeToStand() {
    world.device(1, 10, Manner.WAITS);
    world.device(1, 11, Manner.WAITS);
    world.write(1, USUAL.lower());
    world.pass(CompactorLimits.OFFER_MILLIS + CompactorLimits.REST_MILLIS);
    assertThat(world.log(1).offered).hasSize(1);
    assertThat(world.tally.ended(Watcher.OfferEnd.BEGUN)).isEqualTo(1);
    assertThat(world.tally.ended(Watcher.OfferEnd.TIMED_OUT)).isZero();
  }

  @Test
  void whatComesOfAnOfferIsSeenSoonWhereMoreIsWritten() {
    world.device(1, 10, Manner.WORKS);
    world.device(1, 11, Manner.WORKS);
    world.device(1, 12, Manner.WORKS);
    world.write(1, USUAL.lower());
    world.pass(5_000);
    assertThat(world.log(1).compacted).hasSize(1);
    world.write(1, USUAL.lower());
    world.pass(20_000);
    assertThat(world.log(1).compacted).hasSize(2);
    world.write(1, USUAL.lower());
    world.pass(20_000);
    assertThat(world.log(1).compacted).hasSize(3).doesNotHaveDuplicates();
    assertThat(world.tally.ended(Watcher.OfferEnd.TIMED_OUT)).isZero();
  }

  @Test
  void whatHasBegunAndThenStandsKeepsNobodyWaiting() {
    DeviceId device = world.device(1, 10, Manner.WAITS);
    world.write(1, USUAL.lower());
    world.pass(MINUTE);
    assertThat(world.log(1).offered).containsExactly(device);
    world.compact(world.log(1), device);
    world.log(1).devices.clear();
    world.device(1, 11, Manner.WORKS);
    world.write(1, USUAL.lower());
    world.pass(MINUTE + CompactorLimits.ASK_EVERY_MILLIS);
    assertThat(world.log(1).compacted).containsExactly(device, Ids.device(11));
  }

  @Test
  void whoHasJustMadeOneIsNotAskedForAnotherBeforeItWouldMakeOne() {
    world.device(1, 10, Manner.WORKS);
    world.write(1, USUAL.lower());
    world.pass(20_000);
    world.write(1, USUAL.lower());
    world.pass(CompactorLimits.PAUSE_MILLIS - MINUTE);
    assertThat(world.log(1).offered).hasSize(1);
    world.pass(2 * MINUTE);
    assertThat(world.log(1).compacted).hasSize(2);
    assertThat(world.tally.ended(Watcher.OfferEnd.TIMED_OUT)).isZero();
  }

  @Test
  void whoWouldRatherNotDoesNotStandInForWhoPauses() {
    DeviceId willing = world.device(1, 10, Manner.WORKS);
    world.log(1).spared.put(world.device(1, 11, Manner.WORKS), true);
    world.write(1, USUAL.lower());
    world.pass(20_000);
    world.write(1, USUAL.lower());
    world.pass(CompactorLimits.PAUSE_MILLIS + MINUTE);
    assertThat(world.log(1).compacted).containsExactly(willing, willing);
    assertThat(world.done(Effect.AskPresence.class)).hasSize(3);
  }

  @Test
  void anOfferOfWhichNothingComesIsLookedAtLessAndLessHoweverMuchIsWritten() {
    world.device(1, 10, Manner.IDLE);
    world.write(1, USUAL.lower());
    world.pass(4_000);
    assertThat(world.log(1).offered).hasSize(1);
    world.done.clear();
    for (long second = 0; second < CompactorLimits.OFFER_MILLIS / 1_000 - 5; second++) {
      world.write(1, 1);
      world.pass(1_000);
    }
    assertThat(world.done(Effect.AskStanding.class)).hasSize(4);
    assertThat(world.log(1).offered).hasSize(1);
    assertThat(world.tally.ended(Watcher.OfferEnd.TIMED_OUT)).isZero();
  }

  @Test
  void aStoreThatIsSilentWhileAnOfferStandsEndsItNot() {
    world.device(1, 10, Manner.IDLE);
    world.device(1, 11, Manner.IDLE);
    world.write(1, USUAL.lower());
    world.pass(4_000);
    world.storeAnswers = false;
    world.write(1, 1);
    world.pass(15_000);
    world.storeAnswers = true;
    world.pass(MINUTE);
    assertThat(world.log(1).offered).hasSize(1);
    world.pass(CompactorLimits.OFFER_MILLIS);
    assertThat(world.log(1).offered).hasSize(2);
  }

  @Test
  void whoWouldRatherNotComesLastAndNotBeforeHalfTheWay() {
    DeviceId spared = world.device(1, 10, Manner.WORKS);
    world.log(1).spared.put(spared, true);
    world.write(1, USUAL.lower());
    world.pass(60 * MINUTE);
    assertThat(world.log(1).offered).isEmpty();
    world.device(1, 11, Manner.IDLE);
    world.pass(180 * MINUTE);
    assertThat(world.log(1).offered).isNotEmpty().doesNotContain(spared);
    world.write(1, USUAL.halfway() - USUAL.lower());
    world.pass(180 * MINUTE);
    assertThat(world.log(1).compacted).containsExactly(spared);
  }

  @Test
  void whatDevicesTakeInFastIsCompactedLater() {
    world.device(1, 10, Manner.IDLE);
    world.measured = PresenceReply.newBuilder()
        .setReads(4)
        .setReadFiles(2_000)
        .setReadMillis(5_000)
        .build();
    world.write(1, USUAL.lower());
    world.pass(60 * MINUTE);
    assertThat(world.log(1).offered).as("400 files a second").isEmpty();
    Thresholds measured = Thresholds.of(400, CompactorPolicy.usual());
    world.write(1, measured.lower() - USUAL.lower());
    world.pass(MINUTE);
    assertThat(world.log(1).offered).hasSize(1);
    Effect.MakeOffer offer = world.done(Effect.MakeOffer.class).get(0);
    assertThat(offer.offer()).isEqualTo(measured.toOffer());
  }

  @Test
  void aStoreThatDoesNotAnswerIsAskedAgainAfterAWhile() {
    world.device(1, 10, Manner.WORKS);
    world.storeAnswers = false;
    world.write(1, USUAL.lower());
    world.pass(5 * CompactorLimits.AGAIN_MILLIS);
    assertThat(world.done(Effect.AskStanding.class)).hasSizeBetween(4, 6);
    world.storeAnswers = true;
    world.pass(MINUTE);
    assertThat(world.log(1).compacted).hasSize(1);
  }

  @Test
  void whatDevicesDoByThemselvesNeedsNoOffer() {
    DeviceId device = world.device(1, 10, Manner.IDLE);
    world.write(1, USUAL.lower() - 1);
    world.pass(MINUTE);
    world.compact(world.log(1), device);
    world.write(1, USUAL.lower() - 1);
    world.pass(60 * MINUTE);
    assertThat(world.log(1).offered).isEmpty();
  }

  @Test
  void aSpaceOfAnotherCompactorIsLeftToIt() {
    world.device(1, 10, Manner.WORKS);
    world.scheduler.own(space -> false, world.moment());
    world.write(1, USUAL.upper());
    world.pass(60 * MINUTE);
    assertThat(world.done(Effect.AskStanding.class)).isEmpty();
    world.scheduler.own(space -> true, world.moment());
    world.pass(CompactorLimits.SWEEP_AT_MOST_EVERY_MILLIS + MINUTE);
    assertThat(world.log(1).compacted).hasSize(1);
  }
}
