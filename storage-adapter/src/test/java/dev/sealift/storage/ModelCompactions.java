package dev.sealift.storage;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.mesh.proto.AttestationEffect;
import dev.sealift.protocol.mesh.proto.AttestedBy;
import dev.sealift.protocol.mesh.proto.CommitAttestation;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.mesh.proto.CompactionPart;
import dev.sealift.protocol.mesh.proto.CompactionQuestion;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.EffectiveCompaction;
import dev.sealift.protocol.mesh.proto.FoundCompaction;
import dev.sealift.protocol.mesh.proto.LiveFiles;
import dev.sealift.protocol.mesh.proto.OpenCompaction;
import dev.sealift.protocol.proto.AttestationVerdict;
import dev.sealift.protocol.proto.FileKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** How compactions stand and what supersedes what, as the specification defines it, file by file. */
final class ModelCompactions {
  private final List<CommitFile> log;

  /** The last parts of all that stand. */
  private final List<Long> standing;

  /** The last parts of those under which something was reclaimed. */
  private final Set<Long> sealed;

  /** By their places in the log, from 0. */
  private final Set<Integer> expired;

  ModelCompactions(List<CommitFile> log, Set<Long> sealed, Set<Integer> expired) {
    this.log = log;
    this.expired = expired;
    this.sealed = sealed;
    this.standing = all().filter(s -> stoodAt(s) > 0).boxed().toList();
  }

  CompactionsReply.Builder answer(CompactionsRequest request) {
    CompactionsReply.Builder reply = CompactionsReply.newBuilder();
    request
        .getSequencesList()
        .forEach(sequence ->
            reply.addSupersededBy(sequence > request.getHeadSize() ? 0 : superseder(sequence)));
    if (request.getAll()) {
      standing()
          .boxed()
          .filter(e -> e <= request.getHeadSize() && !isSuperseded(e))
          .sorted(Comparator.comparingLong(this::base).thenComparingLong(e -> e))
          .forEach(e -> reply.addCompactions(told(e, request.getHeadSize())));
    }
    if (request.hasStepsAfter()) {
      steps(request).forEach(e -> reply.addCompactions(told(e, request.getHeadSize())));
    }
    if (request.getMaxLive() > 0) {
      countLive(request, reply);
    }
    if (request.getOpen()) {
      all()
          .filter(s -> s <= request.getHeadSize() && isLast(s))
          .filter(s -> !stands(s) && !isSuperseded(s))
          .boxed()
          .sorted(Comparator.reverseOrder())
          .limit(StoreLimits.MAX_TOLD_OPEN)
          .forEach(s -> reply.addOpen(open(s)));
    }
    return reply;
  }

  private CommitFile file(long sequence) {
    return log.get((int) sequence - 1);
  }

  private CompactionPart part(long sequence) {
    return file(sequence).getCompaction();
  }

  private LongStream all() {
    return LongStream.rangeClosed(1, log.size());
  }

  /** What an engine is told of it before it admits what somebody says of it. */
  FoundCompaction find(CompactionQuestion question) {
    return all()
        .filter(s -> isLast(s) && file(s).getFile().equals(question.getCompaction()))
        .mapToObj(s -> FoundCompaction.newBuilder()
            .setAuthor(file(s).getDevice())
            .setSuperseded(isSuperseded(s))
            .setAttested(hasSaid(question, AttestationVerdict.ATTESTATION_VERDICT_ATTESTED))
            .setContested(hasSaid(question, AttestationVerdict.ATTESTATION_VERDICT_CONTESTED))
            .setSealed(sealed.contains(s))
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

  /** How many of a device's compactions have begun, and neither stand nor are superseded. */
  int begun(ByteString device) {
    return (int) all()
        .filter(s -> file(s).getDevice().equals(device) && file(s).hasCompaction())
        .filter(s -> part(s).getPart() == 1 && !isSuperseded(s))
        .filter(s -> standing().noneMatch(e -> isFirstOf(s, e)))
        .count();
  }

  private boolean isFirstOf(long first, long last) {
    return file(first).getDevice().equals(file(last).getDevice())
        && file(first).getCounter() == file(last).getCounter() - part(last).getParts() + 1;
  }

  private boolean isLast(long sequence) {
    return file(sequence).hasCompaction()
        && part(sequence).getPart() == part(sequence).getParts();
  }

  private LongStream standing() {
    return standing.stream().mapToLong(s -> s);
  }

  boolean stands(long last) {
    return standing.contains(last);
  }

  /** Server time of the file since which it stands; 0 if it does not. */
  long stoodAt(long last) {
    if (!isLast(last) || !part(last).getHolds()) {
      return 0;
    }
    boolean attested = part(last).getAlone();
    boolean contested = false;
    long since = attested ? file(last).getServerTimeMillis() : 0;
    for (CommitFile file : log.subList((int) last, log.size())) {
      for (CommitAttestation said : file.getAttestationsList()) {
        if (said.getCompaction().equals(file(last).getFile())) {
          AttestationEffect effect = said.getEffect();
          boolean overrules = effect == AttestationEffect.ATTESTATION_EFFECT_OVERRULES;
          attested |= overrules || effect == AttestationEffect.ATTESTATION_EFFECT_ATTESTS;
          contested =
              effect == AttestationEffect.ATTESTATION_EFFECT_CONTESTS || contested && !overrules;
          boolean stands = attested && !contested;
          since = !stands ? 0 : since == 0 ? file.getServerTimeMillis() : since;
        }
      }
    }
    return since;
  }

  /** What a reclaiming under a compaction, which is among the sealed, may drop anything of. */
  boolean goes(long compaction, long sequence) {
    CompactionPart says = part(compaction);
    CommitFile file = file(sequence);
    if (sequence < says.getFirst() || sequence > says.getBase()) {
      return false;
    }
    return switch (file.getKind()) {
      case FILE_KIND_EVENTS -> true;
      case FILE_KIND_COMPACTION -> supersedes(compaction, sequence) && isWhole(file, says);
      case FILE_KIND_ATTESTATION ->
        isFollowed(sequence)
            && file.getAttestationsList().stream()
                .flatMap(said -> all().boxed().filter(s -> isNamed(s, said)))
                .allMatch(s -> sealed.stream().anyMatch(q -> supersedes(q, s)));
      default -> false;
    };
  }

  private boolean isNamed(long sequence, CommitAttestation said) {
    return isLast(sequence) && file(sequence).getFile().equals(said.getCompaction());
  }

  /** Its compaction ends in the range, or was given up there. */
  private boolean isWhole(CommitFile file, CompactionPart says) {
    CompactionPart part = file.getCompaction();
    long end = file.getCounter() + part.getParts() - part.getPart();
    return LongStream.rangeClosed(1, says.getBase())
        .mapToObj(this::file)
        .anyMatch(other -> other.getDevice().equals(file.getDevice()) && other.getCounter() == end);
  }

  /** Another file stands behind it in its chain. */
  boolean isFollowed(long sequence) {
    return log.subList((int) sequence, log.size()).stream()
        .anyMatch(other -> other.getDevice().equals(file(sequence).getDevice()));
  }

  long first(long last) {
    return part(last).getFirst();
  }

  long base(long sequence) {
    return part(sequence).getBase();
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
        file(sequence).getAttestationsList().stream().noneMatch(this::isSubjectLive);
      default -> false;
    };
  }

  private boolean isSubjectLive(CommitAttestation said) {
    return all()
        .filter(s -> isLast(s) && file(s).getFile().equals(said.getCompaction()))
        .anyMatch(s -> !isSuperseded(s));
  }

  private boolean isSuperseded(long sequence) {
    return standing().anyMatch(e -> supersedes(e, sequence));
  }

  private long superseder(long sequence) {
    if (sequence < 1 || sequence > log.size()) {
      return 0;
    }
    return standing()
        .filter(e -> supersedes(e, sequence) && !isSuperseded(e))
        .min()
        .orElse(0);
  }

  private List<Long> steps(CompactionsRequest request) {
    List<Long> steps = new ArrayList<>();
    long position = request.getStepsAfter();
    while (true) {
      long from = position;
      Optional<Long> next = standing()
          .boxed()
          .filter(e -> e <= request.getHeadSize() && !isSuperseded(e))
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

  private OpenCompaction open(long last) {
    CommitFile file = file(last);
    boolean attested = part(last).getAlone();
    boolean contested = false;
    for (CommitFile later : log.subList((int) last, log.size())) {
      for (CommitAttestation said : later.getAttestationsList()) {
        if (said.getCompaction().equals(file.getFile())) {
          boolean overrules = said.getEffect() == AttestationEffect.ATTESTATION_EFFECT_OVERRULES;
          attested |= overrules || said.getEffect() == AttestationEffect.ATTESTATION_EFFECT_ATTESTS;
          contested = said.getEffect() == AttestationEffect.ATTESTATION_EFFECT_CONTESTS
              || contested && !overrules;
        }
      }
    }
    return OpenCompaction.newBuilder()
        .setSequence(last)
        .setFirst(first(last))
        .setBase(base(last))
        .setGeneration(part(last).getGeneration())
        .setParts(part(last).getParts())
        .setSound(part(last).getHolds())
        .setAttested(attested)
        .setContested(contested)
        .setBytes(parts(last).map(s -> file(s).getPayloadLength()).sum())
        .setServerTimeMillis(file.getServerTimeMillis())
        .build();
  }

  private LongStream parts(long last) {
    CommitFile file = file(last);
    return all()
        .filter(s -> file(s).getDevice().equals(file.getDevice()))
        .filter(s -> file(s).getCounter() <= file.getCounter()
            && file(s).getCounter() > file.getCounter() - part(last).getParts());
  }

  private EffectiveCompaction told(long last, long head) {
    EffectiveCompaction.Builder told = EffectiveCompaction.newBuilder()
        .setFirst(part(last).getFirst())
        .setBase(base(last))
        .setGeneration(part(last).getGeneration())
        .setStoodAtMillis(stoodAt(last))
        .setSealed(sealed.contains(last));
    parts(last)
        .forEach(s -> told.addParts(s).setBytes(told.getBytes() + file(s).getPayloadLength()));
    said(last, head)
        .forEach((sequence, contested) -> told.addAttestations(
            AttestedBy.newBuilder().setSequence(sequence).setContested(contested)));
    return told.build();
  }

  /** The newest contests, and of each author the newest word for it. */
  private TreeMap<Long, Boolean> said(long last, long head) {
    TreeMap<Long, Boolean> told = new TreeMap<>();
    Set<ByteString> authors = new HashSet<>();
    int contests = 0;
    for (long s = Math.min(head, log.size()); s >= 1; s--) {
      for (CommitAttestation said : file(s).getAttestationsList()) {
        boolean isContested = said.getVerdict() == AttestationVerdict.ATTESTATION_VERDICT_CONTESTED;
        if (!said.getCompaction().equals(file(last).getFile())) {
          continue;
        }
        if (isContested && contests++ < StoreLimits.MAX_TOLD_CONTESTS) {
          told.put(s, true);
        } else if (!isContested
            && authors.add(file(s).getDevice())
            && authors.size() <= StoreLimits.MAX_TOLD_ATTESTATIONS) {
          told.put(s, false);
        }
      }
    }
    return told;
  }

  private void countLive(CompactionsRequest request, CompactionsReply.Builder reply) {
    TreeMap<Integer, LiveFiles.Builder> live = new TreeMap<>();
    int most = request.getMaxLive();
    int events = 0;
    for (int i = (int) request.getHeadSize() - 1; i >= 0; i--) {
      boolean isEvents = log.get(i).getKind() == FileKind.FILE_KIND_EVENTS;
      boolean counts = isEvents ? events < most : log.get(i).hasCompaction();
      if (counts && !isSuperseded(i + 1L)) {
        events += isEvents ? 1 : 0;
        int generation = log.get(i).getCompaction().getGeneration();
        LiveFiles.Builder of =
            live.computeIfAbsent(generation, g -> LiveFiles.newBuilder().setGeneration(g));
        long bytes = expired.contains(i) ? 0 : log.get(i).getPayloadLength();
        of.setFiles(of.getFiles() + 1).setBytes(of.getBytes() + bytes);
      }
    }
    live.values().forEach(reply::addLive);
    reply.setMoreLive(events == most);
  }
}
