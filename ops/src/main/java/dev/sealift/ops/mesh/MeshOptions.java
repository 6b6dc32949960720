package dev.sealift.ops.mesh;

import dev.sealift.compactor.CompactorPolicy;
import dev.sealift.gateway.GatewayLimits;
import dev.sealift.merge.SpacePolicy;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.tracing.TraceOptions;
import dev.sealift.protocol.admission.SpaceQuota;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What one process of the mesh is to be.
 *
 * @param policy what each space may have, and whose admission tokens count
 * @param compaction when devices are told to compact, and when what they supersede may go
 * @param cluster empty when this process is the whole mesh
 */
public record MeshOptions(
    Set<Role> roles,
    GatewayOptions gateway,
    FileOptions files,
    SpacePolicy policy,
    CompactorPolicy compaction,
    Optional<ClusterOptions> cluster,
    WatchOptions watched) {

  /**
   * Where and how devices are let in.
   *
   * @param allowPlaintext without TLS, even beyond loopback
   * @param limits how many are let in, among others
   */
  public record GatewayOptions(
      Endpoint at, Optional<Tls> tls, boolean allowPlaintext, GatewayLimits limits) {
    /** In plain text on this machine. */
    static GatewayOptions loopback(int port) {
      return new GatewayOptions(
          new Endpoint("127.0.0.1", port), Optional.empty(), false, GatewayLimits.defaults());
    }
  }

  /**
   * What is kept on this machine, and where the rest is.
   *
   * @param notaryKey a key file that must be there; empty for the data folder's own, made when it is missing
   * @param operatorSecret a file that must be there; empty likewise
   * @param store where a storage-adapter keeps files
   */
  public record FileOptions(
      Path data, Optional<Path> notaryKey, Optional<Path> operatorSecret, StoreLocation store) {
    /** With the embedded store and the notary key of the data folder. */
    static FileOptions in(Path data) {
      return new FileOptions(data, Optional.empty(), Optional.empty(), StoreLocation.in(data));
    }
  }

  /**
   * How it is seen how this process does.
   *
   * @param probes where a process without a gateway answers probes
   * @param tracing where spans go; empty for none
   */
  public record WatchOptions(Optional<Endpoint> probes, Optional<TraceOptions> tracing) {
    static final WatchOptions NONE = new WatchOptions(Optional.empty(), Optional.empty());
  }

  /** An address to listen on; port 0 takes a free one. */
  public record Endpoint(String host, int port) {}

  /** PEM files. */
  public record Tls(Path certificate, Path key) {}

  /**
   * PEM files: what a member shows to the others, and the authority whose certificates it takes from them.
   */
  public record ClusterTls(Path certificate, Path key, Path authority) {}

  /**
   * How a process meets the others.
   *
   * @param port empty for the first free one from the usual port on
   * @param busPort of the event bus; 0 takes a free one
   * @param tls of the event bus
   * @param allowPlaintext without it, even beyond loopback
   */
  public record ClusterOptions(
      List<String> join,
      String host,
      Optional<Integer> port,
      int busPort,
      Optional<ClusterTls> tls,
      boolean allowPlaintext) {
    public ClusterOptions {
      join = List.copyOf(join);
    }
  }

  public MeshOptions {
    roles = Set.copyOf(roles);
  }

  /** A whole mesh in this process, on loopback, for whoever comes. */
  public static MeshOptions whole(Path data, int port) {
    return new MeshOptions(
        Set.of(Role.values()),
        GatewayOptions.loopback(port),
        FileOptions.in(data),
        SpacePolicy.open(),
        CompactorPolicy.off(),
        Optional.empty(),
        WatchOptions.NONE);
  }

  /** A part of a mesh in this process, on loopback, for whoever comes. */
  public static MeshOptions member(Set<Role> roles, Path data, ClusterOptions cluster) {
    return new MeshOptions(
        roles,
        GatewayOptions.loopback(0),
        FileOptions.in(data),
        SpacePolicy.open(),
        CompactorPolicy.off(),
        Optional.of(cluster),
        WatchOptions.NONE);
  }

  public Path data() {
    return files.data();
  }

  public StoreLocation store() {
    return files.store();
  }

  /** Whether a storage-adapter of this process keeps its files where no other process can reach them. */
  public boolean embeddedStore() {
    return store().embedded();
  }

  /** The same with its files kept elsewhere. */
  public MeshOptions withStore(StoreLocation other) {
    FileOptions elsewhere =
        new FileOptions(data(), files.notaryKey(), files.operatorSecret(), other);
    return new MeshOptions(roles, gateway, elsewhere, policy, compaction, cluster, watched);
  }

  /** The same with another say on what spaces may have. */
  public MeshOptions withPolicy(SpacePolicy other) {
    return new MeshOptions(roles, gateway, files, other, compaction, cluster, watched);
  }

  /** The same with spaces that are compacted. */
  public MeshOptions withCompaction(CompactorPolicy how) {
    SpacePolicy taking = how.on() ? policy.withCompactions() : policy;
    return new MeshOptions(roles, gateway, files, taking, how, cluster, watched);
  }

  /** The same with another time for devices to bring back what a restored store lacks. */
  public MeshOptions withRecovery(Duration time) {
    return withPolicy(policy.withRecoveryMillis(time.toMillis()));
  }

  public MeshOptions withTracing(TraceOptions options) {
    WatchOptions traced = new WatchOptions(watched.probes(), Optional.of(options));
    return new MeshOptions(roles, gateway, files, policy, compaction, cluster, traced);
  }

  public static MeshOptions of(Configuration settings) throws MeshStartException {
    Set<Role> roles =
        Role.parse(settings.text(Setting.MESH_ROLES), settings.place(Setting.MESH_ROLES));
    return new MeshOptions(
            roles,
            gateway(settings),
            files(settings),
            policy(settings),
            CompactorPolicy.off(),
            cluster(settings, roles),
            watched(settings))
        .withCompaction(compaction(settings));
  }

  private static CompactorPolicy compaction(Configuration settings) throws MeshStartException {
    double lowerShare = settings.share(Setting.COMPACTION_LOWER_SHARE);
    if (lowerShare == 0) {
      throw MeshStartException.badSetting(
          "%s must be more than 0: it is the share of the upper threshold below which nobody compacts."
              .formatted(settings.place(Setting.COMPACTION_LOWER_SHARE)));
    }
    return new CompactorPolicy(
        settings.flag(Setting.MESH_COMPACTIONS),
        settings.duration(Setting.COMPACTION_FIRST_SYNC_SECONDS),
        mostLive(settings),
        lowerShare,
        Duration.ofDays(count(settings, Setting.RECLAIM_SEEN_DAYS)),
        Duration.ofHours(count(settings, Setting.RECLAIM_GRACE_HOURS)));
  }

  private static long mostLive(Configuration settings) throws MeshStartException {
    long files = settings.number(Setting.COMPACTION_MOST_LIVE_FILES);
    if (files < CompactorPolicy.LEAST_LIVE || files > CompactorPolicy.MOST_LIVE) {
      throw MeshStartException.badSetting("%s must be %d to %d."
          .formatted(
              settings.place(Setting.COMPACTION_MOST_LIVE_FILES),
              CompactorPolicy.LEAST_LIVE,
              CompactorPolicy.MOST_LIVE));
    }
    return files;
  }

  private static GatewayOptions gateway(Configuration settings) throws MeshStartException {
    return new GatewayOptions(
        new Endpoint(settings.text(Setting.GATEWAY_HOST), port(settings, Setting.GATEWAY_PORT)),
        tls(settings),
        settings.flag(Setting.GATEWAY_ALLOW_PLAINTEXT),
        GatewayLimits.defaults()
            .withDoor(
                count(settings, Setting.GATEWAY_MAX_CONNECTIONS),
                count(settings, Setting.GATEWAY_MAX_STRANGERS)));
  }

  private static FileOptions files(Configuration settings) throws MeshStartException {
    Path data = settings.path(Setting.MESH_DATA).orElseThrow();
    return new FileOptions(
        data,
        settings.path(Setting.MESH_NOTARY_KEY),
        settings.path(Setting.MESH_OPERATOR_SECRET),
        StoreLocation.of(settings, data));
  }

  private static WatchOptions watched(Configuration settings) throws MeshStartException {
    Optional<Endpoint> probes = settings
        .port(Setting.HTTP_PORT)
        .map(port -> new Endpoint(settings.text(Setting.HTTP_HOST), port));
    return new WatchOptions(probes, tracing(settings));
  }

  private static Optional<TraceOptions> tracing(Configuration settings) throws MeshStartException {
    Optional<String> endpoint = settings.optionalText(Setting.TRACE_ENDPOINT);
    if (endpoint.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(TraceOptions.of(endpoint.get(), settings.share(Setting.TRACE_RATIO))
        .orElseThrow(() -> MeshStartException.badSetting("%s must be like http://127.0.0.1:4318."
            .formatted(settings.place(Setting.TRACE_ENDPOINT)))));
  }

  private static SpacePolicy policy(Configuration settings) throws MeshStartException {
    Optional<Path> keys = settings.path(Setting.MESH_TOKEN_KEYS);
    SpaceQuota quota = new SpaceQuota(
        settings.number(Setting.QUOTA_BYTES),
        settings.number(Setting.QUOTA_FILES),
        settings.number(Setting.QUOTA_CONNECTIONS),
        0,
        settings.number(Setting.QUOTA_BYTES_PER_SECOND),
        settings.number(Setting.QUOTA_FILES_PER_SECOND),
        0,
        0);
    return new SpacePolicy(keys.isPresent() ? TokenKeyFile.read(keys.get()) : List.of(), quota)
        .withRecoveryMillis(settings.duration(Setting.MESH_RECOVERY_SECONDS).toMillis());
  }

  private static int count(Configuration settings, Setting setting) {
    return (int) Math.min(settings.number(setting), Integer.MAX_VALUE);
  }

  private static int port(Configuration settings, Setting setting) {
    return settings.port(setting).orElseThrow();
  }

  private static Optional<Tls> tls(Configuration settings) throws MeshStartException {
    Optional<Path> certificate = settings.path(Setting.GATEWAY_TLS_CERT);
    Optional<Path> key = settings.path(Setting.GATEWAY_TLS_KEY);
    if (certificate.isPresent() != key.isPresent()) {
      throw MeshStartException.badSetting(
          "TLS needs both --tls-cert and --tls-key, and only one of them is given.");
    }
    return certificate.map(c -> new Tls(c, key.orElseThrow()));
  }

  /** A process forms or joins a cluster when it lacks a role that a mesh needs, or when it is told of the others. */
  private static Optional<ClusterOptions> cluster(Configuration settings, Set<Role> roles)
      throws MeshStartException {
    boolean alone = Role.isMesh(roles)
        && !settings.isSet(Setting.CLUSTER_JOIN)
        && !settings.isSet(Setting.CLUSTER_PORT);
    if (alone) {
      return Optional.empty();
    }
    return Optional.of(new ClusterOptions(
        join(settings),
        settings.text(Setting.CLUSTER_HOST),
        settings.port(Setting.CLUSTER_PORT).filter(p -> settings.isSet(Setting.CLUSTER_PORT)),
        port(settings, Setting.CLUSTER_BUS_PORT),
        clusterTls(settings),
        settings.flag(Setting.CLUSTER_ALLOW_PLAINTEXT)));
  }

  private static List<String> join(Configuration settings) throws MeshStartException {
    List<String> members = Arrays.stream(settings.text(Setting.CLUSTER_JOIN).split(","))
        .map(String::strip)
        .filter(host -> !host.isEmpty())
        .toList();
    if (members.size() > 1 && members.stream().anyMatch(m -> m.startsWith(HazelcastConfig.DNS))) {
      throw MeshStartException.badSetting(settings.place(Setting.CLUSTER_JOIN)
          + " takes either one dns:NAME or a list of hosts, not both.");
    }
    return members;
  }

  private static Optional<ClusterTls> clusterTls(Configuration settings) throws MeshStartException {
    Optional<Path> certificate = settings.path(Setting.CLUSTER_CERT);
    Optional<Path> key = settings.path(Setting.CLUSTER_KEY);
    Optional<Path> authority = settings.path(Setting.CLUSTER_CA);
    if (certificate.isEmpty() && key.isEmpty() && authority.isEmpty()) {
      return Optional.empty();
    }
    if (certificate.isEmpty() || key.isEmpty() || authority.isEmpty()) {
      throw MeshStartException.badSetting(
          "TLS between members needs --cluster-cert, --cluster-key and --cluster-ca, and not all of them are given.");
    }
    return Optional.of(new ClusterTls(certificate.get(), key.get(), authority.get()));
  }
}
