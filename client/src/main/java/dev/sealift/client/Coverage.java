package dev.sealift.client;

import dev.sealift.client.error.SealiftException;
import java.util.Optional;

/**
 * Whether a paper key restores a space of this home.
 *
 * @param space its name in this home
 * @param problem why it does not; empty when it does
 */
public record Coverage(String space, Optional<SealiftException> problem) {
  static Coverage of(String space) {
    return new Coverage(space, Optional.empty());
  }

  static Coverage not(String space, SealiftException problem) {
    return new Coverage(space, Optional.of(problem));
  }

  public boolean isCovered() {
    return problem.isEmpty();
  }
}
