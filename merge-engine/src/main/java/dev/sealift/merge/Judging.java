package dev.sealift.merge;

import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.proto.RefusalCode;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Takes the first request of a slot one step further: judges it, or asks the store for what it turns
 * on, or leaves it to a commit on its way to confirm what it rests on.
 */
final class Judging {
  private final EngineLimits limits;
  private final Admission admission;
  private final Restoring restoring;
  private final HouseRules rules;
  private final RecoveryWindows windows;
  private final Replies replies;
  private final Pending pending;
  private final Commits commits;
  private final StoreCalls store;
  private final Consumer<Effect> effects;

  Judging(
      EngineLimits limits,
      Admission admission,
      Restoring restoring,
      HouseRules rules,
      RecoveryWindows windows,
      Replies replies,
      Pending pending,
      Commits commits,
      StoreCalls store,
      Consumer<Effect> effects) {
    this.limits = limits;
    this.admission = admission;
    this.restoring = restoring;
    this.rules = rules;
    this.windows = windows;
    this.replies = replies;
    this.pending = pending;
    this.commits = commits;
    this.store = store;
    this.effects = effects;
  }

  void judgeNext(Slot slot, long nowMillis) {
    Ask ask = slot.queue().element();
    try {
      if (slot.state().isKnown() && slot.state().restorations().isRecovering()) {
        recover(slot, ask, nowMillis);
      } else if (ask instanceof Ask.Admit admit) {
        judge(slot, admit, nowMillis);
      } else {
        authorize(slot, (Ask.Authorize) ask, nowMillis);
      }
    } catch (RuntimeException e) {
      // A bug of ours. What the draft holds by now is whole files that passed every check.
      slot.queue().remove(ask);
      effects.accept(new Effect.Bug(e));
      pending.fail(ask, MeshFailure.INTERNAL);
    }
  }

  /**
   * Until the time for it is over the space takes back what devices bring, and nothing else; then it begins anew, as soon as the clock is believed:
   * the incarnation says a time that decides what is excused.
   */
  private void recover(Slot slot, Ask ask, long nowMillis) {
    long leftMillis = windows.leftMillis(slot.state().restorations(), slot.recovery());
    if (leftMillis <= 0 && !rules.isClockBelieved()) {
      leftMillis = HouseRules.CLOCK_RETRY_MILLIS;
    }
    if (leftMillis <= 0) {
      begin(slot, nowMillis);
    } else if (ask instanceof Ask.Admit admit && isPutBack(admit)) {
      judge(slot, admit, nowMillis);
    } else if (!slot.isConfirmedSince(ask) && !(ask instanceof Ask.Admit && slot.hasDrafts())) {
      // Another engine may have begun the incarnation. A commit on its way finds that out.
      confirm(slot, new Waiting(ask, List.of()), Questions.NONE);
    } else if (ask instanceof Ask.Authorize authorize) {
      slot.queue().remove();
      pending.reply(authorize, replies.recovering(slot.state(), slot.recovery(), leftMillis));
    } else {
      slot.queue().remove();
      pending.refuse((Ask.Admit) ask, RefusalCode.REFUSAL_CODE_BUSY);
    }
  }

  /** What waits is judged once the incarnation is durable; {@link Commits} refuses it when the store does not take that. */
  private void begin(Slot slot, long nowMillis) {
    if (slot.hasDrafts()) {
      slot.drain();
      return;
    }
    SpaceState state = slot.state();
    Optional<Incarnation> parting = slot.recovery().parting(state.size(), state.restorations());
    Questions questions = parting
        .filter(at -> at.size() > 0 && state.recentRoot(at.size()).isEmpty())
        .map(at -> Questions.ofRoot(at.size()))
        .orElse(Questions.NONE);
    if (slot.answers().cover(questions)) {
      begin(slot, parting, nowMillis);
    } else {
      ask(slot, questions);
    }
  }

  private void begin(Slot slot, Optional<Incarnation> parting, long nowMillis) {
    SpaceState state = slot.state();
    Draft draft = slot.draft();
    long size = parting.map(at -> common(slot, at)).orElse(state.size());
    Hash root = size == state.size()
        ? state.root()
        : size == 0 ? CompactTree.EMPTY_ROOT : parting.orElseThrow().root();
    Recovery recovery = slot.recovery();
    draft.tell(recovery.lacking(draft.restorations()));
    draft.begin(replies.incarnation(state, size, root, recovery, nowMillis));
    commits.join(slot, draft);
    slot.drain();
  }

  /** Up to where an incarnation began, if the log that is here goes through that point; else nothing can be said to be common. */
  private static long common(Slot slot, Incarnation parting) {
    boolean passes = slot.state()
        .recentRoot(parting.size())
        .or(() -> slot.answers().root(parting.size()))
        .filter(parting.root()::equals)
        .isPresent();
    return passes ? parting.size() : 0;
  }

  private void authorize(Slot slot, Ask.Authorize ask, long nowMillis) {
    if (slot.isConfirmedSince(ask)) {
      slot.queue().remove();
      pending.reply(ask, replies.authorization(slot.state(), ask, nowMillis));
    } else {
      confirm(slot, new Waiting(ask, List.of()), Questions.NONE);
    }
  }

  private void judge(Slot slot, Ask.Admit ask, long nowMillis) {
    if (ask.lostCommits() >= limits.tries()) {
      slot.queue().remove();
      pending.refuse(ask, RefusalCode.REFUSAL_CODE_BUSY);
      return;
    }
    Questions questions = admission.questions(ask, slot.state());
    if (slot.answers().cover(questions)) {
      settle(slot, ask, questions, nowMillis);
    } else {
      ask(slot, questions);
    }
  }

  private void settle(Slot slot, Ask.Admit ask, Questions questions, long nowMillis) {
    Draft draft = slot.draft();
    Waiting waiting = new Waiting(ask, verdicts(slot, ask, draft, nowMillis));
    if (waiting.isOverQuota() && slot.mayHaveMoreRoomAt(nowMillis)) {
      store.load(slot); // something may have been reclaimed since; then it is judged again
    } else if (waiting.hasNewFiles() || isPutBack(ask) && draft.tells()) {
      slot.queue().remove();
      draft.await(waiting);
      commits.join(slot, draft, ask);
    } else if (waiting.standsAlone() || !slot.hasDrafts() && slot.isConfirmedSince(ask)) {
      slot.queue().remove();
      pending.reply(ask, replies.settled(slot.state(), waiting.verdicts()));
    } else {
      confirm(slot, waiting, questions);
    }
  }

  private List<Verdict> verdicts(Slot slot, Ask.Admit ask, Draft draft, long nowMillis) {
    SpaceState state = slot.state();
    if (isPutBack(ask)) {
      return putBack(slot, ask, draft);
    }
    List<Verdict> verdicts =
        admission.judge(ask, state, draft, slot.answers(), slot.rate(nowMillis), nowMillis);
    boolean founds = !state.isKnown() && draft.size() > 0;
    if (founds && draft.restorations().isRecovering()) {
      // It lost nothing: it was not there.
      draft.begin(replies.incarnation(
          state,
          0,
          CompactTree.EMPTY_ROOT,
          new Recovery(draft.restorations().marked()),
          nowMillis));
    }
    return verdicts;
  }

  private static boolean isPutBack(Ask.Admit ask) {
    return ask.restoration().isPresent();
  }

  private List<Verdict> putBack(Slot slot, Ask.Admit ask, Draft draft) {
    Recovery recovery = slot.recovery();
    boolean recovers = slot.state().restorations().isRecovering();
    if (recovers) {
      recovery.add(restoring.told(ask, slot.state(), recovery), draft.restorations());
    }
    Restoring.Judged judged = restoring.judge(ask, slot.state(), draft, slot.answers());
    judged.proven().ifPresent(recovery::prove);
    if (recovers && !slot.state().isKnown() && draft.size() > 0) {
      recovery.comesBack(windows.endMonoOfRebuilt());
    }
    if (recovers && draft.size() > 0) { // of a space that is not there nothing can be kept
      draft.tell(recovery.timely(draft.restorations()));
    }
    return judged.verdicts();
  }

  /** Lets a commit on its way show that the state is the log's end, or asks the store. */
  private void confirm(Slot slot, Waiting waiting, Questions questions) {
    Optional<Draft> newest = slot.newestDraft();
    if (newest.isPresent()) {
      slot.queue().remove();
      newest.get().await(waiting);
    } else {
      ask(slot, questions);
    }
  }

  private void ask(Slot slot, Questions questions) {
    if (slot.state().isKnown()) {
      slot.ask(questions, store.step()).ifPresent(inquiry -> store.lookUp(slot, inquiry));
    } else {
      store.load(slot);
    }
  }
}
