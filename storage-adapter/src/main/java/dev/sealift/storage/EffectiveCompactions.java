package dev.sealift.storage;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.file.SequenceSpan;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.EffectiveCompaction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The compactions of a space that stand and are not superseded. Whatever is superseded is so by one of these: who supersedes a compaction
 * supersedes all that it did.
 */
public final class EffectiveCompactions {
  /**
   * One of them.
   *
   * @param sequence of its last part
   * @param file the last part
   * @param stoodAtMillis server time of the file since which it stands; 0 if that was not noted
   * @param isSealed whether something was reclaimed under it
   */
  public record Step(
      long sequence,
      ByteString file,
      long first,
      long base,
      int generation,
      int parts,
      long stoodAtMillis,
      boolean isSealed) {
    boolean covers(long covered) {
      return covered >= first && covered <= base;
    }

    boolean startsFrom(long position) {
      return first - 1 <= position && position < base;
    }

    public EffectiveCompaction.Builder toProto() {
      return EffectiveCompaction.newBuilder()
          .setFirst(first)
          .setBase(base)
          .setGeneration(generation)
          .setStoodAtMillis(stoodAtMillis)
          .setSealed(isSealed);
    }
  }

  /** Of those with one base the shortest, which is the least to take in. */
  private static final Comparator<Step> FURTHEST = Comparator.comparingLong(Step::base)
      .thenComparingLong(Step::first)
      .thenComparing(Comparator.comparingLong(Step::sequence).reversed());

  private final List<Step> steps;

  public EffectiveCompactions(List<Step> steps) {
    this.steps = List.copyOf(steps);
  }

  /** Those that are to be told, which are in the log up to the head, as far as their parts are not too many for one answer. */
  public List<Step> asked(CompactionsRequest request) {
    EffectiveCompactions known = upTo(request.getHeadSize());
    List<Step> asked =
        request.hasStepsAfter() ? known.furthest(request.getStepsAfter()) : known.byBase();
    List<Step> told = new ArrayList<>();
    long parts = 0;
    for (Step step : request.hasStepsAfter() || request.getAll() ? asked : List.<Step>of()) {
      parts += step.parts;
      if (parts > StoreLimits.MAX_TOLD_PARTS) {
        break;
      }
      told.add(step);
    }
    return told;
  }

  private EffectiveCompactions upTo(long head) {
    return new EffectiveCompactions(
        steps.stream().filter(step -> step.sequence <= head).toList());
  }

  private List<Step> byBase() {
    return steps.stream()
        .sorted(Comparator.comparingLong(Step::base).thenComparingLong(Step::sequence))
        .toList();
  }

  private List<Step> furthest(long after) {
    List<Step> chain = new ArrayList<>();
    long position = after;
    Optional<Step> next = furthestFrom(position);
    while (next.isPresent() && chain.size() < Limits.MAX_STEPS) {
      chain.add(next.get());
      position = next.get().base;
      next = furthestFrom(position);
    }
    return chain;
  }

  private Optional<Step> furthestFrom(long position) {
    return steps.stream().filter(step -> step.startsFrom(position)).max(FURTHEST);
  }

  /**
   * The last part of what supersedes a file that is no membership file, the earliest of several; 0 if nothing does.
   *
   * @param first of what the file supersedes itself; its own sequence, if it is no part of a compaction
   */
  public long supersederOf(long sequence, long first) {
    return steps.stream()
        .filter(step -> step.covers(sequence) && step.first <= first)
        .mapToLong(Step::sequence)
        .min()
        .orElse(0);
  }

  /** What none of them covers, up to a size, the newest first. */
  public List<SequenceSpan> gaps(long size) {
    List<SequenceSpan> gaps = new ArrayList<>();
    long free = 1;
    for (Step step :
        steps.stream().sorted(Comparator.comparingLong(Step::first)).toList()) {
      if (step.first > free && free <= size) {
        gaps.add(0, new SequenceSpan(free, Math.min(step.first - 1, size)));
      }
      free = Math.max(free, step.base + 1);
    }
    if (free <= size) {
      gaps.add(0, new SequenceSpan(free, size));
    }
    return gaps;
  }
}
