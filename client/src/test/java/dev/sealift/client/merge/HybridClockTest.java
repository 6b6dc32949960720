package dev.sealift.client.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.clock.HybridTime;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class HybridClockTest {
  private static final long BOUND = 300_000;
  private static final long NOW = 1_760_000_000_000L;

  private static HybridClock clock(long millis, int counter) {
    return new HybridClock(HybridTime.of(millis, counter), BOUND);
  }

  @Test
  void follows_the_mesh_when_it_is_behind() {
    assertThat(clock(NOW - 10, 7).tick(NOW).last()).isEqualTo(HybridTime.of(NOW, 0));
  }

  @Test
  void counts_when_the_mesh_stands_still_or_goes_back() {
    assertThat(clock(NOW, 7).tick(NOW).last()).isEqualTo(HybridTime.of(NOW, 8));
    assertThat(clock(NOW, 7).tick(NOW - 1000).last()).isEqualTo(HybridTime.of(NOW, 8));
  }

  @Test
  void a_full_counter_carries_into_the_milliseconds() {
    assertThat(clock(NOW, HybridTime.MAX_COUNTER).tick(NOW).last())
        .isEqualTo(HybridTime.of(NOW + 1, 0));
  }

  @Test
  void is_moved_by_what_is_seen_up_to_the_bound_and_not_beyond() {
    HybridTime atBound = HybridTime.of(NOW + BOUND, 9);
    HybridTime beyond = HybridTime.of(NOW + BOUND + 1, 0);

    assertThat(clock(NOW, 0).observe(atBound, NOW).last()).isEqualTo(atBound);
    assertThat(clock(NOW, 0).observe(beyond, NOW)).isEqualTo(clock(NOW, 0));
    assertThat(clock(NOW, 0).isAhead(beyond, NOW)).isTrue();
  }

  @Test
  void is_not_moved_by_what_is_older() {
    assertThat(clock(NOW, 3).observe(HybridTime.of(NOW, 2), NOW)).isEqualTo(clock(NOW, 3));
  }

  @Test
  void starts_at_nothing() {
    assertThat(HybridClock.starting(BOUND).tick(NOW).last()).isEqualTo(HybridTime.of(NOW, 0));
  }

  @Property
  void rises_strictly_whatever_the_clocks_do(
      @ForAll List<@LongRange(min = -1000, max = HybridTime.MAX_MILLIS) Long> walls,
      @ForAll @LongRange(min = 0, max = HybridTime.MAX_MILLIS - 1) long start) {
    HybridClock clock = clock(start, HybridTime.MAX_COUNTER - 1);
    for (long wall : walls) {
      HybridTime before = clock.last();
      if (wall < HybridTime.MAX_MILLIS) {
        clock = clock.tick(wall);
        assertThat(clock.last().isAfter(before)).isTrue();
        assertThat(clock.last().millis()).isGreaterThanOrEqualTo(wall);
      }
    }
  }

  @Property
  void is_above_all_it_has_seen_and_never_pulled_beyond_the_bound(
      @ForAll List<@LongRange(min = 1, max = 4 * BOUND) Long> seen) {
    HybridClock clock = clock(NOW, 0);
    for (long millis : seen) {
      HybridTime time = HybridTime.of(NOW - BOUND + millis, 5);
      clock = clock.observe(time, NOW);
      HybridTime next = clock.tick(NOW).last();
      assertThat(next.isAfter(time)).isEqualTo(!clock.isAhead(time, NOW));
      assertThat(next.millis()).isLessThanOrEqualTo(NOW + BOUND);
    }
  }
}
