package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.sync.EvidenceVerdict.Conclusion;
import dev.sealift.client.sync.EvidenceVerdict.Signed;
import dev.sealift.client.sync.EvidenceVerdict.Signer;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.evidence.Evidence;
import dev.sealift.protocol.evidence.EvidenceReader;
import dev.sealift.protocol.evidence.ShownReceipt;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.PayloadAbsence;
import dev.sealift.protocol.proto.Receipt;
import dev.sealift.protocol.wire.WelcomeStatement;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Checks evidence of what a mesh was caught at: follows the log to where the reporter was, takes what the reporter was sent as he had to, and looks whether that is what he says. Then whose signature it is that shows it: the notary has
 * signed heads, and by them the log; what came on the wire besides is the reporter's word.
 */
final class MeshCheck {
  /** Two parts of an honest mesh may not agree on what is later, unless it is so by more: by far more than clocks are apart that are looked after. */
  static final long CLOCKS_APART_MILLIS = 10 * 60_000;

  private final Evidence evidence;
  private final Violation violation;
  private final FollowedLog held = new FollowedLog();
  private final LogVerifier verifier;
  private LogState state = LogState.empty();

  /** Up to where the notary has signed what the reporter held, in the incarnation of what was sent. */
  private long signedTo;

  MeshCheck(Evidence evidence, Violation violation) {
    this.evidence = evidence;
    this.violation = violation;
    verifier = verifier(true);
  }

  private LogVerifier verifier(boolean bare) {
    boolean ownLeftOut = evidence.shown().ownPayloadsLeftOut();
    return new LogVerifier(
        evidence.space(),
        evidence.notary(),
        device -> bare || ownLeftOut && device.equals(evidence.reporter().id()),
        evidence.incarnations().stream().map(SignedIncarnation::incarnation).toList(),
        held,
        held,
        file -> false);
  }

  EvidenceVerdict check(EvidenceReader reader) throws IOException, FormatException {
    try {
      requireGenuine(evidence.incarnations());
      for (Optional<Files> frame = reader.next(); frame.isPresent(); frame = reader.next()) {
        VerifiedFiles files = verifier.follow(frame.get(), state);
        held.add(files);
        state = files.next();
      }
      if (state.position() != evidence.sequence() || !state.tree().root().equals(evidence.root())) {
        return verdict(Conclusion.UNSOUND, "the log that it shows is not the reporter's");
      }
      takeHeads();
      if (!said().allMatch(this::isSaid)) {
        return verdict(Conclusion.UNSOUND, "the notary did not say what it shows of that");
      }
    } catch (MeshViolationException e) {
      return verdict(
          Conclusion.UNSOUND,
          "the log that it shows is not one that the space's notary and members have signed ("
              + e.violation() + " at " + e.sequence() + "): " + e.getMessage());
    }
    return judge();
  }

  private void requireGenuine(List<SignedIncarnation> incarnations) throws MeshViolationException {
    for (SignedIncarnation signed : incarnations) {
      verifier.checkGenuine(signed);
    }
  }

  /** What the reporter knew that the notary has signed: it has to be, and of this log as far as that goes. */
  private void takeHeads() throws MeshViolationException, FormatException {
    for (SignedTreeHead head : evidence.shown().heads()) {
      long size = head.head().size();
      if (!isSigned(head)) {
        throw new MeshViolationException(
            Violation.HEAD_NOT_SIGNED, size, "a head that it shows is not signed by the notary");
      }
      if (size <= state.position()) {
        if (!rootAt(size).equals(Optional.of(head.head().root()))) {
          throw new MeshViolationException(
              Violation.FORKED, size, "a head that it shows is of another log");
        }
        if (isOfSent(head.head().incarnation())) {
          signedTo = Math.max(signedTo, size);
        }
      }
      state = state.withHead(head);
    }
    int last = Stream.concat(
            evidence.shown().heads().stream().map(head -> head.head().incarnation()),
            evidence.incarnations().stream().map(signed -> signed.incarnation().number()))
        .max(Integer::compareUnsigned)
        .orElse(0);
    state = state.inIncarnation(last, Long.MAX_VALUE);
  }

  private Stream<WelcomeStatement> said() {
    return Stream.concat(
        evidence.shown().welcomeBefore().stream(), evidence.shown().welcome().stream());
  }

  /** Whether the space's notary has said it of the space. */
  private boolean isSaid(WelcomeStatement statement) {
    return statement.handshake().notary().equals(evidence.notary())
        && statement.handshake().space().equals(evidence.space().byteString())
        && statement.verify();
  }

  private boolean isSigned(SignedTreeHead head) {
    return head.head().space().equals(evidence.space()) && head.verify(evidence.notary());
  }

  private EvidenceVerdict judge() throws FormatException {
    try {
      take();
    } catch (MeshViolationException e) {
      if (e.violation() != violation) {
        return verdict(
            Conclusion.REFUTED,
            "it shows something else than it says (" + e.violation() + "): " + e.getMessage());
      }
      return convicts()
          ? verdict(Conclusion.CONFIRMED, e.getMessage() + ": the notary's signatures show it")
          : verdict(
              Conclusion.REPORTED,
              e.getMessage()
                  + ": that it was sent is the reporter's word"
                  + (reporterMember().isPresent()
                      ? ""
                      : ", who is not in the space, as far as it shows"));
    } catch (MeshBusyException e) {
      return verdict(Conclusion.REFUTED, "an honest mesh may do what it shows");
    }
    return verdict(Conclusion.REFUTED, "an honest mesh may do what it shows");
  }

  /** As the reporter's device had to take it. */
  private void take() throws MeshViolationException, FormatException {
    Optional<Frame> frame = evidence.shown().frame();
    if (evidence.shown().welcome().isPresent()) {
      welcome(evidence.shown().welcome().get());
    } else if (frame.isEmpty()) {
      receipt(evidence.shown().receipts().get(0));
    } else if (frame.get().hasAdvanced()) {
      verifier.checkHead(frame.get().getAdvanced().getSignedHead(), state);
    } else if (isPushed(frame.get().getFiles())) {
      files(frame.get().getFiles());
    } else {
      verifier.checkHead(frame.get().getFiles().getSignedHead(), state);
    }
  }

  private static boolean isPushed(Files files) {
    return files.getRequest() == 0;
  }

  private void receipt(ShownReceipt given) throws MeshViolationException, FormatException {
    Receipt receipt = given.receipt();
    verifier.checkReceipt(receipt, given.file(), given.head().byteString(), state);
    if (held.file(receipt.getSequence())
        .filter(there -> !there.equals(given.file()))
        .isPresent()) {
      throw Replica.notHonoured(receipt.getSequence());
    }
  }

  private void files(Files frame) throws MeshViolationException, FormatException {
    boolean isReclaimed = frame.getEntriesList().stream()
        .anyMatch(entry -> entry.getAbsence() == PayloadAbsence.PAYLOAD_ABSENCE_RECLAIMED);
    if (isReclaimed) {
      throw MeshBusyException.reclaimed(); // the device asks for a compaction first
    }
    VerifiedFiles files = verifier(false).check(frame, state);
    for (ShownReceipt given : evidence.shown().receipts()) {
      verifier.checkReceipt(
          given.receipt(), given.file(), given.head().byteString(), LogState.empty());
      for (VerifiedEntry entry : files.entries()) {
        if (entry.sequence() == given.receipt().getSequence()
            && !entry.file().id().equals(given.file())) {
          throw Replica.notHonoured(entry.sequence());
        }
      }
    }
  }

  private void welcome(WelcomeStatement welcome) throws MeshViolationException {
    List<SignedIncarnation> told = welcome.incarnations();
    requireGenuine(told);
    Optional<SignedTreeHead> head = welcome.signedHead();
    if (head.isEmpty()) {
      return; // that it does not know the space is a loss, and told as such
    }
    if (welcome.recoveringMillis() > 0) {
      List<Incarnation> incarnations =
          told.stream().map(SignedIncarnation::incarnation).toList();
      verifier.checkRestoredHead(head.get(), incarnations, state);
      return;
    }
    for (SignedIncarnation signed : told) {
      if (Integer.compareUnsigned(signed.incarnation().number(), state.incarnation()) > 0) {
        Parting.after(signed.incarnation(), told, evidence.incarnations(), state, held);
        return; // from here on it is another log than the reporter's
      }
    }
    verifier.checkPresentHead(head.get(), state);
  }

  // Whose signature shows it

  /** Only where the log begins with a genesis that names the notary, or it could be anybody's key. */
  private boolean convicts() throws FormatException {
    return state.position() > 0
        && switch (violation) {
          case PAYLOAD_ALTERED, PAYLOAD_MISSING, RECEIPT_FALSE, KEY_NOT_COMMITTED -> false;
          case HEAD_NOT_SIGNED -> evidence.shown().welcome().isPresent(); // what it said it signed
          case ROLLED_BACK -> isSaidLater();
          case FORKED -> isSignedFork();
          case RECEIPT_NOT_HONOURED ->
            isOfSent(receipt().head().head().incarnation()) && (isOfSignedLog() || isBelowSigned());
          // Which incarnations excuse an author nobody can know who has not heard of them all.
          case SEEN_ANOTHER_LOG, EPOCH_BROKEN -> isOfSignedLog() && isOfSent(0);
          case LOG_ALTERED,
              FILE_NOT_SIGNED,
              AUTHOR_NOT_A_MEMBER,
              CHAIN_BROKEN,
              MEMBERSHIP_BROKEN,
              TIME_BROKEN,
              BUILDS_ON_MISSING,
              BASE_FALSE -> isOfSignedLog();
        };
  }

  /** Logs of two incarnations may go two ways, and nothing of the one says anything of the other. */
  private boolean isOfSent(int incarnation) throws FormatException {
    return sentHead().filter(head -> head.head().incarnation() == incarnation).isPresent();
  }

  private ShownReceipt receipt() {
    return evidence.shown().receipts().get(0);
  }

  /** Whether the notary has signed the log that the frame goes on with. */
  private boolean isOfSignedLog() throws FormatException {
    Optional<Files> files = evidence.shown().frame().filter(Frame::hasFiles).map(Frame::getFiles);
    return files.isPresent()
        && isSigned(SignedTreeHead.parse(files.get().getSignedHead()))
        && verifier.leads(files.get(), state);
  }

  private boolean isBelowSigned() {
    return evidence.shown().frame().isEmpty() && receipt().receipt().getSequence() <= signedTo;
  }

  /** Whether two roots of one size, in one incarnation, are signed. */
  private boolean isSignedFork() throws FormatException {
    Optional<SignedTreeHead> sent = sentHead();
    if (sent.isEmpty() || !isSigned(sent.get())) {
      return false;
    }
    TreeHead head = sent.get().head();
    return isSignedOtherwise(head.size(), head.root())
        || known().anyMatch(known -> isOther(known, head))
        || isOfSignedLog() && known().anyMatch(this::isReachedOtherwise);
  }

  /** The heads that the reporter knew, of the incarnation of what was sent. */
  private Stream<TreeHead> known() throws FormatException {
    int incarnation = sentHead().orElseThrow().head().incarnation();
    return evidence.shown().heads().stream()
        .map(SignedTreeHead::head)
        .filter(head -> head.incarnation() == incarnation);
  }

  /** Whether the log that the frame goes on with comes past a head by another root. */
  private boolean isReachedOtherwise(TreeHead known) {
    Files files = evidence.shown().frame().orElseThrow().getFiles();
    return verifier
        .rootBehind(files, state, known.size())
        .filter(root -> !root.equals(known.root()))
        .isPresent();
  }

  /** Whether the notary said less of the log than it had said, long after that. */
  private boolean isSaidLater() {
    Optional<WelcomeStatement> now = evidence.shown().welcome();
    Optional<WelcomeStatement> before = evidence.shown().welcomeBefore();
    return now.isPresent()
        && before.isPresent()
        && before.get().serverTimeMillis() + CLOCKS_APART_MILLIS < now.get().serverTimeMillis()
        && now.get().recoveringMillis() == 0
        && isLess(now.get().signedHead(), before.get().signedHead());
  }

  private static boolean isLess(Optional<SignedTreeHead> now, Optional<SignedTreeHead> before) {
    if (now.isEmpty() || before.isEmpty()) {
      return false;
    }
    int order = Integer.compareUnsigned(
        now.get().head().incarnation(), before.get().head().incarnation());
    return order < 0
        || order == 0 && now.get().head().size() < before.get().head().size();
  }

  private boolean isSignedOtherwise(long size, Hash root) {
    return size <= signedTo && rootAt(size).filter(known -> !known.equals(root)).isPresent();
  }

  private Optional<Hash> rootAt(long size) {
    return size == 0 ? Optional.of(Hash.of()) : held.at(size);
  }

  private static boolean isOther(TreeHead known, TreeHead head) {
    return known.size() == head.size() && !known.root().equals(head.root());
  }

  private Optional<SignedTreeHead> sentHead() throws FormatException {
    Optional<Frame> frame = evidence.shown().frame();
    if (evidence.shown().welcome().isPresent()) {
      return evidence.shown().welcome().get().signedHead();
    }
    if (frame.isEmpty()) {
      return Optional.of(evidence.shown().receipts().get(0).head());
    }
    ByteString signed = frame.get().hasAdvanced()
        ? frame.get().getAdvanced().getSignedHead()
        : frame.get().getFiles().getSignedHead();
    return signed.isEmpty() ? Optional.empty() : Optional.of(SignedTreeHead.parse(signed));
  }

  // What comes of it

  private EvidenceVerdict verdict(Conclusion conclusion, String why) throws FormatException {
    return new EvidenceVerdict(
        conclusion,
        why,
        evidence.space(),
        Optional.of(violation),
        Optional.empty(),
        Optional.empty(),
        evidence.reporter().id(),
        evidence.reportedAtMillis(),
        conclusion == Conclusion.UNSOUND ? List.of() : signatures(),
        Optional.empty());
  }

  private Optional<String> reporterMember() {
    return state
        .membership()
        .flatMap(members -> members.device(evidence.reporter().id()))
        .map(device -> device.member().toString());
  }

  private List<Signed> signatures() throws FormatException {
    List<Signed> signatures = new ArrayList<>();
    Stream.concat(evidence.shown().heads().stream(), sentHead().stream())
        .filter(this::isSigned)
        .distinct()
        .forEach(head -> signatures.add(new Signed(
            Signer.NOTARY,
            evidence.notary().toString(),
            Optional.empty(),
            "a log of " + head.head().size() + " files, whose root is "
                + head.head().root())));
    said()
        .forEach(said -> signatures.add(new Signed(
            Signer.NOTARY,
            evidence.notary().toString(),
            Optional.empty(),
            "that at " + Instant.ofEpochMilli(said.serverTimeMillis()) + " the log had "
                + said.signedHead().map(head -> head.head().size()).orElse(0L) + " files")));
    signatures.add(new Signed(
        Signer.REPORTER,
        evidence.reporter().id().toString(),
        reporterMember(),
        "that the mesh sent what this shows"));
    return signatures;
  }
}
