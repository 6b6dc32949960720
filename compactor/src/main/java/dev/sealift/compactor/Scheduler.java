package dev.sealift.compactor;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.ExpireReply;
import dev.sealift.protocol.mesh.proto.PresenceReply;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.SpacesReply;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Decides whose turn it is to compact a space, under which compactions something may go, and when it is looked what has expired: news, answers and time in, {@link Effect}s out.
 *
 * <p>Guarantees: it does nothing but ask, offer and have the store drop what a compaction supersedes that stands, and what has expired; how much it asks is bounded by what changed and by {@link
 * CompactorLimits}, and so is what it holds. Not guaranteed: that it is right. What it believes of stores, gateways and devices may be false, old or lost, and another one may decide
 * the same: a device makes a compaction too many or too late, and the store itself judges before anything goes.
 *
 * <p>Single-threaded; no Vert.x, no clock, no randomness.
 */
public final class Scheduler {
  private final CompactorPolicy policy;
  private final Watcher watcher;
  private final Consumer<Effect> out;
  private final Timetable timetable = new Timetable();
  private final Watches watches;
  private final Sweep sweep = new Sweep();
  private final Pace pace = new Pace();
  private Predicate<SpaceId> owned = space -> true;
  private int underWay;
  private int acts;
  private boolean isGoingOn;
  private int reclaims;
  private int expires;

  /** @param out is handed effects from within calls of this object */
  public Scheduler(CompactorPolicy policy, Watcher watcher, Consumer<Effect> out) {
    this(policy, watcher, CompactorLimits.MAX_SPACES, out);
  }

  Scheduler(CompactorPolicy policy, Watcher watcher, int mostSpaces, Consumer<Effect> out) {
    this.policy = policy;
    this.watcher = watcher;
    this.watches = new Watches(watcher, timetable, mostSpaces);
    this.out = out;
  }

  /** Spaces that have a state here. */
  int spaces() {
    return watches.size();
  }

  /** Of them, those for which something is to be done, now or later. */
  int scheduled() {
    return timetable.size();
  }

  /** Of them, those for which it should have been done by now. */
  int due(Moment now) {
    return timetable.due(now.millis());
  }

  /** Others share the spaces than before: these are its own. */
  void own(Predicate<SpaceId> spaces, Moment now) {
    owned = spaces;
    watches.keepOnly(spaces);
    sweep.due(now.millis());
  }

  /** News may have been missed. */
  void missed(Moment now) {
    sweep.due(now.millis());
  }

  /** As below, where nobody says how far the log's server time has come. */
  public void advanced(SpaceId space, long size, Moment now) {
    advanced(space, size, 0, now);
  }

  /**
   * A space's log has grown to this size. A small one costs nothing, unless it is known to have payloads that expire.
   *
   * @param serverTimeMillis of its last file, by its head
   */
  public void advanced(SpaceId space, long size, long serverTimeMillis, Moment now) {
    if (!owned.test(space)) {
      return;
    }
    boolean isSmall = size < usual().lower();
    Optional<Watch> held = isSmall ? watches.find(space) : Optional.of(watches.findOrMake(space));
    held.ifPresent(watch -> {
      if (!isSmall) {
        watch.grown(size, now.millis());
      }
      watch.expiring().reached(serverTimeMillis, now.millis());
      schedule(watch);
    });
  }

  /** Time goes by. */
  public void tick(Moment now) {
    acts = CompactorLimits.ACTS_PER_TICK;
    reclaims = CompactorLimits.RECLAIMS_PER_TICK;
    expires = CompactorLimits.EXPIRES_PER_TICK;
    goOnSweeping(now);
    goOn(now);
  }

  /** Does what is due, as far as there may be so much between two ticks, and under way at once. */
  private void goOn(Moment now) {
    if (isGoingOn) {
      return; // what failed at once has its turn in the loop that asked
    }
    isGoingOn = true;
    try {
      int passedOver = 0;
      Optional<Watch> due = nextDue(now);
      while (due.isPresent() && passedOver < CompactorLimits.MOST_PASSED_OVER) {
        if (act(due.get(), now)) {
          acts--;
          schedule(due.get());
        } else {
          passedOver++;
          timetable.set(due.get().space(), now.millis() + 1); // others have their turn meanwhile
        }
        due = nextDue(now);
      }
    } finally {
      isGoingOn = false;
    }
  }

  private Optional<Watch> nextDue(Moment now) {
    return acts > 0 && underWay < CompactorLimits.MAX_QUESTIONS_UNDER_WAY
        ? timetable.firstDue(now.millis()).flatMap(watches::find)
        : Optional.empty();
  }

  /** Returns false when it has to wait for the next tick. */
  private boolean act(Watch watch, Moment now) {
    if (watch.isPhaseDue(now.millis())) {
      phaseIsDue(watch, now);
    } else if (expires > 0 && watch.expiring().isDue(now.millis())) {
      expires--;
      expire(watch);
    } else if (reclaims > 0 && watch.reclaiming().dueAt() <= now.millis()) {
      reclaims--;
      reclaim(watch, now);
    } else {
      return false;
    }
    return true;
  }

  /** One question is under way no more, whether or not the space is still held. */
  private void answered(SpaceId space, Moment now, Consumer<Watch> takes) {
    underWay--;
    watches.find(space).ifPresent(watch -> {
      takes.accept(watch);
      schedule(watch);
    });
    goOn(now);
  }

  private void schedule(Watch watch) {
    timetable.set(watch.space(), watch.dueAt());
  }

  // The pass over all spaces

  private void goOnSweeping(Moment now) {
    for (int swept = 0; swept < CompactorLimits.SWEPT_PER_TICK; swept++) {
      Optional<Sweep.Swept> next = sweep.next(CompactorLimits.LEAST_LOWER);
      next.filter(space -> owned.test(space.space())).ifPresent(space -> look(space, now));
    }
    sweep
        .ask(now.millis())
        .ifPresent(after -> out.accept(new Effect.AskSpaces(after, CompactorLimits.SWEEP_PAGE)));
  }

  private void look(Sweep.Swept space, Moment now) {
    Watch watch = watches.findOrMake(space.space());
    watch.grown(space.size(), now.millis());
    watch.look(now.millis());
    schedule(watch);
  }

  public void page(SpacesReply reply) {
    sweep.came(reply);
  }

  public void noPage() {
    sweep.failed();
  }

  // What is to be compacted

  private void phaseIsDue(Watch watch, Moment now) {
    Phase phase = watch.phase();
    if (phase instanceof Phase.Gathering gathering) {
      gathered(watch, gathering, now);
    } else {
      askStanding(watch, now);
    }
  }

  private void askStanding(Watch watch, Moment now) {
    watch.asking(now.millis());
    underWay++;
    out.accept(Effect.AskStanding.of(watch, thresholds(watch).upper()));
  }

  /** What the store says of a space. */
  public void told(SpaceId space, CompactionsReply reply, Moment now) {
    answered(space, now, watch -> {
      watch.expiring().told(reply.getExpiresAtMillis(), reply.getServerTimeMillis(), now.millis());
      if (watch.phase() instanceof Phase.Asking asking) {
        told(watch, asking.offer(), Known.of(reply), now);
      }
    });
  }

  public void notTold(SpaceId space, Moment now) {
    answered(space, now, watch -> {
      if (watch.phase() instanceof Phase.Asking asking) {
        watch.unanswered(asking.offer(), now.millis());
      }
    });
  }

  private void told(Watch watch, Optional<Phase.Offered> offer, Known known, Moment now) {
    watch.reclaiming().learn(known.standing(), policy, now);
    Thresholds thresholds = thresholds(watch);
    watcher.looked(known, thresholds);
    boolean wasOffered = watch.isOffered();
    boolean begun = watch.learn(known);
    boolean goesOn = wasOffered && watch.isOffered();
    if (goesOn && offer.isPresent() && now.millis() < offer.get().until()) {
      watch.goOn(offer.get(), now.millis());
      return;
    }
    if (wasOffered) {
      watcher.offerEnded(begun ? Watcher.OfferEnd.BEGUN : Watcher.OfferEnd.TIMED_OUT);
    }
    if (begun && !goesOn) {
      offer.ifPresent(taken -> watch.made(taken.device(), now.millis()));
    }
    if (known.events() < thresholds.lower()) {
      watch.quiet(moreFiles(known, thresholds));
    } else if (begun && goesOn) {
      watch.resting(now.millis());
    } else {
      watch.gathering(known, now.millis());
      out.accept(new Effect.AskPresence(watch.space()));
    }
  }

  /** A file more is a live file more, at most. */
  private static long moreFiles(Known known, Thresholds thresholds) {
    return Math.max(CompactorLimits.LEAST_LOWER, thresholds.lower() - known.events());
  }

  /**
   * A gateway says which devices of a space are there, and how fast they take files in.
   *
   * @throws FormatException where it cannot be read: then it is as if there was no answer
   */
  public void present(PresenceReply reply) throws FormatException {
    present(SpaceId.parse(reply.getSpace()), Presences.of(reply), reply);
  }

  void present(SpaceId space, Collection<Present> devices, PresenceReply measured) {
    if (!owned.test(space)) {
      return;
    }
    pace.measured(measured.getReadFiles(), measured.getReadMillis());
    watches.find(space).ifPresent(watch -> {
      watch.pace().measured(measured.getReadFiles(), measured.getReadMillis());
      if (watch.phase() instanceof Phase.Gathering gathering) {
        devices.forEach(gathering::add);
      }
    });
  }

  private void gathered(Watch watch, Phase.Gathering gathering, Moment now) {
    Known known = gathering.known();
    Thresholds thresholds = thresholds(watch);
    if (known.events() < thresholds.lower()) { // a new device takes them in faster than was thought
      watch.quiet(moreFiles(known, thresholds));
      return;
    }
    Map<Boolean, List<Present>> present = gathering.present().values().stream()
        .collect(Collectors.partitioningBy(one -> watch.isPausing(one.device(), now.millis())));
    if (gathering.present().isEmpty()) {
      watcher.nobodyThere();
    }
    Line line = Line.of(present.get(false), known.base(), thresholds);
    boolean isNobodys = line.next(watch.asked(), known.live()).isEmpty();
    if (isNobodys && !present.get(true).isEmpty()) {
      watch.awaiting(present.get(true), now.millis());
    } else {
      offerNext(watch, known, line, now);
    }
  }

  private void offerNext(Watch watch, Known known, Line line, Moment now) {
    Optional<Line.Place> next = line.next(watch.asked(), known.live());
    if (next.isEmpty()) {
      watch.resting(now.millis());
      return;
    }
    Present whose = next.get().present();
    watch.offered(known, line, whose.device(), now.millis());
    watcher.offerMade();
    out.accept(new Effect.MakeOffer(
        watch.space(), whose.device(), whose.gateway(), thresholds(watch).toOffer()));
  }

  /** @param told whether the device is there and was told */
  public void offered(Effect.MakeOffer offer, boolean told, Moment now) {
    watches.find(offer.space()).ifPresent(watch -> {
      boolean isAwaited =
          watch.phase() instanceof Phase.Offered offered && offered.device().equals(offer.device());
      if (isAwaited && !told) {
        Phase.Offered offered = (Phase.Offered) watch.phase();
        watcher.offerEnded(Watcher.OfferEnd.GONE);
        offerNext(watch, offered.known(), offered.line(), now);
        schedule(watch);
      }
    });
  }

  // What is told to whoever looks

  /** What is held of a space; empty when nothing is. */
  Optional<Watch> held(SpaceId space) {
    return watches.find(space);
  }

  Thresholds thresholds(SpaceId space) {
    return watches.find(space).map(this::thresholds).orElseGet(this::usual);
  }

  private Thresholds thresholds(Watch watch) {
    return Thresholds.of(watch.pace().filesPerSecond(usualFilesPerSecond()), policy);
  }

  /** Of a space of which nothing is measured. */
  private Thresholds usual() {
    return Thresholds.of(usualFilesPerSecond(), policy);
  }

  private double usualFilesPerSecond() {
    return pace.filesPerSecond(CompactorLimits.FILES_PER_SECOND);
  }

  // What may go

  private void reclaim(Watch watch, Moment now) {
    watch.reclaiming().begin(now.millis()).ifPresent(item -> {
      underWay++;
      out.accept(Effect.Reclaim.of(watch.space(), item, policy, now));
    });
  }

  public void reclaimed(SpaceId space, ReclaimReply reply, Moment now) {
    watcher.reclaimed(reply.getFiles(), reply.getBytes());
    answered(space, now, watch -> watch.reclaiming().answered(reply, policy, now.millis()));
  }

  public void notReclaimed(SpaceId space, Moment now) {
    answered(space, now, watch -> watch.reclaiming().failed(now.millis()));
  }

  private void expire(Watch watch) {
    watch.expiring().begin();
    underWay++;
    out.accept(Effect.Expire.of(watch.space()));
  }

  public void expired(SpaceId space, ExpireReply reply, Moment now) {
    watcher.expired(reply.getFiles(), reply.getBytes());
    answered(space, now, watch -> watch.expiring().answered(reply, now.millis()));
  }

  public void notExpired(SpaceId space, Moment now) {
    answered(space, now, watch -> watch.expiring().failed(now.millis()));
  }
}
