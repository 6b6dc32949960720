package dev.sealift.client.compact;

import dev.sealift.client.compact.CarriedRow.Dropped;
import dev.sealift.client.compact.CarriedRow.Held;
import dev.sealift.client.compact.CarriedRow.Line;
import dev.sealift.client.compact.CarriedRow.Loser;
import dev.sealift.protocol.clock.HybridTime;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of what a compaction carries, which can be read by itself. Lists stand in their canonical orders, in whatever order they are given.
 *
 * @param policies that files of the range have brought
 * @param judgements of transactions that first stand in files of the range
 * @param rows by table and key, each once
 * @param files of the range
 */
public record Block(
    StepRange range,
    List<CarriedPolicy> policies,
    List<CarriedJudgement> judgements,
    List<CarriedRow> rows,
    List<CarriedFile> files) {
  public Block {
    policies = CarriedRow.sorted(policies, CarriedPolicy.ORDER);
    judgements = CarriedRow.sorted(judgements, CarriedJudgement.ORDER);
    rows = CarriedRow.sorted(rows, CarriedRow.ORDER);
    files = CarriedRow.sorted(files, Comparator.comparingLong(CarriedFile::sequence));
  }

  /** The time of the newest event that something in it is of; zero when it has nothing of events. What is written after it is taken in is above that. */
  public HybridTime newest() {
    long newest = 0;
    for (CarriedRow row : rows) {
      newest = later(newest, newest(row));
    }
    for (CarriedFile file : files) {
      newest = later(newest, file.newest());
    }
    return new HybridTime(newest);
  }

  private static long newest(CarriedRow row) {
    long newest = later(time(row.marker()), later(time(row.removal()), time(row.touch())));
    for (Held held : row.registers()) {
      newest = later(newest, held.origin().time());
    }
    for (Held held : row.parts()) {
      newest = later(newest, held.origin().time());
    }
    for (Dropped dropped : row.dropped()) {
      newest = later(newest, dropped.origin().time());
    }
    for (Loser loser : row.losers()) {
      newest = later(newest, later(loser.time(), loser.rivalTime()));
    }
    for (Line line : row.lines()) {
      newest = later(newest, line.time());
    }
    return newest;
  }

  private static long time(@Nullable Origin origin) {
    return origin == null ? 0 : origin.time();
  }

  private static long later(long one, long other) {
    return Long.compareUnsigned(one, other) >= 0 ? one : other;
  }
}
