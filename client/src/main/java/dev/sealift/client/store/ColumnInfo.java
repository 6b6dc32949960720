package dev.sealift.client.store;

import org.jspecify.annotations.Nullable;

/**
 * A column that the store has.
 *
 * @param cell its number in the row's merge state, from 1 on; this store's own
 * @param physical its name in the real table
 * @param type as declared; null as long as its declaration has not arrived
 * @param position where it is shown, as declared
 */
record ColumnInfo(
    int cell, String name, String physical, @Nullable ColumnType type, int position) {
  /** Columns without a declaration are shown last. */
  static final int UNDECLARED_POSITION = Integer.MAX_VALUE;

  static ColumnInfo undeclared(int cell, String name, String physical) {
    return new ColumnInfo(cell, name, physical, null, UNDECLARED_POSITION);
  }

  ColumnInfo declared(ColumnType newType, int newPosition) {
    return new ColumnInfo(cell, name, physical, newType, newPosition);
  }
}
