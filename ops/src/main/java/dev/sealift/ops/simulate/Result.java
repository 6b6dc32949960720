package dev.sealift.ops.simulate;

import java.util.List;
import java.util.Optional;

/**
 * How a run ended.
 *
 * @param fault what was not as it must be, with the law; empty when all was
 * @param trace what happened, if it was wanted
 * @param traceHash of all that happened; equal for every run of one seed
 */
public record Result(
    long seed, Optional<String> fault, Counts counts, List<String> trace, String traceHash) {
  public Result {
    trace = List.copyOf(trace);
  }
}
