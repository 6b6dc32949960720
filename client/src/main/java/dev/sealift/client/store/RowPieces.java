package dev.sealift.client.store;

import dev.sealift.client.compact.CarriedRow;
import dev.sealift.client.compact.CarriedRow.Dropped;
import dev.sealift.client.compact.CarriedRow.Held;
import dev.sealift.client.compact.CellName;
import dev.sealift.client.merge.CompoundCell;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.DeviceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts rows together whose pieces stand in several blocks. It holds one, as merging does: what its cells may have is what merging lets them have, so every row that a store holds can be taken, and no other.
 */
final class RowPieces {
  private @Nullable CarriedRow open;
  private final Map<CellName, Room> cells = new HashMap<>();

  /** What a compound cell has. */
  private static final class Room {
    private int parts;
    private long bytes;
    private final Set<DeviceId> dropped = new HashSet<>();

    boolean hasPart(Held part) {
      parts++;
      bytes += part.value().canonicalLength();
      return parts <= CompoundCell.MAX_PARTS && bytes <= CompoundCell.MAX_BYTES;
    }

    boolean hasDropped(Dropped one) {
      return dropped.add(one.origin().device());
    }
  }

  /**
   * The rows of the next block. The last of them may go on in the one after it.
   *
   * @return rows that are whole by now, without what stands beside them
   * @throws FormatException when one of them has what no store can hold
   */
  List<CarriedRow> follow(List<CarriedRow> rows) throws FormatException {
    List<CarriedRow> whole = new ArrayList<>();
    for (CarriedRow row : rows) {
      if (open != null && open.isOf(row)) {
        open = joined(open, row);
      } else {
        end().ifPresent(whole::add);
        open = row;
      }
      count(row);
    }
    return whole;
  }

  /** The row that was open; nothing more of it comes. */
  Optional<CarriedRow> end() {
    Optional<CarriedRow> ended = Optional.ofNullable(open);
    open = null;
    cells.clear();
    return ended;
  }

  private void count(CarriedRow piece) throws FormatException {
    boolean fits = true;
    for (Held register : piece.registers()) {
      room(register.cell());
    }
    for (Held part : piece.parts()) {
      fits &= room(part.cell()).hasPart(part);
    }
    for (Dropped one : piece.dropped()) {
      fits &= room(one.cell()).hasDropped(one);
    }
    if (!fits || cells.size() > Catalog.MAX_CELLS) {
      throw new FormatException("a row of a step is larger than anybody could hold");
    }
  }

  private Room room(CellName cell) {
    return cells.computeIfAbsent(cell, any -> new Room());
  }

  private static CarriedRow joined(CarriedRow before, CarriedRow more) {
    return new CarriedRow(
        before.table(),
        before.key(),
        before.marker(),
        before.removal(),
        before.touch(),
        both(before.registers(), more.registers()),
        both(before.parts(), more.parts()),
        both(before.dropped(), more.dropped()),
        List.of(),
        List.of(),
        null);
  }

  private static <T> List<T> both(List<T> one, List<T> other) {
    List<T> all = new ArrayList<>(one);
    all.addAll(other);
    return all;
  }
}
