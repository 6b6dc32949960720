package dev.sealift.merge;

import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.CommitReply;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.proto.RefusalCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The commit under way and the one that forms behind it, over all spaces. Nothing is signed or
 * answered here before the store has said that it is durable.
 */
final class Commits {
  /** What is done with a space of which the store has shown that it cannot be relied on; nothing of it is under way. */
  interface Distrusting {
    void distrust(Slot slot, StoreFault fault, long nowMillis);
  }

  private final EngineLimits limits;
  private final Replies replies;
  private final Pending pending;
  private final Spaces spaces;
  private final Line line;
  private final StoreCalls store;
  private final Consumer<Effect> effects;
  private final Distrusting distrusting;
  private Batch forming = new Batch();
  private Optional<Batch> underWay = Optional.empty();
  private boolean stopping;

  Commits(
      EngineLimits limits,
      Replies replies,
      Pending pending,
      Spaces spaces,
      Line line,
      StoreCalls store,
      Consumer<Effect> effects,
      Distrusting distrusting) {
    this.limits = limits;
    this.replies = replies;
    this.pending = pending;
    this.spaces = spaces;
    this.line = line;
    this.store = store;
    this.effects = effects;
    this.distrusting = distrusting;
  }

  /** Whether the next request in the line has room in the commit that forms. */
  boolean hasRoomForNext() {
    return line.fits(forming, limits);
  }

  boolean isUnderWay() {
    return underWay.isPresent();
  }

  /** The draft has something to commit that no request waits for. */
  void join(Slot slot, Draft draft) {
    slot.keep(draft);
    forming.add(slot);
  }

  /** The request has files in the slot's draft. */
  void join(Slot slot, Draft draft, Ask.Admit ask) {
    slot.keep(draft);
    forming.add(slot, ask);
  }

  /** Sends what has formed, unless a commit is under way. */
  void send() {
    if (underWay.isEmpty() && !forming.isEmpty()) {
      Batch batch = forming;
      forming = new Batch();
      underWay = Optional.of(batch);
      store.commit(batch);
    }
  }

  void answered(CommitReply reply, long nowMillis) {
    Batch batch = take();
    if (reply.getResultsCount() == batch.slots().size()) {
      settle(batch, reply.getResultsList(), nowMillis);
    } else {
      batch.slots().forEach(this::unanswered);
    }
  }

  /** The store did not say what became of the commit. It may have come true, now or later. */
  void unanswered() {
    take().slots().forEach(this::unanswered);
  }

  private void unanswered(Slot slot) {
    lost(slot, 1);
  }

  private void conflict(Slot slot) {
    lost(slot, limits.tries());
  }

  private Batch take() {
    Batch batch = underWay.orElseThrow();
    underWay = Optional.empty();
    return batch;
  }

  private void settle(Batch batch, List<CommitResult> results, long nowMillis) {
    List<Runnable> answers = new ArrayList<>();
    int i = 0;
    for (Slot slot : batch.slots()) {
      switch (results.get(i++)) {
        case COMMIT_RESULT_COMMITTED -> {
          Draft durable = slot.durable(batch.sentAt());
          answers.add(() -> answer(slot, durable, batch.sentAt()));
        }
        case COMMIT_RESULT_PAYLOAD_MISSING -> payloadMissing(slot);
        case COMMIT_RESULT_DAMAGED -> {
          damaged(slot, nowMillis);
          answers.add(() -> spaces.weigh(slot));
        }
        default -> conflict(slot);
      }
    }
    // The next commit leaves before heads are signed: the store syncs while the notary signs.
    send();
    answers.forEach(Runnable::run);
  }

  private void answer(Slot slot, Draft durable, long sentAt) {
    List<Ask> again = new ArrayList<>();
    for (Waiting waiting : durable.waiting()) {
      if (waiting.standsAfterCommitSentAt(sentAt)) {
        Ask.Admit ask = (Ask.Admit) waiting.ask();
        pending.reply(ask, replies.admitted(slot.state(), durable, waiting.verdicts()));
      } else {
        again.add(waiting.ask());
      }
    }
    effects.accept(new Effect.Publish(replies.advanced(slot.state())));
    spaces.weigh(slot);
    judgeAgain(slot, again);
  }

  /**
   * Nothing of the commit came true, and the state below it stands. Its devices send once more; what
   * was judged on top of it is judged again.
   */
  private void payloadMissing(Slot slot) {
    if (slot.isBeginning()) {
      conflict(slot); // no honest store says so of a commit without files
      return;
    }
    forming.remove(slot);
    List<Ask> again = new ArrayList<>();
    for (Waiting waiting : slot.giveUpCommitting()) {
      if (waiting.ask() instanceof Ask.Admit ask && waiting.hasNewFiles()) {
        pending.refuse(ask, RefusalCode.REFUSAL_CODE_STORE_UNAVAILABLE);
      } else {
        again.add(waiting.ask());
      }
    }
    slot.giveUpForming().forEach(waiting -> again.add(waiting.ask()));
    judgeAgain(slot, again);
  }

  /** The state below the commit stands, and nothing can be added to it until somebody has repaired the store. */
  private void damaged(Slot slot, long nowMillis) {
    forming.remove(slot);
    slot.giveUpForming().forEach(waiting -> pending.fail(waiting.ask(), MeshFailure.UNAVAILABLE));
    slot.giveUpCommitting()
        .forEach(waiting -> pending.fail(waiting.ask(), MeshFailure.UNAVAILABLE));
    distrusting.distrust(slot, StoreFault.TREE_INCONSISTENT, nowMillis);
  }

  /**
   * Another engine went on with the space, or nobody knows whether the commit came true. Nothing that
   * was judged on top of the state counts; loading the space, and looking up what then turns out to
   * be taken, tells what became of each file.
   *
   * @param beginnings that may be lost before the store counts as unavailable: no request counts them, and while they are tried every one of the
   *     space waits
   */
  private void lost(Slot slot, int beginnings) {
    forming.remove(slot);
    boolean isBeginning = slot.isBeginning();
    List<Ask> again = new ArrayList<>();
    for (Waiting waiting : slot.giveUpCommitting()) {
      again.add(waiting.ask() instanceof Ask.Admit ask ? ask.afterLostCommit() : waiting.ask());
    }
    slot.giveUpForming().forEach(waiting -> again.add(waiting.ask()));
    if (stopping) {
      slot.unload();
    } else if (isBeginning && slot.lostBeginnings() >= beginnings) {
      slot.unload();
      pending.storeUnavailable(slot.queue());
      spaces.weigh(slot);
    } else {
      store.load(slot);
    }
    judgeAgain(slot, again);
  }

  private void judgeAgain(Slot slot, List<Ask> asks) {
    if (stopping) {
      asks.forEach(ask -> pending.fail(ask, MeshFailure.UNAVAILABLE));
    } else {
      slot.requeue(asks);
      line.add(slot);
    }
  }

  /** Gives up what forms. The commit under way is still answered. */
  void stop() {
    stopping = true;
    for (Slot slot : forming.slots()) {
      slot.giveUpForming().forEach(waiting -> pending.fail(waiting.ask(), MeshFailure.UNAVAILABLE));
    }
    forming = new Batch();
  }
}
