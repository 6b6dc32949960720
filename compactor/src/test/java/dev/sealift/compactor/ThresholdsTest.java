package dev.sealift.compactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ThresholdsTest {
  private static final CompactorPolicy POLICY = CompactorPolicy.usual();

  @Test
  void upperIsWhatIsTakenInWithinTheTimeAndLowerAShareOfIt() {
    assertThat(Thresholds.of(100, POLICY)).isEqualTo(new Thresholds(250, 1_000));
    CompactorPolicy patient = policy(Duration.ofSeconds(60), CompactorPolicy.MOST_LIVE);
    assertThat(Thresholds.of(100, patient)).isEqualTo(new Thresholds(3_000, 6_000));
  }

  @Test
  void upperIsAtMostWhatTheOperatorSaysHoweverFastDevicesAre() {
    CompactorPolicy bounded = policy(Duration.ofSeconds(10), 300);
    assertThat(Thresholds.of(31, bounded)).isEqualTo(new Thresholds(150, 300));
    assertThat(Thresholds.of(30, bounded)).isEqualTo(new Thresholds(150, 300));
    assertThat(Thresholds.of(29, bounded)).isEqualTo(new Thresholds(145, 290));
    assertThatThrownBy(() -> policy(Duration.ofSeconds(10), CompactorPolicy.LEAST_LIVE - 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> policy(Duration.ofSeconds(10), CompactorPolicy.MOST_LIVE + 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static CompactorPolicy policy(Duration firstSync, long mostLive) {
    return new CompactorPolicy(true, firstSync, mostLive, 0.5, POLICY.seenWithin(), POLICY.grace());
  }

  @Test
  void noMeasurementLeadsToNothingSensible() {
    assertThat(Thresholds.of(0, POLICY))
        .isEqualTo(new Thresholds(CompactorLimits.LEAST_LOWER, CompactorPolicy.LEAST_LIVE));
    assertThat(Thresholds.of(1e300, POLICY).upper()).isEqualTo(CompactorPolicy.MOST_LIVE);
  }

  @Test
  void aMeasurementMovesThePaceByAQuarter() {
    Pace pace = new Pace();
    assertThat(pace.filesPerSecond(7)).isEqualTo(7);
    pace.measured(100, 1_000);
    pace.measured(500, 1_000);
    assertThat(pace.filesPerSecond(7)).isEqualTo(200);
    pace.measured(0, 1_000);
    pace.measured(5, 0);
    assertThat(pace.filesPerSecond(7)).isEqualTo(200);
  }

  @Test
  void whatCannotBeIsHeldToWhatCan() {
    Pace fast = new Pace();
    fast.measured(Long.MAX_VALUE, 1);
    assertThat(fast.filesPerSecond(7)).isEqualTo(CompactorLimits.GREATEST_FILES_PER_SECOND);
    Pace slow = new Pace();
    slow.measured(1, Long.MAX_VALUE);
    assertThat(slow.filesPerSecond(7)).isEqualTo(CompactorLimits.LEAST_FILES_PER_SECOND);
  }

  @Test
  void placesAreSpreadEvenlyOverWhoIsThere() {
    Thresholds between = new Thresholds(100, 400);
    Line line = Line.of(
        IntStream.range(0, 6)
            .mapToObj(n -> new Present(Ids.device(n), "g", false))
            .toList(),
        7,
        between);
    assertThat(line.places())
        .extracting(Line.Place::files)
        .containsExactly(100L, 150L, 200L, 250L, 300L, 350L);
    assertThat(line.next(Set.of(), 99)).isEmpty();
    assertThat(line.next(Set.of(), 100)).contains(line.places().get(0));
  }
}
