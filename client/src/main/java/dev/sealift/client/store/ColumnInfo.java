package dev.sealift.client.store;

import dev.sealift.client.merge.CellKind;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A column that the store has.
 *
 * @param cell its number in the row's merge state, this store's own: from 1 on of a register, from {@link #FIRST_COMPOUND} downwards of a compound cell
 * @param kind what its cells hold; null of a register
 * @param physical its name in the real table
 * @param type as declared; null as long as its declaration has not arrived
 * @param position where it is shown, as declared
 * @param group as declared: the columns of one group are written together, and judged as one
 */
record ColumnInfo(
    int cell,
    @Nullable CellKind kind,
    String name,
    String physical,
    @Nullable ColumnType type,
    int position,
    @Nullable String group) {
  /** Columns without a declaration are shown last. */
  static final int UNDECLARED_POSITION = Integer.MAX_VALUE;

  /** The number before it stands for a removal in some tables of the store. */
  static final int FIRST_COMPOUND = -2;

  static ColumnInfo undeclared(int cell, @Nullable CellKind kind, String name, String physical) {
    return new ColumnInfo(cell, kind, name, physical, null, UNDECLARED_POSITION, null);
  }

  ColumnInfo declared(ColumnType newType, int newPosition, @Nullable String newGroup) {
    return new ColumnInfo(cell, kind, name, physical, newType, newPosition, newGroup);
  }

  boolean isCompound() {
    return kind != null;
  }

  /** What the cells of a column hold that is no register. */
  CellKind requireKind() {
    return Objects.requireNonNull(kind, "a column of compound cells");
  }
}
