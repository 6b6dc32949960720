package dev.sealift.client.store;

import dev.sealift.client.compact.CarriedRow;
import dev.sealift.client.compact.CarriedRow.Dropped;
import dev.sealift.client.compact.CarriedRow.FeedPlace;
import dev.sealift.client.compact.CarriedRow.Held;
import dev.sealift.client.compact.CarriedRow.Line;
import dev.sealift.client.compact.CarriedRow.Loser;
import dev.sealift.client.compact.Origin;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What somebody might do to a row that a compaction carries. */
final class Alterations {
  private final Random random;

  Alterations(Random random) {
    this.random = random;
  }

  /**
   * An altered row.
   *
   * @param instead what was there before; null of what was added
   * @param now what is there; null of what was left out
   */
  record Altered(
      CarriedRow row, @Nullable Object instead, @Nullable Object now) {}

  /** One of those that can be done to the row. */
  Altered alter(CarriedRow row) {
    List<Altered> all = new ArrayList<>();
    changes(row.registers(), this::changed)
        .forEach(one -> all.add(with(row, one, stamps(row).registers(one.items()))));
    changes(row.parts(), this::changed)
        .forEach(one -> all.add(with(row, one, stamps(row).parts(one.items()))));
    changes(row.dropped(), this::changed)
        .forEach(one -> all.add(with(row, one, stamps(row).dropped(one.items()))));
    changes(row.losers(), this::changed)
        .forEach(one -> all.add(with(row, one, stamps(row).losers(one.items()))));
    changes(row.lines(), this::changed)
        .forEach(one -> all.add(with(row, one, stamps(row).lines(one.items()))));
    stamp(row.marker())
        .forEach(
            marker -> all.add(new Altered(stamps(row).marker(marker).row(), row.marker(), null)));
    stamp(row.removal())
        .forEach(removal ->
            all.add(new Altered(stamps(row).removal(removal).row(), row.removal(), null)));
    stamp(row.touch())
        .forEach(touch -> all.add(new Altered(stamps(row).touch(touch).row(), row.touch(), null)));
    FeedPlace feed = row.feed();
    if (feed != null) {
      FeedPlace other = new FeedPlace(feed.at() + 1, feed.time(), feed.device(), feed.sequence());
      all.add(new Altered(stamps(row).feed(null).row(), feed, null));
      all.add(new Altered(stamps(row).feed(other).row(), feed, null));
    }
    return all.get(random.nextInt(all.size()));
  }

  private static Altered with(CarriedRow row, Items<?> items, Builder built) {
    return new Altered(built.row(), items.instead(), items.now());
  }

  private record Items<T>(
      List<T> items, @Nullable Object instead, @Nullable Object now) {}

  private <T> List<Items<T>> changes(List<T> items, Function<T, T> change) {
    if (items.isEmpty()) {
      return List.of();
    }
    int at = random.nextInt(items.size());
    List<T> less = new ArrayList<>(items);
    T instead = less.remove(at);
    List<T> other = new ArrayList<>(items);
    T now = change.apply(instead);
    other.set(at, now);
    List<T> more = new ArrayList<>(items);
    more.add(now);
    return List.of(
        new Items<>(less, instead, null),
        new Items<>(other, instead, now),
        new Items<>(more, null, now));
  }

  private List<Optional<Origin>> stamp(@Nullable Origin origin) {
    return origin == null ? List.of() : List.of(Optional.empty(), Optional.of(changed(origin)));
  }

  /** Another rank, or the same of another file. */
  private Origin changed(Origin origin) {
    return random.nextBoolean()
        ? new Origin(origin.place(), origin.time() + 1, origin.device(), origin.sequence())
        : new Origin(origin.place(), origin.time() - 1, origin.device(), origin.sequence());
  }

  private Held changed(Held held) {
    return random.nextBoolean()
        ? new Held(held.cell(), held.origin(), Value.of("altered"))
        : new Held(held.cell(), changed(held.origin()), held.value());
  }

  private Dropped changed(Dropped dropped) {
    return new Dropped(dropped.cell(), changed(dropped.origin()));
  }

  private Loser changed(Loser loser) {
    boolean value = random.nextBoolean();
    return new Loser(
        loser.cell(),
        value ? loser.time() : loser.time() + 1,
        loser.device(),
        loser.reason(),
        value ? Value.of("altered") : loser.value(),
        loser.rivalTime(),
        loser.rivalDevice(),
        loser.since(),
        loser.transaction());
  }

  private Line changed(Line line) {
    boolean value = random.nextBoolean();
    return new Line(
        line.cell(),
        line.kind(),
        value ? line.time() : line.time() + 1,
        line.device(),
        line.sequence(),
        line.inFile(),
        line.serverTimeMillis(),
        value ? Value.of("altered") : line.value());
  }

  // A row of which something is another thing

  private static Builder stamps(CarriedRow row) {
    return new Builder(row);
  }

  private static final class Builder {
    private CarriedRow row;

    Builder(CarriedRow row) {
      this.row = row;
    }

    CarriedRow row() {
      return row;
    }

    private Builder set(
        @Nullable Origin marker,
        @Nullable Origin removal,
        @Nullable Origin touch,
        List<Held> registers,
        List<Held> parts,
        List<Dropped> dropped) {
      row = new CarriedRow(
          row.table(),
          row.key(),
          marker,
          removal,
          touch,
          registers,
          parts,
          dropped,
          row.losers(),
          row.lines(),
          row.feed());
      return this;
    }

    private Builder beside(List<Loser> losers, List<Line> lines, @Nullable FeedPlace feed) {
      row = new CarriedRow(
          row.table(),
          row.key(),
          row.marker(),
          row.removal(),
          row.touch(),
          row.registers(),
          row.parts(),
          row.dropped(),
          losers,
          lines,
          feed);
      return this;
    }

    Builder marker(Optional<Origin> marker) {
      return set(
          marker.orElse(null),
          row.removal(),
          row.touch(),
          row.registers(),
          row.parts(),
          row.dropped());
    }

    Builder removal(Optional<Origin> removal) {
      return set(
          row.marker(),
          removal.orElse(null),
          row.touch(),
          row.registers(),
          row.parts(),
          row.dropped());
    }

    Builder touch(Optional<Origin> touch) {
      return set(
          row.marker(),
          row.removal(),
          touch.orElse(null),
          row.registers(),
          row.parts(),
          row.dropped());
    }

    Builder registers(List<Held> registers) {
      return set(row.marker(), row.removal(), row.touch(), registers, row.parts(), row.dropped());
    }

    Builder parts(List<Held> parts) {
      return set(row.marker(), row.removal(), row.touch(), row.registers(), parts, row.dropped());
    }

    Builder dropped(List<Dropped> dropped) {
      return set(row.marker(), row.removal(), row.touch(), row.registers(), row.parts(), dropped);
    }

    Builder losers(List<Loser> losers) {
      return beside(losers, row.lines(), row.feed());
    }

    Builder lines(List<Line> lines) {
      return beside(row.losers(), lines, row.feed());
    }

    Builder feed(@Nullable FeedPlace feed) {
      return beside(row.losers(), row.lines(), feed);
    }
  }
}
