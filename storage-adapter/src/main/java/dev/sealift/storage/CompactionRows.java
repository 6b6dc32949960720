package dev.sealift.storage;

import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.mesh.proto.CompactionPart;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.protocol.proto.AttestationVerdict;
import java.util.ArrayList;
import java.util.List;

/** What a store writes of compactions: a row for each part, and one for each thing that an attestation says. */
public final class CompactionRows {
  /** Of a part that nothing has superseded; above every sequence. */
  public static final long NEVER = Long.MAX_VALUE;

  /**
   * A part that a commit brings.
   *
   * @param supersededBy by what stands behind it in the same commit, which a restored mesh alone takes back together; else {@link #NEVER}
   */
  public record Part(long sequence, CommitFile file, long supersededBy) {
    public CompactionPart says() {
      return file.getCompaction();
    }

    /** With it, its compaction supersedes what is in its range. */
    public boolean isEffective() {
      return says().getHolds() && says().getPart() == says().getParts();
    }

    private boolean supersedes(long earlier, CompactionPart part) {
      return isEffective()
          && earlier >= says().getFirst()
          && earlier <= says().getBase()
          && part.getFirst() >= says().getFirst();
    }
  }

  /** @param sequence of the file that says it */
  public record Said(
      long sequence, com.google.protobuf.ByteString compaction, boolean isContested) {}

  private CompactionRows() {}

  public static List<Part> parts(SpaceCommit commit) {
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < commit.getFilesCount(); i++) {
      if (commit.getFiles(i).hasCompaction()) {
        parts.add(new Part(commit.getExpectedSize() + 1 + i, commit.getFiles(i), NEVER));
      }
    }
    return parts.stream()
        .map(part -> new Part(part.sequence, part.file, superseder(part, parts)))
        .toList();
  }

  private static long superseder(Part earlier, List<Part> parts) {
    return parts.stream()
        .filter(part -> part.supersedes(earlier.sequence, earlier.says()))
        .mapToLong(Part::sequence)
        .min()
        .orElse(NEVER);
  }

  public static List<Said> attestations(SpaceCommit commit) {
    List<Said> said = new ArrayList<>();
    for (int i = 0; i < commit.getFilesCount(); i++) {
      long sequence = commit.getExpectedSize() + 1 + i;
      commit
          .getFiles(i)
          .getAttestationsList()
          .forEach(one -> said.add(new Said(
              sequence,
              one.getCompaction(),
              one.getVerdict() == AttestationVerdict.ATTESTATION_VERDICT_CONTESTED)));
    }
    return said;
  }
}
