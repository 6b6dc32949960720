package dev.sealift.ops.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class IntervalTest {
  private static final String BEFORE = """
      frames_total{direction="in",type="put"} 10
      frames_total{direction="in",type="read"} 10
      frames_total{direction="out",type="put"} 50
      t_seconds_bucket{le="0.1"} 100
      t_seconds_bucket{le="0.2"} 100
      t_seconds_bucket{le="+Inf"} 100
      t_seconds_count 100
      t_seconds_sum 1
      """;

  private static final String NOW = """
      frames_total{direction="in",type="put"} 14
      frames_total{direction="in",type="read"} 16
      frames_total{direction="out",type="put"} 50
      t_seconds_bucket{le="0.1"} 100
      t_seconds_bucket{le="0.2"} 108
      t_seconds_bucket{le="+Inf"} 110
      t_seconds_count 110
      t_seconds_sum 3
      """;

  @Test
  void ratesAreOfTheIntervalAndSummedOverLabelsNotNamed() throws Exception {
    Interval interval = interval(BEFORE, NOW);

    assertThat(interval.rate("frames_total", "direction", "in")).hasValue(5);
    assertThat(interval.rate("frames_total", "direction", "out")).hasValue(0);
    assertThat(interval.rates("frames_total", "type"))
        .containsKeys("put", "read")
        .hasSize(2);
  }

  @Test
  void whatIsNotShownIsAbsentAndNotNought() throws Exception {
    Interval interval = interval(BEFORE, NOW);

    assertThat(interval.rate("other_total")).isEmpty();
    assertThat(interval.value("other")).isEmpty();
    assertThat(interval.mean("other")).isEmpty();
    assertThat(interval.quantile(0.5, "other")).isEmpty();
  }

  @Test
  void quantilesAreOfTheIntervalAlone() throws Exception {
    Interval interval = interval(BEFORE, NOW);

    assertThat(interval.quantile(0.5, "t_seconds").getAsDouble()).isEqualTo(0.1625, within(1e-9));
    assertThat(interval.quantile(0.99, "t_seconds")).hasValue(0.2);
    assertThat(interval.mean("t_seconds")).hasValue(0.2);
  }

  @Test
  void nothingRecordedHasNoQuantile() throws Exception {
    assertThat(interval(NOW, NOW).quantile(0.5, "t_seconds")).isEmpty();
    assertThat(interval(NOW, NOW).mean("t_seconds")).isEmpty();
  }

  @Test
  void aCounterThatFellBeganAgain() throws Exception {
    assertThat(interval("a_total 100", "a_total 6").rate("a_total")).hasValue(3);
  }

  @Test
  void theFirstLookIsOfTheTimeSinceTheStart() throws Exception {
    Interval interval =
        Interval.sinceStart(Exposition.parse("a_total 100\nprocess_uptime_seconds 50"));

    assertThat(interval.rate("a_total")).hasValue(2);
    assertThat(Interval.sinceStart(Exposition.parse("a_total 100")).rate("a_total"))
        .isEmpty();
  }

  private static Interval interval(String before, String now) throws Exception {
    return Interval.between(Exposition.parse(before), Exposition.parse(now), Duration.ofSeconds(2));
  }
}
