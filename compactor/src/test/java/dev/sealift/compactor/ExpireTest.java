package dev.sealift.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.mesh.proto.ExpireRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpireTest {
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  /** As many files as make a space be looked at with its news. */
  private static final int MANY = 400;

  private final World world = new World();

  private List<ExpireRequest> requests() {
    return world.done(Effect.Expire.class).stream().map(Effect.Expire::request).toList();
  }

  private int questions() {
    return world.done(Effect.AskStanding.class).size();
  }

  @Test
  void onceTheLogHasReachedAnExpiryTheStoreIsAskedToDropIt() {
    world.device(1, 1, World.Manner.WORKS); // so that nothing else is to be done
    world.writeExpiring(1, 3, HOUR);
    world.write(1, MANY);
    world.pass(30 * MINUTE);
    world.write(1, 1);
    world.pass(40 * MINUTE);
    assertThat(requests()).as("time alone makes nothing expire").isEmpty();
    int asked = questions();

    world.write(1, 1);
    world.pass(MINUTE);

    assertThat(requests()).singleElement().satisfies(request -> {
      assertThat(request.getSpace()).isEqualTo(Ids.space(1).byteString());
      assertThat(request.getMaxFiles()).isEqualTo(CompactorLimits.EXPIRE_FILES);
    });
    assertThat(world.tally.expiredFiles).isEqualTo(3);
    assertThat(world.tally.expiredBytes).isEqualTo(300);
    assertThat(questions()).as("its news say so").isEqualTo(asked);
  }

  @Test
  void aSpaceInWhichNothingExpiresIsAskedForNothing() {
    world.write(1, MANY);
    for (int hour = 0; hour < 48; hour++) {
      world.pass(HOUR);
      world.write(1, 1);
    }
    assertThat(requests()).isEmpty();
  }

  @Test
  void itGoesOnWhileThereIsMore() {
    world.write(1, MANY);
    world.writeExpiring(1, 3 * CompactorLimits.EXPIRE_FILES + 1, MINUTE);
    world.pass(2 * MINUTE);
    world.write(1, 1);
    world.pass(MINUTE);
    assertThat(requests()).hasSize(4);
    assertThat(world.tally.expiredFiles).isEqualTo(3L * CompactorLimits.EXPIRE_FILES + 1);
    world.pass(HOUR);
    assertThat(requests()).as("done is done").hasSize(4);
  }

  /** A file a minute, each of which lives for an hour. */
  @Test
  void whatExpiresOneAfterAnotherGoesSomeAtATime() {
    world.write(1, MANY);
    for (int minute = 0; minute < 5 * 60; minute++) {
      world.writeExpiring(1, 1, HOUR);
      world.pass(MINUTE);
    }
    assertThat(world.tally.expiredFiles).isBetween(200L, 240L);
    assertThat(requests().size()).isLessThanOrEqualTo(4 * 60 / 10 + 1);
  }

  /** It has no news that count, and its files are too few to be looked at. */
  @Test
  void aSpaceOfAFewFilesIsFoundByThePassOverAll() {
    world.writeExpiring(1, 2, HOUR);
    world.pass(2 * HOUR);
    world.write(1, 1);
    world.pass(DAY);
    assertThat(requests()).hasSize(1);
    assertThat(world.tally.expiredFiles).isEqualTo(2);
    int asked = questions();

    world.writeExpiring(1, 1, HOUR);
    world.pass(3 * DAY);
    assertThat(questions()).as("nothing has expired, by its log's time").isEqualTo(asked);
  }

  /** From then on its news tell. */
  @Test
  void aSmallSpaceThatIsWatchedExpiresWithItsNews() {
    world.writeExpiring(1, 20, DAY);
    world.pass(12 * HOUR);
    world.writeExpiring(1, 1, 30 * DAY);
    World again = new World();
    again.logs.putAll(world.logs);
    again.now = world.now;
    again.pass(MINUTE); // it sweeps, and looks at what has sixteen files
    assertThat(again.done(Effect.AskStanding.class)).hasSize(1);
    assertThat(again.done(Effect.Expire.class)).isEmpty();

    again.pass(11 * HOUR + 58 * MINUTE);
    again.write(1, 1);
    again.pass(MINUTE);
    assertThat(again.tally.expiredFiles).isZero();
    again.pass(2 * MINUTE);
    again.write(1, 1);
    again.pass(MINUTE);
    assertThat(again.tally.expiredFiles).isEqualTo(20);
  }

  @Test
  void aStoreThatIsRestoredIsAskedAgainAnHourLater() {
    world.isRecovering = true;
    world.write(1, MANY);
    world.writeExpiring(1, 1, MINUTE);
    world.pass(2 * MINUTE);
    world.write(1, 1);
    world.pass(HOUR - 2 * MINUTE);
    assertThat(requests()).hasSize(1);
    world.isRecovering = false;
    world.pass(4 * MINUTE);
    assertThat(requests()).hasSize(2);
    assertThat(world.tally.expiredFiles).isEqualTo(1);
  }

  @Test
  void aStoreThatDoesNotAnswerIsAskedAgain() {
    world.write(1, MANY);
    world.writeExpiring(1, 1, MINUTE);
    world.pass(2 * MINUTE);
    world.storeAnswers = false;
    world.write(1, 1);
    world.pass(5 * CompactorLimits.AGAIN_MILLIS);
    assertThat(requests()).hasSizeBetween(4, 6);
    world.storeAnswers = true;
    world.pass(MINUTE);
    assertThat(world.tally.expiredFiles).isEqualTo(1);
  }

  @Test
  void ofManySpacesSoManyASecond() {
    int spaces = 100;
    for (int space = 0; space < spaces; space++) {
      world.writeExpiring(space, 2, MINUTE);
    }
    world.pass(2 * MINUTE);
    for (int space = 0; space < spaces; space++) {
      world.write(space, 1);
    }
    World again = new World();
    again.logs.putAll(world.logs);
    again.now = world.now;
    int before = 0;
    for (int second = 0; second < 60; second++) {
      again.pass(CompactorLimits.TICK_MILLIS);
      int asked = again.done(Effect.Expire.class).size();
      assertThat(asked - before).isLessThanOrEqualTo(CompactorLimits.EXPIRES_PER_TICK);
      before = asked;
    }
    assertThat(again.tally.expiredFiles).isEqualTo(2L * spaces);
  }
}
