package dev.sealift.client.store;

import dev.sealift.client.compact.CarriedRow;
import dev.sealift.client.compact.CarriedRow.Dropped;
import dev.sealift.client.compact.CarriedRow.FeedPlace;
import dev.sealift.client.compact.CarriedRow.Held;
import dev.sealift.client.compact.CarriedRow.Line;
import dev.sealift.client.compact.CarriedRow.Loser;
import dev.sealift.client.compact.CellName;
import dev.sealift.client.compact.Origin;
import dev.sealift.client.rule.RowName;
import dev.sealift.client.store.Difference.Kind;
import dev.sealift.client.store.Lifetimes.Over;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.Hash;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a compaction carries of one row with the row as this device has it now, piece by piece. What is held from up to the base has to be carried. What is carried and not held is a difference, unless an event behind the
 * base was about the row: then it must have gone by such an event.
 *
 * <p>Holds what the device has of the row, and nothing of what is carried.
 */
final class RowComparison {
  private final CarriedRow mine;
  private final boolean isTouched;
  private final Since since;

  // What has to come still.
  private final Map<CellName, Held> registers = new HashMap<>();
  private final Set<Held> parts;
  private final Set<Dropped> dropped;
  private final Set<Loser> losers = new HashSet<>();
  private final Set<Line> lines = new HashSet<>();

  // What replaces others.
  private final Map<CellName, Map<Object, Origin>> droppedBy = new HashMap<>();
  private final Map<CellName, Map<Object, Origin>> newestBy = new HashMap<>();
  private final @Nullable Origin newest;
  private boolean feedCame;

  /** The removal that is carried, if it has died since and was forgotten before an event came to the row: with it went what it outranks. */
  private @Nullable Origin died;

  /**
   * Up to where a compaction speaks, and from where on a device still has what it speaks of.
   *
   * @param base its last sequence
   * @param baseMillis the server time there
   * @param lostMillis losers from before may have been forgotten
   * @param keptMillis lines of the row's history from before may have been forgotten
   * @param deadMillis what was removed before is dead, and forgotten with all that it hid when something came to the row
   * @param deadAtBaseMillis what was removed before was dead at the base, and is not carried
   * @param lostAtBaseMillis losers from before were over at the base, and are not carried
   * @param gone what is over by now of the row's table, and is nothing
   */
  record Since(
      long base,
      long baseMillis,
      long lostMillis,
      long keptMillis,
      long deadMillis,
      long deadAtBaseMillis,
      long lostAtBaseMillis,
      Over gone) {

    /** Whether it may have been forgotten since the base. */
    private boolean isOver(Loser loser) {
      return loser.since() < lostMillis && loser.since() >= lostAtBaseMillis;
    }
  }

  /**
   * @param mine the row as it is now, whatever has become of it behind the base
   * @param isTouched whether an event behind the base was about it
   */
  RowComparison(CarriedRow mine, boolean isTouched, Since since) {
    this.mine = mine;
    this.isTouched = isTouched;
    this.since = since;
    mine.registers().forEach(held -> registers.put(held.cell(), held));
    parts = new HashSet<>(mine.parts());
    dropped = new HashSet<>(mine.dropped());
    mine.losers().stream()
        .filter(loser -> loser.since() >= since.lostMillis())
        .forEach(losers::add);
    mine.lines().stream()
        .filter(line -> line.serverTimeMillis() >= since.keptMillis())
        .forEach(lines::add);
    mine.dropped().forEach(one -> raise(droppedBy, one.cell(), one.origin()));
    mine.parts().forEach(part -> raise(newestBy, part.cell(), part.origin()));
    newest = newest();
  }

  private static void raise(Map<CellName, Map<Object, Origin>> of, CellName cell, Origin origin) {
    of.computeIfAbsent(cell, any -> new HashMap<>())
        .merge(origin.device(), origin, (one, other) -> outranks(other, one) ? other : one);
  }

  /** The highest of what came behind the base. */
  private @Nullable Origin newest() {
    Origin highest =
        higher(higher(later(mine.marker()), later(mine.removal())), later(mine.touch()));
    for (Held held : mine.registers()) {
      highest = higher(highest, later(held.origin()));
    }
    return highest;
  }

  private @Nullable Origin later(@Nullable Origin origin) {
    return origin != null && isLater(origin) ? origin : null;
  }

  private boolean isLater(Origin origin) {
    return origin.sequence() > since.base();
  }

  private static @Nullable Origin higher(@Nullable Origin one, @Nullable Origin other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return outranks(other, one) ? other : one;
  }

  private static int compare(Origin one, Origin other) {
    int byPlace = Long.compare(one.place(), other.place());
    int byTime = byPlace != 0 ? byPlace : Long.compareUnsigned(one.time(), other.time());
    return byTime != 0 ? byTime : one.device().compareTo(other.device());
  }

  private static boolean outranks(Origin one, Origin other) {
    return compare(one, other) > 0;
  }

  // What is carried

  /**
   * A piece of the row as it is carried, in their order.
   *
   * @param carried as it is, with what is over by now
   * @param isFirst whether it is the one with the row's own stamps
   */
  void take(CarriedRow carried, boolean isFirst) throws DifferenceException {
    CarriedRow piece = since.gone().hasLifetime() ? carried.without(since.gone()::is) : carried;
    if (isFirst) {
      died = isTouched && hasDied(piece.removal()) ? piece.removal() : null;
      take(piece.marker(), mine.marker());
      take(piece.removal(), mine.removal());
      take(piece.touch(), mine.touch());
    }
    for (Held register : piece.registers()) {
      takeRegister(register);
    }
    for (Held part : piece.parts()) {
      require(parts.remove(part) || hasGone(part), Kind.CELL, part.cell());
    }
    for (Dropped one : piece.dropped()) {
      require(dropped.remove(one) || hasGone(one), Kind.CELL, one.cell());
    }
    for (Loser loser : piece.losers()) {
      boolean over = since.isOver(loser);
      boolean fresh = loser.since() >= since.lostAtBaseMillis();
      require(losers.remove(loser) || isTouched && fresh || over, Kind.LOSER, loser.cell());
    }
    for (Line line : piece.lines()) {
      boolean over = line.serverTimeMillis() < since.keptMillis();
      require(lines.remove(line) || over, Kind.HISTORY, line.cell());
    }
    takeFeed(piece.feed());
  }

  private void take(@Nullable Origin carried, @Nullable Origin held) throws DifferenceException {
    boolean right = Objects.equals(carried, held)
        || (held == null || isLater(held)) && (carried == null || isReplaced(carried, held));
    require(right, Kind.CELL, CellName.ROW);
  }

  private boolean isReplaced(Origin carried, @Nullable Origin held) {
    return held == null
        ? isReplaced(carried)
        : hasGoneWithRemoval(carried) || isTouched && outranks(held, carried);
  }

  private void takeRegister(Held carried) throws DifferenceException {
    Held held = registers.remove(carried.cell());
    boolean right = carried.equals(held)
        || (held == null
            ? isReplaced(carried.origin())
            : isTouched
                && isLater(held.origin())
                && (hasGoneWithRemoval(carried.origin()) || outranks(held, carried)));
    require(right, Kind.CELL, carried.cell());
  }

  private static boolean outranks(Held one, Held other) {
    int byStamp = compare(one.origin(), other.origin());
    return byStamp > 0 || byStamp == 0 && hash(one).compareTo(hash(other)) > 0;
  }

  private static Hash hash(Held held) {
    return held.value().hash();
  }

  /** Whether something that came behind the base can have made it go. */
  private boolean isReplaced(Origin carried) {
    return hasGoneWithRemoval(carried) || isTouched && newest != null && outranks(newest, carried);
  }

  private boolean hasDied(@Nullable Origin removal) {
    if (removal == null || removal.equals(mine.removal())) {
      return false;
    }
    long millis = new HybridTime(removal.time()).millis();
    return millis < since.deadMillis() && millis >= since.deadAtBaseMillis();
  }

  private boolean hasGoneWithRemoval(Origin carried) {
    return died != null && (carried.equals(died) || outranks(died, carried));
  }

  private boolean hasGone(Held part) {
    return hasGone(part.cell(), part.origin())
        || isTouched && isReplacedByItsAuthor(part.cell(), part.origin());
  }

  private boolean hasGone(Dropped one) {
    return hasGone(one.cell(), one.origin());
  }

  private boolean hasGone(CellName cell, Origin origin) {
    Origin last = droppedBy.getOrDefault(cell, Map.of()).get(origin.device());
    boolean isDropped = last != null && Long.compareUnsigned(last.time(), origin.time()) >= 0;
    return isTouched && isDropped || isReplaced(origin);
  }

  /** As parts of counters are. */
  private boolean isReplacedByItsAuthor(CellName cell, Origin origin) {
    Origin last = newestBy.getOrDefault(cell, Map.of()).get(origin.device());
    return last != null && isLater(last) && compare(last, origin) >= 0;
  }

  private void takeFeed(@Nullable FeedPlace carried) throws DifferenceException {
    if (carried != null) {
      feedCame = true;
      require(carried.equals(mine.feed()), Kind.FEED, CellName.ROW);
    }
  }

  // What is not

  /** Nothing more of the row is carried. */
  void end() throws DifferenceException {
    requireNothingHidden();
    for (Held register : registers.values()) {
      require(isLater(register.origin()), Kind.CELL, register.cell());
    }
    for (Held part : parts) {
      require(isLater(part.origin()), Kind.CELL, part.cell());
    }
    for (Dropped one : dropped) {
      require(isTouched || isLater(one.origin()), Kind.CELL, one.cell());
    }
    for (Loser loser : losers) {
      require(loser.since() > since.baseMillis(), Kind.LOSER, loser.cell());
    }
    for (Line line : lines) {
      require(line.sequence() > since.base(), Kind.HISTORY, line.cell());
    }
    FeedPlace feed = mine.feed();
    boolean owed = feed != null && feed.sequence() <= since.base() && !feedCame;
    require(!owed, Kind.FEED, CellName.ROW);
  }

  /** What a removal hid went with it: nothing of that is held any more. */
  private void requireNothingHidden() throws DifferenceException {
    Origin removal = died;
    if (removal == null) {
      return;
    }
    require(isAbove(mine.marker(), removal), Kind.CELL, CellName.ROW);
    require(isAbove(mine.touch(), removal), Kind.CELL, CellName.ROW);
    for (Held register : mine.registers()) {
      require(isAbove(register.origin(), removal), Kind.CELL, register.cell());
    }
    for (Held part : mine.parts()) {
      require(isAbove(part.origin(), removal), Kind.CELL, part.cell());
    }
  }

  private boolean isAbove(@Nullable Origin held, Origin removal) {
    return held == null || isLater(held) || outranks(held, removal);
  }

  private void require(boolean holds, Kind kind, CellName cell) throws DifferenceException {
    if (!holds) {
      throw new DifferenceException(
          Difference.of(kind, new RowName(mine.table(), mine.key()), cell));
    }
  }
}
