package dev.sealift.client.sync;

import dev.sealift.client.compact.PartPacker;
import dev.sealift.client.compact.StepRange;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.LogEdges;
import dev.sealift.client.store.Opener;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.file.SeenLog;
import java.util.Optional;

/**
 * The compaction that this device makes: what it carries is kept as the plaintexts of its parts, which leave one after the other, as any file of this device does. It may be abandoned at any moment: nothing depends on it before its last
 * part is in the log. Used with the replica's monitor.
 */
final class Compacting {
  static final String PLAN = "compaction.plan";

  private final SpaceStore store;
  private Optional<CompactionPlan> plan;

  Compacting(SpaceStore store) {
    this.store = store;
    plan = store.setting(PLAN).map(Compacting::kept);
  }

  private static CompactionPlan kept(byte[] bytes) {
    try {
      return CompactionPlan.of(bytes);
    } catch (FormatException e) {
      throw new IllegalStateException("this device's own records are well-formed", e);
    }
  }

  /** What is under way. */
  Optional<CompactionPlan> plan() {
    return plan;
  }

  /**
   * Makes a compaction of the files from one on up to the position; from the beginning on, where not all of those are here.
   *
   * @return whether there is one: not where it would have more parts than any may
   */
  boolean begin(long first, int generation, Opener opener, LogEdges edges) {
    abandon();
    Parts parts = new Parts();
    PartPacker packer = new PartPacker(parts::keep);
    StepRange range = store.carry(store.canCarry(first) ? first : 1, opener, edges, packer::add);
    packer.finish();
    SeenLog seen = new SeenLog(range.base(), store.rootAt(range.base()).orElseThrow());
    if (parts.number > Limits.MAX_COMPACTION_PARTS) {
      abandon();
      return false;
    }
    keep(new CompactionPlan(range, seen, generation, parts.number, 1));
    return true;
  }

  /** Keeps parts as they come. */
  private final class Parts {
    private int number;

    void keep(byte[] plaintext) {
      number++;
      if (number <= Limits.MAX_COMPACTION_PARTS) {
        try (Batch batch = store.batchUnsynced()) {
          batch.keepPart(number, plaintext);
          batch.commit();
        }
      }
    }
  }

  private void keep(CompactionPlan made) {
    try (Batch batch = store.batch()) {
      batch.putSetting(PLAN, made.toBytes());
      batch.commit();
    }
    plan = Optional.of(made);
  }

  /** The plaintext of the part that is next. */
  byte[] next() {
    return store.part(plan.orElseThrow().next()).orElseThrow().toByteArray();
  }

  /** The part that is next is in the outbox, by this batch. */
  void sent(Batch batch) {
    CompactionPlan after = plan.orElseThrow().after();
    if (after.isOver()) {
      batch.removeSetting(PLAN);
      batch.forgetParts();
    } else {
      batch.putSetting(PLAN, after.toBytes());
    }
  }

  /** That batch is committed. */
  void sent() {
    plan = plan.map(CompactionPlan::after).filter(after -> !after.isOver());
  }

  /** Nothing more of it is sent. */
  void abandon() {
    if (plan.isPresent() || store.part(1).isPresent()) {
      try (Batch batch = store.batch()) {
        batch.removeSetting(PLAN);
        batch.forgetParts();
        batch.commit();
      }
      plan = Optional.empty();
    }
  }
}
