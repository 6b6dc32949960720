package dev.sealift.ops.mesh;

import com.hazelcast.config.Config;
import com.hazelcast.config.ExecutorConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.spi.merge.DiscardMergePolicy;
import dev.sealift.ops.mesh.MeshOptions.ClusterOptions;
import java.util.Map;

/**
 * Hazelcast as the mesh needs it: who is there, and who listens at which address. Its traffic is not encrypted (its open edition
 * cannot), and carries nothing else.
 */
final class HazelcastConfig {
  /** The first port that a member tries when none is given, and how many: processes on one machine. */
  private static final int USUAL_PORT = 7410;

  private static final int USUAL_PORTS = 16;

  /** A member that says nothing for so long is gone: its shards must be taken over within ten seconds. */
  private static final String SILENCE_SECONDS = "8";

  private static final String HEARTBEAT_SECONDS = "1";

  /** How often the two sides of a cluster that fell apart look for each other: often beside the time that it takes to notice. */
  private static final String MERGE_SECONDS = "5";

  /**
   * What is asked of a member is small, and whoever waits for the answer holds up all that goes to an address: one that was lost between two states of the
   * cluster, which Hazelcast notices after twice this time, is to be asked for again soon.
   */
  private static final String CALL_MILLIS = "5000";

  /**
   * Half a second apart: so long a partition may have no member that is there. Vert.x does not repeat what it then could not write or read; {@link
   * HealingClusterManager} does.
   */
  private static final String CALL_TRIES = "20";

  /**
   * What the cluster keeps is a handful of addresses and the process behind each. Every partition is moved by itself when members come and go, in which time it may have no
   * member that is there; with the 271 that are usual, one change had not ended when the next one came. The same for all members, for good.
   */
  static final String PARTITIONS = "13";

  /**
   * The oldest member gives partitions whose members are gone to others only when no partition is on its way any more. One whose two members have lost sight of each other
   * is given up after this time and {@link #CALL_MILLIS}, five minutes unless told otherwise: so long nobody could look up or write what stood in the others.
   */
  private static final String MOVE_SECONDS = "5";

  /** How long a member that stops waits until others have its partitions. Nothing is lost with them: each process writes its own anew. */
  private static final String FAREWELL_SECONDS = "5";

  /** What the name before it in {@code --join} is to be: one that the domain name system resolves to every member. */
  static final String DNS = "dns:";

  /** Names are looked up again at each try to join; a name server that needs longer is not there. */
  private static final String DNS_SECONDS = "5";

  /** Where members hear from each other whose verticles can be asked: see {@link Serving}. */
  static final String TELLING = "sealift.telling";

  /** Of each member one a second, several after a freeze; it says the same again, so what finds no room is no loss. */
  private static final int MOST_TELLINGS = 4096;

  private HazelcastConfig() {}

  /** @param attributes what this member tells of itself */
  static Config of(ClusterOptions options, Map<String, String> attributes) {
    Config config = new Config();
    config.setClusterName("sealift");
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty(
        "hazelcast.shutdownhook.enabled", "false"); // we stop it, after the verticles
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.setProperty("hazelcast.heartbeat.interval.seconds", HEARTBEAT_SECONDS);
    config.setProperty("hazelcast.max.no.heartbeat.seconds", SILENCE_SECONDS);
    config.setProperty("hazelcast.operation.call.timeout.millis", CALL_MILLIS);
    config.setProperty("hazelcast.invocation.max.retry.count", CALL_TRIES);
    config.setProperty("hazelcast.partition.count", PARTITIONS);
    config.setProperty("hazelcast.partition.migration.timeout", MOVE_SECONDS);
    config.setProperty("hazelcast.graceful.shutdown.max.wait", FAREWELL_SECONDS);
    config.setProperty("hazelcast.wait.seconds.before.join", "0");
    config.setProperty("hazelcast.merge.first.run.delay.seconds", MERGE_SECONDS);
    config.setProperty("hazelcast.merge.next.run.delay.seconds", MERGE_SECONDS);
    network(config.getNetworkConfig(), options);
    attributes.forEach(config.getMemberAttributeConfig()::setAttribute);
    eventBus(config);
    config.addExecutorConfig(new ExecutorConfig(TELLING, 1).setQueueCapacity(MOST_TELLINGS));
    return config;
  }

  private static void network(NetworkConfig network, ClusterOptions options) {
    network.setPort(options.port().orElse(USUAL_PORT));
    network.setPortAutoIncrement(options.port().isEmpty());
    network.setPortCount(USUAL_PORTS);
    network.setReuseAddress(true);
    network.getInterfaces().setEnabled(true).addInterface(options.host());
    join(network.getJoin(), options);
  }

  private static void join(JoinConfig join, ClusterOptions options) {
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    if (options.join().size() == 1 && options.join().get(0).startsWith(DNS)) {
      dns(join, withPort(options.join().get(0).substring(DNS.length())));
    } else {
      join.getTcpIpConfig().setEnabled(true);
      options.join().forEach(member -> join.getTcpIpConfig().addMember(withPort(member)));
    }
  }

  /** Hazelcast's discovery for Kubernetes by name alone: it needs no permissions, and no Kubernetes. */
  private static void dns(JoinConfig join, String nameAndPort) {
    int colon = nameAndPort.lastIndexOf(':');
    join.getKubernetesConfig()
        .setEnabled(true)
        .setProperty("service-dns", nameAndPort.substring(0, colon))
        .setProperty("service-dns-timeout", DNS_SECONDS)
        .setProperty("service-port", nameAndPort.substring(colon + 1));
  }

  private static String withPort(String member) {
    return member.contains(":") ? member : member + ":" + USUAL_PORT;
  }

  /** What Vert.x keeps in the cluster. One copy survives the death of a member. */
  private static void eventBus(Config config) {
    config.addMultiMapConfig(new MultiMapConfig("__vertx.subs")
        .setBackupCount(1)
        .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET)
        .setMergePolicyConfig(nothing()));
    config.addMapConfig(
        new MapConfig("__vertx.nodeInfo").setBackupCount(1).setMergePolicyConfig(nothing()));
  }

  /**
   * When two sides meet again, the one that joins the other brings nothing along: each process writes anew what is its own ({@link HealingClusterManager}). What it
   * brought would be written to partitions that may not have a member yet that is there, and until all is written none gets
   * one: reading who listens waits as long, two minutes when it was seen.
   */
  private static MergePolicyConfig nothing() {
    return new MergePolicyConfig().setPolicy(DiscardMergePolicy.class.getName());
  }
}
