package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.store.StoreException;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.evidence.Evidence;
import dev.sealift.protocol.evidence.Shown;
import dev.sealift.protocol.evidence.ShownReceipt;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.proto.EvidenceKind;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.wire.WelcomeStatement;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Evidence of what a mesh was caught at, made when it is caught, and kept until the app forgets the space. Bounded: of each kind the first few, since a mesh that goes on lying, or somebody on the way who does, says nothing new. Used with the replica's
 * monitor.
 */
public final class KeptEvidence {
  /** Of a kind, each with a frame at the most; and as many of those again that rest on more than this device's word: whoever is on the way can send what rests on nothing, as often as he likes. */
  static final int MOST_OF_A_KIND = 2;

  /** What the names begin with of what the notary has signed, and of other evidence. */
  private static final String SIGNED = "1";

  private static final String UNSIGNED = "0";
  private static final String PREFIX = "EVIDENCE_KIND_";

  private final SpaceStore store;
  private final SpaceRecords records;
  private final DeviceKeyPair reporter;

  KeptEvidence(SpaceStore store, SpaceRecords records, DeviceKeyPair reporter) {
    this.store = store;
    this.records = records;
    this.reporter = reporter;
  }

  /** Of which kind evidence of a violation is; empty where there is none yet. */
  public static Optional<EvidenceKind> kind(Violation violation) {
    return Arrays.stream(EvidenceKind.values())
        .filter(kind -> kind.name().equals(PREFIX + violation.name()))
        .findFirst();
  }

  /** What it is evidence of; empty for one that is about a compaction. */
  static Optional<Violation> violation(EvidenceKind kind) {
    return Arrays.stream(Violation.values())
        .filter(violation -> kind.name().equals(PREFIX + violation.name()))
        .findFirst();
  }

  /** What is signed with all of it. */
  record Place(
      SpaceId space,
      VerifyingKey notary,
      LogState log,
      LogVerifier verifier,
      List<SignedIncarnation> incarnations,
      long nowMillis) {

    /** Whether the notary has signed what was sent, as far as that is known without going through the log. */
    private boolean isSigned(Shown shown) {
      if (shown.welcome().isPresent()) {
        return true;
      }
      Optional<Frame> frame = shown.frame();
      if (frame.isPresent() && frame.get().hasFiles()) {
        Files files = frame.get().getFiles();
        return isSigned(files.getSignedHead())
            && (files.getRequest() != 0 || verifier.leads(files, log));
      }
      return frame.isPresent()
          ? isSigned(frame.get().getAdvanced().getSignedHead())
          : shown.receipts().get(0).head().verify(notary);
    }

    private boolean isSigned(ByteString head) {
      try {
        return SignedTreeHead.parse(head).verify(notary);
      } catch (FormatException e) {
        return false;
      }
    }
  }

  /**
   * Keeps it, if it is new. That it cannot be kept is no reason not to go by what it says.
   *
   * @param place of which log it is, as this device has it; nothing of the frame was applied
   * @param frame the one that it was caught by
   * @param said as this connection began
   * @param ownPayloadsLeftOut whether the mesh was asked to leave out what this device wrote
   */
  void keep(
      MeshViolationException caught,
      Frame frame,
      Optional<WelcomeStatement> said,
      Place place,
      boolean ownPayloadsLeftOut) {
    Optional<EvidenceKind> kind = kind(caught.violation());
    Optional<ShownReceipt> receipt = caught.receipt();
    boolean isShown = frame.hasFiles() || frame.hasAdvanced();
    Optional<WelcomeStatement> welcome = frame.hasWelcome() ? said : Optional.empty();
    if (kind.isEmpty() || !isShown && welcome.isEmpty() && receipt.isEmpty()) {
      return;
    }
    Shown shown = new Shown(
        heads(place.log()),
        receipt.stream().toList(),
        isShown ? Optional.of(frame) : Optional.empty(),
        ownPayloadsLeftOut,
        welcome,
        welcome.flatMap(any -> records.welcome()));
    Evidence evidence = new Evidence(
        kind.get(),
        place.space(),
        place.notary(),
        reporter.publicKeys(),
        place.nowMillis(),
        place.log().position(),
        place.log().tree().root(),
        Optional.empty(),
        place.incarnations(),
        List.of(),
        shown);
    keep(evidence, place.isSigned(shown), name(evidence));
  }

  private static List<SignedTreeHead> heads(LogState log) {
    return Stream.of(log.heldHead(), log.nextHead(), log.newestHead())
        .flatMap(Optional::stream)
        .distinct()
        .toList();
  }

  /** The same lie, told again, has the same name. */
  private static String name(Evidence evidence) {
    byte[] kind = {(byte) evidence.kind().getNumber()};
    byte[] frame = evidence.shown().frame().map(Frame::toByteArray).orElse(new byte[0]);
    byte[] head = evidence
        .shown()
        .welcome()
        .flatMap(WelcomeStatement::signedHead)
        .map(SignedTreeHead::bytes)
        .orElse(new byte[0]);
    Hash hash = Hash.of(kind, evidence.root().toByteArray(), frame, head);
    for (ShownReceipt receipt : evidence.shown().receipts()) {
      hash = Hash.of(hash.toByteArray(), receipt.bytes());
    }
    return hash.toString();
  }

  private void keep(Evidence evidence, boolean isSigned, String hash) {
    Violation violation = violation(evidence.kind()).orElseThrow();
    List<Kept> kept = list(records);
    long ofItsKind = kept.stream()
        .filter(one -> one.violation() == violation && one.isSigned() == isSigned)
        .count();
    String name = (isSigned ? SIGNED : UNSIGNED) + hash.substring(1);
    if (kept.stream().anyMatch(one -> one.name().equals(name)) || ofItsKind == MOST_OF_A_KIND) {
      return;
    }
    try (Batch batch = store.batch()) {
      records.putEvidence(batch, name, evidence.sign(reporter.signing()));
      batch.commit();
    } catch (StoreException e) {
      // The disk is full, for example. The mesh is not believed all the same.
    }
  }

  /**
   * A kept one.
   *
   * @param name in hexadecimal
   * @param sequence how far the log was held
   * @param reportedAtMillis by the device's estimate of the mesh's clock, Unix milliseconds
   */
  public record Kept(String name, Violation violation, long sequence, long reportedAtMillis) {
    private boolean isSigned() {
      return name.startsWith(SIGNED);
    }
  }

  /** All that is kept. From any thread. */
  public static List<Kept> list(SpaceRecords records) {
    return records.evidence().stream()
        .flatMap(name -> records.evidence(name).flatMap(signed -> kept(name, signed)).stream())
        .toList();
  }

  /** Empty for one that a newer version has kept. */
  private static Optional<Kept> kept(String name, ByteString signed) {
    try {
      Evidence evidence = Evidence.parse(signed);
      return violation(evidence.kind())
          .map(violation ->
              new Kept(name, violation, evidence.sequence(), evidence.reportedAtMillis()));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  static Evidence parse(ByteString signed) {
    try {
      return Evidence.parse(signed);
    } catch (FormatException e) {
      throw new IllegalStateException("this device's own evidence is well-formed", e);
    }
  }
}
