package dev.sealift.ops.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GracefulStopTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  private final List<String> steps = new CopyOnWriteArrayList<>();

  @Test
  void withoutADrainItLeavesAndCloses() {
    assertThat(stop(Duration.ZERO, LONG, () -> steps.add("close")).run()).isTrue();

    assertThat(steps).containsExactly("leave", "close");
  }

  @Test
  void itServesOnForTheWholeDrain() {
    Duration drain = Duration.ofMillis(300);
    long begin = System.nanoTime();

    stop(drain, LONG, () -> steps.add("close")).run();

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(drain);
    assertThat(steps).containsExactly("leave", "close");
  }

  @Test
  void toldOnceMoreItSkipsWhatIsLeftOfTheDrain() {
    GracefulStop stop = stop(LONG, LONG, () -> steps.add("close"));
    CompletableFuture<Boolean> inTime = CompletableFuture.supplyAsync(stop::run);

    stop.hurry();

    assertThat(inTime.join()).isTrue();
    assertThat(steps).containsExactly("leave", "close");
  }

  @Test
  void whatDoesNotCloseIsGivenUpAtTheBound() {
    CountDownLatch never = new CountDownLatch(1);

    assertThat(stop(Duration.ZERO, Duration.ofMillis(100), () -> await(never)).run())
        .isFalse();

    never.countDown();
  }

  private GracefulStop stop(Duration drain, Duration bound, Runnable close) {
    return new GracefulStop(drain, bound, () -> steps.add("leave"), close);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
