package dev.sealift.client.sync;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.HeldCompaction;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.store.StoreException;
import dev.sealift.client.sync.EvidenceVerdict.Conclusion;
import dev.sealift.client.sync.EvidenceVerdict.Signed;
import dev.sealift.client.sync.EvidenceVerdict.Signer;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.client.vault.Vault;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.NewerFormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.evidence.Evidence;
import dev.sealift.protocol.evidence.EvidenceReader;
import dev.sealift.protocol.evidence.RevealedEpoch;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.Files;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Checks evidence as a device would that reads the log for the first time: everything that a mesh delivers is checked of it, and what its files make is made anew, in a store of its own that is gone afterwards. So nobody's word is
 * taken, and nobody is asked. For one thread; one frame of the log is in memory.
 */
public final class EvidenceCheck {
  private static final Progress NOBODY = new Progress() {
    @Override
    public void applied(long position) {}

    @Override
    public void durable(HybridTime upTo) {}
  };

  private final Evidence evidence;

  /** That of the last file: nothing of a log is ahead of its own time. */
  private final AtomicLong serverTimeMillis = new AtomicLong();

  private EvidenceCheck(Evidence evidence) {
    this.evidence = evidence;
  }

  /**
   * Checks it.
   *
   * @param in is read to its end, and not closed
   * @param home where whoever checks has the space, and its key: else that is taken from the evidence, if it reveals it
   * @param folder an empty one that only its owner may enter: what is made of the files lies there in clear until the caller removes it
   * @throws SealiftException {@code BAD_EVIDENCE}, {@code WRONG_SPACE}, {@code NEWER_FORMAT}
   */
  public static EvidenceVerdict check(InputStream in, Optional<SpaceRecords> home, Path folder)
      throws IOException {
    try {
      EvidenceReader reader = new EvidenceReader(in);
      EvidenceCheck check = new EvidenceCheck(reader.evidence());
      home.ifPresent(check::requireOf);
      Optional<Violation> violation = KeptEvidence.violation(reader.evidence().kind());
      if (violation.isPresent()) {
        return new MeshCheck(reader.evidence(), violation.get()).check(reader);
      }
      List<EpochKey> keys = new ArrayList<>(check.revealed());
      home.ifPresent(records -> keys.addAll(records.epochKeys()));
      return keys.isEmpty() ? check.sealed() : check.check(reader, keys, folder);
    } catch (StoreException e) {
      throw StoreErrors.toSealift(e);
    } catch (NewerFormatException e) {
      throw ContentKeys.newerFormat(e);
    } catch (FormatException e) {
      throw new SealiftException(
          ErrorCode.BAD_EVIDENCE,
          "This is no evidence, or it was damaged on its way: " + e.getMessage() + ".",
          e);
    }
  }

  private void requireOf(SpaceRecords home) {
    if (!home.space().equals(Optional.of(evidence.space()))) {
      throw new SealiftException(
          ErrorCode.WRONG_SPACE, "The evidence is of another space than the one it is checked in.");
    }
  }

  private List<EpochKey> revealed() {
    List<EpochKey> keys = new ArrayList<>();
    for (RevealedEpoch revealed : evidence.keys()) {
      if (revealed.collection().byteString().equals(FileMaker.MAIN)) {
        keys.add(key(revealed));
      }
    }
    return keys;
  }

  private static EpochKey key(RevealedEpoch revealed) {
    try {
      return EpochKey.of(revealed.epoch(), revealed.key().toByteArray());
    } catch (FormatException e) {
      throw new IllegalStateException("a revealed key has the length of one", e);
    }
  }

  private EvidenceVerdict check(EvidenceReader reader, List<EpochKey> keys, Path folder)
      throws IOException, FormatException {
    DeviceKeyPair nobody = DeviceKeyPair.generate();
    Path database = folder.resolve("space.db");
    try (SpaceStore store = SpaceStore.open(database, nobody.id(), serverTimeMillis::get)) {
      SpaceRecords records = new SpaceRecords(store, Vault.open(folder.resolve("vault"), null));
      try (Batch batch = store.batch()) {
        records.start(batch);
        records.putSpace(batch, evidence.space(), evidence.notary());
        records.putIncarnations(batch, evidence.incarnations());
        batch.commit();
      }
      Replica replica =
          new Replica(nobody, store, records, new MeshClock(serverTimeMillis::get), NOBODY);
      replica.contentKeys().offer(keys);
      try {
        read(reader, replica);
        return judge(replica);
      } catch (KeyMissingException e) {
        return sealed();
      } catch (MeshBusyException e) {
        return verdict(Conclusion.UNSOUND, "it shows two logs, of two incarnations");
      } catch (MeshViolationException e) {
        return verdict(
            Conclusion.UNSOUND,
            "it is not of a log that the space's notary and members have signed (" + e.violation()
                + " at " + e.sequence() + "): " + e.getMessage());
      }
    }
  }

  private void read(EvidenceReader reader, Replica replica)
      throws IOException, FormatException, MeshViolationException {
    for (SignedIncarnation signed : evidence.incarnations()) {
      replica.verifier().checkGenuine(signed);
    }
    for (Optional<Files> frame = reader.next(); frame.isPresent(); frame = reader.next()) {
      if (frame.get().getEntriesCount() == 0) {
        throw new FormatException("files of the log are missing");
      }
      VerifiedFiles files = replica.verifier(false).check(frame.get(), replica.log());
      serverTimeMillis.set(files.next().serverTimeMillis());
      replica.apply(files);
    }
  }

  private EvidenceVerdict judge(Replica replica) throws MeshViolationException {
    FileId compaction = evidence.compaction().orElseThrow();
    Optional<HeldCompaction> held = replica.compaction(compaction);
    if (replica.log().position() != evidence.sequence() || held.isEmpty()) {
      return verdict(
          Conclusion.UNSOUND, "the compaction that it is about does not end the log that it shows");
    }
    CompactionCheck.Outcome outcome = replica.check(compaction).orElseThrow();
    Conclusion conclusion = switch (outcome.kind()) {
      case DIFFERENT -> Conclusion.CONFIRMED;
      case SAME, VOID -> Conclusion.REFUTED;
      case NEWER, UNTOLD -> Conclusion.UNDECIDED;
    };
    return judged(replica, held.get(), conclusion, why(outcome.kind()), outcome);
  }

  private static String why(CompactionCheck.Kind kind) {
    return switch (kind) {
      case DIFFERENT -> "the compaction is not what the log makes of its files";
      case SAME -> "the compaction is what the log makes of its files";
      case VOID ->
        "the compaction is of another log than this one, as one is that a restored mesh has given another place: nobody goes by it, and nobody need have done wrong";
      case NEWER -> "the compaction is of a newer version of Sealift: check it with that";
      case UNTOLD ->
        "contents of files that it rests on have expired, or the log goes on for too long behind its base";
    };
  }

  private EvidenceVerdict judged(
      Replica replica,
      HeldCompaction of,
      Conclusion conclusion,
      String why,
      CompactionCheck.Outcome outcome) {
    LogState log = replica.log();
    Membership membership = log.membership().orElseThrow();
    DeviceId author = of.begun().author();
    TreeHead head = log.newestHead().orElseThrow().head();
    List<Signed> signatures = List.of(
        new Signed(
            Signer.NOTARY,
            evidence.notary().toString(),
            Optional.empty(),
            "a log of " + head.size() + " files, whose root is " + head.root()),
        new Signed(
            Signer.AUTHOR,
            author.toString(),
            member(author, membership),
            "a compaction of files " + of.range().first() + " to " + of.range().base() + ", in "
                + of.begun().parts() + (of.begun().parts() == 1 ? " part" : " parts")
                + " from sequence " + of.firstPart() + " on"),
        new Signed(
            Signer.REPORTER,
            evidence.reporter().id().toString(),
            member(evidence.reporter().id(), membership),
            "that this is evidence against it"));
    return new EvidenceVerdict(
        conclusion,
        why,
        evidence.space(),
        Optional.empty(),
        evidence.compaction(),
        conclusion == Conclusion.CONFIRMED ? Optional.of(author) : Optional.empty(),
        evidence.reporter().id(),
        evidence.reportedAtMillis(),
        signatures,
        outcome.found());
  }

  private static Optional<String> member(DeviceId device, Membership membership) {
    return membership.everDevice(device).map(Device::member).map(Object::toString);
  }

  private EvidenceVerdict sealed() {
    return verdict(
        Conclusion.UNDECIDED,
        "its files are sealed, and it does not reveal the key: check it in a home of the space");
  }

  private EvidenceVerdict verdict(Conclusion conclusion, String why) {
    return new EvidenceVerdict(
        conclusion,
        why,
        evidence.space(),
        Optional.empty(),
        evidence.compaction(),
        Optional.empty(),
        evidence.reporter().id(),
        evidence.reportedAtMillis(),
        List.of(),
        Optional.empty());
  }
}
