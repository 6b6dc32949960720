package dev.sealift.ops.chaos.fault;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One or two faults that begin together, after a while of peace.
 *
 * @param pauseSeconds of peace before it
 */
public record Round(int number, int pauseSeconds, List<Lasting> faults) {
  /** A fault and how long it lasts, in seconds from when it was done. */
  public record Lasting(Fault fault, int seconds) {
    @Override
    public String toString() {
      return "%s: %s (%d s)".formatted(fault.kind().text(), fault.detail(), seconds);
    }
  }

  public Round {
    faults = List.copyOf(faults);
  }

  @Override
  public String toString() {
    return faults.stream().map(Lasting::toString).collect(Collectors.joining("; and "));
  }
}
