package dev.sealift.merge;

import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One space in the engine: its {@link Phase}, the requests that wait for it in the order in which they
 * came, and up to two drafts on top of its durable state, one on its way to the store and one forming
 * behind it.
 */
final class Slot {
  private static final long NEVER = -1;

  /** What the store keeps of a full space is asked anew at most so often: a load costs as much as a connection. */
  static final long MORE_ROOM_MILLIS = 60_000;

  /** A head that was known to be durable. What a store gives later must begin with it. */
  private record Known(long size, Hash root) {}

  private final SpaceId space;
  private final Deque<Ask> queue = new ArrayDeque<>();
  private Phase phase = new Phase.Unloaded();
  private Optional<Known> known = Optional.empty();
  private int knownIncarnation;
  private Answers answers = Answers.NONE;
  private long confirmedAt = NEVER;
  private Optional<Draft> committing = Optional.empty();
  private Optional<Draft> forming = Optional.empty();
  private long loadedAtMillis;
  private @Nullable Rate rate;
  private Recovery recovery = new Recovery(0);
  private int lostBeginnings;
  private boolean draining;
  private boolean scheduled;

  Slot(SpaceId space) {
    this.space = space;
  }

  SpaceId space() {
    return space;
  }

  Deque<Ask> queue() {
    return queue;
  }

  Phase phase() {
    return phase;
  }

  /** Whether the first request in the queue can be judged now. */
  boolean isReady() {
    return phase instanceof Phase.Serving && !queue.isEmpty() && !(draining && hasDrafts());
  }

  /** Whether nothing would be lost by forgetting this space. */
  boolean isIdle() {
    boolean settled = phase instanceof Phase.Unloaded
        || phase instanceof Phase.Serving
        || phase instanceof Phase.Distrusted;
    return settled && queue.isEmpty() && !hasDrafts();
  }

  boolean needsLoading() {
    return phase instanceof Phase.Unloaded || phase instanceof Phase.Distrusted;
  }

  boolean isDistrustedAt(long nowMillis) {
    return phase instanceof Phase.Distrusted distrusted && nowMillis < distrusted.untilMillis();
  }

  /** Whether the store said that there is no such space. */
  boolean isUnknown() {
    return phase instanceof Phase.Serving serving && !serving.state().isKnown();
  }

  /** Marks the slot as standing in the engine's line; false when it stands there already. */
  boolean schedule() {
    boolean first = !scheduled;
    scheduled = true;
    return first;
  }

  void unschedule() {
    scheduled = false;
  }

  int weight() {
    return phase instanceof Phase.Serving serving ? serving.state().weight() : 1;
  }

  SpaceState state() {
    return ((Phase.Serving) phase).state();
  }

  /** The state on which requests are judged now; empty while there is none. */
  Optional<SpaceState> servedState() {
    return phase instanceof Phase.Serving serving ? Optional.of(serving.state()) : Optional.empty();
  }

  Answers answers() {
    return answers;
  }

  /** Of the longest log that was known to be durable; 0 before any was. */
  long knownSize() {
    return known.map(Known::size).orElse(0L);
  }

  /** The number of the newest that was known to be durable, unsigned; 0 before any was. */
  int knownIncarnation() {
    return knownIncarnation;
  }

  Recovery recovery() {
    return recovery;
  }

  /** Judges nothing more until nothing is under way any more. */
  void drain() {
    draining = true;
  }

  /** How fast files come; begins anew when the space was forgotten. */
  Rate rate(long nowMillis) {
    Rate known = rate;
    if (known == null) {
      known = new Rate(nowMillis);
      rate = known;
    }
    return known;
  }

  /** Whether the store may keep less of this space by now than what was counted here. */
  boolean mayHaveMoreRoomAt(long nowMillis) {
    return !hasDrafts() && state().isKnown() && nowMillis - loadedAtMillis >= MORE_ROOM_MILLIS;
  }

  /**
   * Whether the store has shown, by an answer to something sent after this request came, that the
   * durable state is where the log ends. Before that, what the device knows may come from another
   * engine that went on with the space.
   */
  boolean isConfirmedSince(Ask ask) {
    return confirmedAt >= ask.arrivedAt();
  }

  // Transitions

  void load(long step) {
    if (hasDrafts()) {
      throw new IllegalStateException("drafts do not outlive the state they were made on");
    }
    phase = new Phase.Loading(step);
    answers = Answers.NONE;
    draining = false;
    recovery.forgetWay();
  }

  void unload() {
    phase = new Phase.Unloaded();
    lostBeginnings = 0;
  }

  void distrust(long untilMillis) {
    phase = new Phase.Distrusted(untilMillis);
    lostBeginnings = 0;
  }

  /**
   * Takes what was loaded, when it can be told at once that it goes on from what was known.
   *
   * @return what to ask the store otherwise
   */
  Optional<Inquiry> loaded(SpaceState state, long step, long nowMillis) throws DistrustException {
    loadedAtMillis = nowMillis;
    Phase.Loading loading = (Phase.Loading) phase;
    if (known.isEmpty() || known.get().equals(new Known(state.size(), state.root()))) {
      serve(state, loading.sentAt());
      return Optional.empty();
    }
    if (state.size() < known.get().size()) {
      throw new DistrustException(StoreFault.ROLLED_BACK);
    }
    if (state.size() == known.get().size()) {
      throw new DistrustException(StoreFault.FORKED);
    }
    Inquiry inquiry = new Inquiry(state, Questions.ofRoot(known.get().size()));
    phase = new Phase.Comparing(state, inquiry, loading.sentAt(), step);
    return Optional.of(inquiry);
  }

  /** The state was where the log ends when it was loaded; whether it still is, the store says with the answer. */
  void compared(Inquiry.Result result) throws DistrustException {
    Phase.Comparing comparing = (Phase.Comparing) phase;
    Known before = known.orElseThrow();
    if (!result.answers().root(before.size()).equals(Optional.of(before.root()))) {
      throw new DistrustException(StoreFault.FORKED);
    }
    serve(comparing.loaded(), result.isOutdated() ? comparing.loadSentAt() : comparing.sentAt());
  }

  private void serve(SpaceState state, long confirmed) {
    phase = new Phase.Serving(state);
    confirmedAt = confirmed;
    remember(state);
  }

  private void remember(SpaceState state) {
    recovery = recovery.on(state.restorations());
    if (!state.restorations().isRecovering()) {
      lostBeginnings = 0;
    }
    if (state.isKnown()) {
      known = Optional.of(new Known(state.size(), state.root()));
      knownIncarnation = state.restorations().incarnation();
    }
  }

  /** Asks the store, once nothing is under way any more. Until then no other request is judged. */
  Optional<Inquiry> ask(Questions questions, long step) {
    draining = hasDrafts();
    if (draining) {
      return Optional.empty();
    }
    Inquiry inquiry = new Inquiry(state(), questions);
    phase = new Phase.Asking(state(), inquiry, step);
    return Optional.of(inquiry);
  }

  void answered(Answers fromStore) {
    Phase.Asking asking = (Phase.Asking) phase;
    phase = new Phase.Serving(asking.state());
    answers = fromStore;
    confirmedAt = asking.sentAt();
  }

  // Drafts

  boolean hasDrafts() {
    return committing.isPresent() || forming.isPresent();
  }

  /** The draft that would be answered last. */
  Optional<Draft> newestDraft() {
    return forming.or(() -> committing);
  }

  /** The forming draft, or a new one that {@link #keep} adds once there is a file in it. */
  Draft draft() {
    return forming.orElseGet(() -> committing.map(Draft::on).orElseGet(() -> Draft.on(state())));
  }

  void keep(Draft draft) {
    forming = Optional.of(draft);
    answers = Answers.NONE;
  }

  /** Sends the forming draft on its way. */
  Draft commit() {
    Draft sent = forming.orElseThrow();
    committing = forming;
    forming = Optional.empty();
    return sent;
  }

  /** The requests that wait for the draft on its way. */
  List<Long> committingAsks() {
    return committing.map(Draft::waiting).orElse(List.of()).stream()
        .map(waiting -> waiting.ask().id())
        .toList();
  }

  /** The commit sent at {@code sentAt} has come true. */
  Draft durable(long sentAt) {
    Draft durable = committing.orElseThrow();
    committing = Optional.empty();
    state().absorb(durable);
    remember(state());
    forming.ifPresent(draft -> draft.rebase(state()));
    confirmedAt = sentAt;
    draining = draining && hasDrafts();
    return durable;
  }

  /** Whether the draft on its way is one that begins an incarnation, and has no request in it that counts how often it is lost. */
  boolean isBeginning() {
    return committing.filter(draft -> draft.waiting().isEmpty()).isPresent();
  }

  /** How many such drafts did not come true, one after another. */
  int lostBeginnings() {
    return lostBeginnings;
  }

  /** Gives up the draft on its way; the requests that waited for it. */
  List<Waiting> giveUpCommitting() {
    if (isBeginning()) {
      lostBeginnings++;
    }
    List<Waiting> waiting = committing.map(Draft::waiting).orElse(List.of());
    committing = Optional.empty();
    draining = false;
    return waiting;
  }

  /** Gives up the draft behind it, which never outlives the one that it stands on. */
  List<Waiting> giveUpForming() {
    List<Waiting> waiting = forming.map(Draft::waiting).orElse(List.of());
    forming = Optional.empty();
    draining = false;
    return waiting;
  }

  /** Puts requests back in front of the queue, in their order. */
  void requeue(List<? extends Ask> asks) {
    List<Ask> reversed = new ArrayList<>(asks);
    Collections.reverse(reversed);
    reversed.forEach(queue::addFirst);
  }
}
