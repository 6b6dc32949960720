package dev.sealift.ops.observability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The alerts about a mesh as a whole, reckoned for meshes as Prometheus may see them. Of its language only what these alerts use is reckoned, and
 * anything else refused.
 */
class MeshAlertsTest {
  private static final Pattern AGGREGATION =
      Pattern.compile("(min|max|count) by \\(namespace\\) \\((.+)\\)");
  private static final Pattern HISTORY = Pattern.compile("count_over_time\\((\\w+)\\[15m]\\)");
  private static final Pattern ABSENT = Pattern.compile("absent\\((\\w+)\\)");
  private static final Pattern SELECTOR = Pattern.compile("(\\w+)(?:\\{verticle=\"([a-z-]+)\"})?");
  private static final Pattern COMPARISON = Pattern.compile("(.+) ([<>]) (.+)");

  private final List<Series> now = new ArrayList<>();
  private final List<Series> before = new ArrayList<>();
  private int instances;

  private record Series(
      String metric, Optional<String> verticle, String namespace, String instance, double value) {}

  /** A process that sees so many members. */
  private void process(String namespace, int members) {
    show(namespace, "sealift_mesh_members", Optional.empty(), members);
  }

  private void gateway(String namespace, boolean ready) {
    show(namespace, "sealift_gateway_ready", Optional.empty(), ready ? 1 : 0);
    show(namespace, "sealift_mesh_verticles", Optional.of("gateway"), 1);
  }

  private void show(String namespace, String metric, Optional<String> verticle, double value) {
    now.add(new Series(metric, verticle, namespace, "process " + ++instances, value));
  }

  /** The namespaces, or instances where an alert tells them apart, for which it fires. */
  private Set<String> fires(String alert) throws Exception {
    String expression = ObservedMesh.alerts().stream()
        .filter(each -> each.get("alert").equals(alert))
        .map(each -> (String) each.get("expr"))
        .findFirst()
        .orElseThrow();
    Map<String, Double> fired = new TreeMap<>();
    for (String alternative : expression.split(" or ")) {
      String[] parts = alternative.split(" unless ");
      Map<String, Double> found = new TreeMap<>(compared(parts[0]));
      for (int i = 1; i < parts.length; i++) {
        found.keySet().removeAll(compared(parts[i]).keySet());
      }
      fired.putAll(found);
    }
    return fired.keySet();
  }

  private Map<String, Double> compared(String text) {
    Matcher comparison = COMPARISON.matcher(text);
    if (!comparison.matches()) {
      return value(text);
    }
    Map<String, Double> left = new TreeMap<>(value(comparison.group(1)));
    String right = comparison.group(3);
    Map<String, Double> bounds = right.matches("[0-9.]+") ? Map.of() : value(right);
    left.entrySet().removeIf(entry -> {
      Double bound = right.matches("[0-9.]+") ? Double.valueOf(right) : bounds.get(entry.getKey());
      return bound == null
          || !(comparison.group(2).equals("<")
              ? entry.getValue() < bound
              : entry.getValue() > bound);
    });
    return left;
  }

  private Map<String, Double> value(String text) {
    Matcher aggregation = AGGREGATION.matcher(text);
    if (aggregation.matches()) {
      boolean count = aggregation.group(1).equals("count");
      BinaryOperator<Double> join =
          count ? Double::sum : aggregation.group(1).equals("min") ? Math::min : Math::max;
      Map<String, Double> joined = new TreeMap<>();
      selected(aggregation.group(2))
          .forEach(one -> joined.merge(one.namespace(), count ? 1 : one.value(), join));
      return joined;
    }
    Matcher absent = ABSENT.matcher(text);
    if (absent.matches()) {
      return selected(absent.group(1)).isEmpty() ? Map.of("any", 1.0) : Map.of();
    }
    Map<String, Double> each = new TreeMap<>();
    selected(text).forEach(one -> each.put(one.instance(), one.value()));
    return each;
  }

  private List<Series> selected(String text) {
    Matcher history = HISTORY.matcher(text);
    Matcher selector = SELECTOR.matcher(history.matches() ? history.group(1) : text);
    if (!selector.matches()) {
      throw new IllegalArgumentException("not reckoned here: " + text);
    }
    return (history.matches() ? before : now)
        .stream()
            .filter(one -> one.metric().equals(selector.group(1)))
            .filter(one -> one.verticle().equals(Optional.ofNullable(selector.group(2))))
            .toList();
  }

  @Test
  void halvesOfOneSizeDisagreeWithHowManyThereAre() throws Exception {
    for (int i = 0; i < 6; i++) {
      process("mesh", 3);
    }

    assertThat(fires("SealiftMembersDisagree")).containsExactly("mesh");
  }

  @Test
  void oneThatSeesFewerDisagreesAlsoWhereNotAllAreScraped() throws Exception {
    process("mesh", 6);
    process("mesh", 5);

    assertThat(fires("SealiftMembersDisagree")).containsExactly("mesh");
  }

  @Test
  void meshesOfDifferentSizeAreNoDisagreement() throws Exception {
    for (int i = 0; i < 3; i++) {
      process("large", 3);
    }
    process("small", 1);

    assertThat(fires("SealiftMembersDisagree")).isEmpty();
  }

  @Test
  void aMeshOfWhichNothingIsSeenIsDown() throws Exception {
    process("gone", 1);
    process("stays", 1);
    before.addAll(now);
    assertThat(fires("SealiftMeshDown")).isEmpty();

    now.removeIf(series -> series.namespace().equals("gone"));
    assertThat(fires("SealiftMeshDown")).containsExactly("gone");

    now.clear();
    before.clear();
    assertThat(fires("SealiftMeshDown")).as("long ago, too").containsExactly("any");
  }

  @Test
  void aMeshWithoutAReadyGatewayHasNone() throws Exception {
    gateway("mesh", false);
    gateway("mesh", true);
    assertThat(fires("SealiftNoGateway")).isEmpty();
    assertThat(fires("SealiftGatewayNotReady")).hasSize(1);

    now.clear();
    gateway("mesh", false);
    assertThat(fires("SealiftNoGateway")).containsExactly("mesh");

    now.clear();
    show("mesh", "sealift_mesh_verticles", Optional.of("gateway"), 0);
    assertThat(fires("SealiftNoGateway")).containsExactly("mesh");
  }
}
