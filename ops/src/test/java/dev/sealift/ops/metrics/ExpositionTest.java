package dev.sealift.ops.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.protocol.FormatException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpositionTest {
  @Test
  void readsNamesLabelsAndNumbers() throws Exception {
    Exposition read = Exposition.parse("""
        # HELP a_total what it is
        # TYPE a_total counter
        a_total{direction="in",type="put",} 3.0
        a_total{direction="out",type="put"} 4.5e2 1700000000000

        b 7
        c_bucket{le="+Inf"} +Inf
        d NaN
        """);

    assertThat(read.samples("a_total")).hasSize(2);
    assertThat(read.samples("a_total", "direction", "out", "type", "put").get(0).value())
        .isEqualTo(450);
    assertThat(read.samples("a_total", "direction", "sideways")).isEmpty();
    assertThat(read.samples("b").get(0).value()).isEqualTo(7);
    assertThat(read.samples("c_bucket").get(0).value()).isInfinite();
    assertThat(read.samples("d").get(0).value()).isNaN();
    assertThat(read.names()).containsExactly("a_total", "b", "c_bucket", "d");
  }

  @Test
  void labelsMayHoldQuotesBackslashesAndBraces() throws Exception {
    Exposition read = Exposition.parse("a{b=\"}\\\"\\\\\\n,\"} 1");

    assertThat(read.samples("a").get(0).labels()).containsEntry("b", "}\"\\\n,");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>",
        "a",
        "a ",
        "a one",
        "a 1 2 3",
        "{b=\"c\"} 1",
        "a{b} 1",
        "a{b=c} 1",
        "a{b=\"c} 1",
        "a{b=\"c\" 1",
        "a{b=\"c\"d=\"e\"} 1",
        "a{b=\"\\x\"} 1",
        "a{b=\"\\"
      })
  void whatIsNoMetricIsRefused(String line) {
    assertThatThrownBy(() -> Exposition.parse(line))
        .isInstanceOf(FormatException.class)
        .hasMessage("a line is no metric in Prometheus' text format");
  }

  @Test
  void asManySamplesAndLabelsAsThereMayBeAreTakenAndNoMore() throws Exception {
    assertThat(Exposition.parse("a 1\n".repeat(Exposition.MAX_SAMPLES)).samples("a"))
        .hasSize(Exposition.MAX_SAMPLES);
    assertThatThrownBy(() -> Exposition.parse("a 1\n".repeat(Exposition.MAX_SAMPLES + 1)))
        .isInstanceOf(FormatException.class);

    assertThat(Exposition.parse(labels(Exposition.MAX_LABELS)).names()).containsExactly("a");
    assertThatThrownBy(() -> Exposition.parse(labels(Exposition.MAX_LABELS + 1)))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void aTextBeyondTheBoundIsRefusedUnread() {
    assertThatThrownBy(() -> Exposition.parse("#".repeat(Exposition.MAX_CHARACTERS + 1)))
        .isInstanceOf(FormatException.class);
  }

  @Property
  void anyTextIsReadOrRefused(@ForAll String text) {
    try {
      assertThat(Exposition.parse(text)).isNotNull();
    } catch (FormatException e) {
      assertThat(e).hasMessageContaining("metric");
    }
  }

  private static String labels(int count) {
    StringBuilder line = new StringBuilder("a{");
    for (int i = 0; i < count; i++) {
      line.append('l').append(i).append("=\"\",");
    }
    return line.append("} 1").toString();
  }
}
