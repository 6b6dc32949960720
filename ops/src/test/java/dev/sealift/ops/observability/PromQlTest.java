package dev.sealift.ops.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PromQlTest {
  private static final Map<String, List<Map<String, String>>> SHOWN = Map.of(
      "a_seconds_bucket", List.of(Map.of("le", "0.1", "kind", "put")),
      "b_total", List.of(Map.of("code", "busy"), Map.of("code", "full")));

  @Test
  void namesOfMetricsAreToldFromFunctionsAndLabels() {
    PromQl read = PromQl.parse(
        "histogram_quantile(0.99, sum by (le, kind) (rate(a_seconds_bucket{kind=\"put\"}[5m]))) > 1e-3"
            + " or increase(b_total[$__rate_interval]) > 0");

    assertThat(read.selectors().stream().map(PromQl.Selector::metric))
        .containsExactly("a_seconds_bucket", "b_total");
    assertThat(read.groupedBy()).containsExactlyInAnyOrder("le", "kind");
    assertThat(read.faults(SHOWN)).isEmpty();
  }

  @Test
  void whatNoProcessShowsIsAFault() {
    assertThat(faults("rate(c_total[5m])")).containsExactly("no metric c_total");
    assertThat(faults("sum by (space) (b_total)")).containsExactly("nothing has the label space");
    assertThat(faults("sum(b_total) by (code)")).isEmpty();
    assertThat(faults("b_total{reason=\"full\"}")).hasSize(1);
    assertThat(faults("b_total{code=\"empty\"}")).hasSize(1);
    assertThat(faults("b_total{code=~\"empty|gone\"}")).hasSize(1);
    assertThat(faults("b_total{code=~\"empty|full\",instance=\"any\"}")).isEmpty();
  }

  @Test
  void whatCannotBeReadIsRefused() {
    for (String broken : List.of("sum(b_total", "b_total}", "b_total{code=\"busy", "a ; b")) {
      assertThatThrownBy(() -> PromQl.parse(broken))
          .as(broken)
          .isInstanceOf(RuntimeException.class);
    }
  }

  private static List<String> faults(String expression) {
    return PromQl.parse(expression).faults(SHOWN);
  }
}
