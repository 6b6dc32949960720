package dev.sealift.ops.mesh;

import static java.util.Objects.requireNonNull;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.core.spi.cluster.RegistrationListener;
import io.vertx.core.spi.cluster.RegistrationUpdateEvent;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The cluster manager of Vert.x, which also looks after what it has written.
 *
 * <p>Who listens at which address stands in one map of the cluster. When a cluster falls apart each side strikes the other out of it, and when
 * the sides meet again the smaller one's map goes. Vert.x 5.0.10 knows its own entries too, in a field that nobody else can reach, and writes them anew when it
 * hears that a member is gone: then alone. A member that is slow to notice that another was gone strikes it out after that; a
 * write that fails is not repeated; and an event of the map that is lost leaves a member with an old list for good. So every process looks for
 * its own entries now and then, whatever it heard, and writes what is missing, strikes out those of processes that are gone,
 * and reads the lists that it goes by.
 */
final class HealingClusterManager extends HazelcastClusterManager {
  /** The addresses of replies are nobody's to look up. */
  private static final String NAMED = "sealift.";

  /** Changes come one at a time; a list that changes so often while it is told is settled by the next look. */
  private static final int TELLINGS = 8;

  /** Many times what taking an entry out takes. */
  private static final long FAREWELL_MILLIS = 1_000;

  /** Longer than Hazelcast takes to leave in good order ({@link HazelcastConfig}). */
  static final long LEAVE_MILLIS = 8_000;

  private final Map<String, Set<RegistrationInfo>> own = new ConcurrentHashMap<>();
  private final Set<String> lookedUp = ConcurrentHashMap.newKeySet();
  private Set<RegistrationInfo> strangersBefore = Set.of();
  private volatile @Nullable RegistrationListener selector;
  private volatile @Nullable Vertx vertx;
  private volatile @Nullable NodeInfo ownNode;
  private volatile boolean joined;
  private volatile boolean leaving;

  HealingClusterManager(Config config) {
    super(config);
  }

  @Override
  public void init(Vertx user) {
    vertx = user;
    super.init(user);
  }

  @Override
  public void join(Completable<Void> promise) {
    Promise<Void> joining = Promise.promise();
    joining.future().onSuccess(done -> joined = true).onComplete(promise);
    super.join(joining);
  }

  /**
   * Leaves in good order, which waits for whoever handles that a member is gone, and that for other members: so it is bounded. Of a join
   * that failed halfway Vert.x 5.0.10 leaves the member running, and fails at what it had not made yet.
   */
  @Override
  public void leave(Completable<Void> promise) {
    leaving = true;
    if (!joined) {
      terminate().onComplete(promise);
      return;
    }
    Promise<Void> left = Promise.promise();
    Future<Void> late = requireNonNull(vertx)
        .timer(LEAVE_MILLIS, TimeUnit.MILLISECONDS)
        .compose(waited -> left.future().isComplete() ? left.future() : terminate());
    Future.any(left.future(), late).<Void>mapEmpty().onComplete(promise);
    super.leave(left);
  }

  private Future<Void> terminate() {
    return requireNonNull(vertx)
        .executeBlocking(
            () -> {
              HazelcastInstance member = getHazelcastInstance();
              if (member != null) {
                member.getLifecycleService().terminate();
              }
              return null;
            },
            false);
  }

  /** Not of a process that leaves: it would wait for whoever handles that a member is gone. */
  @Override
  public void stateChanged(LifecycleEvent event) {
    if (!leaving) {
      super.stateChanged(event);
    }
  }

  @Override
  public void registrationListener(RegistrationListener listener) {
    selector = listener;
    super.registrationListener(listener);
  }

  @Override
  public void setNodeInfo(NodeInfo node, Completable<Void> promise) {
    ownNode = node;
    super.setNodeInfo(node, promise);
  }

  @Override
  public void addRegistration(
      String address, RegistrationInfo registration, Completable<Void> promise) {
    if (address.startsWith(NAMED) && !registration.localOnly()) {
      own.computeIfAbsent(address, any -> ConcurrentHashMap.newKeySet()).add(registration);
    }
    super.addRegistration(address, registration, promise);
  }

  @Override
  public void removeRegistration(
      String address, RegistrationInfo registration, Completable<Void> promise) {
    own.computeIfPresent(address, (any, registrations) -> {
      registrations.remove(registration);
      return registrations.isEmpty() ? null : registrations;
    });
    if (!leaving) {
      super.removeRegistration(address, registration, promise);
      return;
    }
    Promise<Void> removed = Promise.promise();
    Future.any(
            removed.future(), requireNonNull(vertx).timer(FAREWELL_MILLIS, TimeUnit.MILLISECONDS))
        .<Void>mapEmpty()
        .onComplete(promise);
    super.removeRegistration(address, registration, removed);
  }

  /**
   * This process is about to leave. Whether its entries can be taken out at once no longer matters: the others strike out those of who is gone, and a partition
   * without a member would keep it from stopping.
   */
  void leaving() {
    leaving = true;
  }

  @Override
  public void getRegistrations(String address, Completable<List<RegistrationInfo>> promise) {
    if (address.startsWith(NAMED)) {
      lookedUp.add(address);
    }
    super.getRegistrations(address, promise);
  }

  /** Looks once, beside everything else; not again before that is complete. Completes when all is as it should be, or fails. */
  Future<Void> heal() {
    if (!isActive()) {
      return Future.succeededFuture();
    }
    Set<String> addresses = new HashSet<>(own.keySet());
    addresses.addAll(lookedUp);
    Set<RegistrationInfo> strangers = ConcurrentHashMap.newKeySet();
    List<Future<?>> healed = new ArrayList<>();
    healed.add(healNode());
    addresses.forEach(address ->
        healed.add(registrations(address).compose(found -> heal(address, found, strangers))));
    return Future.join(healed).<Void>mapEmpty().onComplete(done -> strangersBefore = strangers);
  }

  private Future<Void> healNode() {
    NodeInfo node = ownNode;
    if (node == null) {
      return Future.succeededFuture();
    }
    Promise<NodeInfo> found = Promise.promise();
    getNodeInfo(getNodeId(), found);
    return found.future().<Void>mapEmpty().recover(missing -> {
      // It waits for whoever handles that a member is gone, and that waits for other members.
      return requireNonNull(vertx)
          .executeBlocking(() -> {
            Promise<Void> written = Promise.promise();
            setNodeInfo(node, written);
            return written.future();
          })
          .compose(written -> written);
    });
  }

  private Future<List<RegistrationInfo>> registrations(String address) {
    Promise<List<RegistrationInfo>> found = Promise.promise();
    super.getRegistrations(address, found);
    return found.future();
  }

  private Future<Void> heal(
      String address, List<RegistrationInfo> found, Set<RegistrationInfo> strangers) {
    List<Future<?>> changes = new ArrayList<>();
    Set<RegistrationInfo> mine = own.getOrDefault(address, Set.of());
    for (RegistrationInfo registration : mine) {
      if (!found.contains(registration)) {
        changes.add(write(address, registration));
      }
    }
    for (RegistrationInfo registration : found) {
      if (isGone(registration, mine)) {
        strangers.add(registration);
        // Another may know of a newcomer before we do: what looks twice like nobody's goes.
        if (strangersBefore.contains(registration)) {
          Promise<Void> removed = Promise.promise();
          super.removeRegistration(address, registration, removed);
          changes.add(removed.future());
        }
      }
    }
    return Future.join(changes)
        .<Void>mapEmpty()
        .eventually(() -> registrations(address).compose(now -> tell(address, now, TELLINGS)));
  }

  private boolean isGone(RegistrationInfo registration, Set<RegistrationInfo> mine) {
    boolean isMine = registration.nodeId().equals(getNodeId());
    return isMine ? !mine.contains(registration) : !getNodes().contains(registration.nodeId());
  }

  private Future<Void> write(String address, RegistrationInfo registration) {
    Promise<Void> written = Promise.promise();
    super.addRegistration(address, registration, written);
    return written.future().compose(done -> {
      boolean stopped = !own.getOrDefault(address, Set.of()).contains(registration);
      Promise<Void> settled = Promise.promise();
      if (stopped) {
        super.removeRegistration(address, registration, settled);
      } else {
        settled.complete();
      }
      return settled.future();
    });
  }

  /**
   * Whoever chooses among the listeners of an address goes by what is true now, and is not told of what it does not ask for. Vert.x tells it
   * of changes too, and may have told it of a newer list while this one was on its way here: so it is read again once it is told.
   */
  private Future<Void> tell(String address, List<RegistrationInfo> registrations, int tellings) {
    RegistrationListener chooser = selector;
    if (chooser == null || !chooser.wantsUpdatesFor(address)) {
      lookedUp.remove(address);
      return Future.succeededFuture();
    }
    chooser.registrationsUpdated(new RegistrationUpdateEvent(address, registrations));
    return registrations(address)
        .compose(now -> tellings == 1 || Set.copyOf(now).equals(Set.copyOf(registrations))
            ? Future.succeededFuture()
            : tell(address, now, tellings - 1));
  }
}
