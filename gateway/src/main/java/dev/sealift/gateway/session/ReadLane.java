package dev.sealift.gateway.session;

import dev.sealift.gateway.codec.FrameCodec;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.mesh.proto.ReadRequest;
import dev.sealift.protocol.proto.Credit;
import dev.sealift.protocol.proto.Fetch;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.PositionReport;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.Subscribe;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one connection reads: a subscription within its credit, and single fetches.
 *
 * <p>One read is under way at a time, and its answer is all that is ever kept besides the socket's own write queue: while
 * the socket is full the answer waits here, and nothing further is read. So a slow reader costs one frame, whatever the log
 * does.
 *
 * <p>Credit counts whole messages, of the length that the codec gives them. While some is left one more frame may come, with at least
 * one file in it; so the last frame may overdraw the credit by less than one largest frame, and what is overdrawn is taken off
 * the next.
 */
final class ReadLane {
  /** Half a frame: a header is not counted twice over, and a slow link is not blocked by one answer for too long. */
  static final int READ_BYTES = 512 << 10;

  /** A device that asks for more at once should wait for answers. */
  static final int MAX_FETCHES_WAITING = 4;

  /** More credit than this is as good as any: keeps sums far from overflow. */
  static final long MAX_CREDIT_BYTES = 1L << 40;

  private final Peer peer;
  private final LongSupplier tickets;
  private final FrameCodec codec;
  private final ArrayDeque<Fetch> fetches = new ArrayDeque<>(1);
  private @Nullable SpaceHead head;
  private @Nullable Subscription subscription;
  private @Nullable Reading reading;
  private @Nullable HeadQuestion headQuestion;
  private @Nullable Frame held;
  private @Nullable FreshFiles fresh;
  private long toldSize;
  private boolean writable = true;

  /** Where the subscription stands. */
  private static final class Subscription {
    private final boolean omitOwn;
    private long after;
    private long credit;
    private boolean advancedSent;

    private Subscription(long after, long credit, boolean omitOwn) {
      this.after = after;
      this.credit = credit;
      this.omitOwn = omitOwn;
    }
  }

  /** The read under way: for a fetch, or, without one, for the subscription. */
  private record Reading(
      long ticket,
      int tries,
      ReadRequest request,
      SpaceHead head,
      @Nullable Fetch fetch) {}

  /** A fetch of what is not known here to be there: whether it is, the engine knows. */
  private record HeadQuestion(long ticket, int tries, Fetch fetch) {}

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
        || headQuestion != null
        || (reading != null && reading.fetch() != null)
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
    head = offered;
    fresh = newFiles.orElse(null);
    return true;
  }

  /** The device was sent the head with another frame. */
  void toldHead() {
    toldSize = head == null ? 0 : head.size();
  }

  void subscribe(Subscribe subscribe) throws Breach {
    checkSequence(subscribe.getAfterSequence());
    subscription = new Subscription(
        subscribe.getAfterSequence(),
        Integer.toUnsignedLong(subscribe.getCreditBytes()),
        subscribe.getOmitOwnPayloads());
    if (reading != null && reading.fetch() == null) {
      reading = null; // read for the subscription before; its answer counts no more
    }
  }

  void credit(Credit credit) throws Breach {
    if (subscription == null) {
      throw new Breach(ProblemCode.PROBLEM_CODE_UNEXPECTED_FRAME);
    }
    long sum = subscription.credit + Integer.toUnsignedLong(credit.getBytes());
    subscription.credit = Math.min(sum, MAX_CREDIT_BYTES);
    subscription.advancedSent = false;
  }

  void fetch(Fetch fetch, List<Effect> out) throws Breach {
    checkSequence(fetch.getAfterSequence());
    if (fetch.getRequest() == 0) {
      throw new Breach(ProblemCode.PROBLEM_CODE_BAD_FRAME); // 0 marks what the subscription pushes
    }
    if (fetches.size() >= MAX_FETCHES_WAITING) {
      out.add(problem(fetch, ProblemCode.PROBLEM_CODE_TOO_MUCH));
      return;
    }
    fetches.add(fetch);
  }

  /** How far the device is; never further than the log. */
  void position(PositionReport report, List<Effect> out) throws Breach {
    checkSequence(report.getSequence());
    long size = head == null ? 0 : head.size();
    out.add(new Effect.ReportPosition(peer.at(Math.min(report.getSequence(), size))));
  }

  private static void checkSequence(long sequence) throws Breach {
    if (sequence < 0 || sequence >= Limits.MAX_SEQUENCE) {
      throw new Breach(ProblemCode.PROBLEM_CODE_BAD_FRAME);
    }
  }

  void writable(boolean now) {
    writable = now;
  }

  void read(long ticket, ReadReply reply, List<Effect> out) throws Breach {
    Reading asked = reading;
    if (asked == null || asked.ticket() != ticket) {
      return;
    }
    if (reply.getEntriesCount() == 0) {
      failed(
          ticket, MeshTrouble.BROKEN, out); // there was something to read, or it was not asked for
      return;
    }
    Frame frame = frame(asked, reply);
    int bytes = codec.length(frame);
    if (frame.getSerializedSize() > Limits.MAX_FRAME_BYTES || bytes > codec.maxBytes()) {
      readFewer(asked, reply.getEntriesCount(), out);
      return;
    }
    reading = null;
    if (asked.fetch() == null) {
      account(reply.getEntriesCount(), bytes);
    }
    held = frame;
    toldSize = Math.max(toldSize, asked.head().size());
  }

  private void account(int entries, int bytes) {
    Subscription pushed = subscription;
    if (pushed != null) {
      pushed.after += entries;
      pushed.credit -= bytes;
    }
  }

  /** Headers came out larger than the read allowed for. */
  private void readFewer(Reading asked, int entries, List<Effect> out) throws Breach {
    if (entries == 1) {
      failed(asked.ticket(), MeshTrouble.BROKEN, out);
      return;
    }
    ReadRequest fewer = asked.request().toBuilder().setMaxFiles(entries / 2).build();
    ask(fewer, asked.head(), asked.fetch(), asked.tries(), 0, out);
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
    if (Retry.again(trouble, asked.tries())) {
      long wait = Retry.waitMillis(asked.tries());
      ask(asked.request(), asked.head(), asked.fetch(), asked.tries(), wait, out);
      return;
    }
    if (asked.fetch() == null) {
      throw new Breach(codeOf(trouble), Retry.RETRY_AFTER_MILLIS);
    }
    reading = null;
    out.add(problem(asked.fetch(), codeOf(trouble)));
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

  /** The engine has said where the log ends, and it was offered: the fetch that waited for it goes on. */
  void headTold(List<Effect> out) {
    HeadQuestion question = headQuestion;
    headQuestion = null;
    SpaceHead upTo = head;
    if (question == null || upTo == null) {
      return;
    }
    Fetch fetch = question.fetch();
    if (fetch.getAfterSequence() < upTo.size()) {
      readFor(fetch, upTo, out);
    } else {
      held = Frames.of(files(fetch.getRequest(), fetch.getAfterSequence(), upTo));
      toldSize = Math.max(toldSize, upTo.size());
    }
  }

  private void headFailed(HeadQuestion question, MeshTrouble trouble, List<Effect> out) {
    if (Retry.again(trouble, question.tries())) {
      askForHead(question.fetch(), question.tries(), Retry.waitMillis(question.tries()), out);
    } else {
      headQuestion = null;
      out.add(problem(question.fetch(), codeOf(trouble)));
    }
  }

  private void askForHead(Fetch fetch, int triesBefore, long waitMillis, List<Effect> out) {
    long ticket = tickets.getAsLong();
    headQuestion = new HeadQuestion(ticket, triesBefore + 1, fetch);
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
      startFetch(fetches.remove(), head, out);
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
    if (files == null || to == null || head == null || !idle || to.credit <= 0) {
      return;
    }
    if (to.after + 1 == files.firstSequence()) {
      Frame frame = Frames.of(
          files(0, to.after, head).addAllEntries(files.entriesFor(peer.device(), to.omitOwn)));
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
    if (upTo.size() <= to.after) {
      return;
    }
    if (to.credit > 0) {
      int bytes = (int) Math.min(to.credit, READ_BYTES);
      ReadRequest.Builder request = request(to.after, upTo, bytes, Limits.MAX_FILES_ENTRIES);
      if (to.omitOwn) {
        request.setOmitPayloadsOf(peer.device().byteString());
      }
      ask(request.build(), upTo, null, 0, 0, out);
    } else if (upTo.size() > toldSize && !to.advancedSent && writable) {
      out.add(new Effect.Send(Frames.advanced(upTo)));
      toldSize = upTo.size();
      to.advancedSent = true;
    }
  }

  private void startFetch(Fetch fetch, SpaceHead upTo, List<Effect> out) {
    if (fetch.getAfterSequence() < upTo.size()) {
      readFor(fetch, upTo, out);
    } else {
      askForHead(fetch, 0, 0, out);
    }
  }

  private void readFor(Fetch fetch, SpaceHead upTo, List<Effect> out) {
    int bytes = bounded(fetch.getMaxBytes(), READ_BYTES);
    int files = bounded(fetch.getMaxFiles(), Limits.MAX_FILES_ENTRIES);
    ask(request(fetch.getAfterSequence(), upTo, bytes, files).build(), upTo, fetch, 0, 0, out);
  }

  /** What the device asks for, within ours; 0 leaves it to us. */
  private static int bounded(int unsignedAsked, int bound) {
    return unsignedAsked == 0
        ? bound
        : (int) Math.min(Integer.toUnsignedLong(unsignedAsked), bound);
  }

  private ReadRequest.Builder request(long after, SpaceHead upTo, int bytes, int files) {
    return ReadRequest.newBuilder()
        .setSpace(peer.space().byteString())
        .setAfterSequence(after)
        .setHeadSize(upTo.size())
        .setMaxBytes(bytes)
        .setMaxFiles(files);
  }

  private void ask(
      ReadRequest request,
      SpaceHead upTo,
      @Nullable Fetch fetch,
      int triesBefore,
      long waitMillis,
      List<Effect> out) {
    long ticket = tickets.getAsLong();
    reading = new Reading(ticket, triesBefore + 1, request, upTo, fetch);
    out.add(new Effect.Read(ticket, waitMillis, request));
  }

  private static Frame frame(Reading asked, ReadReply reply) {
    long request = asked.fetch() == null ? 0 : asked.fetch().getRequest();
    return Frames.of(files(request, asked.request().getAfterSequence(), asked.head())
        .addAllEntries(reply.getEntriesList())
        .addAllConsistency(reply.getConsistencyList()));
  }

  private static Files.Builder files(long request, long after, SpaceHead upTo) {
    return Files.newBuilder()
        .setRequest(request)
        .setFirstSequence(after + 1)
        .setSignedHead(upTo.signed());
  }

  private static Effect problem(Fetch fetch, ProblemCode code) {
    return new Effect.Send(Frames.problem(code, fetch.getRequest(), Retry.RETRY_AFTER_MILLIS));
  }
}
