package dev.sealift.ops.hostile;

import java.util.List;
import java.util.Optional;

/** What came of the lies of one seed. */
record HostileResult(long seed, List<Told> told) {
  HostileResult {
    told = List.copyOf(told);
  }

  /** What is not as it has to be. */
  Optional<String> failure() {
    return told.stream()
        .filter(one -> one.failure().isPresent())
        .findFirst()
        .map(one -> String.join(" and ", one.kinds()) + ": " + one.failure().orElseThrow());
  }
}
