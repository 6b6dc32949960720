package dev.sealift.client.store;

import dev.sealift.client.pack.Guard;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a row was at some moment, by the events that it came from. Opaque: it is equal to another one as long as nobody has written to the row, here or elsewhere; all rows that are not there are alike. Good for the space and the device that gave
 * it, and for as long as the app likes to keep it; where the device's clock is put right before its writes were sent, those are other events.
 */
public final class RowVersion {
  static final RowVersion ABSENT = new RowVersion(false, Map.of(), Map.of());

  /** Not by rank: where ranks go by arrival, that changes as events find their places. */
  private static final Comparator<Guard.Name> ORDER = Comparator.comparing(
          Guard.Name::time, Long::compareUnsigned)
      .thenComparing(Guard.Name::device);

  private final boolean there;
  private final SortedMap<String, Guard.Name> registers;
  private final SortedMap<String, List<Guard.Name>> parts;

  /**
   * @param registers that were written; of a row that is there
   * @param parts of compound cells that have some, by column; of a row that is there
   */
  RowVersion(
      boolean there, Map<String, Guard.Name> registers, Map<String, List<Guard.Name>> parts) {
    this.there = there;
    this.registers = new TreeMap<>(registers);
    this.parts = new TreeMap<>();
    parts.forEach(
        (column, named) -> this.parts.put(column, named.stream().sorted(ORDER).toList()));
  }

  /** Whether there was a row. */
  public boolean isThere() {
    return there;
  }

  Guard presence() {
    return new Guard(there ? Guard.What.THERE : Guard.What.NOT_THERE, "", Optional.empty());
  }

  Guard register(String column) {
    return new Guard(Guard.What.REGISTER, column, Optional.ofNullable(registers.get(column)));
  }

  List<Guard> parts(String column) {
    List<Guard.Name> named = parts.getOrDefault(column, List.of());
    return named.isEmpty()
        ? List.of(new Guard(Guard.What.PART, column, Optional.empty()))
        : named.stream()
            .map(name -> new Guard(Guard.What.PART, column, Optional.of(name)))
            .collect(Collectors.toList());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RowVersion version
        && there == version.there
        && registers.equals(version.registers)
        && parts.equals(version.parts);
  }

  @Override
  public int hashCode() {
    return 31 * registers.hashCode() + parts.hashCode();
  }
}
