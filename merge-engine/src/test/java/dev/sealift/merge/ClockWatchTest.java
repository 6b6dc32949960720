package dev.sealift.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.merge.ClockWatch.Ahead;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ClockWatchTest {
  private static final long BOUND = ClockWatch.BOUND_MILLIS;
  private static final String STORE = "store";

  private long wall = 1_700_000_000_000L;
  private long mono = 77;
  private final ClockWatch watch = new ClockWatch(wall, mono);

  private void pass(long millis) {
    wall += millis;
    mono += millis;
    watch.tick(wall, mono);
  }

  private void jump(long millis) {
    wall += millis;
    watch.tick(wall, mono);
  }

  /** This clock is ahead of another by so much, known exactly. */
  private void ahead(String name, long millis) {
    watch.heard(name, new Ahead(millis, millis), wall, mono);
  }

  @Test
  void aClockThatNobodyContradictsIsBelieved() {
    assertThat(watch.isBelieved()).isTrue();
    jump(3_600_000);
    assertThat(watch.isBelieved()).isTrue();
  }

  @Test
  void fiveSecondsOffTheStoreIsBelievedAndAMillisecondMoreIsNot() {
    for (int sign : new int[] {1, -1}) {
      ahead(STORE, sign * BOUND);
      assertThat(watch.isBelieved()).isTrue();
      ahead(STORE, sign * (BOUND + 1));
      assertThat(watch.isBelieved()).isFalse();
    }
  }

  @Test
  void aSlowAnswerIsNotTakenForAWrongClock() {
    watch.answered(STORE, wall - 30_000, 60_000, wall, mono);
    assertThat(watch.isBelieved()).isTrue();
    watch.answered(STORE, wall + 4_000, 60_000, wall, mono);
    assertThat(watch.isBelieved()).isTrue();
  }

  @Test
  void aSlowAnswerDoesNotMakeAWrongClockBelievedAgain() {
    ahead(STORE, 6_000);
    pass(1_000);
    watch.answered(STORE, wall - 8_000, 4_000, wall, mono); // ahead by 4 to 8 s
    assertThat(watch.isBelieved()).isFalse();
    for (int i = 0; i < 20; i++) {
      pass(2_000);
      watch.answered(STORE, wall - 8_000, 6_000, wall, mono); // by 2 to 8 s
      assertThat(watch.isBelieved()).as("after %d s", 2 * i).isFalse();
    }
    watch.answered(STORE, wall - 100, 100, wall, mono);
    assertThat(watch.isBelieved()).as("the other clock was set").isTrue();
  }

  @Test
  void slowAnswersTellTogetherWhatNoneTellsAlone() {
    ahead("engine b", 10_000);
    watch.answered(STORE, wall - 3_000, 11_000, wall, mono); // ahead by -8 to 3 s
    assertThat(watch.isBelieved()).isFalse();
    watch.answered(STORE, wall - 9_000, 12_000, wall, mono); // by -3 to 9 s
    assertThat(watch.isBelieved()).isTrue();
  }

  @Test
  void anAnswerThatCannotHaveComeFromARightClockIsFasterThanItsDelay() {
    watch.answered(STORE, wall - 100 - BOUND, 100, wall, mono);
    assertThat(watch.isBelieved()).isTrue();
    watch.answered(STORE, wall - 101 - BOUND, 100, wall, mono);
    assertThat(watch.isBelieved()).isFalse();
    watch.answered(STORE, wall + BOUND, 100, wall, mono);
    assertThat(watch.isBelieved()).isTrue();
    watch.answered(STORE, wall + BOUND + 1, 100, wall, mono);
    assertThat(watch.isBelieved()).isFalse();
  }

  @Test
  void aJumpIsNoticedAtOnceEitherWayAndSoIsItsCorrection() {
    ahead(STORE, 0);
    for (long jump : new long[] {BOUND + 1, -BOUND - 1, 3_600_000, -3_600_000}) {
      jump(jump);
      assertThat(watch.isBelieved()).as("after %d", jump).isFalse();
      jump(-jump);
      assertThat(watch.isBelieved()).isTrue();
      jump(jump > 0 ? BOUND : -BOUND);
      assertThat(watch.isBelieved()).isTrue();
      jump(jump > 0 ? -BOUND : BOUND);
    }
  }

  @Test
  void aDriftAddsUp() {
    ahead(STORE, 0);
    for (int i = 0; i < 6; i++) {
      pass(1_000);
      jump(900);
    }
    assertThat(watch.isBelieved()).isFalse();
  }

  @Test
  void ofTwoThatDifferNeitherCanBeToldToBeRightAndBothStop() {
    ahead("engine b", 10_000);
    assertThat(watch.isBelieved()).isFalse();
    ahead("engine b", -10_000);
    assertThat(watch.isBelieved()).isFalse();
  }

  @Test
  void ofTwoEnginesTheStoreTellsWhichIsRight() {
    ahead("engine b", 10_000);
    ahead(STORE, 0);
    assertThat(watch.isBelieved()).isTrue();
    ahead("engine b", -10_000);
    ahead(STORE, -10_000);
    assertThat(watch.isBelieved()).isFalse();
  }

  @Test
  void ofThreeEnginesTheOneThatDiffersStopsAlsoWithoutAStoresTime() {
    ahead("engine b", 0);
    ahead("engine c", 10_000);
    assertThat(watch.isBelieved()).isTrue();
    ahead("engine b", 10_000);
    assertThat(watch.isBelieved()).isFalse();
  }

  @Test
  void aStoreThatDiffersFromAllEnginesStopsNone() {
    ahead(STORE, 60_000);
    ahead("engine b", 0);
    assertThat(watch.isBelieved()).isTrue();
  }

  @Test
  void whoSaysLittleCountsForNeitherSide() {
    ahead(STORE, 10_000);
    watch.heard("engine b", new Ahead(-60_000, 60_000), wall, mono);
    assertThat(watch.isBelieved()).isFalse();
  }

  @Test
  void whoWasNotHeardForAWhileHasNoSay() {
    ahead(STORE, 10_000);
    pass(ClockWatch.STALE_MILLIS - 1);
    assertThat(watch.isBelieved()).isFalse();
    assertThat(watch.hasHeard(STORE, ClockWatch.STALE_MILLIS)).isTrue();
    pass(1);
    assertThat(watch.isBelieved()).isTrue();
    assertThat(watch.hasHeard(STORE, Long.MAX_VALUE)).isFalse();
  }

  @Test
  void howManyHaveASayIsBounded() {
    for (int i = 0; i < ClockWatch.MAX_OTHERS; i++) {
      ahead("engine " + i, 0);
    }
    for (int i = 0; i < 10 * ClockWatch.MAX_OTHERS; i++) {
      ahead("liar " + i, 60_000);
    }
    assertThat(watch.isBelieved()).isTrue();
  }

  /** Two engines that publish over a network of any delays: what they work out always holds the truth. */
  @Property(tries = 300)
  void whatEnginesTellOneAnotherHoldsTheTruthWhateverMessagesTake(
      @ForAll @LongRange(min = -100_000, max = 100_000) long aAheadOfB,
      @ForAll @LongRange(min = 0, max = 20_000) long there,
      @ForAll @LongRange(min = 0, max = 20_000) long back,
      @ForAll @LongRange(min = 0, max = 5_000) long pause) {
    PeerClocks a = new PeerClocks("a");
    PeerClocks b = new PeerClocks("b");
    long start = 1_700_000_000_000L;
    var first = a.publish(start + aAheadOfB, 0);
    assertThat(b.heard(first, start + there, 500 + there)).isEmpty();
    long at = there + pause;
    var second = b.publish(start + at, 500 + at);
    long end = at + back;
    Ahead ahead = a.heard(second, start + end + aAheadOfB, end).orElseThrow();
    assertThat(ahead.leastMillis()).isLessThanOrEqualTo(aAheadOfB);
    assertThat(ahead.mostMillis()).isGreaterThanOrEqualTo(aAheadOfB);
    assertThat(ahead.mostMillis() - ahead.leastMillis()).isEqualTo(there + back);
  }

  @Test
  void aJumpBetweenPublishingAndHearingOfItChangesNothing() {
    PeerClocks a = new PeerClocks("a");
    PeerClocks b = new PeerClocks("b");
    b.heard(a.publish(wall, 0), wall, 0);
    var answer = b.publish(wall + 10, 10);
    assertThat(a.heard(answer, wall + 3_600_010, 10)).contains(new Ahead(3_600_000, 3_600_000));
  }

  @Test
  void anEngineDoesNotHearItself() {
    PeerClocks a = new PeerClocks("a");
    assertThat(a.heard(a.publish(wall, 0), wall, 0)).isEmpty();
    assertThat(a.publish(wall, 0).getHeardList()).isEmpty();
  }
}
