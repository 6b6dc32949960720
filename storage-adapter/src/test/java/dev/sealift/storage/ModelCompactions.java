package dev.sealift.storage;

import dev.sealift.protocol.Limits;
import dev.sealift.protocol.mesh.proto.AttestedBy;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.mesh.proto.CompactionPart;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.EffectiveCompaction;
import dev.sealift.protocol.mesh.proto.LiveFiles;
import dev.sealift.protocol.proto.Attestation;
import dev.sealift.protocol.proto.AttestationVerdict;
import dev.sealift.protocol.proto.FileKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** What supersedes what, as the specification defines it, file by file. */
final class ModelCompactions {
  private final List<CommitFile> log;

  ModelCompactions(List<CommitFile> log) {
    this.log = log;
  }

  CompactionsReply answer(CompactionsRequest request) {
    CompactionsReply.Builder reply = CompactionsReply.newBuilder();
    request.getSequencesList().forEach(sequence -> reply.addSupersededBy(superseder(sequence)));
    if (request.getAll()) {
      effective()
          .boxed()
          .filter(e -> !isSuperseded(e))
          .sorted(Comparator.comparingLong(this::base).thenComparingLong(e -> e))
          .forEach(e -> reply.addCompactions(told(e)));
    }
    if (request.hasStepsAfter()) {
      steps(request.getStepsAfter()).forEach(e -> reply.addCompactions(told(e)));
    }
    if (request.getMaxLive() > 0) {
      countLive(request.getMaxLive(), reply);
    }
    return reply.build();
  }

  private CommitFile file(long sequence) {
    return log.get((int) sequence - 1);
  }

  private CompactionPart part(long sequence) {
    return file(sequence).getCompaction();
  }

  private long base(long sequence) {
    return part(sequence).getBase();
  }

  private LongStream all() {
    return LongStream.rangeClosed(1, log.size());
  }

  private LongStream effective() {
    return all()
        .filter(s -> file(s).hasCompaction() && part(s).getHolds())
        .filter(s -> part(s).getPart() == part(s).getParts());
  }

  private boolean supersedes(long compaction, long sequence) {
    CompactionPart says = part(compaction);
    if (sequence < says.getFirst() || sequence > says.getBase()) {
      return false;
    }
    return switch (file(sequence).getKind()) {
      case FILE_KIND_EVENTS -> true;
      case FILE_KIND_COMPACTION -> part(sequence).getFirst() >= says.getFirst();
      case FILE_KIND_ATTESTATION ->
        file(sequence).getAttestationsList().stream().allMatch(this::isSubjectSuperseded);
      default -> false;
    };
  }

  private boolean isSubjectSuperseded(Attestation said) {
    return all()
        .filter(s -> file(s).getFile().equals(said.getCompaction()))
        .filter(s -> file(s).hasCompaction() && part(s).getPart() == part(s).getParts())
        .anyMatch(this::isSuperseded);
  }

  private boolean isSuperseded(long sequence) {
    return effective().anyMatch(e -> supersedes(e, sequence));
  }

  private long superseder(long sequence) {
    if (sequence < 1 || sequence > log.size()) {
      return 0;
    }
    return effective()
        .filter(e -> supersedes(e, sequence) && !isSuperseded(e))
        .min()
        .orElse(0);
  }

  private List<Long> steps(long after) {
    List<Long> steps = new ArrayList<>();
    long position = after;
    while (true) {
      long from = position;
      Optional<Long> next = effective()
          .boxed()
          .filter(e -> !isSuperseded(e))
          .filter(e -> part(e).getFirst() - 1 <= from && base(e) > from)
          .max(Comparator.comparingLong(this::base)
              .thenComparingLong(e -> part(e).getFirst())
              .thenComparingLong(e -> -e));
      if (next.isEmpty() || steps.size() == Limits.MAX_STEPS) {
        return steps;
      }
      steps.add(next.get());
      position = base(next.get());
    }
  }

  private EffectiveCompaction told(long last) {
    CommitFile file = file(last);
    EffectiveCompaction.Builder told = EffectiveCompaction.newBuilder()
        .setFirst(part(last).getFirst())
        .setBase(base(last))
        .setGeneration(part(last).getGeneration());
    all()
        .filter(s -> file(s).getDevice().equals(file.getDevice()))
        .filter(s -> file(s).getCounter() <= file.getCounter()
            && file(s).getCounter() > file.getCounter() - part(last).getParts())
        .forEach(told::addParts);
    all()
        .forEach(s -> file(s).getAttestationsList().stream()
            .filter(said -> said.getCompaction().equals(file.getFile()))
            .forEach(said -> told.addAttestations(AttestedBy.newBuilder()
                .setSequence(s)
                .setContested(
                    said.getVerdict() == AttestationVerdict.ATTESTATION_VERDICT_CONTESTED))));
    return told.build();
  }

  private void countLive(int most, CompactionsReply.Builder reply) {
    TreeMap<Integer, LiveFiles.Builder> live = new TreeMap<>();
    int events = 0;
    for (int i = log.size() - 1; i >= 0; i--) {
      boolean isEvents = log.get(i).getKind() == FileKind.FILE_KIND_EVENTS;
      boolean counts = isEvents ? events < most : log.get(i).hasCompaction();
      if (counts && !isSuperseded(i + 1L)) {
        events += isEvents ? 1 : 0;
        int generation = log.get(i).getCompaction().getGeneration();
        LiveFiles.Builder of =
            live.computeIfAbsent(generation, g -> LiveFiles.newBuilder().setGeneration(g));
        of.setFiles(of.getFiles() + 1).setBytes(of.getBytes() + log.get(i).getPayloadLength());
      }
    }
    live.values().forEach(reply::addLive);
    reply.setMoreLive(events == most);
  }
}
