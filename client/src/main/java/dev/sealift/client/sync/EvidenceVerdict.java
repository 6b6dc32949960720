package dev.sealift.client.sync;

import dev.sealift.client.store.Difference;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.SpaceId;
import java.util.List;
import java.util.Optional;

/**
 * What came of checking evidence.
 *
 * @param why in a sentence
 * @param violation what the mesh is said to have done; empty where it is about a compaction
 * @param compaction the one that it is about; empty where it is about the mesh
 * @param accused who made that, where it is confirmed
 * @param reporter who says so; nobody had to take his word
 * @param reportedAtMillis by his estimate of the mesh's clock, Unix milliseconds
 * @param signatures all that were checked and that it rests on; empty where the evidence is not sound
 * @param difference where the compaction is another than it should be
 */
public record EvidenceVerdict(
    Conclusion conclusion,
    String why,
    SpaceId space,
    Optional<Violation> violation,
    Optional<FileId> compaction,
    Optional<DeviceId> accused,
    DeviceId reporter,
    long reportedAtMillis,
    List<Signed> signatures,
    Optional<Difference> difference) {
  public EvidenceVerdict {
    signatures = List.copyOf(signatures);
  }

  /** How it comes out. */
  public enum Conclusion {
    /** It is as the reporter says: signatures of those whom it accuses show it. */
    CONFIRMED,
    /** An honest mesh does not send what it shows. That it was sent is the reporter's word: somebody on the way may have, or the reporter himself. */
    REPORTED,
    /** All that it shows is sound, and shows that it is not so. */
    REFUTED,
    /** What it shows is sound, and whoever checks it cannot tell. */
    UNDECIDED,
    /** What it shows is not what the notary and the members have signed. */
    UNSOUND
  }

  /** Whose signature it is. */
  public enum Signer {
    NOTARY,
    AUTHOR,
    REPORTER
  }

  /**
   * Who signed what.
   *
   * @param id the notary's public key, or the device, in hexadecimal
   * @param member the device's, in hexadecimal; empty for a notary, and for a device that is not in the space
   */
  public record Signed(Signer signer, String id, Optional<String> member, String what) {}
}
