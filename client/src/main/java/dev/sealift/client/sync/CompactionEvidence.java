package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.KeptFile;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.evidence.Evidence;
import dev.sealift.protocol.evidence.EvidenceWriter;
import dev.sealift.protocol.evidence.RevealedEpoch;
import dev.sealift.protocol.evidence.Shown;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.CollectionId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.proto.EvidenceKind;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.LogEntry;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Evidence of what a compaction is: all files of the log up to its last part, sealed as they are, under a head that the notary signed. Whoever has the space's key can make of them what they make, and compare.
 */
final class CompactionEvidence {
  private static final int FILES_AT_ONCE = 64;

  private final SpaceStore store;
  private final DeviceKeyPair reporter;
  private final HeldTree tree;
  private final @Nullable SignedTreeHead head;

  /** @param head the largest within what is held; null for none */
  CompactionEvidence(
      SpaceStore store, DeviceKeyPair reporter, HeldTree tree, @Nullable SignedTreeHead head) {
    this.store = store;
    this.reporter = reporter;
    this.tree = tree;
    this.head = head;
  }

  /**
   * Looks whether there is one.
   *
   * @param compaction the last part of a complete one
   * @param revealed the space's keys, of which those of the epochs that it shows go with it, for those who are not in the space; none for none
   * @throws SealiftException {@code INVALID_INPUT} when the log has none of that name; {@code EVIDENCE_INCOMPLETE} when this device does not have all files, or no head over them
   */
  EvidenceExport of(
      SpaceId space,
      VerifyingKey notary,
      FileId compaction,
      List<SignedIncarnation> incarnations,
      List<EpochKey> revealed,
      long nowMillis) {
    SignedHeader part = lastPart(compaction);
    long last = store.sequenceOf(compaction).orElseThrow(CompactionEvidence::unknown);
    SignedTreeHead signed = head;
    if (signed == null || signed.head().size() < last) {
      throw incomplete("the mesh has signed no head over it yet: connect first");
    }
    if (!tree.reachesBackTo(0) || store.files(1, 1, 0).isEmpty()) {
      throw incomplete("this device came in by a compaction, and has not read the files before it. "
          + "One that has been there since then can");
    }
    Hash root = store.rootAt(last).orElseThrow(() -> without(last));
    Evidence evidence = new Evidence(
        EvidenceKind.EVIDENCE_KIND_COMPACTION_FALSE,
        space,
        notary,
        reporter.publicKeys(),
        nowMillis,
        last,
        root,
        Optional.of(compaction),
        incarnations,
        revealed.stream()
            .filter(key -> key.epoch() <= part.header().epoch()) // what came later is not shown
            .map(CompactionEvidence::revealed)
            .toList(),
        Shown.nothing());
    return out -> write(evidence, signed, out);
  }

  private static RevealedEpoch revealed(EpochKey key) {
    return new RevealedEpoch(CollectionId.main(), key.epoch(), ByteString.copyFrom(key.secret()));
  }

  private void write(Evidence evidence, SignedTreeHead signed, OutputStream out)
      throws IOException {
    long last = evidence.sequence();
    EvidenceWriter writer = new EvidenceWriter(out, evidence, reporter.signing());
    for (long next = 1; next <= last; ) {
      Files frame = frame(next, last, signed);
      if (!store.rootAt(last).equals(Optional.of(evidence.root()))) {
        throw incomplete("the mesh was restored meanwhile, and the log is another");
      }
      writer.add(frame);
      next += frame.getEntriesCount();
    }
    writer.flush();
  }

  private SignedHeader lastPart(FileId compaction) {
    long sequence = store.sequenceOf(compaction).orElseThrow(CompactionEvidence::unknown);
    KeptFile file =
        store.files(sequence, 1, 0).stream().findFirst().orElseThrow(() -> without(sequence));
    SignedHeader part = header(file);
    FileHeader header = part.header();
    if (header.kind() != FileKind.FILE_KIND_COMPACTION || header.part() != header.parts()) {
      throw unknown();
    }
    return part;
  }

  private static SignedHeader header(KeptFile file) {
    try {
      return SignedHeader.parse(ByteString.copyFrom(file.header().toByteArray()));
    } catch (FormatException e) {
      throw new IllegalStateException("a file of the log is well-formed", e);
    }
  }

  /** Files from one on, as a mesh would send them; at least one. */
  private Files frame(long first, long last, SignedTreeHead signed) {
    Files.Builder frame =
        Files.newBuilder().setFirstSequence(first).setSignedHead(signed.byteString());
    int most = (int) Math.min(FILES_AT_ONCE, last - first + 1);
    List<KeptFile> files = store.files(first, most, Limits.MAX_PAYLOAD_BYTES);
    if (files.isEmpty()) {
      throw without(first);
    }
    files.forEach(file -> frame.addEntries(entry(file)));
    long next = first + files.size();
    Proofs.consistency(next - 1, signed.head().size(), tree)
        .forEach(hash -> frame.addConsistency(hash.byteString()));
    return frame.build();
  }

  private LogEntry entry(KeptFile file) {
    return LogEntry.newBuilder()
        .setSignedHeader(ByteString.copyFrom(file.header().toByteArray()))
        .setServerTimeMillis(file.serverTimeMillis())
        .setBase(store.log(file.sequence(), 1).get(0).base())
        .setPayload(ByteString.copyFrom(file.payload().toByteArray()))
        .build();
  }

  /** None of that name. */
  static SealiftException unknown() {
    return new SealiftException(
        ErrorCode.INVALID_INPUT,
        "The space's log, as far as this device has it, has no compaction of that name.");
  }

  private static SealiftException without(long sequence) {
    return incomplete("it has the place of file " + sequence + ", and not the file");
  }

  private static SealiftException incomplete(String why) {
    return new SealiftException(
        ErrorCode.EVIDENCE_INCOMPLETE,
        "This device cannot show what the compaction is made of: " + why + ".");
  }
}
