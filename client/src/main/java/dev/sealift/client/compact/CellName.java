package dev.sealift.client.compact;

import dev.sealift.client.merge.CellKind;
import dev.sealift.client.value.Names;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A cell of a row, by the name that its column has in the space.
 *
 * @param column empty for the row itself
 * @param kind null for a register, and for the row itself
 */
public record CellName(String column, @Nullable CellKind kind) implements Comparable<CellName> {
  /** The row itself. */
  public static final CellName ROW = new CellName("", null);

  private static final Comparator<@Nullable CellKind> KINDS =
      Comparator.nullsFirst(Comparator.naturalOrder());

  public CellName {
    if (column.isEmpty() ? kind != null : !Names.isWellFormed(column)) {
      throw new IllegalArgumentException("not the name of a column");
    }
  }

  public boolean isRow() {
    return column.isEmpty();
  }

  @Override
  public int compareTo(CellName other) {
    int order = CodePoints.compare(column, other.column);
    return order != 0 ? order : KINDS.compare(kind, other.kind);
  }
}
