package dev.sealift.client.store;

import dev.sealift.client.merge.CompoundCell;
import dev.sealift.client.merge.Part;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Gives what this store has written itself the stamps that it has in its own rows: without a sequence, which follows from the chain. So it is known for its own also after it has come from elsewhere, in a step; what another copy of
 * this home wrote keeps the sequence.
 */
final class OwnStamps {
  /** Sequences remembered: those of the files that wrote most rows of a block. */
  private static final int MOST_KNOWN = 1 << 10;

  private final FileLog log;
  private final Map<Long, Boolean> known = new HashMap<>();

  OwnStamps(FileLog log) {
    this.log = log;
  }

  /** Files may have got their places, or lost them. */
  void forget() {
    known.clear();
  }

  Stamp of(Stamp stamp) {
    return stamp.device() == Devices.SELF && stamp.sequence() > 0 && isOwn(stamp.sequence())
        ? new Stamp(stamp.place(), stamp.time(), Devices.SELF, 0)
        : stamp;
  }

  private boolean isOwn(long sequence) {
    if (known.size() >= MOST_KNOWN) {
      known.clear();
    }
    return known.computeIfAbsent(sequence, log::isOwn);
  }

  RowImage of(RowImage image) {
    RowState state = image.state();
    @Nullable Stamp[] cells = new Stamp[state.cells()];
    for (int cell = 0; cell < cells.length; cell++) {
      cells[cell] = orNull(state.cell(cell));
    }
    Map<Integer, CompoundCell> compounds = new HashMap<>();
    image.compounds().forEach((cell, compound) -> compounds.put(cell, of(compound)));
    return new RowImage(
        RowState.of(cells, orNull(state.removal()), orNull(state.touch())),
        image.values(),
        compounds);
  }

  private @Nullable Stamp orNull(Optional<Stamp> stamp) {
    return stamp.map(this::of).orElse(null);
  }

  private CompoundCell of(CompoundCell compound) {
    Map<Integer, Stamp> dropped = new HashMap<>();
    compound.dropped().forEach((device, stamp) -> dropped.put(device, of(stamp)));
    return new CompoundCell(
        compound.parts().stream()
            .map(part -> new Part(of(part.stamp()), part.value()))
            .toList(),
        dropped);
  }
}
