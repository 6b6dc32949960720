package dev.sealift.protocol.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LagProbeTest {
  private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(LagProbe.PERIOD_MILLIS);

  private final Deque<Runnable> due = new ArrayDeque<>();
  private final List<Long> late = new ArrayList<>();
  private long now = 1_000;

  @Test
  void tellsHowLateTheThreadIsAndGoesOn() {
    LagProbe.start((millis, task) -> due.add(task), () -> now, late::add);

    now += PERIOD + 7;
    due.remove().run();
    now += PERIOD;
    due.remove().run();

    assertThat(late).containsExactly(7L, 0L);
    assertThat(due).hasSize(1);
  }

  @Test
  void aTimerThatComesEarlyIsNotLate() {
    LagProbe.start((millis, task) -> due.add(task), () -> now, late::add);

    now += PERIOD - 1;
    due.remove().run();

    assertThat(late).containsExactly(0L);
  }
}
