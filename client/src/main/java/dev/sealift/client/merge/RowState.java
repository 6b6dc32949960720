package dev.sealift.client.merge;

import dev.sealift.protocol.FormatException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What merging knows of a row: the stamp of each cell, and the stamp of the removal that still
 * matters. Immutable.
 *
 * <p>Cell 0 is the row's <em>marker</em>, written by every put; cells from 1 on are the table's
 * registers by this store's numbering. A cell that was never written has no stamp, and a state knows
 * nothing of columns after its last written one, so a column that is added later costs nothing. Of the row's
 * compound cells it has one stamp only, the <em>touch</em>: of the highest event on any of them. The
 * canonical bytes are those of {@link RowMeta}.
 */
public final class RowState {
  /** The number of the cell that says that the row was put. */
  public static final int MARKER = 0;

  /** A row that nobody ever wrote. */
  public static final RowState ABSENT = new RowState(new Stamp[0], null, null);

  private final @Nullable Stamp[] cells;
  private final @Nullable Stamp removal;
  private final @Nullable Stamp touch;

  private RowState(@Nullable Stamp[] owned, @Nullable Stamp removal, @Nullable Stamp touch) {
    this.cells = owned;
    this.removal = removal;
    this.touch = touch;
  }

  /** A row of {@code cells} cells, marker included, that were all written by one put. */
  public static RowState uniform(int cells, Stamp stamp) {
    Stamp[] all = new Stamp[cells];
    Arrays.fill(all, stamp);
    return new RowState(all, null, null);
  }

  /**
   * A row of any stamps.
   *
   * @param cells by their numbers, the marker first; null of what was never written
   */
  public static RowState of(
      @Nullable Stamp[] cells, @Nullable Stamp removal, @Nullable Stamp touch) {
    return owning(cells.clone(), removal, touch);
  }

  /** Takes over {@code cells}. */
  static RowState owning(@Nullable Stamp[] cells, @Nullable Stamp removal, @Nullable Stamp touch) {
    int written = cells.length;
    while (written > 0 && cells[written - 1] == null) {
      written--;
    }
    return new RowState(
        written == cells.length ? cells : Arrays.copyOf(cells, written), removal, touch);
  }

  /** Reads what {@link #toBytes} wrote. */
  public static RowState parse(byte[] meta) throws FormatException {
    return RowMeta.parse(meta);
  }

  /** The number of cells up to the last one that was written, marker included. */
  public int cells() {
    return cells.length;
  }

  /** The stamp of a cell; empty when it was never written. */
  public Optional<Stamp> cell(int cell) {
    return Optional.ofNullable(stampOf(cell));
  }

  /**
   * The highest removal: of a row that it hides; and of one that was written again after the cut-off, to which nothing of
   * before belongs.
   */
  public Optional<Stamp> removal() {
    return Optional.ofNullable(removal);
  }

  /** The highest event on any compound cell of the row; empty when there was none. */
  public Optional<Stamp> touch() {
    return Optional.ofNullable(touch);
  }

  /** With another time of one event, wherever it stands. What outranks what must stay as it was. */
  public RowState moved(Stamp from, long time) {
    @Nullable Stamp[] changed = copyOfCells(0);
    for (int cell = 0; cell < changed.length; cell++) {
      changed[cell] = moved(changed[cell], from, time);
    }
    return owning(changed, moved(removal, from, time), moved(touch, from, time));
  }

  private static @Nullable Stamp moved(@Nullable Stamp stamp, Stamp from, long time) {
    return stamp != null && stamp.isOf(from) ? stamp.at(time) : stamp;
  }

  /** What is left of it when the events of some stamps are taken away. */
  public RowState without(Predicate<Stamp> gone) {
    @Nullable Stamp[] left = copyOfCells(0);
    for (int cell = 0; cell < left.length; cell++) {
      Stamp stamp = left[cell];
      left[cell] = stamp != null && gone.test(stamp) ? null : stamp;
    }
    return owning(
        left,
        removal != null && gone.test(removal) ? null : removal,
        touch != null && gone.test(touch) ? null : touch);
  }

  /** Whether the event of some stamp is in it. */
  public boolean has(Predicate<Stamp> wanted) {
    for (Stamp stamp : cells) {
      if (stamp != null && wanted.test(stamp)) {
        return true;
      }
    }
    return (removal != null && wanted.test(removal)) || (touch != null && wanted.test(touch));
  }

  /** The canonical bytes: equal states have equal bytes. */
  public byte[] toBytes() {
    return RowMeta.bytes(this);
  }

  @Nullable
  Stamp stampOf(int cell) {
    return cell < cells.length ? cells[cell] : null;
  }

  @Nullable
  Stamp removalStamp() {
    return removal;
  }

  @Nullable
  Stamp touchStamp() {
    return touch;
  }

  /** A copy of the stamps with room for {@code atLeast} cells. */
  @Nullable
  Stamp[] copyOfCells(int atLeast) {
    return Arrays.copyOf(cells, Math.max(cells.length, atLeast));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RowState state
        && Arrays.equals(cells, state.cells)
        && Objects.equals(removal, state.removal)
        && Objects.equals(touch, state.touch);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(cells) + Objects.hash(removal, touch);
  }

  @Override
  public String toString() {
    return "RowState"
        + List.of(Arrays.toString(cells), String.valueOf(removal), String.valueOf(touch));
  }
}
