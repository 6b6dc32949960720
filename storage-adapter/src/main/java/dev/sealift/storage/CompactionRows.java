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
   * @param attestedAtMillis server time of the first file of the commit that attests it; 0 if none does: else it is attested from now on
   * @param contest whether it is contested from now on
   * @param overruledAtMillis server time of the first file that overrules what the commit says against it before; 0 if none does
   * @param isContestedWithin whether the commit contests it, whatever comes of it
   */
  public record Change(
      ByteString compaction,
      long attestedAtMillis,
      Contest contest,
      long overruledAtMillis,
      boolean isContestedWithin) {
    private static Change none(ByteString compaction) {
      return new Change(compaction, 0, Contest.AS_BEFORE, 0, false);
    }

    public boolean attests() {
      return attestedAtMillis > 0;
    }

    private Change then(AttestationEffect effect, long serverTimeMillis) {
      return switch (effect) {
        case ATTESTATION_EFFECT_ATTESTS -> attested(serverTimeMillis);
        case ATTESTATION_EFFECT_OVERRULES -> attested(serverTimeMillis).overruled(serverTimeMillis);
        case ATTESTATION_EFFECT_CONTESTS ->
          new Change(compaction, attestedAtMillis, Contest.CONTESTED, 0, true);
        default -> this;
      };
    }

    private Change attested(long serverTimeMillis) {
      return attests()
          ? this
          : new Change(compaction, serverTimeMillis, contest, overruledAtMillis, isContestedWithin);
    }

    private Change overruled(long serverTimeMillis) {
      return contest == Contest.OVERRULED
          ? this
          : new Change(
              compaction, attestedAtMillis, Contest.OVERRULED, serverTimeMillis, isContestedWithin);
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
      long at = Math.max(1, file.getServerTimeMillis()); // 0 says that nobody does
      if (file.hasCompaction() && isLast(part) && part.getAlone()) {
        add(changes, file.getFile(), AttestationEffect.ATTESTATION_EFFECT_ATTESTS, at);
      }
      for (CommitAttestation said : file.getAttestationsList()) {
        add(changes, said.getCompaction(), said.getEffect(), at);
      }
    }
    return List.copyOf(changes.values());
  }

  private static void add(
      Map<ByteString, Change> changes, ByteString compaction, AttestationEffect effect, long at) {
    Change before = changes.getOrDefault(compaction, Change.none(compaction));
    Change after = before.then(effect, at);
    if (!after.equals(before)) {
      changes.put(compaction, after);
    }
  }
}
