package dev.sealift.client.compact;

import java.util.Comparator;
import java.util.List;

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
}
