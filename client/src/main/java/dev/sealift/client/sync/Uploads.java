package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.error.SealiftException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.Put;
import dev.sealift.protocol.proto.PutFile;
import dev.sealift.protocol.proto.PutResult;
import dev.sealift.protocol.proto.Refusal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a session: what is packed when, what is under way, and what the mesh answered.
 *
 * <p>Bounded by the put window that the mesh gave. As long as a file is under way only a full one is packed beside it, so that
 * small writes gather by themselves while the mesh is busy, and a single one leaves at once when it is not.
 */
final class Uploads {
  /** A file that was handed over waits for its time to come; if that takes longer, the clock was wrong, and it is made again. */
  private static final long FAR_AHEAD_MILLIS = 3_600_000;

  /** A file in a Put of its own: its answer then frees its part of the window at once. */
  private record UnderWay(long request, SignedFile file) {}

  private final Replica replica;
  private final Outbox outbox;
  private final Consumer<Frame> out;
  private final Deque<UnderWay> underWay = new ArrayDeque<>();
  private int windowBytes;
  private int bytesUnderWay;
  private long lastRequest;

  /** Why the mesh takes nothing new of this space now. */
  private Optional<MeshBusyException> held = Optional.empty();

  /** Why a file that was handed over waits, and all of this device behind it: its time has yet to come. */
  private Optional<MeshBusyException> ahead = Optional.empty();

  private boolean membershipHeld;
  private boolean compactionRefused;
  private long heldUpToRequest;
  private long lastSentCounter;

  /**
   * Nothing more is sent until the log is held this far: a membership change builds on the one before it, and another's file is kept until the log
   * shows it.
   */
  private long resumeAt;

  private final Displaced displaced;
  private Displaced.@Nullable Candidate displacedUnderWay;

  Uploads(Replica replica, Consumer<Frame> out) {
    this.replica = replica;
    this.outbox = replica.outbox();
    this.out = out;
    this.displaced = new Displaced(replica);
  }

  void window(int bytes) {
    this.windowBytes = bytes;
  }

  /** Sends the genesis file, if it still waits for its receipt. */
  boolean sendGenesis() {
    Optional<SignedFile> genesis =
        outbox.files().stream().filter(file -> file.file().header().isGenesis()).findFirst();
    genesis.ifPresent(this::send);
    return genesis.isPresent();
  }

  /** Sends what there is to send and the window admits. Called only while everything known of the log is held. */
  void pump() throws FormatException {
    if (replica.log().position() < resumeAt || membershipHeld || isAnswerOutstanding()) {
      return;
    }
    if (sendDisplaced()) {
      return;
    }
    outbox.renumberIfTaken();
    outbox.unpackWhatIsLost().ifPresent(this::sendAgainFrom);
    if (underWay.isEmpty()) {
      outbox.unpackWhatIsOutdated().ifPresent(this::sendAgainFrom);
    }
    outbox.files().stream()
        .filter(file -> file.counter() > lastSentCounter)
        .takeWhile(this::mayBeSent)
        .forEach(this::send);
    for (Optional<SignedFile> next = next().filter(this::standsOnTheLog);
        next.isPresent();
        next = next().filter(this::standsOnTheLog)) {
      send(next.get());
    }
  }

  private void sendAgainFrom(long counter) {
    lastSentCounter = Math.min(lastSentCounter, counter - 1);
  }

  /**
   * Others' files that a restored mesh has no place for go first, one at a time: this device's own may build on them.
   *
   * @return whether one is under way
   */
  private boolean sendDisplaced() {
    if (displacedUnderWay == null && underWay.isEmpty() && held.isEmpty()) {
      displaced.next().ifPresent(next -> {
        displacedUnderWay = next;
        put(next.file().byteString(), replica.payload(next.kept()));
      });
    }
    return displacedUnderWay != null;
  }

  private Optional<SignedFile> next() throws FormatException {
    boolean allSent = outbox.files().stream().allMatch(file -> file.counter() <= lastSentCounter);
    boolean membershipUnderWay = underWay.stream().anyMatch(sent -> sent.file().isMembership());
    if (!allSent || membershipUnderWay || displaced.mayFollowOwn()) {
      return Optional.empty();
    }
    if (outbox.isCompacting() && held.isEmpty()) {
      return underWay.isEmpty() || bytesUnderWay < windowBytes / 2
          ? outbox.makePart()
          : Optional.empty();
    }
    if (underWay.isEmpty()) {
      Optional<SignedFile> change = outbox.makeMembershipChange();
      return change.isPresent() || held.isPresent() ? change : outbox.pack();
    }
    boolean room = bytesUnderWay < windowBytes / 2 && held.isEmpty();
    return room && outbox.hasFullFilePending() ? outbox.pack() : Optional.empty();
  }

  /** What was handed over waits as it is: until it is taken, and for what it builds on. */
  private boolean mayBeSent(SignedFile file) {
    boolean now = ahead.isEmpty() && (held.isEmpty() || file.isMembership());
    return now && fits(file) && standsOnTheLog(file);
  }

  private boolean standsOnTheLog(SignedFile file) {
    return replica.hasInLog(file.file().header().buildsOn());
  }

  private boolean fits(SignedFile file) {
    return underWay.isEmpty() || bytesUnderWay + file.bytes() <= windowBytes;
  }

  private void send(SignedFile file) {
    lastSentCounter = file.counter();
    bytesUnderWay += file.bytes();
    underWay.add(new UnderWay(lastRequest + 1, file));
    put(file.file().byteString(), file.payload());
  }

  private void put(ByteString signedHeader, ByteString payload) {
    out.accept(Frame.newBuilder()
        .setPut(Put.newBuilder()
            .setRequest(++lastRequest)
            .addFiles(PutFile.newBuilder().setSignedHeader(signedHeader).setPayload(payload)))
        .build());
  }

  /**
   * Takes the mesh's answer to the oldest Put.
   *
   * @return whether it admitted the space's genesis
   */
  boolean answered(PutResult result) throws MeshViolationException, FormatException {
    Displaced.Candidate lost = displacedUnderWay;
    if (lost != null) {
      answered(lost, result);
      return false;
    }
    UnderWay sent = underWay.poll();
    if (sent == null || sent.request() != result.getRequest() || result.getOutcomesCount() != 1) {
      throw new FormatException("the mesh answered a Put that is not the oldest one under way");
    }
    bytesUnderWay -= sent.file().bytes();
    Outcome outcome = result.getOutcomes(0);
    if (outcome.hasReceipt()) {
      ByteString head = result.getSignedHead();
      outbox.admitted(sent.file(), outcome.getReceipt(), head);
      if (sent.file().isMembership()) {
        resumeAt = outcome.getReceipt().getSequence();
      }
      return sent.file().file().header().isGenesis();
    }
    if (sent.request() > heldUpToRequest) {
      refused(sent.file(), outcome.getRefusal());
    } // else it was behind a file that the mesh does not take now, and is packed anew with it
    return false;
  }

  /** Why the mesh does not take now all that there is; empty when it does, as far as this connection has seen. */
  Optional<MeshBusyException> held() {
    return held.or(() -> ahead).or(displaced::held);
  }

  /** Whether nothing is held, and nothing that was is about to be tried again: of others' files only the answer tells. */
  boolean isNothingHeld() {
    return held().isEmpty() && displacedUnderWay == null && displaced.next().isEmpty();
  }

  /** That the mesh will not take some of what it lost of others. */
  Optional<SealiftException> refusedForGood() {
    return displaced.refusedForGood();
  }

  /** Tries again what was held back. */
  void release() {
    held = Optional.empty();
    ahead = Optional.empty();
    membershipHeld = false;
    displaced.release();
  }

  /** Whether a file that was sent before the hold has no answer yet: until then its counter may be taken. */
  private boolean isAnswerOutstanding() {
    return (held.isPresent() || ahead.isPresent())
        && underWay.stream().anyMatch(sent -> sent.request() <= heldUpToRequest);
  }

  /** What a person can change is told; not of what nobody waits for. */
  private void notNow(SignedFile file, Refusal refusal) throws FormatException {
    if (file.isDispensable()) {
      compactionRefused = true;
      giveUp(file);
    } else {
      hold(file, refusal);
    }
  }

  /**
   * The space may have no more, or not under this token. Reading goes on. Events are taken apart into pending ones, which go on being coalesced
   * and leave their counters free: a change of membership, for which a mesh keeps a reserve, must not wait behind them.
   */
  private void hold(SignedFile file, Refusal refusal) throws FormatException {
    MeshBusyException why = Problems.notNow(refusal);
    if (file.file().header().isGenesis()) {
      throw why; // there is nothing to read before it is admitted
    }
    held = Optional.of(why);
    membershipHeld = file.isMembership();
    takeBack(file);
  }

  /** What was sent from this file on goes again later; unless it was handed over, packed anew. */
  private void takeBack(SignedFile file) throws FormatException {
    heldUpToRequest = lastRequest;
    lastSentCounter = file.counter() - 1;
    outbox.unpack();
  }

  /** Its time is moved back, with the events of others behind it; but what was handed over waits as it is, unless that would be for too long. */
  private void clockAhead(SignedFile file, Refusal refusal) throws FormatException {
    replica.learnMeshTime(refusal.getServerTimeMillis());
    if (outbox.isHandedOver(file) && !isFarAhead(file.file(), refusal)) {
      ahead = Optional.of(Problems.ownNotYet(untilTakenMillis(file.file(), refusal)));
      takeBack(file);
      return;
    }
    if (!file.file().header().isGenesis()) {
      outbox.giveUp(file);
    }
    throw new MeshBusyException(refusal.getRetryAfterMillis());
  }

  private long untilTakenMillis(SignedHeader file, Refusal refusal) {
    long boundMillis = replica.log().membership().orElseThrow().rules().clockBoundMillis();
    return Math.max(0, aheadMillis(file, refusal) - boundMillis);
  }

  private void answered(Displaced.Candidate lost, PutResult result)
      throws MeshViolationException, FormatException {
    if (result.getRequest() != lastRequest || result.getOutcomesCount() != 1) {
      throw new FormatException("the mesh answered a Put that is not the oldest one under way");
    }
    displacedUnderWay = null;
    held = displaced.answered(lost, result);
    heldUpToRequest = lastRequest;
    resumeAt = result.getOutcomes(0).getReceipt().getSequence(); // 0 with a refusal
  }

  private void refused(SignedFile file, Refusal refusal)
      throws MeshViolationException, FormatException {
    switch (refusal.getCode()) {
      case REFUSAL_CODE_CHAIN_GAP, REFUSAL_CODE_COUNTER_TAKEN, REFUSAL_CODE_WRONG_PREVIOUS ->
        throw new ChainTakenException();
      case REFUSAL_CODE_MEMBERSHIP_CONFLICT -> {
        drop(file);
        outbox.changes().again(file);
        resumeAt = isRivalHeld(file) ? 0 : replica.log().position() + 1;
      }
      case REFUSAL_CODE_EPOCH_TOO_OLD -> {
        resumeAt = isNewerEpochHeld(file) ? 0 : replica.log().position() + 1;
        giveUp(file); // and made again, once the log shows under which key
      }
      case REFUSAL_CODE_UNKNOWN_HEAD -> deniedHead(file, refusal);
      case REFUSAL_CODE_CLOCK_AHEAD -> clockAhead(file, refusal);
      case REFUSAL_CODE_OVER_QUOTA,
          REFUSAL_CODE_TOKEN_REQUIRED,
          REFUSAL_CODE_TOKEN_INVALID,
          REFUSAL_CODE_TOKEN_EXPIRED -> notNow(file, refusal);
      case REFUSAL_CODE_UNKNOWN_SPACE -> throw new SpaceLostException();
      case REFUSAL_CODE_BUILDS_ON_MISSING,
          REFUSAL_CODE_BUSY,
          REFUSAL_CODE_STORE_UNAVAILABLE,
          REFUSAL_CODE_PAYLOAD_MISMATCH,
          REFUSAL_CODE_CLOCK_DOUBTFUL -> throw new MeshBusyException(refusal.getRetryAfterMillis());
      default -> refusedForGood(file, Problems.toException(refusal.getCode()));
    }
  }

  /** Whether it would wait for too long: devices whose clocks are right have not taken such a file over, and of the others' it can wait for none. */
  private static boolean isFarAhead(SignedHeader file, Refusal refusal) {
    return aheadMillis(file, refusal) > FAR_AHEAD_MILLIS;
  }

  private static long aheadMillis(SignedHeader file, Refusal refusal) {
    return file.header().time().millis() - refusal.getServerTimeMillis();
  }

  /** Whether time, or what is yet to be read of the log, does away with why a file that came directly was refused: for anything else its author makes it again, or can write no more. */
  static boolean mayPass(SignedHeader file, Refusal refusal) {
    return switch (refusal.getCode()) {
      case REFUSAL_CODE_CLOCK_AHEAD -> !isFarAhead(file, refusal);
      case REFUSAL_CODE_CHAIN_GAP,
          REFUSAL_CODE_COUNTER_TAKEN,
          REFUSAL_CODE_WRONG_PREVIOUS,
          REFUSAL_CODE_BUILDS_ON_MISSING -> true;
      default -> false;
    };
  }

  /**
   * What the file has seen is not in the mesh's log. If this device does not hold to it either, it was lost when the mesh was restored more than
   * once: the same events go again, from what is held now.
   */
  private void deniedHead(SignedFile file, Refusal refusal)
      throws MeshViolationException, FormatException {
    if (replica.holds(file.file().header().seen())) {
      throw new MeshViolationException(
          Violation.FORKED,
          replica.log().position(),
          "the mesh denies a log that its notary has signed and this device holds");
    }
    outbox.giveUp(file);
    throw new MeshBusyException(refusal.getRetryAfterMillis());
  }

  /** Whether the change that took the file's link of the membership chain came before the refusal did. */
  private boolean isRivalHeld(SignedFile file) {
    long number = file.file().header().membership().orElseThrow().getNumber();
    return replica.log().membership().orElseThrow().number() >= number;
  }

  /** Whether the epoch that the file is too old for began before the refusal came. */
  private boolean isNewerEpochHeld(SignedFile file) {
    return !replica.log().membership().orElseThrow().isCurrent(file.file().header());
  }

  /** A change of the membership fails alone, for whoever asked for it, and a space goes on without a compaction, and without what is said of one; without its other files a device cannot go on. */
  private void refusedForGood(SignedFile file, SealiftException why) throws FormatException {
    if (file.isAttestation()) {
      outbox.refuse(file);
    }
    if (file.isDispensable()) {
      compactionRefused |= file.isCompaction();
      giveUp(file);
      return;
    }
    boolean isOfMember = replica.isMember();
    if (file.isMembership()) {
      drop(file);
    }
    if (!file.isMembership() || !isOfMember) {
      throw why;
    }
    outbox.changes().fail(file, why);
  }

  private void giveUp(SignedFile file) throws FormatException {
    heldUpToRequest = lastRequest;
    lastSentCounter = file.counter() - 1;
    outbox.giveUp(file);
  }

  private void drop(SignedFile file) {
    outbox.dropMembershipChange(file);
    lastSentCounter = file.counter() - 1;
  }

  /** Whether the mesh takes nothing more of compactions of this device, as far as this connection has seen. */
  boolean isCompactionRefused() {
    return compactionRefused;
  }

  /**
   * Whether a compaction, or what is said of one, can go behind what waits to be sent. That is nothing that may be taken away from before it, as a change of membership may, and nothing of the same kind: one comes after
   * the other. Events that are on their way hinder nothing, or who always writes would never get to it.
   */
  boolean mayMakeOfCompactions() {
    return replica.log().position() >= resumeAt
        && held().isEmpty()
        && outbox.files().stream().allMatch(SignedFile::hasEvents)
        && !outbox.isCompacting()
        && displacedUnderWay == null
        && displaced.next().isEmpty()
        && !displaced.mayFollowOwn();
  }

  /** Whether anything was sent that has no answer yet. */
  boolean isAnyUnderWay() {
    return !underWay.isEmpty() || displacedUnderWay != null;
  }

  /** Of those files. */
  long bytesUnderWay() {
    Displaced.Candidate lost = displacedUnderWay;
    return bytesUnderWay + (lost == null ? 0 : lost.bytes());
  }

  /** Whether the mesh has everything of this device, and everything that it lost and can have again from it now. */
  boolean isDrained() {
    return !isAnyUnderWay()
        && outbox.files().isEmpty()
        && !(replica.mayWrite() && outbox.hasPendingWrites())
        && displaced.next().isEmpty();
  }
}
