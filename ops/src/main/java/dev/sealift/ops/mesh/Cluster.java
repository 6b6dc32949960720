package dev.sealift.ops.mesh;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.core.HazelcastInstance;
import dev.sealift.ops.mesh.MeshOptions.ClusterOptions;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.mesh.Roster;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * This process among the others of the mesh. Hazelcast finds them and notices who is gone; what a member does
 * stands in its attributes, so that every process computes the same owners from the same members.
 */
final class Cluster implements Roster {
  /** The first port that a member tries when none is given, and the last one: processes on one machine. */
  private static final int USUAL_PORT = 7410;

  private static final int USUAL_PORTS = 16;

  /** A member that says nothing for so long is gone: its shards must be taken over within ten seconds. */
  private static final String SILENCE_SECONDS = "8";

  private static final String ROLES = "sealift.roles";
  private static final String ENGINE = "sealift.engine";
  private static final String STORE = "sealift.store";
  private static final String EMBEDDED_STORE = "sealift.store.embedded";
  private static final String NOTARY = "sealift.notary";

  private final HazelcastClusterManager manager;
  private final String engineId = UUID.randomUUID().toString();
  private final String storeId = UUID.randomUUID().toString();
  private final boolean embeddedStore;
  private final Optional<VerifyingKey> notary;
  private final Set<Role> roles;

  /** @param embeddedStore whether the store of this process, if it runs a storage-adapter, is in no other's reach */
  Cluster(
      ClusterOptions options,
      Set<Role> roles,
      boolean embeddedStore,
      Optional<VerifyingKey> notary) {
    this.roles = roles;
    this.embeddedStore = embeddedStore;
    this.notary = notary;
    this.manager = new HazelcastClusterManager(config(options));
  }

  HazelcastClusterManager manager() {
    return manager;
  }

  /** What this process's merge engine, if it runs one, is called. */
  String engineId() {
    return engineId;
  }

  /** What this process's storage-adapter, if it runs one, is called. */
  String storeId() {
    return storeId;
  }

  @Override
  public List<String> engines() {
    return attributes(ENGINE).toList();
  }

  @Override
  public List<String> stores() {
    return attributes(STORE).toList();
  }

  /** Refuses a cluster in which this process would do harm. */
  void checkOthers() throws MeshStartException {
    if (roles.contains(Role.STORAGE_ADAPTER) && others().anyMatch(this::hasAnotherStore)) {
      throw new MeshStartException(
          "second-store",
          "This mesh has a storage-adapter already, and an embedded store lives in one process. Start this"
              + " process with other --roles, or all storage-adapters on one database.");
    }
    Optional<String> own = notary.map(VerifyingKey::toString);
    if (own.isPresent() && attributes(NOTARY).anyMatch(key -> !key.equals(own.get()))) {
      throw new MeshStartException(
          "other-notary",
          "The other processes of this mesh sign with another notary key. Give all gateways and merge"
              + " engines the same --notary-key.");
    }
  }

  /** Storage-adapters of one database are one store; an embedded one is always another. */
  private boolean hasAnotherStore(Member member) {
    return member.getAttribute(STORE) != null
        && (embeddedStore || member.getAttribute(EMBEDDED_STORE) != null);
  }

  private Stream<Member> others() {
    return hazelcast().getCluster().getMembers().stream().filter(member -> !member.localMember());
  }

  private Stream<String> attributes(String name) {
    return hazelcast().getCluster().getMembers().stream()
        .map(member -> member.getAttribute(name))
        .filter(Objects::nonNull);
  }

  private HazelcastInstance hazelcast() {
    return manager.getHazelcastInstance();
  }

  private Config config(ClusterOptions options) {
    Config config = new Config();
    config.setClusterName("sealift");
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty(
        "hazelcast.shutdownhook.enabled", "false"); // we stop it, after the verticles
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.setProperty("hazelcast.heartbeat.interval.seconds", "1");
    config.setProperty("hazelcast.max.no.heartbeat.seconds", SILENCE_SECONDS);
    config.setProperty("hazelcast.wait.seconds.before.join", "0");
    network(config.getNetworkConfig(), options);
    attributes(config);
    eventBus(config);
    return config;
  }

  private static void network(NetworkConfig network, ClusterOptions options) {
    network.setPort(options.port().orElse(USUAL_PORT));
    network.setPortAutoIncrement(options.port().isEmpty());
    network.setPortCount(USUAL_PORTS);
    network.setReuseAddress(true);
    network.getInterfaces().setEnabled(true).addInterface(options.host());
    network.getJoin().getAutoDetectionConfig().setEnabled(false);
    network.getJoin().getMulticastConfig().setEnabled(false);
    network.getJoin().getTcpIpConfig().setEnabled(true);
    options
        .join()
        .forEach(member -> network.getJoin().getTcpIpConfig().addMember(withPort(member)));
  }

  private static String withPort(String member) {
    return member.contains(":") ? member : member + ":" + USUAL_PORT;
  }

  private void attributes(Config config) {
    config.getMemberAttributeConfig().setAttribute(ROLES, Role.format(roles));
    if (roles.contains(Role.MERGE_ENGINE)) {
      config.getMemberAttributeConfig().setAttribute(ENGINE, engineId);
    }
    if (roles.contains(Role.STORAGE_ADAPTER)) {
      config.getMemberAttributeConfig().setAttribute(STORE, storeId);
      if (embeddedStore) {
        config.getMemberAttributeConfig().setAttribute(EMBEDDED_STORE, "true");
      }
    }
    notary.ifPresent(key -> config.getMemberAttributeConfig().setAttribute(NOTARY, key.toString()));
  }

  /** What Vert.x keeps in the cluster: who listens at which address. One copy survives the death of a member. */
  private static void eventBus(Config config) {
    config.addMultiMapConfig(new MultiMapConfig("__vertx.subs")
        .setBackupCount(1)
        .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
    config.addMapConfig(new MapConfig("__vertx.haInfo").setBackupCount(1));
    config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(1));
  }
}
