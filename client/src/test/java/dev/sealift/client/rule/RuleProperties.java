package dev.sealift.client.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.rule.ModelRows.Event;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Rules end: whatever graph they make, whoever writes what, and in whatever order it is heard, there comes a time when nobody answers any more. */
class RuleProperties {
  private static final List<String> TABLES = List.of("a", "b", "c");
  private static final List<String> COLUMNS = List.of("x", "y");
  private static final String NAME = "name";
  private static final int DEVICES = 4;

  /** More than any history of this size needs: each answer removes, brings back or changes a row, and each device takes each turn. */
  private static final int MOST_ROUNDS = 100;

  enum Action {
    PUT,
    REFER,
    CALL,
    REMOVE,
    HEAR,
    ANSWER,
    SEND,
    WAIT
  }

  record Step(Action action, int device, int table, int key, int column, int target, int portion) {}

  @Provide
  Arbitrary<List<Reference>> references() {
    return Combinators.combine(
            Arbitraries.of(TABLES),
            Arbitraries.of(COLUMNS),
            Arbitraries.of(TABLES),
            Arbitraries.of(OnRemove.class))
        .as(Reference::new)
        .list()
        .ofMaxSize(6)
        .map(RuleProperties::ofOneColumnEach);
  }

  private static List<Reference> ofOneColumnEach(List<Reference> some) {
    Map<List<String>, Reference> each = new HashMap<>();
    some.forEach(one -> each.put(List.of(one.table(), one.column()), one));
    return List.copyOf(each.values());
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(Action.PUT)),
                Tuple.of(6, Arbitraries.just(Action.REFER)),
                Tuple.of(2, Arbitraries.just(Action.CALL)),
                Tuple.of(5, Arbitraries.just(Action.REMOVE)),
                Tuple.of(4, Arbitraries.just(Action.HEAR)),
                Tuple.of(4, Arbitraries.just(Action.ANSWER)),
                Tuple.of(4, Arbitraries.just(Action.SEND)),
                Tuple.of(1, Arbitraries.just(Action.WAIT))),
            Arbitraries.integers().between(0, DEVICES - 1),
            Arbitraries.integers().between(0, TABLES.size() - 1),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, COLUMNS.size() - 1),
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(1, 4))
        .as(Step::new)
        .list()
        .ofMinSize(5)
        .ofMaxSize(120);
  }

  @Property(tries = 2_000)
  void afterEverythingIsExchangedNobodyAnswersAnyMore(
      @ForAll("references") List<Reference> references, @ForAll("steps") List<Step> steps) {
    World world = new World(references);
    steps.forEach(world::take);
    world.comeToRest();
    world.requireAlike();
    world.requireEveryViolationTold();
  }

  /** Gives a name that several rows may come to: it does not look at the key. */
  private static Value other(Value value, String key, int attempt) {
    return Value.of(value instanceof Value.Text text ? text.value() + attempt : key);
  }

  /** Devices, a log that they send to, and how far each has heard it. */
  private static final class World {
    private final RuleSet rules;
    private final List<Event> log = new ArrayList<>();
    private final List<Device> devices = new ArrayList<>();
    private long pastMillis;

    World(List<Reference> references) {
      rules = new RuleSet(
          references, List.of(new Unique(TABLES.get(0), List.of(NAME), Optional.of("other"))));
      for (int i = 0; i < DEVICES; i++) {
        devices.add(new Device(i));
      }
    }

    private final class Device {
      private final ModelRows rows;
      private final Answerer answerer;
      private final List<Event> unsent = new ArrayList<>();
      private int heard;

      Device(int number) {
        rows = new ModelRows(number + 1);
        answerer = new Answerer(rules, rows, Map.of("other", RuleProperties::other));
      }

      void hear(int most) {
        int to = heard + Math.min(log.size() - heard, most);
        log.subList(heard, to).forEach(rows::apply);
        heard = to;
      }

      void send(int most) {
        List<Event> sent = unsent.subList(0, Math.min(most, unsent.size()));
        log.addAll(sent);
        sent.clear();
      }

      void write(Event event) {
        unsent.add(event);
      }

      /** As it shows things now: it may not know yet that the log goes on. */
      int answer() {
        int answers = 0;
        List<RowName> open = new ArrayList<>(rows.there());
        for (int i = 0; i < open.size(); i++) {
          for (Answer answer : answerer.decide(open.get(i), pastMillis).answers()) {
            write(rows.write(answer));
            answers++;
            rows.forEachThere(open::add);
          }
          assertThat(answers).as("answers of one device to what it shows").isLessThan(200);
        }
        return answers;
      }
    }

    void take(Step step) {
      Device device = devices.get(step.device());
      RowName row = new RowName(TABLES.get(step.table()), "k" + step.key());
      switch (step.action()) {
        case PUT -> device.write(device.rows.write(row, ModelRows.MARKER, Value.NULL));
        case REFER -> {
          Value target = step.target() == 3 ? Value.NULL : Value.of("k" + step.target());
          device.write(device.rows.write(row, COLUMNS.get(step.column()), target));
        }
        case CALL ->
          device.write(
              device.rows.write(new RowName(TABLES.get(0), row.key()), NAME, Value.of("n")));
        case REMOVE -> remove(device, row);
        case HEAR -> device.hear(step.portion());
        case ANSWER -> device.answer();
        case SEND -> device.send(step.portion());
        case WAIT -> pastMillis += Answerer.PATIENCE_MILLIS / 2;
      }
    }

    private void remove(Device device, RowName row) {
      try {
        new Removal(rules, device.rows)
            .of(row)
            .forEach(one -> device.write(device.rows.write(one, null, Value.NULL)));
      } catch (RuleException e) {
        assertThat(e.rows()).isPositive();
      }
    }

    void comeToRest() {
      devices.forEach(device -> device.send(Integer.MAX_VALUE));
      boolean answers = true;
      for (int round = 0; answers; round++) {
        assertThat(round).as("rounds of answers").isLessThan(MOST_ROUNDS);
        pastMillis += 2 * Answerer.PATIENCE_MILLIS;
        answers = false;
        for (Device device : devices) {
          device.hear(Integer.MAX_VALUE);
          answers |= device.answer() > 0;
        }
        devices.forEach(device -> device.send(Integer.MAX_VALUE)); // all answered at a time
      }
    }

    void requireAlike() {
      devices.forEach(device ->
          assertThat(device.rows.shown()).isEqualTo(devices.get(0).rows.shown()));
    }

    /** What still refers to a removed row is not to be answered on any device, and is looked at again. */
    void requireEveryViolationTold() {
      Device any = devices.get(0);
      any.rows.forEachThere(row -> {
        Decision decision = any.answerer.decide(row, pastMillis);
        assertThat(decision.answers()).isEmpty();
        boolean broken = rules.from(row.table()).stream()
            .filter(reference -> reference.onRemove() != OnRemove.REPORT)
            .anyMatch(reference -> any.rows
                .target(reference, row.key())
                .filter(target -> any.rows.presence(target) == Rows.Presence.REMOVED)
                .isPresent());
        assertThat(decision.againMillis().isPresent() || !broken).isTrue();
        for (Reference reference : rules.from(row.table())) {
          boolean restamps = reference.onRemove() == OnRemove.RESTAMP;
          Optional<RowName> target = any.rows.target(reference, row.key());
          boolean isRemoved = target
              .filter(one -> any.rows.presence(one) == Rows.Presence.REMOVED)
              .isPresent();
          assertThat(restamps && isRemoved)
              .as("a parent that nobody brought back")
              .isFalse();
        }
      });
    }
  }
}
