package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.ChainHead;
import dev.sealift.client.store.DisplacedFile;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.evidence.ShownReceipt;
import dev.sealift.protocol.file.FileDot;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.PutResult;
import dev.sealift.protocol.proto.Refusal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Others' files that lost their places when the mesh was restored, or came directly and have none yet, on one connection: which of them can be put once more now. The log says of most:
 * where a file's place in its author's chain is taken it needs no more sending, and before that place is reached it cannot be admitted.
 *
 * <p>A file is kept until the log that is held shows its place taken: a receipt alone is a promise, which the replica remembers as it does for own
 * files, and by which a mesh that loses the file again is caught.
 *
 * <p>After a refusal no other file of its author is sent until {@link #release}; one that is refused for good not again, until the mesh is restored
 * once more. Remembers a few numbers for each author at most.
 */
final class Displaced {
  /** A file, its header read. */
  record Candidate(DisplacedFile kept, SignedHeader file) {
    long bytes() {
      return file.header().payloadLength();
    }
  }

  private static final long NO_CHANGE = Long.MAX_VALUE;

  private final Replica replica;

  /** Everything up to here was looked at. */
  private long lookedUpTo;

  /** The counters that authors' chains have to reach before it is worth looking at their files again. */
  private final Map<DeviceId, Long> awaited = new HashMap<>();

  /** How many changes of the members the log has to have before it is worth looking at the next of them again. */
  private long awaitedChange = NO_CHANGE;

  /** Authors of files that the mesh did not take, and may take later. */
  private final Set<DeviceId> refused = new HashSet<>();

  private boolean refusedForGood;
  private @Nullable Candidate next;
  private boolean atEnd;
  private long takenOver;

  Displaced(Replica replica) {
    this.replica = replica;
  }

  /** The first that can be put now, as far as the log that is held says; the one that has its receipt, until the log shows it. */
  Optional<Candidate> next() {
    lookAgainIfAChainHasComeOn();
    if (takenOver != replica.takenOver()) {
      takenOver = replica.takenOver();
      lookAgain();
    }
    if (next != null && isOver(next.file())) {
      replica.placed(next.kept());
      next = null;
    }
    if (next == null && !atEnd) {
      next = find();
      atEnd = next == null;
    }
    return Optional.ofNullable(next);
  }

  private void lookAgainIfAChainHasComeOn() {
    boolean come = awaited.entrySet().stream()
        .anyMatch(chain -> lastCounter(chain.getKey()) >= chain.getValue());
    if ((come || lastChange() >= awaitedChange) && next == null) {
      lookAgain();
    }
  }

  private void lookAgain() {
    lookedUpTo = 0;
    atEnd = false;
    next = null;
    awaited.clear();
    awaitedChange = NO_CHANGE;
    refusedForGood = false;
  }

  /** Why not all of them are put that may have a place later; empty when they are. */
  Optional<MeshBusyException> held() {
    return refused.isEmpty() ? Optional.empty() : Optional.of(Problems.othersNotNow());
  }

  /** What was refused may have a place now. */
  void release() {
    refused.clear();
    lookAgain();
  }

  /** That some have no place any more, as far as this mesh goes; as far as they were looked at. */
  Optional<SealiftException> refusedForGood() {
    return refusedForGood ? Optional.of(Problems.othersRefused()) : Optional.empty();
  }

  private @Nullable Candidate find() {
    for (Optional<DisplacedFile> kept = replica.displaced(lookedUpTo);
        kept.isPresent();
        kept = replica.displaced(lookedUpTo)) {
      lookedUpTo = kept.get().id();
      SignedHeader file = read(kept.get());
      DeviceId author = file.header().device();
      if (isOver(file)) {
        replica.placed(kept.get());
        refused.remove(author);
      } else if (refused.contains(author)) {
        await(author, file.header().counter());
      } else if (isBehindLost(kept.get(), file.header())) {
        replica.refused(kept.get()); // nor can it be admitted then: its author makes it again
        await(author, file.header().counter());
      } else if (file.header().counter() > lastCounter(author) + 1) {
        await(author, file.header().counter() - 1);
      } else if (change(file) > lastChange() + 1) {
        awaitedChange = Math.min(awaitedChange, change(file) - 1);
        await(author, file.header().counter());
      } else if (replica.isRefused(kept.get())) { // only one whose turn it was can be
        refusedForGood = true;
        await(author, file.header().counter());
      } else if (!replica.hasInLog(file.header().buildsOn())) {
        await(author, file.header().counter());
        file.header().buildsOn().stream()
            .filter(dot -> dot.counter() > lastCounter(dot.device()))
            .forEach(dot -> await(dot.device(), dot.counter()));
      } else {
        return new Candidate(kept.get(), file);
      }
    }
    return null;
  }

  /**
   * Whether some may have their turn as soon as the log shows what is on its way of this device: files that another copy of this home made. A new
   * file would take the place of the first of them.
   */
  boolean mayFollowOwn() {
    DeviceId own = replica.keys().id();
    return awaited.containsKey(own) && replica.outbox().lastCounter() > lastCounter(own);
  }

  /** The number of a change of the members; 0 of any other file. Each names the one before, and is admitted only behind it. */
  private static long change(SignedHeader file) {
    return file.header().membership().map(MembershipChange::getNumber).orElse(0L);
  }

  private long lastChange() {
    return replica.log().membership().map(Membership::number).orElse(0L);
  }

  private void await(DeviceId author, long counter) {
    awaited.merge(author, counter, Math::min);
  }

  static SignedHeader read(DisplacedFile kept) {
    try {
      return SignedHeader.parse(ByteString.copyFrom(kept.header().toByteArray()));
    } catch (FormatException e) {
      throw new IllegalStateException("a file of the log is well-formed", e);
    }
  }

  /** What came directly came with all that it needs: what is not here any more of that has no place. */
  private boolean isBehindLost(DisplacedFile kept, FileHeader file) {
    return file.buildsOn().stream().anyMatch(replica::isLost)
        || replica.isTakenOver(kept) && previous(file).filter(replica::isLost).isPresent();
  }

  private static Optional<FileDot> previous(FileHeader file) {
    return file.previous().map(before -> new FileDot(file.device(), file.counter() - 1, before));
  }

  /** Whether it stands in the log again, or its author has gone on without it. */
  private boolean isOver(SignedHeader file) {
    long last = lastCounter(file.header().device());
    Optional<ChainHead> head = head(file.header().device());
    return file.header().counter() <= last
        || file.header().counter() == last + 1
            && !file.header().previous().equals(head.map(ChainHead::file));
  }

  private Optional<ChainHead> head(DeviceId author) {
    return Optional.ofNullable(replica.log().chains().get(author));
  }

  private long lastCounter(DeviceId author) {
    return head(author).map(ChainHead::counter).orElse(0L);
  }

  /**
   * Takes the mesh's answer to the one that {@link #next} gave.
   *
   * @return why the mesh takes nothing new of this space now; then the file is put once more when it does
   * @throws MeshBusyException when the mesh is to be asked again
   */
  Optional<MeshBusyException> answered(Candidate sent, PutResult result)
      throws MeshViolationException, FormatException {
    Outcome outcome = result.getOutcomes(0);
    if (outcome.hasReceipt()) {
      SignedTreeHead head = replica
          .verifier()
          .checkReceipt(
              outcome.getReceipt(), sent.file().id(), result.getSignedHead(), replica.log());
      replica.promised(new ShownReceipt(sent.file().id(), outcome.getReceipt(), head));
      return Optional.empty();
    }
    return refused(sent, outcome.getRefusal());
  }

  private Optional<MeshBusyException> refused(Candidate sent, Refusal refusal)
      throws MeshViolationException {
    DeviceId author = sent.file().header().device();
    switch (refusal.getCode()) {
      case REFUSAL_CODE_BUSY,
          REFUSAL_CODE_STORE_UNAVAILABLE,
          REFUSAL_CODE_PAYLOAD_MISMATCH,
          REFUSAL_CODE_CLOCK_DOUBTFUL -> throw new MeshBusyException(refusal.getRetryAfterMillis());
      case REFUSAL_CODE_OVER_QUOTA,
          REFUSAL_CODE_TOKEN_REQUIRED,
          REFUSAL_CODE_TOKEN_INVALID,
          REFUSAL_CODE_TOKEN_EXPIRED -> {
        return Optional.of(Problems.notNow(refusal));
      }
      case REFUSAL_CODE_UNKNOWN_SPACE -> throw new SpaceLostException();
      case REFUSAL_CODE_UNKNOWN_HEAD -> {
        requireLost(sent);
        waitOrGiveUp(sent, refusal);
      }
      // What it is, or what came before it in the log, does not change any more.
      case REFUSAL_CODE_MALFORMED,
          REFUSAL_CODE_WRONG_SPACE,
          REFUSAL_CODE_BAD_SIGNATURE,
          REFUSAL_CODE_BAD_SUPERSEDE,
          REFUSAL_CODE_BAD_ATTESTATION,
          REFUSAL_CODE_EPOCH_TOO_OLD,
          REFUSAL_CODE_MEMBERSHIP_CONFLICT,
          REFUSAL_CODE_INVITATION_UNKNOWN,
          REFUSAL_CODE_INVITATION_EXPIRED,
          REFUSAL_CODE_INVITATION_USED_UP -> {
        replica.refused(sent.kept());
        replica.doubt(sent.file().header());
        refusedForGood = true;
      }
      default -> waitOrGiveUp(sent, refusal);
    }
    await(author, sent.file().header().counter());
    next = null;
    return Optional.empty();
  }

  /**
   * It may have a place later; unless it came directly, and its author, who is not here to be asked, would not wait for that either. What this device wrote on it does not wait for what
   * may never be.
   */
  private void waitOrGiveUp(Candidate sent, Refusal refusal) {
    boolean passes = Uploads.mayPass(sent.file(), refusal);
    if (!passes && replica.isTakenOver(sent.kept())) {
      replica.refused(sent.kept());
      refusedForGood = true;
      return;
    }
    refused.add(sent.file().header().device());
    if (!passes) {
      replica.doubt(sent.file().header());
    }
  }

  /** What its author has seen may have been lost, where the log went two ways; then only the author can send it, packed again. */
  private void requireLost(Candidate sent) throws MeshViolationException {
    if (replica.holds(sent.file().header().seen())) {
      throw new MeshViolationException(
          Violation.FORKED,
          replica.log().position(),
          "the mesh denies a log that its notary has signed and this device holds");
    }
  }
}
