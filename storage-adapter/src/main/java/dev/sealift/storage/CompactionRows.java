package dev.sealift.storage;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.mesh.proto.AttestationEffect;
import dev.sealift.protocol.mesh.proto.CommitAttestation;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.mesh.proto.CompactionPart;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.protocol.proto.AttestationVerdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a store writes of compactions: a row for each part, one for each thing that an attestation says, and what the commit as a whole does to
 * how compactions stand.
 */
public final class CompactionRows {
  /** Of a part that nothing supersedes; above every sequence. */
  public static final long NEVER = Long.MAX_VALUE;

  /** A part that a commit brings. */
  public record Part(long sequence, CommitFile file) {
    public CompactionPart says() {
      return file.getCompaction();
    }

    /** Whether its compaction stands with it as soon as it is attested. */
    public boolean isSound() {
      return says().getHolds() && isLast(says());
    }
  }

  /** @param sequence of the file that says it */
  public record Said(
      long sequence, ByteString device, ByteString compaction, boolean isContested) {}

  /** Whether a compaction is contested after a commit. */
  public enum Contest {
    AS_BEFORE,
    OVERRULED,
    CONTESTED
  }

  /**
   * What a commit does to how a compaction stands, all of it together.
   *
   * @param compaction the file of its last part
   * @param attests whether it is attested from now on; else it is what it was
   */
  public record Change(ByteString compaction, boolean attests, Contest contest) {
    private Change then(AttestationEffect effect) {
      return switch (effect) {
        case ATTESTATION_EFFECT_ATTESTS -> new Change(compaction, true, contest);
        case ATTESTATION_EFFECT_OVERRULES -> new Change(compaction, true, Contest.OVERRULED);
        case ATTESTATION_EFFECT_CONTESTS -> new Change(compaction, attests, Contest.CONTESTED);
        default -> this;
      };
    }
  }

  private CompactionRows() {}

  private static boolean isLast(CompactionPart part) {
    return part.getPart() == part.getParts();
  }

  public static List<Part> parts(SpaceCommit commit) {
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < commit.getFilesCount(); i++) {
      if (commit.getFiles(i).hasCompaction()) {
        parts.add(new Part(commit.getExpectedSize() + 1 + i, commit.getFiles(i)));
      }
    }
    return parts;
  }

  public static List<Said> attestations(SpaceCommit commit) {
    List<Said> said = new ArrayList<>();
    for (int i = 0; i < commit.getFilesCount(); i++) {
      CommitFile file = commit.getFiles(i);
      long sequence = commit.getExpectedSize() + 1 + i;
      file.getAttestationsList()
          .forEach(one -> said.add(new Said(
              sequence,
              file.getDevice(),
              one.getCompaction(),
              one.getVerdict() == AttestationVerdict.ATTESTATION_VERDICT_CONTESTED)));
    }
    return said;
  }

  /** At most one a compaction. */
  public static List<Change> changes(SpaceCommit commit) {
    Map<ByteString, Change> changes = new LinkedHashMap<>();
    for (CommitFile file : commit.getFilesList()) {
      CompactionPart part = file.getCompaction();
      if (file.hasCompaction() && isLast(part) && part.getAlone()) {
        add(changes, file.getFile(), AttestationEffect.ATTESTATION_EFFECT_ATTESTS);
      }
      for (CommitAttestation said : file.getAttestationsList()) {
        add(changes, said.getCompaction(), said.getEffect());
      }
    }
    return List.copyOf(changes.values());
  }

  private static void add(
      Map<ByteString, Change> changes, ByteString compaction, AttestationEffect effect) {
    Change before =
        changes.getOrDefault(compaction, new Change(compaction, false, Contest.AS_BEFORE));
    Change after = before.then(effect);
    if (!after.equals(before)) {
      changes.put(compaction, after);
    }
  }
}
