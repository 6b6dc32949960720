package dev.sealift.ops.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sealift.ops.config.Setting;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.CrossVersionObjectReference;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricSpec;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How many pods there are, who decides that, and how many may be away at once. */
class ScalingTest {
  static Stream<String> overlays() {
    return Overlays.NAMES.stream();
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void everyDeploymentIsScaledByAnAutoscalerAndByNothingElse(String overlay) throws Exception {
    Kustomization kustomization = Kustomization.of(overlay);
    List<String> scaled = new ArrayList<>();
    for (HorizontalPodAutoscaler scaler : kustomization.all(HorizontalPodAutoscaler.class)) {
      CrossVersionObjectReference target = scaler.getSpec().getScaleTargetRef();
      assertThat(target.getApiVersion()).isEqualTo("apps/v1");
      assertThat(target.getKind()).isEqualTo("Deployment");
      assertThat(scaler.getSpec().getMinReplicas())
          .isBetween(2, scaler.getSpec().getMaxReplicas());
      scaled.add(target.getName());
    }
    assertThat(kustomization.all(Deployment.class))
        .extracting(deployment -> deployment.getMetadata().getName())
        .containsExactlyInAnyOrderElementsOf(scaled);
    assertThat(kustomization.all(Deployment.class))
        .as("a number here would undo the autoscaler's with each apply")
        .allMatch(deployment -> deployment.getSpec().getReplicas() == null);
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void everyFigureItScalesByIsOneThatTheAdapterGives(String overlay) throws Exception {
    List<String> given = new ArrayList<>();
    adapterRules().forEach(rule -> given.add(rule.at("/name/as").asText()));
    for (HorizontalPodAutoscaler scaler :
        Kustomization.of(overlay).all(HorizontalPodAutoscaler.class)) {
      List<MetricSpec> metrics = scaler.getSpec().getMetrics();
      assertThat(metrics).isNotEmpty();
      for (MetricSpec metric : metrics) {
        if (metric.getType().equals("Pods")) {
          assertThat(metric.getPods().getMetric().getName()).isIn(given);
          assertThat(metric.getPods().getTarget().getType()).isEqualTo("AverageValue");
          assertThat(metric.getPods().getTarget().getAverageValue()).isNotNull();
        } else {
          assertThat(metric.getType()).isEqualTo("Resource");
          assertThat(metric.getResource().getName()).isEqualTo("cpu");
        }
      }
      assertThat(metrics).as("a figure of our own").anyMatch(m -> m.getType().equals("Pods"));
    }
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void theOtherGatewaysHaveRoomForThoseOfOneThatIsAway(String overlay) throws Exception {
    Kustomization kustomization = Kustomization.of(overlay);
    for (Workload workload : Workload.of(kustomization)) {
      List<HorizontalPodAutoscaler> scalers =
          kustomization.all(HorizontalPodAutoscaler.class).stream()
              .filter(scaler -> workload.isScaledBy(scaler) && workload.isGateway())
              .toList();
      for (HorizontalPodAutoscaler scaler : scalers) {
        long target = connections(scaler);
        int pods = scaler.getSpec().getMinReplicas();
        int door = (int) workload.settings(kustomization).number(Setting.GATEWAY_MAX_CONNECTIONS);

        assertThat(target * pods / (pods - 1)).isLessThanOrEqualTo(door);
      }
    }
  }

  /** Each merge-engine commits at one storage-adapter: those beyond would only read. */
  @ParameterizedTest
  @MethodSource("overlays")
  void thereAreNeverMoreStorageAdaptersThanMergeEngines(String overlay) throws Exception {
    Map<String, Integer> most = new HashMap<>();
    Kustomization.of(overlay)
        .all(HorizontalPodAutoscaler.class)
        .forEach(scaler -> most.put(
            scaler.getSpec().getScaleTargetRef().getName(), scaler.getSpec().getMaxReplicas()));
    assertThat(most.getOrDefault("sealift-storage-adapter", 0))
        .isEqualTo(most.getOrDefault("sealift-merge-engine", 0));
  }

  /** What is divided by, or kept when it is more than something, is absent on an idle mesh: then nothing scales down. */
  @Test
  void everyFigureIsThereAlsoWhenNothingHappens() throws Exception {
    for (JsonNode rule : adapterRules()) {
      assertThat(rule.get("metricsQuery").asText())
          .matches(
              "sum\\((avg_over_time\\()?<<.Series>>\\{<<.LabelMatchers>>}(\\[2m]\\))?\\) by \\(<<.GroupBy>>\\)");
    }
  }

  private static long connections(HorizontalPodAutoscaler scaler) {
    return scaler.getSpec().getMetrics().stream()
        .filter(metric -> metric.getType().equals("Pods"))
        .map(metric -> metric.getPods().getTarget().getAverageValue().getNumericalAmount())
        .findFirst()
        .orElseThrow()
        .longValue();
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void oneMayBeAwayAtATimeAndTheOthersAreThere(String overlay) throws Exception {
    Kustomization kustomization = Kustomization.of(overlay);
    List<PodDisruptionBudget> budgets = kustomization.all(PodDisruptionBudget.class);
    for (Workload workload : Workload.of(kustomization)) {
      List<PodDisruptionBudget> own = budgets.stream()
          .filter(b -> workload.isSelectedBy(b.getSpec().getSelector().getMatchLabels()))
          .toList();
      if (workload.object() instanceof Deployment) {
        assertThat(own).as("budget of %s", workload).hasSize(1);
        assertThat(own.get(0).getSpec().getMaxUnavailable().getIntVal()).isEqualTo(1);
        assertThat(own.get(0).getSpec().getMinAvailable()).isNull();
      } else {
        assertThat(own)
            .as("one replica: a budget would only keep nodes from being emptied")
            .isEmpty();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void aRollingUpdateTakesNobodyAwayBeforeTheNextIsReady(String overlay) throws Exception {
    for (Deployment deployment : Kustomization.of(overlay).all(Deployment.class)) {
      var strategy = deployment.getSpec().getStrategy();
      assertThat(strategy.getType()).isEqualTo("RollingUpdate");
      assertThat(strategy.getRollingUpdate().getMaxUnavailable().getIntVal()).isZero();
      assertThat(strategy.getRollingUpdate().getMaxSurge().getIntVal()).isEqualTo(1);
      assertThat(deployment.getSpec().getMinReadySeconds()).isPositive();
    }
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void podsOfAKindAreSpreadOverNodesAndZones(String overlay) throws Exception {
    for (Workload workload : Workload.of(Kustomization.of(overlay))) {
      if (workload.object() instanceof Deployment) {
        assertThat(workload.pod().getTopologySpreadConstraints())
            .extracting(constraint -> constraint.getTopologyKey())
            .containsExactlyInAnyOrder("kubernetes.io/hostname", "topology.kubernetes.io/zone");
        assertThat(workload.pod().getTopologySpreadConstraints())
            .allSatisfy(constraint -> assertThat(constraint.getLabelSelector().getMatchLabels())
                .isEqualTo(workload.selector().orElseThrow().getMatchLabels()));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void theEmbeddedStoreHasOneProcess(String overlay) throws Exception {
    assertThat(Kustomization.of(overlay).all(StatefulSet.class))
        .allMatch(set -> Optional.of(1).equals(Optional.of(set.getSpec().getReplicas())));
  }

  static JsonNode adapterRules() throws Exception {
    String values = Files.readString(Kustomization.FOLDER.resolve("prometheus-adapter.yaml"));
    return StrictYaml.documents(values).get(0).at("/rules/custom");
  }
}
