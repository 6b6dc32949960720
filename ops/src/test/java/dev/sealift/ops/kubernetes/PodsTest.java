package dev.sealift.ops.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.mesh.GracefulStop;
import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.protocol.Limits;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.SecretVolumeSource;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What each pod is told, may do, and gets. */
class PodsTest {
  /** The budget of an idle connection. */
  private static final long CONNECTION_BYTES = 20 << 10;

  /** One frame of the longer form. */
  private static final long STRANGER_BYTES = Limits.MAX_JSON_FRAME_BYTES + (64 << 10);

  /** Payloads of all sessions on their way to the store, at most. */
  private static final long STAGING_BYTES = 64 << 20;

  /** A mesh that has just started, roughly. */
  private static final long LIVE_BYTES = 24 << 20;

  private static final Path TOKENS = Kustomization.FOLDER.resolve("tokens");

  private static final Path OPERATOR = Kustomization.FOLDER.resolve("operator");

  /** One pod's worth of names: a workload and what it is applied with. */
  record Subject(String overlay, Kustomization kustomization, Workload workload) {
    Configuration settings() throws Exception {
      return workload.settings(kustomization);
    }

    @Override
    public String toString() {
      return overlay + ": " + workload;
    }
  }

  static Stream<Subject> everyPod() throws Exception {
    List<Subject> subjects = new ArrayList<>();
    for (String overlay : Overlays.NAMES) {
      Kustomization kustomization = Kustomization.of(overlay);
      Workload.of(kustomization).forEach(w -> subjects.add(new Subject(overlay, kustomization, w)));
    }
    return subjects.stream();
  }

  static Stream<Subject> everyPodOfTheMesh() throws Exception {
    return everyPod().filter(subject -> !subject.workload().isJob());
  }

  @ParameterizedTest
  @MethodSource("everyPod")
  void itRunsACommandWithSettingsThatExist(Subject subject) throws Exception {
    List<String> arguments = subject.workload().container().getArgs();
    assertThat(arguments.get(0)).isEqualTo(subject.workload().isJob() ? "migrate" : "up");

    MeshOptions.of(
        subject.settings()); // refuses what is no setting, and what does not fit together

    assertThat(subject.workload().environment(subject.kustomization()).keySet())
        .allMatch(name -> name.startsWith("SEALIFT_"));
  }

  @ParameterizedTest
  @MethodSource("everyPodOfTheMesh")
  void itOpensThePortsThatItsSettingsSay(Subject subject) throws Exception {
    Workload pod = subject.workload();
    Configuration settings = subject.settings();
    List<String> roles = List.of(settings.text(Setting.MESH_ROLES).split(","));
    Setting http = roles.contains("gateway") ? Setting.GATEWAY_PORT : Setting.HTTP_PORT;

    assertThat(pod.port("http").orElseThrow().getContainerPort())
        .isEqualTo(settings.port(http).orElseThrow());
    assertThat(pod.labels().containsKey("sealift.dev/gateway"))
        .isEqualTo(roles.contains("gateway"));
    boolean member = settings.isSet(Setting.CLUSTER_JOIN);
    assertThat(pod.labels().containsKey("sealift.dev/member")).isEqualTo(member);
    if (member) {
      assertThat(pod.port("membership").orElseThrow().getContainerPort())
          .isEqualTo(settings.port(Setting.CLUSTER_PORT).orElseThrow());
      assertThat(pod.port("bus").orElseThrow().getContainerPort())
          .isEqualTo(settings.port(Setting.CLUSTER_BUS_PORT).orElseThrow());
      assertThat(settings.text(Setting.CLUSTER_HOST)).as("its own address").startsWith("10.");
    }
    assertThat(pod.container().getPorts()).hasSize(member ? 3 : 1);
  }

  @ParameterizedTest
  @MethodSource("everyPodOfTheMesh")
  void anEmbeddedStoreIsBroughtUpBeforeAnybodyProbes(Subject subject) throws Exception {
    List<Container> before = subject.workload().pod().getInitContainers();
    boolean embedded = subject.workload().object() instanceof StatefulSet;

    assertThat(before).hasSize(embedded ? 1 : 0);
    for (Container migrate : before) {
      Container container = subject.workload().container();
      assertThat(migrate.getArgs()).containsExactly("migrate");
      assertThat(migrate.getImage()).isEqualTo(container.getImage());
      // It founds nothing, so that whose tokens count is nothing to it.
      assertThat(container.getEnvFrom()).containsAll(migrate.getEnvFrom()).hasSize(2);
      assertThat(migrate.getEnvFrom()).hasSize(1);
      assertThat(migrate.getEnv()).isEqualTo(container.getEnv());
      assertThat(migrate.getVolumeMounts())
          .isEqualTo(container.getVolumeMounts().stream()
              .filter(mount -> !mount.getName().equals("tokens"))
              .toList());
      assertThat(migrate.getSecurityContext()).isEqualTo(container.getSecurityContext());
      assertThat(migrate.getResources()).isEqualTo(container.getResources());
    }
  }

  @ParameterizedTest
  @MethodSource("everyPod")
  void itIsLetOutToTheDatabaseExactlyWhenItHasOne(Subject subject) throws Exception {
    assertThat(subject.workload().labels().containsKey("sealift.dev/database-client"))
        .isEqualTo(subject.settings().isSet(Setting.STORE_URL));
  }

  @ParameterizedTest
  @MethodSource("everyPodOfTheMesh")
  void itIsProbedAndScrapedWhereItAnswers(Subject subject) {
    Container container = subject.workload().container();
    assertThat(path(container.getStartupProbe())).isEqualTo("/livez");
    assertThat(path(container.getLivenessProbe())).isEqualTo("/livez");
    assertThat(path(container.getReadinessProbe())).isEqualTo("/readyz");
    Map<String, String> annotations =
        subject.workload().template().getMetadata().getAnnotations();
    assertThat(annotations)
        .containsEntry("prometheus.io/scrape", "true")
        .containsEntry("prometheus.io/path", "/metrics")
        .containsEntry(
            "prometheus.io/port",
            subject.workload().port("http").orElseThrow().getContainerPort().toString());
  }

  private static String path(Probe probe) {
    assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("http");
    return probe.getHttpGet().getPath();
  }

  @ParameterizedTest
  @MethodSource("everyPodOfTheMesh")
  void itHasTimeToDrain(Subject subject) throws Exception {
    long drain = subject.settings().duration(Setting.MESH_DRAIN_SECONDS).toSeconds();
    Probe readiness = subject.workload().container().getReadinessProbe();

    assertThat(drain)
        .as("seconds until the probe has noticed, and a few for it to spread")
        .isGreaterThanOrEqualTo(
            (long) readiness.getPeriodSeconds() * readiness.getFailureThreshold() + 5);
    assertThat(subject.workload().pod().getTerminationGracePeriodSeconds())
        .isGreaterThan(drain + GracefulStop.BOUND.toSeconds());
  }

  @ParameterizedTest
  @MethodSource("everyPod")
  void itMayDoNothingThatItNeedNot(Subject subject) {
    PodSpec pod = subject.workload().pod();
    PodSecurityContext all = pod.getSecurityContext();
    assertThat(all.getRunAsNonRoot()).isTrue();
    assertThat(all.getRunAsUser()).isPositive();
    assertThat(all.getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    assertThat(pod.getAutomountServiceAccountToken()).isFalse();
    assertThat(pod.getEnableServiceLinks()).isFalse();
    assertThat(Stream.of(pod.getHostNetwork(), pod.getHostPID(), pod.getHostIPC()))
        .containsOnlyNulls();
    SecurityContext context = subject.workload().container().getSecurityContext();
    assertThat(context.getAllowPrivilegeEscalation()).isFalse();
    assertThat(context.getReadOnlyRootFilesystem()).isTrue();
    assertThat(context.getPrivileged()).isNull();
    assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(context.getCapabilities().getAdd()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("everyPod")
  void itsIdentityIsThereOrTheNamespacesOwn(Subject subject) {
    List<ServiceAccount> accounts = subject.kustomization().all(ServiceAccount.class);
    String named = subject.workload().pod().getServiceAccountName();

    assertThat(accounts)
        .allSatisfy(a -> assertThat(a.getAutomountServiceAccountToken()).isFalse());
    if (named != null) {
      assertThat(accounts).anyMatch(account -> account.getMetadata().getName().equals(named));
    }
  }

  @ParameterizedTest
  @MethodSource("everyPod")
  void itHasBoundsForWhatItUses(Subject subject) {
    var resources = subject.workload().container().getResources();

    assertThat(resources.getRequests()).containsKeys("cpu", "memory", "ephemeral-storage");
    assertThat(resources.getLimits()).containsKeys("memory", "ephemeral-storage");
    assertThat(resources.getLimits().get("memory"))
        .as("memory asked for is memory given")
        .isEqualTo(resources.getRequests().get("memory"));
    assertThat(volumes(subject.workload()))
        .filteredOn(volume -> volume.getEmptyDir() != null)
        .allSatisfy(volume -> assertThat(volume.getEmptyDir().getSizeLimit()).isNotNull());
  }

  /** A gateway without room for all that its door lets in would end by the flag, in the middle of a flood. */
  @ParameterizedTest
  @MethodSource("everyPodOfTheMesh")
  void itsHeapHoldsWhatItsDoorLetsIn(Subject subject) throws Exception {
    if (subject.workload().isGateway()) {
      Configuration settings = subject.settings();
      long memory = subject
          .workload()
          .container()
          .getResources()
          .getLimits()
          .get("memory")
          .getNumericalAmount()
          .longValue();
      long atWorst = settings.number(Setting.GATEWAY_MAX_CONNECTIONS) * CONNECTION_BYTES
          + settings.number(Setting.GATEWAY_MAX_STRANGERS) * STRANGER_BYTES
          + STAGING_BYTES;

      assertThat(atWorst).isLessThan(memory * heapPercent() / 100 - LIVE_BYTES);
    }
  }

  private static int heapPercent() throws Exception {
    Matcher percent = Pattern.compile("(?m)^-XX:MaxRAMPercentage=(\\d+)$")
        .matcher(Files.readString(Path.of("image", "jvm.options")));
    assertThat(percent.find()).isTrue();
    return Integer.parseInt(percent.group(1));
  }

  @ParameterizedTest
  @MethodSource("everyPod")
  void itsImageHasATagThatStaysWhatItIs(Subject subject) {
    String image = subject.workload().container().getImage();

    assertThat(image).doesNotContain(":", "@");
    assertThat(subject.kustomization().imageTags().get(image)).isNotIn("", "latest", null);
  }

  @ParameterizedTest
  @MethodSource("everyPod")
  void whatItMountsIsThereAndTheJvmCanWriteWhereItMust(Subject subject) {
    List<String> volumes = new ArrayList<>();
    volumes(subject.workload()).forEach(volume -> volumes.add(volume.getName()));
    if (subject.workload().object() instanceof StatefulSet set) {
      set.getSpec()
          .getVolumeClaimTemplates()
          .forEach(claim -> volumes.add(claim.getMetadata().getName()));
    }
    List<VolumeMount> mounts = subject.workload().container().getVolumeMounts();

    assertThat(mounts)
        .extracting(VolumeMount::getName)
        .containsExactlyInAnyOrderElementsOf(volumes);
    assertThat(mounts).anyMatch(m -> m.getMountPath().equals("/tmp"));
  }

  @ParameterizedTest
  @MethodSource("everyPod")
  void everyFileThatASettingNamesIsMounted(Subject subject) throws Exception {
    Configuration settings = subject.settings();
    List<String> mounted = subject.workload().container().getVolumeMounts().stream()
        .map(VolumeMount::getMountPath)
        .toList();
    for (Setting setting : Setting.of(Setting.Scope.MESH)) {
      if (setting.kind() == Setting.Kind.PATH && settings.isSet(setting)) {
        Path path = settings.path(setting).orElseThrow();
        assertThat(mounted).as(setting.variable()).anyMatch(path::startsWith);
        assertThat(secretKeys(subject.workload(), path))
            .as("%s: the secret mounted there has a key of that name", setting.variable())
            .contains(path.getFileName().toString());
      }
    }
  }

  /** The operator's own edit, done here: as it is delivered a mesh asks for no token. */
  @ParameterizedTest
  @MethodSource("everyPodOfTheMesh")
  void whoAdmitsFilesFindsTheTokenKeysOnceTheirLineCounts(Subject subject) throws Exception {
    Configuration settings = subject.settings();
    Workload pod = subject.workload();
    assertThat(settings.isSet(Setting.MESH_TOKEN_KEYS)).isFalse();
    List<String> maps = pod.container().getEnvFrom().stream()
        .map(from -> from.getConfigMapRef().getName())
        .toList();
    if (!settings.text(Setting.MESH_ROLES).contains("merge-engine")) {
      assertThat(maps).doesNotContain("sealift-token-settings");
      return;
    }
    assertThat(maps).contains("sealift-token-settings");
    Path file = fileOfTheLineThatIsOff(TOKENS.resolve("tokens.env"), Setting.MESH_TOKEN_KEYS);
    assertThat(volumeOf(pod, file).getConfigMap().getItems())
        .extracting(KeyToPath::getPath)
        .containsExactly(file.getFileName().toString());
  }

  /** Likewise: as it is delivered nobody needs a secret for it, and no operator is answered. */
  @ParameterizedTest
  @MethodSource("everyPodOfTheMesh")
  void gatewaysOfAClusterFindTheOperatorsSecretOnceItsLineCounts(Subject subject) throws Exception {
    Workload pod = subject.workload();
    assertThat(subject.settings().isSet(Setting.MESH_OPERATOR_SECRET)).isFalse();
    List<String> maps = pod.container().getEnvFrom().stream()
        .map(from -> from.getConfigMapRef().getName())
        .toList();
    if (!pod.isGateway() || !subject.settings().isSet(Setting.CLUSTER_JOIN)) {
      assertThat(maps).doesNotContain("sealift-operator-settings");
      assertThat(volumes(pod)).extracting(Volume::getName).doesNotContain("operator");
      return;
    }
    assertThat(maps).contains("sealift-operator-settings");
    Path file =
        fileOfTheLineThatIsOff(OPERATOR.resolve("operator.env"), Setting.MESH_OPERATOR_SECRET);
    SecretVolumeSource secret = volumeOf(pod, file).getSecret();
    assertThat(secret.getOptional()).isTrue();
    assertThat(secret.getItems())
        .extracting(KeyToPath::getPath)
        .containsExactly(file.getFileName().toString());
  }

  private static Path fileOfTheLineThatIsOff(Path settings, Setting setting) throws IOException {
    List<String> off = Files.readAllLines(settings).stream()
        .filter(line -> line.startsWith("#SEALIFT_"))
        .toList();
    assertThat(off).hasSize(1);
    String[] line = off.get(0).substring(1).split("=", 2);
    assertThat(line[0]).isEqualTo(setting.variable());
    return Path.of(line[1]);
  }

  private static Volume volumeOf(Workload pod, Path file) {
    VolumeMount mount = pod.container().getVolumeMounts().stream()
        .filter(m -> file.getParent().equals(Path.of(m.getMountPath())))
        .findFirst()
        .orElseThrow();
    return volumes(pod).stream()
        .filter(volume -> volume.getName().equals(mount.getName()))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("everyPod")
  void everyConfigMapThatItMountsIsMadeWithTheFilesThatItWants(Subject subject) {
    for (Volume volume : volumes(subject.workload())) {
      if (volume.getConfigMap() != null) {
        assertThat(subject.kustomization().all(ConfigMap.class))
            .filteredOn(
                map -> map.getMetadata().getName().equals(volume.getConfigMap().getName()))
            .singleElement()
            .satisfies(map -> assertThat(map.getData().keySet())
                .containsAll(volume.getConfigMap().getItems().stream()
                    .map(KeyToPath::getKey)
                    .toList()));
      }
    }
  }

  /** Else a line that is taken for a key would let somebody in whom the operator does not know. */
  @Test
  void noTokenKeyIsDelivered() throws Exception {
    assertThat(Files.readAllLines(TOKENS.resolve("token.keys"))).allMatch(l -> l.startsWith("#"));
  }

  /** The names of files that a secret puts where the path is; those of any volume that can hold any file are its own. */
  private static Set<String> secretKeys(Workload workload, Path path) {
    VolumeMount mount = workload.container().getVolumeMounts().stream()
        .filter(m -> path.startsWith(m.getMountPath()))
        .findFirst()
        .orElseThrow();
    return volumes(workload).stream()
        .filter(v -> v.getName().equals(mount.getName()) && v.getSecret() != null)
        .findFirst()
        .<Set<String>>map(v -> Set.copyOf(
            v.getSecret().getItems().stream().map(item -> item.getPath()).toList()))
        .orElseGet(() -> Set.of(path.getFileName().toString()));
  }

  @ParameterizedTest
  @MethodSource("everyPod")
  void theReadmeSaysHowToMakeEachSecret(Subject subject) throws Exception {
    String readme = Files.readString(Path.of("README.md"));
    for (Volume volume : volumes(subject.workload())) {
      if (volume.getSecret() != null) {
        assertThat(readme)
            .containsPattern("create secret \\w+ " + volume.getSecret().getSecretName() + " ");
        volume
            .getSecret()
            .getItems()
            .forEach(item -> assertThat(readme).contains("=" + item.getKey()));
      }
    }
    assertThat(subject.workload().container().getEnv().stream().map(EnvVar::getValueFrom))
        .as("secrets are files: an environment is inherited, listed and logged")
        .allMatch(from -> from == null || from.getSecretKeyRef() == null);
  }

  private static List<Volume> volumes(Workload workload) {
    return workload.pod().getVolumes();
  }
}
