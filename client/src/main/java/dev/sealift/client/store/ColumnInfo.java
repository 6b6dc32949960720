package dev.sealift.client.store;

import dev.sealift.client.merge.CellKind;
import dev.sealift.client.value.Value;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A column that the store has.
 *
 * @param cell its number in the row's merge state, this store's own: from 1 on of a register, from {@link #FIRST_COMPOUND} downwards of a compound cell
 * @param kind what its cells hold; null of a register
 * @param name its name in the space, for ever
 * @param physical its name in the real table
 * @param shared what the space says of it
 * @param app what this device's app says of it; null of a column that the app has not declared
 */
record ColumnInfo(
    int cell,
    @Nullable CellKind kind,
    String name,
    String physical,
    SharedColumn shared,
    @Nullable AppColumn app) {
  /** The number before it stands for a removal in some tables of the store. */
  static final int FIRST_COMPOUND = -2;

  static ColumnInfo undeclared(int cell, @Nullable CellKind kind, String name, String physical) {
    return new ColumnInfo(cell, kind, name, physical, SharedColumn.NOTHING, null);
  }

  ColumnInfo declared(SharedColumn nowShared) {
    return new ColumnInfo(cell, kind, name, physical, nowShared, app);
  }

  ColumnInfo of(@Nullable AppColumn nowApp) {
    return new ColumnInfo(cell, kind, name, physical, shared, nowApp);
  }

  /** As the space declares it; null as long as its declaration has not arrived. */
  @Nullable
  ColumnType type() {
    return shared.type();
  }

  int position() {
    return shared.position();
  }

  @Nullable
  String group() {
    return shared.group();
  }

  /** What may be written to it here: as the app says, or else the space. */
  ColumnType takes() {
    if (app != null) {
      return app.type();
    }
    return shared.type() == null ? ColumnType.ANY : shared.type();
  }

  /** What null reads as here. What the app has declared reads as it declared it. */
  Value fallback() {
    return app == null ? shared.fallback() : app.fallback();
  }

  /** Whether it was dropped, and the app does not know it any more. */
  boolean isHidden() {
    return app == null && shared.dropped();
  }

  boolean isCompound() {
    return kind != null;
  }

  /** What the cells of a column hold that is no register. */
  CellKind requireKind() {
    return Objects.requireNonNull(kind, "a column of compound cells");
  }
}
