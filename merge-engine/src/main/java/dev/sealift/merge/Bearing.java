package dev.sealift.merge;

import dev.sealift.protocol.compaction.Attester;
import dev.sealift.protocol.file.Attested;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.mesh.proto.AttestationEffect;
import dev.sealift.protocol.mesh.proto.CommitAttestation;
import dev.sealift.protocol.proto.AttestationVerdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a file does to compactions as of its place in the log: what it takes to know that, the store has not.
 *
 * @param holds of a part of a compaction, whether this log has its base, with its root
 * @param attestations what it says of others, and to what effect
 */
record Bearing(boolean holds, List<CommitAttestation> attestations) {
  static final Bearing NONE = new Bearing(false, List.of());

  /** @param membership as of the file */
  static Bearing of(
      SignedHeader file, Membership membership, SpaceState state, Draft draft, Answers answers)
      throws Refused {
    List<CommitAttestation> attestations = new ArrayList<>();
    for (Attested said : file.header().attestations()) {
      Optional<Compaction> named = draft.compaction(Saying.of(said, file.header()), answers);
      attestations.add(CommitAttestation.newBuilder()
          .setCompaction(said.compaction().byteString())
          .setVerdict(
              said.isContested()
                  ? AttestationVerdict.ATTESTATION_VERDICT_CONTESTED
                  : AttestationVerdict.ATTESTATION_VERDICT_ATTESTED)
          .setEffect(named
              .map(compaction -> effect(said, compaction, file.header(), membership))
              .orElse(AttestationEffect.ATTESTATION_EFFECT_UNSPECIFIED))
          .build());
    }
    return new Bearing(FileChecks.holds(file, state, draft, answers), attestations);
  }

  /** As {@link dev.sealift.protocol.compaction.Standing} has it. */
  private static AttestationEffect effect(
      Attested said, Compaction compaction, FileHeader file, Membership membership) {
    if (said.isContested()) {
      return compaction.isContested()
          ? AttestationEffect.ATTESTATION_EFFECT_UNSPECIFIED
          : AttestationEffect.ATTESTATION_EFFECT_CONTESTS;
    }
    Attester attester = Attester.of(file.device(), membership).orElseThrow();
    boolean counts = membership
        .everDevice(compaction.author())
        .filter(author -> attester.counts(author.id(), author.member()))
        .isPresent();
    if (!counts) {
      return AttestationEffect.ATTESTATION_EFFECT_UNSPECIFIED;
    }
    return attester.overrules()
        ? AttestationEffect.ATTESTATION_EFFECT_OVERRULES
        : AttestationEffect.ATTESTATION_EFFECT_ATTESTS;
  }
}
