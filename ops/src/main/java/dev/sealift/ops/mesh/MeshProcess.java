package dev.sealift.ops.mesh;

import dev.sealift.compactor.CompactorVerticle;
import dev.sealift.gateway.GatewayConfig;
import dev.sealift.gateway.GatewayVerticle;
import dev.sealift.gateway.TlsFiles;
import dev.sealift.merge.MergeEngineVerticle;
import dev.sealift.ops.logging.Logging;
import dev.sealift.ops.mesh.MeshOptions.Endpoint;
import dev.sealift.ops.metrics.MeshView;
import dev.sealift.ops.tracing.Tracing;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.mesh.MeshVersions;
import dev.sealift.protocol.mesh.Roster;
import dev.sealift.storage.StorageVerticle;
import dev.sealift.storage.StoreOpenException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process of the mesh: the verticles of its roles, and the cluster if it is not alone. Starting and
 * stopping block; verticles start with what others need first and stop the other way round, so that a gateway
 * still finds the engine and the store while it drains.
 */
public final class MeshProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MeshProcess.class);

  private static final String NOTARY_KEY_FILE = "notary.key";

  /** What the only verticle of each kind is called of a process that is the whole mesh. */
  private static final String LOCAL = "local";

  /** Often beside the time that a cluster takes to come together again, and a handful of look-ups each time. */
  private static final long HEAL_MILLIS = 5_000;

  /** As often as members let each other know that they live. */
  private static final long TELL_MILLIS = 1_000;

  /** Ten times what word of a leaving takes, on a machine under load. */
  private static final long LEAVE_MILLIS = 300;

  private final MeshOptions options;
  private final String version;
  private final PrometheusMeterRegistry meters;
  private final Vertx vertx;
  private final Optional<Cluster> cluster;
  private final Optional<Tracing> tracing;
  private final Deque<String> deployments = new ArrayDeque<>();
  private final CompletableFuture<MeshStartException> misfit = new CompletableFuture<>();
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile boolean ready;
  private volatile boolean closing;
  private @Nullable GatewayVerticle gateway;
  private BooleanSupplier clockBelieved = () -> true;
  private @Nullable URI url;

  private MeshProcess(
      MeshOptions options,
      String version,
      PrometheusMeterRegistry meters,
      Vertx vertx,
      Optional<Cluster> cluster,
      Optional<Tracing> tracing) {
    this.options = options;
    this.version = version;
    this.meters = meters;
    this.vertx = vertx;
    this.cluster = cluster;
    this.tracing = tracing;
  }

  /**
   * Starts what the options say, or nothing.
   *
   * @param version what the gateway says it is
   */
  public static MeshProcess start(MeshOptions options, String version) throws MeshStartException {
    return start(options, version, MeshVersions.SPOKEN);
  }

  /** @param spoken the versions of messages between verticles that this process is to understand */
  static MeshProcess start(MeshOptions options, String version, MeshVersions spoken)
      throws MeshStartException {
    if (options.cluster().isPresent()) {
      BusSecurity.check(options.cluster().get());
    }
    makeDataFolder(options.data());
    Optional<SigningKey> notary = notary(options);
    PrometheusMeterRegistry meters = VertxRuntime.meters();
    Optional<Cluster> cluster = options
        .cluster()
        .map(c -> new Cluster(
            c,
            options.roles(),
            options.embeddedStore(),
            notary.map(SigningKey::verifyingKey),
            spoken));
    Optional<Tracing> tracing = options
        .watched()
        .tracing()
        .map(to ->
            Tracing.start(to, version, options.roles().stream().map(Role::text).toList(), meters));
    MeshProcess process = new MeshProcess(
        options,
        version,
        meters,
        VertxRuntime.start(meters, options.cluster(), cluster, tracing),
        cluster,
        tracing);
    try {
      process.deployAll(notary);
      return process;
    } catch (MeshStartException | RuntimeException e) {
      process.close();
      throw e;
    }
  }

  private static void makeDataFolder(Path folder) throws MeshStartException {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new MeshStartException(
          "data-folder-unusable",
          "The data folder %s cannot be made. Choose another --data, or check the permissions."
              .formatted(folder),
          e);
    }
  }

  /** Store and compactor have no use for the key, so a process with nothing else never sees it. */
  private static Optional<SigningKey> notary(MeshOptions options) throws MeshStartException {
    if (options.roles().stream().noneMatch(Role::needsNotaryKey)) {
      return Optional.empty();
    }
    return Optional.of(
        options.files().notaryKey().isPresent()
            ? NotaryKeyFile.read(options.files().notaryKey().get())
            : NotaryKeyFile.readOrMake(options.data().resolve(NOTARY_KEY_FILE)));
  }

  private void deployAll(Optional<SigningKey> notary) throws MeshStartException {
    if (cluster.isPresent()) {
      enter(cluster.get());
    }
    showMesh();
    if (options.roles().contains(Role.STORAGE_ADAPTER)) {
      bringUpStore();
      String storeId = cluster.map(Cluster::storeId).orElse(LOCAL);
      deploy(new StorageVerticle(storeId, () -> options.store().open(vertx, meters), meters));
      cluster.ifPresent(Cluster::serveStore);
    }
    if (options.roles().contains(Role.MERGE_ENGINE)) {
      deployEngine(notary.orElseThrow());
    }
    if (options.roles().contains(Role.COMPACTOR)) {
      deployCompactor();
    }
    if (options.roles().contains(Role.GATEWAY)) {
      deployGateway(notary.orElseThrow());
    } else if (options.watched().probes().isPresent()) {
      deploy(new ProbeServer(
          options.watched().probes().get(),
          () -> ready && !misfit.isDone() && clockBelieved.getAsBoolean(),
          meters::scrape,
          operatorRoutes()));
    }
    if (misfit.isDone()) {
      throw misfit.join();
    }
    ready = true;
  }

  /** By itself, because opening is bounded and this is not: a migration that was cut short would begin anew at each start. */
  private void bringUpStore() throws MeshStartException {
    try {
      options.store().bringUp();
    } catch (StoreOpenException e) {
      throw VertxRuntime.explained(e);
    }
  }

  private void showMesh() {
    List<String> own = options.roles().stream().map(Role::text).toList();
    Optional<String> engine = Optional.of(cluster.map(Cluster::engineId).orElse(LOCAL))
        .filter(id -> options.roles().contains(Role.MERGE_ENGINE));
    new MeshView(
            () -> roster().engines(),
            () -> cluster.map(Cluster::roles).orElseGet(() -> List.of(own)))
        .register(meters, Arrays.stream(Role.values()).map(Role::text).toList(), own, engine);
  }

  private void deployEngine(SigningKey notary) throws MeshStartException {
    DeploymentOptions how = MergeEngineVerticle.deploymentOptions();
    String engineId = cluster.map(Cluster::engineId).orElse(LOCAL);
    MergeEngineVerticle engine = new MergeEngineVerticle(
        engineId, roster(), notary, InstantSource.system(), options.policy(), meters);
    deploy(engine, how);
    clockBelieved = engine::isClockBelieved;
    cluster.ifPresent(Cluster::serveEngine);
  }

  private void deployCompactor() throws MeshStartException {
    String compactorId = cluster.map(Cluster::compactorId).orElse(LOCAL);
    deploy(new CompactorVerticle(
        compactorId, roster(), InstantSource.system(), options.compaction(), meters));
    cluster.ifPresent(Cluster::serveCompactor);
  }

  private void enter(Cluster entered) throws MeshStartException {
    entered.checkOthers();
    BusVersions.keep(vertx.eventBus(), entered.spoken(), entered::version);
    vertx.setPeriodic(TELL_MILLIS, timer -> entered.tellAgain());
    vertx.setPeriodic(HEAL_MILLIS, timer -> lookAfterCluster());
    entered.whenMerged(() -> {
      entered.tellAgain();
      lookAfterCluster();
    });
  }

  /** One look at a time: each waits for members, and while one of them is away they would pile up. None once this process has nothing to do it with. */
  void lookAfterCluster() {
    if (closing || !looking.compareAndSet(false, true)) {
      return;
    }
    vertx
        .executeBlocking(() -> look(cluster.orElseThrow()))
        .compose(healed -> healed)
        .onComplete(done -> looking.set(false))
        .onFailure(failure -> LOG.warn(
            "This process's entries in the cluster could not be looked after, and will be again soon: {}",
            failure.getClass().getSimpleName()));
  }

  private Future<Void> look(Cluster entered) {
    entered.misfit().filter(misfit::complete).ifPresent(why -> {
      LOG.error("This process takes no part in the mesh any more: {}", why.getMessage());
      leave();
      entered.leave();
    });
    return entered.heal();
  }

  private void deployGateway(SigningKey notary) throws MeshStartException {
    Endpoint at = options.gateway().at();
    GatewayVerticle opening = new GatewayVerticle(
        gatewayConfig(at), notary, roster(), meters, meters::scrape, operatorRoutes());
    deploy(opening);
    gateway = opening;
    String scheme = options.gateway().tls().isPresent() ? "wss" : "ws";
    String host = at.host().contains(":") ? "[" + at.host() + "]" : at.host();
    url = URI.create(scheme + "://" + host + ":" + opening.port());
  }

  private Roster roster() {
    return cluster.<Roster>map(c -> c).orElseGet(() -> Roster.of(LOCAL, LOCAL));
  }

  private Map<String, Handler<HttpServerRequest>> operatorRoutes() throws MeshStartException {
    List<String> own = options.roles().contains(Role.COMPACTOR) ? List.of(LOCAL) : List.of();
    return operatorSecret()
        .map(secret -> new OperatorRoutes(
            vertx, secret, () -> cluster.map(Cluster::compactors).orElse(own)))
        .map(OperatorRoutes::byPath)
        .orElse(Map.of());
  }

  /** A process that has nowhere to keep one serves devices all the same, and operators not at all. */
  private Optional<OperatorSecret> operatorSecret() throws MeshStartException {
    if (options.files().operatorSecret().isPresent()) {
      return Optional.of(OperatorSecret.read(options.files().operatorSecret().get()));
    }
    Path file = options.data().resolve(OperatorSecret.FILE);
    if (!Files.exists(file) && !Files.isWritable(options.data())) {
      LOG.info(
          "Operators cannot ask this process about spaces: its data folder cannot be written, and no --operator-secret is named.");
      return Optional.empty();
    }
    return Optional.of(OperatorSecret.readOrMake(file));
  }

  private GatewayConfig gatewayConfig(Endpoint at) {
    GatewayConfig plain = GatewayConfig.loopback(at.port(), version)
        .withHost(at.host())
        .withLimits(options.gateway().limits());
    GatewayConfig allowed =
        options.gateway().allowPlaintext() ? plain.withPlaintextAllowed() : plain;
    return options
        .gateway()
        .tls()
        .map(tls -> allowed.withTls(new TlsFiles(tls.certificate(), tls.key())))
        .orElse(allowed);
  }

  private void deploy(Deployable verticle) throws MeshStartException {
    deploy(verticle, new DeploymentOptions());
  }

  private void deploy(Deployable verticle, DeploymentOptions how) throws MeshStartException {
    deployments.push(VertxRuntime.await(vertx.deployVerticle(verticle, how)));
  }

  Vertx vertx() {
    return vertx;
  }

  /** Where devices connect; empty in a process without a gateway. */
  public Optional<URI> url() {
    return Optional.ofNullable(url);
  }

  /** The bytes of all frames that devices and the gateway have sent each other. */
  public long wireBytes() {
    return Math.round(meters.find("sealift.gateway.bytes").counters().stream()
        .mapToDouble(Counter::count)
        .sum());
  }

  /**
   * Completes when this process turns out to be one that would not have started, had it known the others: it is not ready, and is not asked any more. Ending it is
   * left to whoever started it.
   */
  public CompletableFuture<MeshStartException> misfit() {
    return misfit.copy();
  }

  /** Is not ready from now on, and serves whoever comes all the same: for as long as balancers still send some. */
  public void leave() {
    ready = false;
    if (gateway != null) {
      gateway.leave();
    }
  }

  /** Stops taking work, finishes what is under way, closes. */
  @Override
  public void close() {
    ready = false;
    cluster.map(Cluster::manager).ifPresent(HealingClusterManager::leaving);
    if (url != null) {
      stopLast(); // the gateway: what it has under way still finds this process's other verticles
    }
    if (cluster.isPresent() && cluster.get().leave()) {
      waitForWhatIsOnItsWay();
    }
    while (!deployments.isEmpty()) {
      stopLast();
    }
    closing = true;
    Logging.expectNettyToComplain();
    stopQuietly(() -> VertxRuntime.await(vertx.close()));
    tracing.ifPresent(Tracing::close);
    meters.close();
  }

  private void stopLast() {
    stopQuietly(() -> VertxRuntime.await(vertx.undeploy(deployments.pop())));
  }

  /** What others asked before they knew that this process leaves is still served; what comes later they ask of another. */
  private static void waitForWhatIsOnItsWay() {
    try {
      Thread.sleep(LEAVE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private interface Stopping {
    void stop() throws MeshStartException;
  }

  /** One verticle that fails to stop must not keep the next from being stopped. */
  private static void stopQuietly(Stopping stopping) {
    try {
      stopping.stop();
    } catch (MeshStartException e) {
      LOG.warn("A part of this process did not stop as it should: {}", e.getMessage());
    }
  }
}
