package dev.sealift.ops.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.hazelcast.config.JoinConfig;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.mesh.MeshOptions.ClusterOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterOptionsTest {
  @TempDir
  Path folder;

  private ClusterOptions options(Map<Setting, String> settings) throws Exception {
    Map<Setting, String> all = new HashMap<>(settings);
    all.put(Setting.MESH_ROLES, "gateway");
    return MeshOptions.of(Configuration.of(all, Optional.empty(), Map.of(), folder))
        .cluster()
        .orElseThrow();
  }

  private static MeshStartException refusal(ClusterOptions options) {
    return catchThrowableOfType(MeshStartException.class, () -> BusSecurity.check(options));
  }

  private static JoinConfig join(ClusterOptions options) {
    return HazelcastConfig.of(options, Map.of()).getNetworkConfig().getJoin();
  }

  @Test
  void aListOfHostsIsJoinedByTcpAlone() throws Exception {
    JoinConfig join = join(options(Map.of(Setting.CLUSTER_JOIN, "a, b:1")));

    assertThat(join.getTcpIpConfig().isEnabled()).isTrue();
    assertThat(join.getTcpIpConfig().getMembers()).containsExactly("a:7410", "b:1");
    assertThat(join.getMulticastConfig().isEnabled()).isFalse();
    assertThat(join.getAutoDetectionConfig().isEnabled()).isFalse();
    assertThat(join.getKubernetesConfig().isEnabled()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"dns:mesh.local, mesh.local, 7410", "dns:mesh.local:99, mesh.local, 99"})
  void aNameIsLookedUpWithoutKubernetesOwnInterface(String text, String name, String port)
      throws Exception {
    JoinConfig join = join(options(Map.of(Setting.CLUSTER_JOIN, text)));

    assertThat(join.getKubernetesConfig().isEnabled()).isTrue();
    assertThat(join.getKubernetesConfig().getProperty("service-dns")).isEqualTo(name);
    assertThat(join.getKubernetesConfig().getProperty("service-port")).isEqualTo(port);
    assertThat(join.getTcpIpConfig().isEnabled()).isFalse();
    assertThat(join.getMulticastConfig().isEnabled()).isFalse();
  }

  @Test
  void aNameAndAListAtOnceAreRefused() {
    MeshStartException refusal = catchThrowableOfType(
        MeshStartException.class,
        () -> options(Map.of(Setting.CLUSTER_JOIN, "dns:mesh.local,other")));

    assertThat(refusal.code()).isEqualTo("bad-setting");
  }

  @ParameterizedTest
  @ValueSource(strings = {"CLUSTER_CERT", "CLUSTER_KEY", "CLUSTER_CA"})
  void lessThanAllOfTlsIsRefused(String missing) {
    Map<Setting, String> tls = new HashMap<>(Map.of(
        Setting.CLUSTER_CERT, "cert.pem",
        Setting.CLUSTER_KEY, "key.pem",
        Setting.CLUSTER_CA, "ca.pem"));
    tls.remove(Setting.valueOf(missing));

    assertThat(
            catchThrowableOfType(MeshStartException.class, () -> options(tls)).code())
        .isEqualTo("bad-setting");
  }

  @Test
  void plaintextBeyondLoopbackNeedsAWord() throws Exception {
    assertThat(refusal(options(Map.of()))).isNull();
    Map<Setting, String> beyond = Map.of(Setting.CLUSTER_HOST, "192.0.2.1");
    assertThat(refusal(options(beyond)).code()).isEqualTo("plaintext-cluster");
    Map<Setting, String> allowed = new HashMap<>(beyond);
    allowed.put(Setting.CLUSTER_ALLOW_PLAINTEXT, "true");
    assertThat(refusal(options(allowed))).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "no such host."})
  void anAddressThatOthersCannotCallIsRefused(String host) throws Exception {
    assertThat(refusal(options(Map.of(Setting.CLUSTER_HOST, host))).code())
        .isEqualTo("bad-setting");
  }

  @Test
  void bothSidesOfTheBusShowACertificate() throws Exception {
    Map<Setting, String> tls = Map.of(
        Setting.CLUSTER_HOST, "192.0.2.1",
        Setting.CLUSTER_CERT, Files.writeString(folder.resolve("cert.pem"), "").toString(),
        Setting.CLUSTER_KEY, Files.writeString(folder.resolve("key.pem"), "").toString(),
        Setting.CLUSTER_CA, folder.resolve("ca.pem").toString());

    assertThat(refusal(options(tls)).code()).isEqualTo("cluster-tls-unusable");
    Files.writeString(folder.resolve("ca.pem"), "");
    assertThat(refusal(options(tls))).isNull();
    EventBusOptions bus = BusSecurity.options(options(tls));
    assertThat(bus.isSsl()).isTrue();
    assertThat(bus.getClientAuth()).isEqualTo(ClientAuth.REQUIRED);
  }
}
