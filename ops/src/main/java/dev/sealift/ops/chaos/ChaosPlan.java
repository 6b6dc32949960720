package dev.sealift.ops.chaos;

import dev.sealift.ops.chaos.bed.Topology.Store;
import dev.sealift.ops.chaos.fault.FaultKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a run is to be.
 *
 * @param minutes in which rounds begin; the last ends, and everything is checked, after that
 * @param rounds at most so many rounds; empty for no bound but the time
 * @param kinds that are drawn; empty for all that are possible here
 * @param parent the folder in which the run's own is made
 * @param postgres the folder of PostgreSQL's programs; empty to look for them
 */
public record ChaosPlan(
    double minutes,
    Optional<Integer> rounds,
    long seed,
    List<FaultKind> kinds,
    int devices,
    Store store,
    Optional<Path> postgres,
    Path parent,
    boolean keep) {
  public ChaosPlan {
    kinds = List.copyOf(kinds);
  }
}
