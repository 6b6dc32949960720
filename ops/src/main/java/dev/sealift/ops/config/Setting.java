package dev.sealift.ops.config;

import dev.sealift.compactor.CompactorPolicy;
import dev.sealift.gateway.GatewayLimits;
import dev.sealift.merge.SpacePolicy;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Every setting there is: the key in the file, from which the environment variable's name follows, the
 * option, the default. The command line and the documentation's test are made from this table, so that no
 * setting exists in one place only.
 */
public enum Setting {
  GATEWAY_HOST(
      Scope.MESH,
      Kind.TEXT,
      "gateway.host",
      "--host",
      "127.0.0.1",
      "address the gateway listens on"),
  GATEWAY_PORT(
      Scope.MESH,
      Kind.PORT,
      "gateway.port",
      "--port",
      "7400",
      "port of the gateway; 0 takes a free one"),
  GATEWAY_TLS_CERT(
      Scope.MESH,
      Kind.PATH,
      "gateway.tls-cert",
      "--tls-cert",
      "",
      "PEM file with the certificate chain"),
  GATEWAY_TLS_KEY(
      Scope.MESH, Kind.PATH, "gateway.tls-key", "--tls-key", "", "PEM file with its private key"),
  GATEWAY_ALLOW_PLAINTEXT(
      Scope.MESH,
      Kind.FLAG,
      "gateway.allow-plaintext",
      "--allow-plaintext",
      "false",
      "serve ws:// beyond loopback, where an ingress ends TLS"),
  GATEWAY_MAX_CONNECTIONS(
      Scope.MESH,
      Kind.NUMBER,
      "gateway.max-connections",
      "--max-connections",
      String.valueOf(GatewayLimits.MAX_CONNECTIONS),
      "devices that the gateway takes at once, at 20 KiB of heap each"),
  GATEWAY_MAX_STRANGERS(
      Scope.MESH,
      Kind.NUMBER,
      "gateway.max-strangers",
      "--max-strangers",
      String.valueOf(GatewayLimits.MAX_STRANGERS),
      "of them, those that have not proved yet who they are, at 1.81 MiB of heap each at worst"),
  MESH_DATA(
      Scope.MESH,
      Kind.PATH,
      "mesh.data",
      "--data",
      "~/.sealift-mesh",
      "folder of the embedded store and the notary key"),
  MESH_ROLES(
      Scope.MESH,
      Kind.TEXT,
      "mesh.roles",
      "--roles",
      "gateway,merge-engine,storage-adapter,compactor",
      "verticles this process runs; without one of the first three it is a member of a cluster"),
  MESH_NOTARY_KEY(
      Scope.MESH,
      Kind.PATH,
      "mesh.notary-key",
      "--notary-key",
      "",
      "file with the mesh's signing key, shared by all gateways and merge engines (default: notary.key in"
          + " the data folder, made on first start)"),
  MESH_OPERATOR_SECRET(
      Scope.MESH,
      Kind.PATH,
      "mesh.operator-secret",
      "--operator-secret",
      "",
      "file with the secret by which operators ask the mesh about a space (default: operator.secret in the data"
          + " folder, made on first start)"),
  STORE_URL(
      Scope.MESH,
      Kind.TEXT,
      "store.url",
      "--store",
      "",
      "where files are kept: sqlite:PATH, or postgres://USER@HOST:PORT[,HOST:PORT]/DATABASE (default: store.db in"
          + " the data folder)"),
  STORE_PASSWORD_FILE(
      Scope.MESH,
      Kind.PATH,
      "store.password-file",
      "--store-password-file",
      "",
      "file whose first line is the password of the PostgreSQL user"),
  STORE_CA(
      Scope.MESH,
      Kind.PATH,
      "store.ca",
      "--store-ca",
      "",
      "PEM file with the authorities to trust for PostgreSQL (default: those of the Java installation)"),
  MESH_DRAIN_SECONDS(
      Scope.MESH,
      Kind.SECONDS,
      "mesh.drain-seconds",
      "--drain-seconds",
      "0",
      "when told to stop, how long to go on serving while not ready, so that balancers look elsewhere first"),
  MESH_RECOVERY_SECONDS(
      Scope.MESH,
      Kind.SECONDS,
      "mesh.recovery-seconds",
      "--recovery-seconds",
      "600",
      "after a store was restored, how long the mesh takes back what devices hold before spaces go on"),
  MESH_TOKEN_KEYS(
      Scope.MESH,
      Kind.PATH,
      "mesh.token-keys",
      "--token-keys",
      "",
      "file with the public keys, one a line, whose admission tokens count (default: anyone may found spaces)"),
  MESH_COMPACTIONS(
      Scope.MESH,
      Kind.FLAG,
      "mesh.compactions",
      "--compactions",
      "true",
      "take compactions, tell devices when to make them, and reclaim what they supersede"),
  COMPACTION_FIRST_SYNC_SECONDS(
      Scope.MESH,
      Kind.SECONDS,
      "compaction.first-sync-seconds",
      "--first-sync-seconds",
      String.valueOf(CompactorPolicy.FIRST_SYNC.toSeconds()),
      "the longest that taking in a space's files should take a new device: so many files are compacted at the latest"),
  COMPACTION_MOST_LIVE_FILES(
      Scope.MESH,
      Kind.NUMBER,
      "compaction.most-live-files",
      "--most-live-files",
      String.valueOf(CompactorPolicy.MOST_LIVE),
      "however fast devices take files in, so many are compacted at the latest; %d to %d"
          .formatted(CompactorPolicy.LEAST_LIVE, CompactorPolicy.MOST_LIVE)),
  COMPACTION_LOWER_SHARE(
      Scope.MESH,
      Kind.SHARE,
      "compaction.lower-share",
      "--lower-share",
      String.valueOf(CompactorPolicy.LOWER_SHARE),
      "share of those files from which on a device is told to compact; more than 0"),
  RECLAIM_GRACE_HOURS(
      Scope.MESH,
      Kind.COUNT,
      "reclaim.grace-hours",
      "--reclaim-grace-hours",
      String.valueOf(CompactorPolicy.GRACE.toHours()),
      "how long a compaction stands before anything that it supersedes goes"),
  RECLAIM_SEEN_DAYS(
      Scope.MESH,
      Kind.NUMBER,
      "reclaim.seen-days",
      "--reclaim-seen-days",
      String.valueOf(CompactorPolicy.SEEN_WITHIN.toDays()),
      "a device that was seen within so many days has to be past a compaction before anything goes"),
  QUOTA_BYTES(
      Scope.MESH,
      Kind.NUMBER,
      "quota.bytes",
      "--quota-bytes",
      String.valueOf(SpacePolicy.STORED_BYTES),
      "bytes that a space may keep of which no token says otherwise"),
  QUOTA_FILES(
      Scope.MESH,
      Kind.NUMBER,
      "quota.files",
      "--quota-files",
      String.valueOf(SpacePolicy.STORED_FILES),
      "files likewise"),
  QUOTA_CONNECTIONS(
      Scope.MESH,
      Kind.NUMBER,
      "quota.connections",
      "--quota-connections",
      String.valueOf(SpacePolicy.CONNECTIONS),
      "connections of a space at one gateway likewise"),
  QUOTA_BYTES_PER_SECOND(
      Scope.MESH,
      Kind.NUMBER,
      "quota.bytes-per-second",
      "--quota-bytes-per-second",
      String.valueOf(SpacePolicy.BYTES_PER_SECOND),
      "new bytes of a space a second likewise, ten seconds' worth at once"),
  QUOTA_FILES_PER_SECOND(
      Scope.MESH,
      Kind.NUMBER,
      "quota.files-per-second",
      "--quota-files-per-second",
      String.valueOf(SpacePolicy.FILES_PER_SECOND),
      "new files of a space a second likewise"),
  CLUSTER_JOIN(
      Scope.MESH,
      Kind.TEXT,
      "cluster.join",
      "--join",
      "",
      "members to join, HOST or HOST:PORT, separated by commas; or dns:NAME or dns:NAME:PORT, a name that"
          + " resolves to all of them"),
  CLUSTER_HOST(
      Scope.MESH,
      Kind.TEXT,
      "cluster.host",
      "--cluster-host",
      "127.0.0.1",
      "address for traffic between members"),
  CLUSTER_PORT(
      Scope.MESH,
      Kind.PORT,
      "cluster.port",
      "--cluster-port",
      "7410",
      "port for membership; if it is not given, the next free one after 7410"),
  CLUSTER_BUS_PORT(
      Scope.MESH,
      Kind.PORT,
      "cluster.bus-port",
      "--cluster-bus-port",
      "0",
      "port for messages between members; 0 takes a free one"),
  CLUSTER_CERT(
      Scope.MESH,
      Kind.PATH,
      "cluster.cert",
      "--cluster-cert",
      "",
      "PEM file with the certificate that this process shows to other members"),
  CLUSTER_KEY(
      Scope.MESH, Kind.PATH, "cluster.key", "--cluster-key", "", "PEM file with its private key"),
  CLUSTER_CA(
      Scope.MESH,
      Kind.PATH,
      "cluster.ca",
      "--cluster-ca",
      "",
      "PEM file with the authority of all members' certificates, and of no others"),
  CLUSTER_ALLOW_PLAINTEXT(
      Scope.MESH,
      Kind.FLAG,
      "cluster.allow-plaintext",
      "--allow-plaintext-cluster",
      "false",
      "send messages between members without TLS beyond loopback"),
  HTTP_HOST(
      Scope.MESH,
      Kind.TEXT,
      "http.host",
      "--http-host",
      "127.0.0.1",
      "address of the probes of a process without a gateway"),
  HTTP_PORT(
      Scope.MESH,
      Kind.PORT,
      "http.port",
      "--http-port",
      "",
      "port of the probes of a process without a gateway; not served if it is not given"),
  LOG_JSON(Scope.MESH, Kind.FLAG, "log.json", "--log-json", "false", "log one JSON object a line"),
  LOG_LEVEL(
      Scope.MESH,
      Kind.LEVEL,
      "log.level",
      "--log-level",
      "info",
      "error, warn, info, debug or trace"),
  TRACE_ENDPOINT(
      Scope.MESH,
      Kind.TEXT,
      "trace.endpoint",
      "--trace-endpoint",
      "",
      "collector that takes OpenTelemetry spans over HTTP, such as http://127.0.0.1:4318; no tracing if"
          + " it is not given"),
  TRACE_RATIO(
      Scope.MESH,
      Kind.SHARE,
      "trace.ratio",
      "--trace-ratio",
      "0.01",
      "share of devices' requests that are traced, 0 to 1"),
  CLIENT_HOME(
      Scope.CLIENT,
      Kind.PATH,
      "client.home",
      "--home",
      "~/.sealift",
      "folder of this device's keys and stores"),
  CLIENT_MESH(
      Scope.CLIENT,
      Kind.TEXT,
      "client.mesh",
      "--mesh",
      "ws://127.0.0.1:7400",
      "address of the mesh"),
  CLIENT_SPACE(
      Scope.CLIENT,
      Kind.TEXT,
      "client.space",
      "--space",
      "",
      "name of the space (default: the only one there is)"),
  CLIENT_PASSPHRASE_FILE(
      Scope.CLIENT,
      Kind.PATH,
      "client.passphrase-file",
      "--passphrase-file",
      "",
      "file whose first line is the passphrase of the home"),
  CLIENT_TOKEN_FILE(
      Scope.CLIENT,
      Kind.PATH,
      "client.token-file",
      "--token-file",
      "",
      "file whose first line is an admission token for the space");

  /** Whom a setting concerns. */
  public enum Scope {
    MESH,
    CLIENT
  }

  /** What a setting's text must be. */
  public enum Kind {
    TEXT,
    PORT,
    /** Whole, and more than 0. */
    NUMBER,
    /** Whole; 0 for none. */
    COUNT,
    PATH,
    FLAG,
    LEVEL,
    SHARE,
    SECONDS
  }

  /** What the names of environment variables begin with. */
  static final String ENVIRONMENT_PREFIX = "SEALIFT_";

  private final Scope scope;
  private final Kind kind;
  private final String key;
  private final String option;
  private final String defaultText;
  private final String description;

  Setting(
      Scope scope, Kind kind, String key, String option, String defaultText, String description) {
    this.scope = scope;
    this.kind = kind;
    this.key = key;
    this.option = option;
    this.defaultText = defaultText;
    this.description = description;
  }

  public static List<Setting> of(Scope scope) {
    return Arrays.stream(values()).filter(setting -> setting.scope == scope).toList();
  }

  static Optional<Setting> ofKey(String key) {
    return Arrays.stream(values()).filter(setting -> setting.key.equals(key)).findFirst();
  }

  static Optional<Setting> ofVariable(String variable) {
    return Arrays.stream(values()).filter(s -> s.variable().equals(variable)).findFirst();
  }

  public Kind kind() {
    return kind;
  }

  /** The name in the configuration file. */
  public String key() {
    return key;
  }

  /** The name on the command line. */
  public String option() {
    return option;
  }

  /** Whether it is on unless somebody says otherwise: then there is an option that says so. */
  public boolean isOnByDefault() {
    return kind == Kind.FLAG && defaultText.equals("true");
  }

  /** The name in the environment. */
  public String variable() {
    return ENVIRONMENT_PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /** The text that holds where nobody says otherwise; empty where there is none. */
  public String defaultText() {
    return defaultText;
  }

  public String description() {
    return description;
  }
}
