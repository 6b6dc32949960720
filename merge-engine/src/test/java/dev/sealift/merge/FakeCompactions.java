package dev.sealift.merge;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.mesh.proto.AttestationEffect;
import dev.sealift.protocol.mesh.proto.CommitAttestation;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.mesh.proto.CompactionPart;
import dev.sealift.protocol.mesh.proto.CompactionQuestion;
import dev.sealift.protocol.mesh.proto.FoundCompaction;
import dev.sealift.protocol.proto.AttestationVerdict;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** What a store says of compactions, by what its commits said of them. */
final class FakeCompactions {
  private final List<CommitFile> log;
  private final List<Integer> standing;
  private final Set<ByteString> sealed;

  FakeCompactions(List<CommitFile> log) {
    this(log, Set.of());
  }

  /** @param sealed files of last parts */
  FakeCompactions(List<CommitFile> log, Set<ByteString> sealed) {
    this.log = log;
    this.sealed = sealed;
    this.standing = IntStream.range(0, log.size())
        .filter(i -> isLast(i) && part(i).getHolds() && isUpheld(i))
        .boxed()
        .toList();
  }

  private CompactionPart part(int i) {
    return log.get(i).getCompaction();
  }

  private boolean isLast(int i) {
    return log.get(i).hasCompaction() && part(i).getPart() == part(i).getParts();
  }

  private boolean isUpheld(int last) {
    boolean attested = part(last).getAlone();
    boolean contested = false;
    for (CommitFile file : log.subList(last + 1, log.size())) {
      for (CommitAttestation said : file.getAttestationsList()) {
        if (said.getCompaction().equals(log.get(last).getFile())) {
          AttestationEffect effect = said.getEffect();
          boolean overrules = effect == AttestationEffect.ATTESTATION_EFFECT_OVERRULES;
          attested |= overrules || effect == AttestationEffect.ATTESTATION_EFFECT_ATTESTS;
          contested =
              effect == AttestationEffect.ATTESTATION_EFFECT_CONTESTS || contested && !overrules;
        }
      }
    }
    return attested && !contested;
  }

  private boolean isSuperseded(int part) {
    return standing.stream()
        .map(this::part)
        .anyMatch(by -> by.getFirst() <= part + 1
            && part + 1 <= by.getBase()
            && by.getFirst() <= part(part).getFirst());
  }

  /** Whether the compaction whose last part this is supersedes. */
  boolean stands(ByteString last) {
    return standing.stream().anyMatch(i -> log.get(i).getFile().equals(last));
  }

  FoundCompaction find(CompactionQuestion question) {
    return IntStream.range(0, log.size())
        .filter(i -> isLast(i) && log.get(i).getFile().equals(question.getCompaction()))
        .mapToObj(i -> FoundCompaction.newBuilder()
            .setAuthor(log.get(i).getDevice())
            .setSuperseded(isSuperseded(i))
            .setAttested(hasSaid(question, AttestationVerdict.ATTESTATION_VERDICT_ATTESTED))
            .setContested(hasSaid(question, AttestationVerdict.ATTESTATION_VERDICT_CONTESTED))
            .setSealed(sealed.contains(question.getCompaction()))
            .build())
        .findFirst()
        .orElse(FoundCompaction.getDefaultInstance());
  }

  private boolean hasSaid(CompactionQuestion question, AttestationVerdict verdict) {
    return log.stream()
        .filter(file -> file.getDevice().equals(question.getDevice()))
        .flatMap(file -> file.getAttestationsList().stream())
        .anyMatch(said ->
            said.getCompaction().equals(question.getCompaction()) && said.getVerdict() == verdict);
  }

  int begun(ByteString device) {
    return (int) IntStream.range(0, log.size())
        .filter(i -> log.get(i).hasCompaction() && part(i).getPart() == 1)
        .filter(i -> log.get(i).getDevice().equals(device) && !isSuperseded(i))
        .filter(i -> standing.stream().noneMatch(last -> isFirstOf(i, last)))
        .count();
  }

  private boolean isFirstOf(int first, int last) {
    CommitFile end = log.get(last);
    return log.get(first).getDevice().equals(end.getDevice())
        && log.get(first).getCounter() == end.getCounter() - part(last).getParts() + 1;
  }
}
