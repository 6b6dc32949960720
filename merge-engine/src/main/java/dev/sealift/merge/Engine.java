package dev.sealift.merge;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.AdmitRequest;
import dev.sealift.protocol.mesh.proto.AuthorizeRequest;
import dev.sealift.protocol.mesh.proto.CommitReply;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.LookUpReply;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The admission core: requests and the store's answers in, {@link Effect}s out. Plain, synchronous,
 * for one thread; time comes in with each call.
 *
 * <p>Batches form by themselves. A request is judged as soon as it comes, on top of everything judged
 * before it; its files join the commit that is forming, which leaves when the one under way is back.
 * So the processor checks signatures while the store syncs.
 *
 * <p>Guarantees: a receipt, and a signed head, is given only for what the store has said is durable; a
 * refusal that rests on the state of the space only when the store has confirmed that state; every
 * request is answered exactly once, if every effect is. Not guaranteed: that this engine is the only
 * one at work on a space. The store's compare-and-set sees to that; the loser loads the space again
 * and judges again.
 */
public final class Engine {
  private final EngineLimits limits;
  private final VerifyingKey notary;
  private final Consumer<Effect> effects;
  private final StoreCalls store;
  private final Spaces spaces;
  private final Line line = new Line();
  private final Pending pending;
  private final Commits commits;
  private final Judging judging;
  private final HouseRules rules;
  private final RecoveryWindows windows;
  private final Replies replies;
  private boolean stopping;

  /** @param policy what each space may have, and by whose leave */
  public Engine(
      SigningKey notary, EngineLimits limits, SpacePolicy policy, Consumer<Effect> effects) {
    this.limits = limits;
    this.notary = notary.verifyingKey();
    this.effects = effects;
    this.store = new StoreCalls(effects);
    this.spaces = new Spaces(limits.loadedWeight());
    this.rules = new HouseRules(policy, notary);
    this.windows = new RecoveryWindows(policy.recoveryMillis());
    this.replies = new Replies(notary, limits, rules, windows);
    this.pending = new Pending(limits, replies, effects);
    this.commits =
        new Commits(limits, replies, pending, spaces, line, store, effects, this::distrust);
    this.judging = new Judging(
        limits,
        new Admission(this.notary, rules),
        new Restoring(this.notary),
        rules,
        windows,
        replies,
        pending,
        commits,
        store,
        effects);
  }

  // What gateways ask

  public void admit(long id, AdmitRequest request, long nowMillis) {
    long step = store.nextStep();
    try {
      take(Ask.Admit.of(id, request, step), nowMillis);
    } catch (FormatException e) {
      effects.accept(new Effect.Fail(id, MeshFailure.MALFORMED));
    }
  }

  public void authorize(long id, AuthorizeRequest request, long nowMillis) {
    long step = store.nextStep();
    try {
      take(Ask.Authorize.of(id, request, step), nowMillis);
    } catch (FormatException e) {
      effects.accept(new Effect.Fail(id, MeshFailure.MALFORMED));
    }
  }

  private void take(Ask ask, long nowMillis) {
    if (stopping) {
      effects.accept(new Effect.Fail(ask.id(), MeshFailure.UNAVAILABLE));
    } else if (pending.take(ask, isLookUp(ask))) {
      queue(ask, nowMillis);
      work(nowMillis);
    }
  }

  /** Whether answering adds nothing to the space: for such a request there is room when there is none for uploads. */
  private boolean isLookUp(Ask ask) {
    return !(ask instanceof Ask.Admit admit)
        || spaces
            .find(ask.space())
            .flatMap(Slot::servedState)
            .filter(admit::isRepeat)
            .isPresent();
  }

  private void queue(Ask ask, long nowMillis) {
    Slot slot = spaces.get(ask.space());
    if (slot.isDistrustedAt(nowMillis)) {
      pending.fail(ask, MeshFailure.UNAVAILABLE);
      return;
    }
    slot.queue().add(ask);
    if (slot.needsLoading()) {
      store.load(slot);
    }
    line.add(slot);
  }

  // What the store answers

  public void loaded(SpaceId space, LoadSpaceReply reply, long nowMillis) {
    long step = store.nextStep();
    loadEnded();
    believe(spaces.expecting(space), nowMillis, slot -> {
      SpaceState state = LoadedSpace.read(space, reply, notary);
      windows.see(state.restorations());
      if (LoadedSpace.isTokenForged(reply, state)) {
        effects.accept(new Effect.Alarm(StoreFault.TOKEN_UNVERIFIED));
      }
      slot.loaded(state, step, nowMillis).ifPresent(inquiry -> store.lookUp(slot, inquiry));
    });
  }

  public void lookedUp(SpaceId space, LookUpReply reply, long nowMillis) {
    store.nextStep();
    believe(spaces.expecting(space), nowMillis, slot -> {
      if (slot.phase() instanceof Phase.Comparing comparing) {
        slot.compared(comparing.inquiry().read(reply));
      } else {
        answered(slot, ((Phase.Asking) slot.phase()).inquiry().read(reply));
      }
    });
  }

  private void answered(Slot slot, Inquiry.Result result) {
    if (result.isOutdated()) {
      store.load(slot);
    } else if (!result.isWhole()) {
      unavailable(slot); // the next time perhaps another storage-adapter answers
    } else {
      slot.answered(result.answers());
    }
  }

  private interface Reading {
    void take(Slot slot) throws DistrustException;
  }

  private void believe(Slot slot, long nowMillis, Reading reading) {
    long sizeBefore = slot.knownSize();
    int incarnationBefore = slot.knownIncarnation();
    try {
      reading.take(slot);
      tellOfChange(slot, sizeBefore, incarnationBefore);
    } catch (DistrustException e) {
      distrust(slot, e.fault(), nowMillis);
    }
    spaces.weigh(slot);
    line.add(slot);
    work(nowMillis);
  }

  private void distrust(Slot slot, StoreFault fault, long nowMillis) {
    effects.accept(new Effect.Alarm(fault));
    slot.distrust(nowMillis + limits.distrustMillis());
    failQueue(slot);
  }

  /**
   * Another engine went on with the space, or began an incarnation, or a commit came true of which nobody was told. Whoever committed may be gone before it
   * said so: gateways hear of it from who finds it.
   */
  private void tellOfChange(Slot slot, long sizeBefore, int incarnationBefore) {
    boolean hasChanged =
        slot.knownSize() > sizeBefore || slot.knownIncarnation() != incarnationBefore;
    if (sizeBefore > 0 && hasChanged) {
      slot.servedState()
          .ifPresent(state -> effects.accept(new Effect.Publish(replies.advanced(state))));
    }
  }

  public void loadFailed(SpaceId space, long nowMillis) {
    store.nextStep();
    loadEnded();
    unavailable(spaces.expecting(space));
    work(nowMillis);
  }

  /** The next load goes on its way; those that waited for too long are given up. */
  private void loadEnded() {
    store.loadEnded().forEach(this::unavailable);
  }

  public void lookUpFailed(SpaceId space, long nowMillis) {
    store.nextStep();
    unavailable(spaces.expecting(space));
    work(nowMillis);
  }

  private void unavailable(Slot slot) {
    slot.unload();
    pending.storeUnavailable(slot.queue());
    spaces.weigh(slot);
  }

  public void committed(CommitReply reply, long nowMillis) {
    store.nextStep();
    commits.answered(reply, nowMillis);
    work(nowMillis);
  }

  public void commitFailed(long nowMillis) {
    store.nextStep();
    commits.unanswered();
    work(nowMillis);
  }

  // Judging

  /** Whether {@link #resume} has something to do. */
  public boolean hasWork() {
    return !line.isEmpty() && commits.hasRoomForNext();
  }

  /** Goes on with what waits, after other inputs had their turn. */
  public void resume(long nowMillis) {
    store.nextStep();
    work(nowMillis);
  }

  private void work(long nowMillis) {
    int judged = 0;
    while (judged < limits.sliceFiles() && commits.hasRoomForNext()) {
      Optional<Slot> next = line.next();
      if (next.isEmpty()) {
        break;
      }
      judged += work(next.get(), nowMillis);
    }
    commits.send();
  }

  private int work(Slot slot, long nowMillis) {
    if (!slot.isReady()) {
      return 0;
    }
    int files = slot.queue().element().files();
    judging.judgeNext(slot, nowMillis);
    line.add(slot);
    // Strangers may ask for any number of spaces that are not there.
    if (slot.isIdle() && slot.isUnknown()) {
      spaces.forget(slot);
    }
    return files;
  }

  /** What a clock that never jumps shows with the calls that follow: for how long things take, whatever the time is. */
  public void elapsed(long monoMillis) {
    windows.elapsed(monoMillis);
    store.elapsed(monoMillis);
  }

  /** Whether the time that comes with each call is believed. While it is not, no file gets a number. */
  public void believeClock(boolean believed) {
    rules.believeClock(believed);
  }

  // Stopping

  /** Takes nothing new and gives up what is not on its way to the store. See {@link #isStopped}. */
  public void stop() {
    stopping = true;
    commits.stop();
    store.stop();
    spaces.all().forEach(this::failQueue);
  }

  /** Whether everything is answered. */
  boolean isStopped() {
    return stopping && !commits.isUnderWay();
  }

  private void failQueue(Slot slot) {
    for (Ask ask = slot.queue().poll(); ask != null; ask = slot.queue().poll()) {
      pending.fail(ask, MeshFailure.UNAVAILABLE);
    }
  }

  // What the engine shows of itself

  int pendingFiles() {
    return pending.files();
  }

  long pendingHeaderBytes() {
    return pending.headerBytes();
  }

  int loadedSpaces() {
    return spaces.count();
  }
}
