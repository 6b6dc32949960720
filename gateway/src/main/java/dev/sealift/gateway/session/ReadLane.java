package dev.sealift.gateway.session;

import dev.sealift.gateway.codec.FrameCodec;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.EntriesReply;
import dev.sealift.protocol.mesh.proto.OutlineReply;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.mesh.proto.ReadRequest;
import dev.sealift.protocol.mesh.proto.SignedPositionsReply;
import dev.sealift.protocol.proto.Credit;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.PositionReport;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.ProvenEntry;
import dev.sealift.protocol.proto.Subscribe;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one connection reads: a subscription within its credit, and what it wants once.
 *
 * <p>One read is under way at a time, and its answer is all that is ever kept besides the socket's own write queue: while
 * the socket is full the answer waits here, and nothing further is read. So a slow reader costs one frame, whatever the log
 * does.
 */
final class ReadLane {
  static final int READ_BYTES = Wanted.READ_BYTES;

  /** A device that asks for more at once should wait for answers. */
  static final int MAX_FETCHES_WAITING = 4;

  private final Peer peer;
  private final LongSupplier tickets;
  private final FrameCodec codec;
  private final ArrayDeque<Wanted> fetches = new ArrayDeque<>(1);
  private @Nullable SpaceHead head;
  private @Nullable Subscription subscription;
  private @Nullable Reading reading;
  private @Nullable HeadQuestion headQuestion;
  private @Nullable Frame held;
  private @Nullable FreshFiles fresh;
  private Availability availability = Availability.NONE;
  private final RecentHeads recent = new RecentHeads();

  /** How often one after another the store had gone on further than the head that was read up to. */
  private int timesBehind;

  private long toldSize;
  private boolean writable = true;

  /** The read under way: for what is wanted once, or, without that, for the subscription. */
  private record Reading(
      int tries, Effect.Look look, SpaceHead head, @Nullable Wanted wanted) {
    long ticket() {
      return look.ticket();
    }
  }

  /** The log may be longer than is known here, and the engine knows: for what is wanted once, or, without that, for the subscription. */
  private record HeadQuestion(
      long ticket, int tries, @Nullable Wanted wanted) {}

  ReadLane(Peer peer, LongSupplier tickets, FrameCodec codec) {
    this.peer = peer;
    this.tickets = tickets;
    this.codec = codec;
  }

  @Nullable
  SpaceHead head() {
    return head;
  }

  /** Whether the device waits for an answer to a fetch. */
  boolean isFetching() {
    return !fetches.isEmpty()
        || (headQuestion != null && headQuestion.wanted() != null)
        || (reading != null && reading.wanted() != null)
        || held != null;
  }

  /** Takes a head, if it is newer than the one held; returns whether it was. */
  boolean offer(SpaceHead offered) {
    return offer(offered, Optional.empty());
  }

  /** As above; {@code newFiles} are the log's end at that head, and count until the next {@link #pump}. */
  boolean offer(SpaceHead offered, Optional<FreshFiles> newFiles) {
    if (head != null && !offered.isNewerThan(head)) {
      return false;
    }
    if (head != null) {
      recent.add(head);
    }
    head = offered;
    fresh = newFiles.orElse(null);
    return true;
  }

  /** The device was sent the head with another frame. */
  void toldHead() {
    toldSize = head == null ? 0 : head.size();
  }

  void subscribe(Subscribe subscribe) throws Breach {
    Wanted.checkSequence(subscribe.getAfterSequence());
    subscription = new Subscription(subscribe);
    if (reading != null && reading.wanted() == null) {
      reading = null; // read for the subscription before; its answer counts no more
    }
  }

  void credit(Credit credit, long now, List<Effect> out) throws Breach {
    if (subscription == null) {
      throw new Breach(ProblemCode.PROBLEM_CODE_UNEXPECTED_FRAME);
    }
    subscription
        .credited(Integer.toUnsignedLong(credit.getBytes()), now)
        .ifPresent(taken -> out.add(new Effect.Paced(peer.space(), taken)));
  }

  void want(Wanted wanted, List<Effect> out) {
    if (fetches.size() >= MAX_FETCHES_WAITING) {
      out.add(problem(wanted, ProblemCode.PROBLEM_CODE_TOO_MUCH));
      return;
    }
    fetches.add(wanted);
  }

  /**
   * How far the device is, never further than the log; and what it has signed of that.
   *
   * @param wallMillis the mesh's clock
   */
  void position(PositionReport report, long wallMillis, List<Effect> out) throws Breach {
    Wanted.checkSequence(report.getSequence());
    availability = Availability.of(report);
    long size = head == null ? 0 : head.size();
    out.add(new Effect.ReportPosition(peer.at(
        Math.min(report.getSequence(), size), recent.kept(report, peer, head, wallMillis))));
  }

  /** What the device said of itself with its last position. */
  Availability availability() {
    return availability;
  }

  void writable(boolean now) {
    writable = now;
  }

  void read(long ticket, ReadReply reply, List<Effect> out) throws Breach {
    Reading asked = reading;
    if (asked == null || !(asked.look() instanceof Effect.Read read) || asked.ticket() != ticket) {
      return;
    }
    if (!isBehind(asked, reply.getEntriesList().stream(), out)) {
      answered(asked, frame(asked, read.request(), reply), reply.getEntriesCount(), out);
    }
  }

  void outlined(long ticket, OutlineReply reply, List<Effect> out) throws Breach {
    Reading asked = reading;
    if (asked != null
        && asked.wanted() instanceof Wanted.OfOutline wanted
        && asked.ticket() == ticket) {
      answered(asked, wanted.answer(reply, asked.head()), Wanted.OfOutline.entriesOf(reply), out);
    }
  }

  void entriesRead(long ticket, EntriesReply reply, List<Effect> out) throws Breach {
    Reading asked = reading;
    if (asked != null
        && asked.wanted() instanceof Wanted.OfEntries wanted
        && asked.ticket() == ticket
        && !isBehind(asked, reply.getEntriesList().stream().map(ProvenEntry::getEntry), out)) {
      answered(asked, wanted.answer(reply, asked.head()), reply.getEntriesCount(), out);
    }
  }

  void stepsFound(long ticket, CompactionsReply reply, List<Effect> out) throws Breach {
    Reading asked = reading;
    if (asked != null
        && asked.wanted() instanceof Wanted.OfSteps wanted
        && asked.ticket() == ticket) {
      answered(asked, wanted.answer(reply, asked.head()), 1, out);
    }
  }

  void positionsRead(long ticket, SignedPositionsReply reply, List<Effect> out) throws Breach {
    Reading asked = reading;
    if (asked != null
        && asked.wanted() instanceof Wanted.OfPositions wanted
        && asked.ticket() == ticket) {
      answered(asked, wanted.answer(reply, asked.head()), 1, out);
    }
  }

  /** What is wanted is not told just now; the device asks again. */
  void refuse(Wanted wanted, ProblemCode code, List<Effect> out) {
    out.add(problem(wanted, code));
  }

  /** As {@link #refuse}, of others' positions that were asked for and are not told yet. */
  void refusePositions(ProblemCode code, List<Effect> out) {
    if (reading != null && reading.wanted() instanceof Wanted.OfPositions wanted) {
      reading = null; // its answer counts no more
      refuse(wanted, code, out);
    }
    fetches.removeIf(wanted -> {
      boolean isOfPositions = wanted instanceof Wanted.OfPositions;
      if (isOfPositions) {
        refuse(wanted, code, out);
      }
      return isOfPositions;
    });
    if (held != null && held.hasPositions()) {
      out.add(problem(held.getPositions().getRequest(), code));
      held = null;
    }
  }

  /**
   * Whether a payload is gone that had not expired by the head that was read up to: the store has a newer one, without which nobody may be told so.
   * If so, it is read anew, as soon as such a head is known here.
   */
  private boolean isBehind(Reading asked, Stream<LogEntry> entries, List<Effect> out)
      throws Breach {
    long expiry = Expired.latest(entries);
    if (asked.head().serverTimeMillis() >= expiry) {
      return false;
    }
    timesBehind++;
    if (!Retry.again(MeshTrouble.UNAVAILABLE, timesBehind)) {
      giveUp(asked, MeshTrouble.UNAVAILABLE, out);
    } else if (head != null && head.serverTimeMillis() >= expiry) {
      goOn(asked.wanted(), head, out);
    } else {
      reading = null;
      long wait = timesBehind == 1 ? 0 : Retry.waitMillis(timesBehind - 1);
      askForHead(asked.wanted(), 0, wait, out);
    }
    return true;
  }

  /** A subscription goes on with the next {@link #pump}. */
  private void goOn(@Nullable Wanted wanted, SpaceHead upTo, List<Effect> out) {
    reading = null;
    if (wanted != null) {
      start(wanted, upTo, out);
    }
  }

  /** @param parts of which the answer could have fewer; none were there to be read, or it was not asked for */
  private void answered(Reading asked, Frame frame, int parts, List<Effect> out) throws Breach {
    if (parts == 0) {
      failed(asked.ticket(), MeshTrouble.BROKEN, out);
      return;
    }
    int bytes = codec.length(frame);
    if (frame.getSerializedSize() > Limits.MAX_FRAME_BYTES || bytes > codec.maxBytes()) {
      readFewer(asked, parts, out);
      return;
    }
    reading = null;
    timesBehind = 0;
    if (asked.wanted() == null) {
      account(parts, bytes);
    }
    held = frame;
    toldSize = Math.max(toldSize, asked.head().size());
  }

  private void account(int entries, int bytes) {
    Subscription pushed = subscription;
    if (pushed != null) {
      pushed.pushed(entries, bytes);
    }
  }

  /** Headers came out larger than the read allowed for. */
  private void readFewer(Reading asked, int parts, List<Effect> out) throws Breach {
    if (parts == 1) {
      failed(asked.ticket(), MeshTrouble.BROKEN, out);
      return;
    }
    ask(
        asked.look().fewer(parts / 2, tickets.getAsLong()),
        asked.head(),
        asked.wanted(),
        asked.tries(),
        out);
  }

  void failed(long ticket, MeshTrouble trouble, List<Effect> out) throws Breach {
    HeadQuestion question = headQuestion;
    if (question != null && question.ticket() == ticket) {
      headFailed(question, trouble, out);
      return;
    }
    Reading asked = reading;
    if (asked == null || asked.ticket() != ticket) {
      return;
    }
    if (Retry.again(trouble, asked.tries()) && !isOfOldStores(asked, trouble)) {
      Effect.Look again = asked.look().again(tickets.getAsLong(), Retry.waitMillis(asked.tries()));
      ask(again, asked.head(), asked.wanted(), asked.tries(), out);
      return;
    }
    giveUp(asked, trouble, out);
  }

  /** Stores of an older version do not know of positions: nobody is to wait for files because of that. */
  private static boolean isOfOldStores(Reading asked, MeshTrouble trouble) {
    return trouble == MeshTrouble.NOBODY && asked.wanted() instanceof Wanted.OfPositions;
  }

  private void giveUp(Reading asked, MeshTrouble trouble, List<Effect> out) throws Breach {
    reading = null;
    timesBehind = 0;
    giveUp(asked.wanted(), trouble, out);
  }

  /** Without its subscription a connection is of no use. */
  private static void giveUp(@Nullable Wanted wanted, MeshTrouble trouble, List<Effect> out)
      throws Breach {
    if (wanted == null) {
      throw new Breach(codeOf(trouble), Retry.RETRY_AFTER_MILLIS);
    }
    out.add(problem(wanted, codeOf(trouble)));
  }

  private static ProblemCode codeOf(MeshTrouble trouble) {
    return trouble == MeshTrouble.BUSY
        ? ProblemCode.PROBLEM_CODE_BUSY
        : ProblemCode.PROBLEM_CODE_UNAVAILABLE;
  }

  /** Whether the engine's answer with this ticket is to this lane. */
  boolean asksForHead(long ticket) {
    return headQuestion != null && headQuestion.ticket() == ticket;
  }

  /** The engine has said where the log ends, and it was offered: what waited for it goes on. */
  void headTold(List<Effect> out) {
    HeadQuestion question = headQuestion;
    headQuestion = null;
    SpaceHead upTo = head;
    if (question == null || upTo == null) {
      return;
    }
    Wanted wanted = question.wanted();
    if (wanted == null) {
      return; // the subscription goes on by itself
    }
    if (wanted.isWithin(upTo.size())) {
      readFor(wanted, upTo, out);
    } else {
      held = wanted.nothing(upTo);
      toldSize = Math.max(toldSize, upTo.size());
    }
  }

  private void headFailed(HeadQuestion question, MeshTrouble trouble, List<Effect> out)
      throws Breach {
    if (Retry.again(trouble, question.tries())) {
      askForHead(question.wanted(), question.tries(), Retry.waitMillis(question.tries()), out);
    } else {
      headQuestion = null;
      giveUp(question.wanted(), trouble, out);
    }
  }

  private void askForHead(
      @Nullable Wanted wanted, int triesBefore, long waitMillis, List<Effect> out) {
    long ticket = tickets.getAsLong();
    headQuestion = new HeadQuestion(ticket, triesBefore + 1, wanted);
    out.add(new Effect.Authorize(ticket, waitMillis, peer.space(), peer.authorizeRequest()));
  }

  /** Does what can be done now: hands over what is held, reads what comes next, tells of growth that cannot be read. */
  void pump(List<Effect> out) {
    pumpFresh();
    handOver(out);
    if (reading != null || headQuestion != null || held != null || head == null) {
      return;
    }
    if (!fetches.isEmpty()) {
      start(fetches.remove(), head, out);
    } else if (subscription != null) {
      push(subscription, head, out);
    }
  }

  /** What has just come in goes on from here, if it is what comes next: nothing is asked of the store. */
  private void pumpFresh() {
    FreshFiles files = fresh;
    Subscription to = subscription;
    fresh = null;
    boolean idle =
        reading == null && headQuestion == null && held == null && fetches.isEmpty() && writable;
    if (files == null || to == null || head == null || !idle || to.credit() <= 0) {
      return;
    }
    if (to.after() + 1 == files.firstSequence()) {
      Frame frame = Frames.of(Frames.files(0, to.after(), head)
          .addAllEntries(files.entriesFor(peer.device(), to.omitsOwn())));
      account(files.entries().size(), codec.length(frame));
      toldSize = Math.max(toldSize, head.size());
      held = frame;
    }
  }

  private void handOver(List<Effect> out) {
    if (held != null && writable) {
      out.add(new Effect.Send(held));
      held = null;
    }
  }

  private void push(Subscription to, SpaceHead upTo, List<Effect> out) {
    if (upTo.size() <= to.after()) {
      return;
    }
    if (to.credit() > 0) {
      int bytes = (int) Math.min(to.credit(), READ_BYTES);
      ReadRequest.Builder request = ReadRequest.newBuilder()
          .setSpace(peer.space().byteString())
          .setAfterSequence(to.after())
          .setHeadSize(upTo.size())
          .setMaxBytes(bytes)
          .setMaxFiles(Limits.MAX_FILES_ENTRIES);
      if (to.omitsOwn()) {
        request.setOmitPayloadsOf(peer.device().byteString());
      }
      ask(new Effect.Read(tickets.getAsLong(), 0, request.build()), upTo, null, 0, out);
    } else if (upTo.size() > toldSize && !to.isGrowthTold() && writable) {
      out.add(new Effect.Send(Frames.advanced(upTo)));
      toldSize = upTo.size();
      to.growthTold();
    }
  }

  private void start(Wanted wanted, SpaceHead upTo, List<Effect> out) {
    if (wanted.isWithin(upTo.size())) {
      readFor(wanted, upTo, out);
    } else {
      askForHead(wanted, 0, 0, out);
    }
  }

  private void readFor(Wanted wanted, SpaceHead upTo, List<Effect> out) {
    ask(wanted.ask(tickets.getAsLong(), peer, upTo), upTo, wanted, 0, out);
  }

  private void ask(
      Effect.Look look,
      SpaceHead upTo,
      @Nullable Wanted wanted,
      int triesBefore,
      List<Effect> out) {
    reading = new Reading(triesBefore + 1, look, upTo, wanted);
    out.add(look);
  }

  private static Frame frame(Reading asked, ReadRequest request, ReadReply reply) {
    long number = asked.wanted() == null ? 0 : asked.wanted().request();
    return Frames.of(Frames.files(number, request.getAfterSequence(), asked.head())
        .addAllEntries(reply.getEntriesList())
        .addAllConsistency(reply.getConsistencyList()));
  }

  private static Effect problem(Wanted wanted, ProblemCode code) {
    return problem(wanted.request(), code);
  }

  private static Effect problem(long request, ProblemCode code) {
    return new Effect.Send(Frames.problem(code, request, Retry.RETRY_AFTER_MILLIS));
  }
}
