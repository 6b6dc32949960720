package dev.sealift.ops.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.ConfigurationException;
import dev.sealift.ops.config.Setting;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What runs pods of one kind. Every pod of ours has one container. */
record Workload(HasMetadata object, Optional<LabelSelector> selector, PodTemplateSpec template) {
  /** What stands for the pod's own address when settings are read here. */
  private static final String SOME_ADDRESS = "10.0.0.7";

  static List<Workload> of(Kustomization kustomization) {
    return kustomization.objects().stream()
        .flatMap(object -> of(object).stream())
        .toList();
  }

  private static Optional<Workload> of(HasMetadata object) {
    if (object instanceof Deployment d) {
      return Optional.of(
          new Workload(d, Optional.of(d.getSpec().getSelector()), d.getSpec().getTemplate()));
    }
    if (object instanceof StatefulSet s) {
      return Optional.of(
          new Workload(s, Optional.of(s.getSpec().getSelector()), s.getSpec().getTemplate()));
    }
    if (object instanceof Job j) {
      return Optional.of(new Workload(j, Optional.empty(), j.getSpec().getTemplate()));
    }
    return Optional.empty();
  }

  String name() {
    return object.getMetadata().getName();
  }

  boolean isJob() {
    return object instanceof Job;
  }

  boolean isGateway() {
    return labels().containsKey("sealift.dev/gateway");
  }

  boolean isScaledBy(HorizontalPodAutoscaler scaler) {
    return scaler.getSpec().getScaleTargetRef().getName().equals(name());
  }

  PodSpec pod() {
    return template.getSpec();
  }

  Container container() {
    assertThat(pod().getContainers()).hasSize(1);
    return pod().getContainers().get(0);
  }

  Map<String, String> labels() {
    return template.getMetadata().getLabels();
  }

  boolean isSelectedBy(Map<String, String> selector) {
    return labels().entrySet().containsAll(selector.entrySet());
  }

  Optional<ContainerPort> port(String name) {
    return container().getPorts().stream()
        .filter(port -> name.equals(port.getName()))
        .findFirst();
  }

  boolean hasPort(IntOrString port) {
    return port.getStrVal() != null
        ? port(port.getStrVal()).isPresent()
        : container().getPorts().stream()
            .anyMatch(p -> p.getContainerPort().equals(port.getIntVal()));
  }

  /** Its environment: from config maps, and variables of its own after them. */
  Map<String, String> environment(Kustomization kustomization) {
    Map<String, String> environment = new HashMap<>();
    container()
        .getEnvFrom()
        .forEach(from -> environment.putAll(
            configMap(kustomization, from.getConfigMapRef().getName()).getData()));
    for (EnvVar variable : container().getEnv()) {
      environment.put(variable.getName(), value(variable));
    }
    return environment;
  }

  private static ConfigMap configMap(Kustomization kustomization, String name) {
    return kustomization.all(ConfigMap.class).stream()
        .filter(map -> map.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no config map " + name));
  }

  private static String value(EnvVar variable) {
    if (variable.getValueFrom() == null) {
      return variable.getValue();
    }
    assertThat(variable.getValueFrom().getFieldRef().getFieldPath()).isEqualTo("status.podIP");
    return SOME_ADDRESS;
  }

  /** Its settings, read by the code that reads them in the pod: unknown names and wrong values are refused there. */
  Configuration settings(Kustomization kustomization) throws ConfigurationException {
    Map<Setting, String> options = new HashMap<>();
    List<String> arguments = container().getArgs();
    for (int i = 1; i < arguments.size(); i++) {
      String[] option = arguments.get(i).split("=", 2);
      Setting setting = Setting.of(Setting.Scope.MESH).stream()
          .filter(s -> s.option().equals(option[0]))
          .findFirst()
          .orElseThrow(() -> new AssertionError(name() + ": no option is called " + option[0]));
      options.put(setting, option.length == 2 ? option[1] : "true");
    }
    return Configuration.of(
        options, Optional.empty(), environment(kustomization), Path.of("/nonexistent"));
  }

  @Override
  public String toString() {
    return object.getKind() + " " + name();
  }
}
