package dev.sealift.ops.mesh;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipAdapter;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.config.Config;
import com.hazelcast.config.ListenerConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import dev.sealift.ops.mesh.MeshOptions.ClusterOptions;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.mesh.MeshVersions;
import dev.sealift.protocol.mesh.Roster;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process among the others of the mesh. Hazelcast finds them and notices who is gone; what a member does
 * stands in its attributes, so that every process computes the same owners from the same members. Any thread.
 */
final class Cluster implements Roster {
  private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

  /** Every message asks for the roster. What is so old is as good as new: retries wait longer. */
  private static final long KEPT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final String ENGINE = "sealift.engine";
  private static final String STORE = "sealift.store";
  private static final String COMPACTOR = "sealift.compactor";
  private static final String EMBEDDED_STORE = "sealift.store.embedded";
  private static final String NOTARY = "sealift.notary";
  private static final String VERSIONS = "sealift.mesh-versions";
  private static final String ROLES = "sealift.roles";

  /** What {@link Serving} calls this process. Members of all releases find it under this name. */
  private static final String PROCESS = "sealift.process";

  private final HealingClusterManager manager;
  private final String engineId = UUID.randomUUID().toString();
  private final String storeId = UUID.randomUUID().toString();
  private final String compactorId = UUID.randomUUID().toString();
  private final String processId = UUID.randomUUID().toString();
  private final MeshVersions spoken;
  private final Serving serving = new Serving(processId);
  private volatile Seen seen = new Seen(
      Set.of(), List.of(), List.of(), List.of(), Set.of(), MeshVersions.SPOKEN.oldest(), 0);

  /**
   * The members as they were at some time.
   *
   * @param ids what could be asked then, as {@link Serving} gave it
   */
  private record Seen(
      Set<String> ids,
      List<String> engines,
      List<String> stores,
      List<String> compactors,
      Set<String> present,
      int version,
      long atNanos) {}

  /**
   * @param embeddedStore whether the store of this process, if it runs a storage-adapter, is in no other's reach
   * @param spoken the versions of the messages that this process's verticles understand
   */
  Cluster(
      ClusterOptions options,
      Set<Role> roles,
      boolean embeddedStore,
      Optional<VerifyingKey> notary,
      MeshVersions spoken) {
    this.spoken = spoken;
    Config config = HazelcastConfig.of(options, attributes(roles, embeddedStore, notary));
    config.getUserContext().put(ServingTelling.HEARER, serving);
    config.addListenerConfig(new ListenerConfig(new MembershipAdapter() {
      @Override
      public void memberAdded(MembershipEvent event) {
        tell(Stream.of(event.getMember()));
      }
    }));
    this.manager = new HealingClusterManager(config);
  }

  private Map<String, String> attributes(
      Set<Role> roles, boolean embeddedStore, Optional<VerifyingKey> notary) {
    Map<String, String> attributes = new HashMap<>();
    attributes.put(VERSIONS, spoken.toString());
    attributes.put(ROLES, Role.format(roles));
    attributes.put(PROCESS, processId);
    if (roles.contains(Role.MERGE_ENGINE)) {
      attributes.put(ENGINE, engineId);
    }
    if (roles.contains(Role.STORAGE_ADAPTER)) {
      attributes.put(STORE, storeId);
      if (embeddedStore) {
        attributes.put(EMBEDDED_STORE, "true");
      }
    }
    if (roles.contains(Role.COMPACTOR)) {
      attributes.put(COMPACTOR, compactorId);
    }
    notary.ifPresent(key -> attributes.put(NOTARY, key.toString()));
    return attributes;
  }

  MeshVersions spoken() {
    return spoken;
  }

  HealingClusterManager manager() {
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

  /** What this process's compactor, if it runs one, is called. */
  String compactorId() {
    return compactorId;
  }

  @Override
  public List<String> engines() {
    return seen().engines();
  }

  @Override
  public List<String> stores() {
    return seen().stores();
  }

  @Override
  public List<String> compactors() {
    return seen().compactors();
  }

  /** From a member's coming to its going, whether or not it serves. */
  @Override
  public Set<String> present() {
    return seen().present();
  }

  /** The version to speak: the newest that all members understand. */
  int version() {
    return seen().version();
  }

  private Seen seen() {
    Seen last = seen;
    long now = System.nanoTime();
    Set<String> ids = serving.ids(); // the same set until somebody begins or stops to serve
    if (last.ids() == ids && last.atNanos() != 0 && now - last.atNanos() < KEPT_NANOS) {
      return last;
    }
    Seen fresh = new Seen(
        ids,
        serving(ENGINE, ids),
        serving(STORE, ids),
        serving(COMPACTOR, ids),
        named(),
        common(members()).orElse(spoken.oldest()),
        now);
    seen = fresh;
    return fresh;
  }

  /** A member counts from when its verticle serves until it is about to stop, or is gone. */
  private List<String> serving(String attribute, Set<String> ids) {
    return attributes(attribute).filter(ids::contains).toList();
  }

  /** The ids of all engines and storage-adapters of the members that are there. */
  private Set<String> named() {
    return Stream.concat(attributes(ENGINE), attributes(STORE))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static OptionalInt common(Stream<Member> members) {
    return MeshVersions.common(members.map(Cluster::versionsOf).toList());
  }

  /** A member that does not say what it speaks is of no version that we know of. */
  private static MeshVersions versionsOf(Member member) {
    return Optional.ofNullable(member.getAttribute(VERSIONS))
        .flatMap(MeshVersions::parse)
        .orElse(new MeshVersions(1, 1));
  }

  /** This process's merge engine can be asked from now on. */
  void serveEngine() {
    serve(engineId);
  }

  /** This process's storage-adapter can be asked from now on. */
  void serveStore() {
    serve(storeId);
  }

  /** This process's compactor takes its share of the spaces from now on. */
  void serveCompactor() {
    serve(compactorId);
  }

  private void serve(String id) {
    serving.begin(id);
    tell(others());
  }

  /** Others are to be asked from now on, for good. Returns whether this process was asked until now, and has others. */
  boolean leave() {
    boolean served = serving.end();
    tell(others());
    return served && others().findAny().isPresent();
  }

  /**
   * Tells all others who can be asked here, and forgets what was told by those that are gone. To be called again and again, whatever else of the cluster
   * is stuck. Does not block.
   */
  void tellAgain() {
    tell(others());
    serving.forgetAllBut(attributes(PROCESS).collect(Collectors.toUnmodifiableSet()));
  }

  /** Does not wait for the answer: who does not get it is told again soon. */
  private void tell(Stream<Member> members) {
    ServingTelling telling = new ServingTelling(serving.telling());
    members.forEach(to -> tell(to, telling));
  }

  private void tell(Member to, ServingTelling telling) {
    HazelcastInstance here = manager.getHazelcastInstance();
    if (here == null) { // a member may come before this one has started
      return;
    }
    try {
      here.getExecutorService(HazelcastConfig.TELLING).executeOnMember(telling, to);
    } catch (HazelcastInstanceNotActiveException | RejectedExecutionException stopping) {
      LOG.debug("A member is not told who can be asked here: {}", stopping.getMessage());
    }
  }

  /**
   * Looks after what this process has written in the cluster: see {@link HealingClusterManager}. Does not block.
   *
   * @return completes when all is as it should be, or fails
   */
  Future<Void> heal() {
    return manager.heal();
  }

  /**
   * Has this called whenever this process has joined another part of a cluster that had fallen apart, which knows nothing of what stood in its own:
   * {@link #heal} is due then. On a thread of Hazelcast's, which must not block.
   */
  void whenMerged(Runnable action) {
    manager.getHazelcastInstance().getLifecycleService().addLifecycleListener(event -> {
      if (event.getState() == LifecycleState.MERGED) {
        action.run();
      }
    });
  }

  /** The roles of each process of the mesh, this one included, as this process sees its members now. */
  List<List<String>> roles() {
    return members()
        .map(member -> Optional.ofNullable(member.getAttribute(ROLES)).orElse(""))
        .map(text -> List.of(text.split(",")))
        .toList();
  }

  /** Refuses a cluster in which this process would do harm. */
  void checkOthers() throws MeshStartException {
    Optional<MeshStartException> misfit = misfit();
    if (misfit.isPresent()) {
      throw misfit.get();
    }
  }

  /**
   * Why this process may not serve beside the others that are there now, if so. Two clusters that were founded at once, or were cut off from each other,
   * become one later, so passing once is not enough. Of two members that do not go together the younger is the misfit: all see them in
   * the same order.
   */
  Optional<MeshStartException> misfit() {
    List<Claims> older = new ArrayList<>();
    for (Member member : members().toList()) { // the oldest first
      if (member.localMember()) {
        return claims(member).refusal(older);
      }
      older.add(claims(member));
    }
    return Optional.empty(); // between two clusters
  }

  private static Claims claims(Member member) {
    Claims.Store store = member.getAttribute(STORE) == null
        ? Claims.Store.NONE
        : member.getAttribute(EMBEDDED_STORE) == null ? Claims.Store.SHARED : Claims.Store.EMBEDDED;
    return new Claims(versionsOf(member), Optional.ofNullable(member.getAttribute(NOTARY)), store);
  }

  private Stream<Member> others() {
    return members().filter(member -> !member.localMember());
  }

  private Stream<String> attributes(String name) {
    return members().map(member -> member.getAttribute(name)).filter(Objects::nonNull);
  }

  /** None when this process has left, or was thrown out. */
  private Stream<Member> members() {
    try {
      return manager.getHazelcastInstance().getCluster().getMembers().stream();
    } catch (HazelcastInstanceNotActiveException left) {
      return Stream.empty();
    }
  }
}
