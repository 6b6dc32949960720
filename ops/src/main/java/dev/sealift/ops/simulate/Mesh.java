package dev.sealift.ops.simulate;

import dev.sealift.compactor.CompactorPolicy;
import dev.sealift.compactor.Watcher;
import dev.sealift.gateway.codec.Subprotocol;
import dev.sealift.gateway.session.Effect.Admit;
import dev.sealift.gateway.session.Effect.Ask;
import dev.sealift.gateway.session.Effect.Authorize;
import dev.sealift.gateway.session.Effect.Entered;
import dev.sealift.gateway.session.Effect.FindSteps;
import dev.sealift.gateway.session.Effect.Read;
import dev.sealift.gateway.session.Effect.ReadEntries;
import dev.sealift.gateway.session.Effect.ReadOutline;
import dev.sealift.gateway.session.Effect.ReadPositions;
import dev.sealift.gateway.session.Effect.Stage;
import dev.sealift.gateway.session.FreshFiles;
import dev.sealift.gateway.session.GatewaySession;
import dev.sealift.gateway.session.MeshTrouble;
import dev.sealift.gateway.session.Notary;
import dev.sealift.gateway.session.SessionLimits;
import dev.sealift.gateway.session.SpaceHead;
import dev.sealift.gateway.session.Taken;
import dev.sealift.merge.Effect;
import dev.sealift.merge.Engine;
import dev.sealift.merge.EngineLimits;
import dev.sealift.merge.SpacePolicy;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.CommitReply;
import dev.sealift.protocol.mesh.proto.CommitRequest;
import dev.sealift.protocol.mesh.proto.DevicePosition;
import dev.sealift.protocol.mesh.proto.LoadSpaceRequest;
import dev.sealift.protocol.mesh.proto.PositionsRequest;
import dev.sealift.protocol.mesh.proto.PresentDevice;
import dev.sealift.protocol.mesh.proto.ReadRequest;
import dev.sealift.protocol.mesh.proto.SpaceAdvanced;
import dev.sealift.protocol.proto.Offer;
import dev.sealift.storage.FileStore;
import dev.sealift.storage.StoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A mesh of one process: the real sessions of a gateway, the real admission core and the real store, and between them a simulated event bus, which delays, and which loses
 * answers. The process can be killed before and after a commit.
 */
final class Mesh {
  private static final long TICK_MILLIS = 1_000;

  /** Longer than a real one's, so that years pass quickly. */
  private static final long COMPACTOR_TICK_MILLIS = 10_000;

  /** What a gateway waits for an answer, and an engine for the store's. */
  private static final long TIMEOUT_MILLIS = 5_000;

  private static final String STORE = "store";

  /** What the next commits come to, beside going well. */
  enum Mishap {
    NONE,
    /** The store answers that it failed, and it has. */
    FAILS,
    /** It is in the store, and the answer is lost. */
    UNANSWERED,
    /** The process is killed before it. */
    KILLED_BEFORE,
    /** The process is killed after it, and nobody has an answer. */
    KILLED_AFTER
  }

  private final Scheduler scheduler;
  private final Dice dice;
  private final Trace trace;
  private final MeshDisk disk;
  private final SigningKey notaryKey;
  private final Notary notary;
  private final List<MeshSession> sessions = new ArrayList<>();
  private final Set<MeshSession> entered = new LinkedHashSet<>();
  private final Map<Long, Waiting> waiting = new HashMap<>();
  private UnaryOperator<FileStore> stores = UnaryOperator.identity();
  private FileStore store;
  private Engine engine;
  private final Network network;
  private boolean up = true;
  private long process;
  private long lastAsk;
  private long crashes;
  private long mostBusMillis;
  private long recoveryMillis = SpacePolicy.RECOVERY_MILLIS;
  private double lostAnswers;
  private boolean compactions;
  private Mishap mishap = Mishap.NONE;
  private int mostReadFiles = Limits.MAX_FILES_ENTRIES;
  private Supplier<@Nullable MeshCompactor> compactors = () -> null;
  private @Nullable MeshCompactor compactor;
  private Taken taken = Taken.NOTHING;
  private BiConsumer<SpaceId, Long> listener = (space, size) -> {};
  private Runnable lossListener = () -> {};
  private boolean hasLost;

  /** Who asked the engine, and under which ticket. */
  private record Waiting(MeshSession session, long ticket) {}

  Mesh(Scheduler scheduler, Dice dice, Trace trace, MeshDisk disk) {
    this.scheduler = scheduler;
    this.dice = dice;
    this.trace = trace;
    this.disk = disk;
    this.notaryKey = SigningKey.fromSeed(dice.bytes(SigningKey.SEED_BYTES));
    this.notary = new Notary(notaryKey, () -> dice.bytes(32), scheduler::nowMillis);
    this.store = disk.open();
    this.engine = newEngine();
    this.network = new Network(scheduler, dice.fork(), trace, this);
  }

  private Engine newEngine() {
    long of = process;
    SpacePolicy open = SpacePolicy.open().withRecoveryMillis(recoveryMillis);
    SpacePolicy policy = compactions ? open.withCompactions() : open;
    return new Engine(notaryKey, EngineLimits.DEFAULT, policy, effect -> {
      if (of == process) {
        perform(effect);
      }
    });
  }

  /** Before anything else: it admits compactions. */
  void admitCompactions() {
    compactions = true;
    engine = newEngine();
  }

  /** Before anything else: it has a compactor, which offers devices their turn, and has the store reclaim. */
  void compacts(CompactorPolicy policy, Watcher watcher) {
    admitCompactions();
    compactors = () -> new MeshCompactor(this, policy, watcher);
    startCompactor();
  }

  private void startCompactor() {
    compactor = compactors.get();
    if (compactor != null) {
      tickLater(compactor);
    }
  }

  private void tickLater(MeshCompactor ticked) {
    soon(COMPACTOR_TICK_MILLIS, () -> {
      ticked.tick();
      tickLater(ticked);
    });
  }

  /** Tells how long logs are, whenever one grows. */
  void listen(BiConsumer<SpaceId, Long> toGrowth) {
    listener = listener.andThen(toGrowth);
  }

  /** Tells that the store is open that was made of a copy, before anything else goes on. */
  void listenToLoss(Runnable toLoss) {
    lossListener = toLoss;
  }

  /** How long a log is in the store now; 0 where there is none. */
  long size(SpaceId space) {
    LoadSpaceRequest request =
        LoadSpaceRequest.newBuilder().setSpace(space.byteString()).build();
    return store.loadSpace(request).toCompletableFuture().join().getSize();
  }

  /** It has no more files than this in one answer. */
  void mostReadFiles(int files) {
    mostReadFiles = files;
  }

  Network network() {
    return network;
  }

  boolean isUp() {
    return up;
  }

  long nowMillis() {
    return scheduler.nowMillis();
  }

  long crashes() {
    return crashes;
  }

  void mostBusMillis(long millis) {
    mostBusMillis = millis;
  }

  /** How likely an answer within the mesh is to be lost. */
  void lostAnswers(double chance) {
    lostAnswers = chance;
  }

  /** What happens at the next commit. */
  void mishap(Mishap next) {
    mishap = next;
  }

  /** How long it takes back what devices hold, once it was restored. */
  void recoveryMillis(long millis) {
    recoveryMillis = millis;
  }

  /** Its operator copies its store. */
  void backUp() {
    trace.say("mesh", "is backed up");
    disk.backUp();
  }

  /** It is killed, and starts again with what its operator has copied. */
  void restore() {
    if (disk.isBackedUp()) {
      trace.say("mesh", "is restored from its copy");
      if (up) {
        kill();
      }
      disk.restore();
      hasLost = true;
      network.receipts().restored();
    }
  }

  /** It starts again on a store that somebody exchanged for an older copy, and that does not say so. */
  void exchange(Path copy) {
    trace.say("mesh", "has another store");
    kill();
    disk.exchange(copy);
  }

  /** It is killed, its store is copied, and it starts again. */
  void copy(Path to) {
    kill();
    disk.copy(to);
    start();
  }

  /** From now on its store is what this makes of the real one. */
  void keepIn(UnaryOperator<FileStore> made) {
    stores = made;
    store = made.apply(store);
  }

  /** What it signs with. */
  SigningKey notaryKey() {
    return notaryKey;
  }

  /** Nothing goes wrong from now on. */
  void heal() {
    lostAnswers = 0;
    mishap = Mishap.NONE;
    if (!up) {
      start();
    }
  }

  /** What is in the store, for looking at. */
  FileStore store() {
    return store;
  }

  // The process

  private void kill() {
    crashes++;
    up = false;
    process++;
    waiting.clear();
    network.meshGone();
    sessions.clear();
    entered.clear();
    store.close();
    scheduler.after(dice.between(1, 2_000), this::start);
  }

  private void start() {
    if (!up) {
      trace.say("mesh", "starts again");
      up = true;
      store = stores.apply(disk.open());
      if (hasLost) {
        hasLost = false;
        lossListener.run();
      }
      engine = newEngine();
      startCompactor();
    }
  }

  void close() {
    store.close();
  }

  /** After the time that a message takes within the mesh. */
  void soon(Runnable action) {
    soon(0, action);
  }

  /** Asks the store over the bus, for a part of the mesh that is no session. */
  <R> void look(Supplier<CompletionStage<R>> question, Consumer<R> told, Runnable failed) {
    soon(() ->
        fromStore(question.get(), reply -> soon(() -> told.accept(reply)), () -> soon(failed)));
  }

  /** After the time that a message takes within the mesh, if the process is still there. */
  private void soon(long extraMillis, Runnable action) {
    long of = process;
    long millis = extraMillis + (mostBusMillis == 0 ? 0 : dice.between(0, mostBusMillis));
    scheduler.after(millis, () -> {
      if (of == process) {
        action.run();
      }
    });
  }

  // Connections

  MeshSession accept(Network.Link link) {
    GatewaySession session = new GatewaySession(
        notary, SessionLimits.defaults(), Subprotocol.BINARY.codec(), nowMillis());
    MeshSession accepted = new MeshSession(this, link, session);
    sessions.add(accepted);
    tickLater(accepted);
    return accepted;
  }

  private void tickLater(MeshSession session) {
    soon(TICK_MILLIS, () -> {
      if (sessions.contains(session)) {
        session.tick();
        tickLater(session);
      }
    });
  }

  void left(MeshSession session) {
    sessions.remove(session);
    entered.remove(session);
  }

  long connectionsOfOthers(Optional<DeviceId> device) {
    return entered.stream().filter(other -> !other.device().equals(device)).count();
  }

  void entered(MeshSession session, Entered how) {
    entered.add(session);
    List<MeshSession> own = entered.stream()
        .filter(other -> other.device().equals(session.device()))
        .toList();
    long beyond = own.size() - Math.max(1, how.deviceConnections());
    own.stream().limit(Math.max(0, beyond)).forEach(MeshSession::supersede);
  }

  void tell(SpaceHead head, Optional<FreshFiles> fresh) {
    List.copyOf(sessions).stream()
        .filter(MeshSession::follows)
        .forEach(session -> session.advanced(head, fresh));
  }

  /** As a compactor does. Returns whether the device is there, and was told. */
  boolean offer(DeviceId device, Offer offer) {
    return List.copyOf(sessions).stream()
        .filter(session -> session.device().equals(Optional.of(device)))
        .anyMatch(session -> session.offer(offer));
  }

  /** The devices that can be asked for work. */
  List<PresentDevice> present() {
    return sessions.stream().map(MeshSession::present).flatMap(Optional::stream).toList();
  }

  void paced(Taken more) {
    taken = taken.plus(more);
  }

  /** What devices have taken in since this was asked. */
  Taken taken() {
    Taken all = taken;
    taken = Taken.NOTHING;
    return all;
  }

  void note(DevicePosition position) {
    PositionsRequest request =
        PositionsRequest.newBuilder().addPositions(position).build();
    soon(0, () -> fromStore(store.recordPositions(request), reply -> {}, () -> {}));
  }

  // What sessions ask

  void ask(MeshSession session, Ask ask) {
    soon(ask.delayMillis(), () -> answer(session, ask));
  }

  private void answer(MeshSession session, Ask ask) {
    long ticket = ask.ticket();
    if (ask instanceof Stage stage) {
      fromStore(
          store.stage(stage.request()),
          reply -> session.staged(ticket, reply.toBuilder().setStore(STORE).build()),
          () -> session.failed(ticket, MeshTrouble.BUSY));
    } else if (ask instanceof Read read) {
      look(session, ticket, store.read(bounded(read.request())), session::read);
    } else if (ask instanceof ReadOutline outline) {
      look(session, ticket, store.outline(outline.request()), session::outlined);
    } else if (ask instanceof ReadEntries entries) {
      look(session, ticket, store.entries(entries.request()), session::entriesRead);
    } else if (ask instanceof FindSteps steps) {
      look(session, ticket, store.compactions(steps.request()), session::stepsFound);
    } else if (ask instanceof ReadPositions positions) {
      look(session, ticket, store.signedPositions(positions.request()), session::positionsRead);
    } else if (ask instanceof Admit admit) {
      tellEngine(() -> engine.admit(asked(session, ticket), admit.request(), nowMillis()));
    } else if (ask instanceof Authorize authorize) {
      tellEngine(() -> engine.authorize(asked(session, ticket), authorize.request(), nowMillis()));
    }
  }

  private ReadRequest bounded(ReadRequest request) {
    return request.toBuilder()
        .setMaxFiles(Math.min(request.getMaxFiles(), mostReadFiles))
        .build();
  }

  private <R> void look(
      MeshSession session, long ticket, CompletionStage<R> answer, BiConsumer<Long, R> told) {
    fromStore(
        answer,
        reply -> reply(session, ticket, () -> told.accept(ticket, reply)),
        () -> reply(session, ticket, () -> session.failed(ticket, MeshTrouble.UNAVAILABLE)));
  }

  /** An answer on its way, which can be lost: then the question has none in time. */
  private void reply(MeshSession session, long ticket, Runnable arrives) {
    if (lostAnswers > 0 && dice.chance(lostAnswers)) {
      trace.say("mesh", "loses an answer");
      soon(TIMEOUT_MILLIS, () -> session.failed(ticket, MeshTrouble.TIMEOUT));
    } else {
      soon(0, arrives);
    }
  }

  private long asked(MeshSession session, long ticket) {
    lastAsk++;
    waiting.put(lastAsk, new Waiting(session, ticket));
    return lastAsk;
  }

  /** The store's own threads answer, and are waited for. */
  private static <T> void fromStore(
      CompletionStage<T> answer, Consumer<T> answered, Runnable failed) {
    T reply;
    try {
      reply = answer.toCompletableFuture().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StoreException) {
        failed.run();
        return;
      }
      throw e;
    }
    answered.accept(reply);
  }

  // The engine

  private void tellEngine(Runnable input) {
    engine.elapsed(nowMillis());
    input.run();
    if (engine.hasWork()) {
      soon(0, () -> tellEngine(() -> engine.resume(nowMillis())));
    }
  }

  private void perform(Effect effect) {
    if (effect instanceof Effect.Commit commit) {
      soon(0, () -> commit(commit.request()));
    } else if (effect instanceof Effect.Load load) {
      soon(0, () -> load(load.space()));
    } else if (effect instanceof Effect.LookUp lookUp) {
      soon(0, () -> lookUp(lookUp));
    } else if (effect instanceof Effect.ReplyAdmit reply) {
      Waiting to = waiting.remove(reply.ask());
      reply(to.session(), to.ticket(), () -> to.session().admitted(to.ticket(), reply.reply()));
    } else if (effect instanceof Effect.ReplyAuthorize reply) {
      Waiting to = waiting.remove(reply.ask());
      reply(to.session(), to.ticket(), () -> to.session().authorized(to.ticket(), reply.reply()));
    } else if (effect instanceof Effect.Fail fail) {
      Waiting to = waiting.remove(fail.ask());
      reply(
          to.session(),
          to.ticket(),
          () -> to.session().failed(to.ticket(), trouble(fail.failure())));
    } else if (effect instanceof Effect.Publish publish) {
      publish(publish.advanced());
    } else if (effect instanceof Effect.Alarm alarm) {
      throw new Fault("mesh", "the engine does not believe its store: " + alarm.fault());
    } else if (effect instanceof Effect.Bug bug) {
      throw bug.cause();
    }
  }

  private static MeshTrouble trouble(MeshFailure failure) {
    return switch (failure) {
      case BUSY -> MeshTrouble.BUSY;
      case UNAVAILABLE -> MeshTrouble.UNAVAILABLE;
      case VERSION -> MeshTrouble.VERSION;
      case MALFORMED -> MeshTrouble.MALFORMED;
      case INTERNAL -> MeshTrouble.BROKEN;
    };
  }

  /** Heard late, twice, or not at all: heads are what counts, and sessions ask again by themselves. */
  private void publish(SpaceAdvanced advanced) {
    trace.note(advanced.getSignedHead());
    int times = lostAnswers > 0 ? (int) dice.between(0, 2) : 1;
    for (int i = 0; i < times; i++) {
      soon(0, () -> {
        try {
          SpaceId space = SpaceId.parse(advanced.getSpace());
          SpaceHead head =
              SpaceHead.parse(advanced.getSignedHead(), advanced.getLossMillis(), space);
          tell(head, Optional.empty());
          if (compactor != null) {
            compactor.advanced(space, head.size(), head.serverTimeMillis());
          }
          listener.accept(space, head.size());
        } catch (FormatException e) {
          throw new IllegalStateException("the engine's own head is well-formed", e);
        }
      });
    }
  }

  private void load(SpaceId space) {
    LoadSpaceRequest request =
        LoadSpaceRequest.newBuilder().setSpace(space.byteString()).build();
    fromStore(
        store.loadSpace(request),
        reply -> soon(0, () -> tellEngine(() -> engine.loaded(space, reply, nowMillis()))),
        () -> soon(0, () -> tellEngine(() -> engine.loadFailed(space, nowMillis()))));
  }

  private void lookUp(Effect.LookUp lookUp) {
    fromStore(
        store.lookUp(lookUp.request()),
        reply ->
            soon(0, () -> tellEngine(() -> engine.lookedUp(lookUp.space(), reply, nowMillis()))),
        () -> soon(0, () -> tellEngine(() -> engine.lookUpFailed(lookUp.space(), nowMillis()))));
  }

  private void commit(CommitRequest request) {
    Mishap now = mishap;
    mishap = Mishap.NONE;
    if (now != Mishap.NONE) {
      trace.say("mesh", "meets a mishap at a commit: " + now);
    }
    switch (now) {
      case NONE -> commitTo(request, reply -> soon(0, () -> committed(reply)));
      case FAILS -> soon(0, this::commitFailed);
      case UNANSWERED -> commitTo(request, reply -> soon(TIMEOUT_MILLIS, this::commitFailed));
      case KILLED_BEFORE -> kill();
      case KILLED_AFTER -> commitTo(request, reply -> kill());
    }
  }

  private void commitTo(CommitRequest request, Consumer<CommitReply> then) {
    fromStore(store.commit(request), then, () -> soon(0, this::commitFailed));
  }

  private void committed(CommitReply reply) {
    tellEngine(() -> engine.committed(reply, nowMillis()));
  }

  private void commitFailed() {
    tellEngine(() -> engine.commitFailed(nowMillis()));
  }
}
