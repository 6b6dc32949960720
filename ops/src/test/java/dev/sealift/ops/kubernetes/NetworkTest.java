package dev.sealift.ops.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.networking.v1.HTTPIngressPath;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicySpec;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** That what selects pods finds them, what names ports means ports that are open, and the rest is closed. */
class NetworkTest {
  static Stream<String> overlays() {
    return Overlays.NAMES.stream();
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void everyWorkloadSelectsItsOwnPodsAndNoOthers(String overlay) throws Exception {
    List<Workload> workloads = Workload.of(Kustomization.of(overlay));
    for (Workload workload : workloads) {
      workload
          .selector()
          .ifPresent(selector -> assertThat(workloads)
              .filteredOn(other -> other.isSelectedBy(selector.getMatchLabels()))
              .containsExactly(workload));
    }
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void everyServiceLeadsToPodsThatListenThere(String overlay) throws Exception {
    Kustomization kustomization = Kustomization.of(overlay);
    for (Service service : kustomization.all(Service.class)) {
      List<Workload> pods = selected(kustomization, service.getSpec().getSelector());
      assertThat(pods).as(service.getMetadata().getName()).isNotEmpty();
      for (ServicePort port : service.getSpec().getPorts()) {
        assertThat(pods).allMatch(pod -> pod.hasPort(port.getTargetPort()));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void theIngressLeadsToAServiceOfGatewaysAndShowsNothingOfTheInside(String overlay)
      throws Exception {
    Kustomization kustomization = Kustomization.of(overlay);
    for (Ingress ingress : kustomization.all(Ingress.class)) {
      List<HTTPIngressPath> paths = ingress.getSpec().getRules().stream()
          .flatMap(rule -> rule.getHttp().getPaths().stream())
          .toList();
      assertThat(paths)
          .extracting(HTTPIngressPath::getPath)
          .contains("/v1/sync")
          .doesNotContain("/", "/metrics", "/livez", "/readyz");
      for (HTTPIngressPath path : paths) {
        var backend = path.getBackend().getService();
        Service service = kustomization.all(Service.class).stream()
            .filter(s -> s.getMetadata().getName().equals(backend.getName()))
            .findFirst()
            .orElseThrow();
        assertThat(service.getSpec().getPorts())
            .anyMatch(port -> port.getName().equals(backend.getPort().getName()));
        assertThat(selected(kustomization, service.getSpec().getSelector()))
            .allMatch(pod -> pod.labels().containsKey("sealift.dev/gateway"));
      }
      assertThat(ingress.getSpec().getTls()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void everyPodIsClosedButForWhatIsNamed(String overlay) throws Exception {
    Kustomization kustomization = Kustomization.of(overlay);
    for (Workload pod : Workload.of(kustomization)) {
      assertThat(kustomization.all(NetworkPolicy.class).stream().map(NetworkPolicy::getSpec))
          .as("a policy that closes %s", pod)
          .anyMatch(spec -> pod.isSelectedBy(spec.getPodSelector().getMatchLabels())
              && spec.getPolicyTypes().containsAll(List.of("Ingress", "Egress"))
              && spec.getIngress().isEmpty()
              && spec.getEgress().isEmpty());
    }
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void everyPolicyIsAboutPodsThatAreThereAndPortsThatTheyHave(String overlay) throws Exception {
    Kustomization kustomization = Kustomization.of(overlay);
    for (NetworkPolicy policy : kustomization.all(NetworkPolicy.class)) {
      NetworkPolicySpec spec = policy.getSpec();
      List<Workload> pods = selected(kustomization, spec.getPodSelector().getMatchLabels());
      assertThat(pods).as(policy.getMetadata().getName()).isNotEmpty();
      spec.getIngress().forEach(rule -> {
        assertThat(rule.getFrom()).as("from whom").isNotEmpty();
        assertThat(rule.getPorts()).as("where").isNotEmpty();
        for (NetworkPolicyPort port : rule.getPorts()) {
          assertThat(pods).allMatch(pod -> pod.hasPort(port.getPort()));
        }
      });
      spec.getEgress().forEach(rule -> {
        assertThat(rule.getTo()).as("to whom").isNotEmpty();
        assertThat(rule.getPorts()).as("where").isNotEmpty();
        rule.getTo().stream()
            .filter(peer -> peer.getNamespaceSelector() == null && peer.getPodSelector() != null)
            .flatMap(
                peer -> selected(kustomization, peer.getPodSelector().getMatchLabels()).stream())
            .forEach(pod -> assertThat(rule.getPorts()).allMatch(p -> pod.hasPort(p.getPort())));
      });
    }
  }

  /** The pods that such a selector finds; a job answers nobody, so only who lets pods out may mean it. */
  private static List<Workload> selected(
      Kustomization kustomization, Map<String, String> selector) {
    return Workload.of(kustomization).stream()
        .filter(pod -> !pod.isJob() || selector.containsKey("sealift.dev/database-client"))
        .filter(pod -> pod.isSelectedBy(selector))
        .toList();
  }
}
