package dev.sealift.merge;

import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.proto.Receipt;
import java.util.Map;
import java.util.Optional;

/**
 * What the store said to {@link Questions}, checked; good for one state of the space only.
 *
 * @param files the file at each dot asked for
 * @param roots the root at each size asked for
 * @param compactions what each saying asked for is about; empty when the log has no such compaction
 * @param begun how many compactions each device asked for has begun that neither stand nor are superseded
 */
record Answers(
    Map<Dot, Found> files,
    Map<Long, Hash> roots,
    Map<Saying, Optional<Compaction>> compactions,
    Map<DeviceId, Integer> begun) {
  static final Answers NONE = new Answers(Map.of(), Map.of(), Map.of(), Map.of());

  /**
   * A durable file.
   *
   * @param receipt with a path that verifies against the durable head
   * @param header if headers were asked for, and this one was not reclaimed
   * @param time the header's hybrid time, if headers were asked for. Of one that was reclaimed the store's word stands for it
   */
  record Found(
      FileId file, Receipt receipt, Optional<SignedHeader> header, Optional<HybridTime> time) {}

  boolean cover(Questions questions) {
    return files.keySet().containsAll(questions.dots())
        && questions.bases().stream().allMatch(this::hasTime)
        && roots.keySet().containsAll(questions.sizes())
        && compactions.keySet().containsAll(questions.sayings())
        && begun.keySet().containsAll(questions.beginners());
  }

  private boolean hasTime(Dot dot) {
    return headed(dot).isPresent();
  }

  Found at(Dot dot) {
    Found found = files.get(dot);
    if (found == null) {
      throw new IllegalStateException("a taken dot was not looked up before it was judged");
    }
    return found;
  }

  /** The file at a dot, if it was asked for. */
  Optional<FileId> fileAt(Dot dot) {
    return Optional.ofNullable(files.get(dot)).map(Found::file);
  }

  /** The same, if its header was asked for too, or what stays of that. */
  Optional<Found> headed(Dot dot) {
    return Optional.ofNullable(files.get(dot)).filter(found -> found.time().isPresent());
  }

  /**
   * Empty when the log has none.
   *
   * @throws Refused when it was not looked up
   */
  Optional<Compaction> compaction(Saying saying) throws Refused {
    Optional<Compaction> found = compactions.get(saying);
    if (found == null) {
      throw Refused.notLookedUp();
    }
    return found;
  }

  /** @throws Refused when it was not looked up */
  int begun(DeviceId device) throws Refused {
    Integer count = begun.get(device);
    if (count == null) {
      throw Refused.notLookedUp();
    }
    return count;
  }

  Optional<Hash> root(long size) {
    return Optional.ofNullable(roots.get(size));
  }
}
