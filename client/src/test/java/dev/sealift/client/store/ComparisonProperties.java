package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.compact.Block;
import dev.sealift.client.compact.CarriedRow;
import dev.sealift.client.compact.CarriedRow.Line;
import dev.sealift.client.compact.CarriedRow.Loser;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.rule.RowName;
import dev.sealift.client.store.Alterations.Altered;
import dev.sealift.client.store.StepProperties.History;
import dev.sealift.client.store.Steps.Step;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Who holds the log says the right thing of a compaction, however far it has gone on since. */
class ComparisonProperties {

  @Property(tries = 50)
  void nobodyFindsAnythingWrongWithWhatIsRight(@ForAll Random random, @ForAll boolean byArrival) {
    SpaceRules rules = TestDevice.rules(byArrival);
    try (TestFolder folder = new TestFolder(rules)) {
      History history = new History(folder, rules, random, 15 + random.nextInt(60));
      history.meet();
      long base = history.sequence(1);
      long first = random.nextBoolean() ? 1 : history.between(1, base);
      Step step = Steps.make(history.reader(base), first);
      requireRight(history.reader(history.sequence(base)), step);
      for (TestDevice device : history.devices) {
        device.remember(history.mesh.sent());
        requireRight(device, step);
      }
    }
  }

  /** As far as it can tell. */
  private static void requireRight(TestDevice holder, Step step) {
    if (holder.store.canCompare(step.range())) {
      assertThat(Steps.compare(holder, step.range(), step.blocks())).isEmpty();
    }
  }

  /** Who has not read what the compaction covers, but came by another one. */
  @Property(tries = 25)
  void whoCameByAStepFindsNothingWrongEither(@ForAll Random random, @ForAll boolean byArrival) {
    SpaceRules rules = TestDevice.rules(byArrival);
    try (TestFolder folder = new TestFolder(rules)) {
      History history = new History(folder, rules, random, 15 + random.nextInt(60));
      history.meet();
      long at = history.sequence(1);
      long base = history.sequence(at);
      TestDevice holder = history.reader(0);
      Steps.take(holder, Steps.make(history.reader(at), 1));
      history.mesh.read(holder, history.sequence(base));
      Step step = Steps.make(history.reader(base), 1);
      if (base == at) {
        assertThat(holder.store.canCompare(step.range())).as("it was told").isFalse();
      }
      requireRight(holder, step);
    }
  }

  /** A row that is altered, left out or added: always where nothing was written to it since, and otherwise where what was there before is held still. */
  @Property(tries = 40)
  void whoHoldsTheLogFindsWhatIsWrong(@ForAll Random random, @ForAll boolean byArrival) {
    SpaceRules rules = TestDevice.rules(byArrival);
    try (TestFolder folder = new TestFolder(rules)) {
      History history = new History(folder, rules, random, 15 + random.nextInt(60));
      history.meet();
      long base = history.sequence(1);
      Step step =
          Steps.make(history.reader(base), random.nextBoolean() ? 1 : history.between(1, base));
      long position = history.sequence(base);
      TestDevice holder = history.reader(position);
      Assume.that(holder.store.canCompare(step.range()));
      Set<RowName> touched = touched(history, base, position);
      List<CarriedRow> held = Steps.rows(Steps.make(holder, 1));
      for (CarriedRow row : Steps.rows(step)) {
        if (row.isEmpty()) {
          continue;
        }
        Altered altered = new Alterations(random).alter(row);
        boolean isTouched = touched.contains(name(row));
        // What nobody wrote to is as it was, but for what has outlived its lifetime since.
        boolean isThere = !isTouched && isHeld(held, row);
        boolean owed = isThere || has(held, name(row), altered.instead());
        if (owed && !isOver(altered.instead(), holder) && !isOver(altered.now(), holder)) {
          List<Block> blocks = Steps.recut(
              step,
              file -> file,
              one -> name(one).equals(name(row)) ? altered.row() : one,
              List.of(),
              List.of());
          assertThat(Steps.compare(holder, step.range(), blocks))
              .as("%s", altered)
              .isPresent();
        }
        if (isThere && !isOver(row, holder)) {
          List<Block> without = Steps.recut(step, one -> !name(one).equals(name(row)));
          assertThat(Steps.compare(holder, step.range(), without)).as("%s", row).isPresent();
          CarriedRow copy = renamed(row);
          List<Block> more = Steps.recut(step, one -> one, List.of(copy));
          assertThat(Steps.compare(holder, step.range(), more)).as("%s", copy).isPresent();
        }
      }
    }
  }

  private static Set<RowName> touched(History history, long base, long position) {
    Set<RowName> touched = new HashSet<>();
    history.mesh.sent().subList((int) base, (int) position).stream()
        .flatMap(sent -> sent.runs().stream())
        .filter(run -> run.kind() != RunKind.GUARD)
        .forEach(run ->
            run.rows().forEach(event -> touched.add(new RowName(run.table(), event.key()))));
    return touched;
  }

  private static RowName name(CarriedRow row) {
    return new RowName(row.table(), row.key());
  }

  private static CarriedRow renamed(CarriedRow row) {
    return new CarriedRow(
        row.table(),
        row.key() + "x",
        row.marker(),
        row.removal(),
        row.touch(),
        row.registers(),
        row.parts(),
        row.dropped(),
        row.losers(),
        row.lines(),
        null);
  }

  /** Where what was altered is held as it was, that is found whatever came since. */
  private static boolean has(List<CarriedRow> held, RowName name, @Nullable Object item) {
    return item != null
        && held.stream()
            .filter(row -> name(row).equals(name))
            .anyMatch(row -> row.registers().contains(item)
                || row.parts().contains(item)
                || row.losers().contains(item)
                || row.lines().contains(item)
                || Objects.equals(row.feed(), item));
  }

  /** Whether all that makes the row what it shows is held still. */
  private static boolean isHeld(List<CarriedRow> held, CarriedRow row) {
    boolean showsNothing = row.marker() == null
        && row.removal() == null
        && row.touch() == null
        && row.registers().isEmpty()
        && row.parts().isEmpty()
        && row.dropped().isEmpty();
    return showsNothing
        || held.stream()
            .filter(other -> name(other).equals(name(row)))
            .anyMatch(other -> Objects.equals(other.marker(), row.marker())
                && Objects.equals(other.removal(), row.removal())
                && Objects.equals(other.touch(), row.touch())
                && other.registers().equals(row.registers())
                && other.parts().equals(row.parts())
                && other.dropped().equals(row.dropped()));
  }

  private static boolean isOver(@Nullable Object item, TestDevice holder) {
    long since = holder.store.log(holder.store.position(), 1).get(0).serverTimeMillis()
        - holder.store.rules().reviewWindowMillis();
    return item instanceof Loser loser && loser.since() < since
        || item instanceof Line line && line.serverTimeMillis() < since;
  }

  private static boolean isOver(CarriedRow row, TestDevice holder) {
    return row.marker() == null
        && row.removal() == null
        && row.touch() == null
        && row.registers().isEmpty()
        && row.feed() == null
        && row.losers().stream().allMatch(loser -> isOver(loser, holder))
        && row.lines().stream().allMatch(line -> isOver(line, holder));
  }
}
