package dev.sealift.ops.hostile;

import java.util.List;
import java.util.Optional;

/**
 * What came of a lie.
 *
 * @param kinds the lies that were told at once
 * @param counted whether a device can tell at all
 * @param named whether it did, as it has to, with the evidence that there has to be
 * @param falselyApplied whether anything of it was applied
 * @param failure what is not as it has to be; empty when all is
 */
record Told(
    List<String> kinds,
    boolean counted,
    boolean named,
    boolean falselyApplied,
    Optional<String> failure) {
  Told {
    kinds = List.copyOf(kinds);
  }
}
