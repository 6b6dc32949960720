package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.rule.Answerer;
import dev.sealift.client.rule.OnRemove;
import dev.sealift.client.rule.Reference;
import dev.sealift.client.rule.RuleException;
import dev.sealift.client.rule.RuleViolation;
import dev.sealift.client.rule.TableRules;
import dev.sealift.client.rule.Unique;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Rules with the real store: answers are events like any others, so they end, and all devices agree about what they come to. */
class RuleConvergenceProperties {
  private static final int ALL = 1_000;
  private static final List<String> TABLES = List.of("a", "b");
  private static final int MOST_ROUNDS = 50;

  enum Action {
    PUT,
    REFER,
    CALL,
    REMOVE,
    PACK,
    GET,
    ANSWER,
    SYNC,
    TIME_PASSES,
    REOPEN
  }

  record Step(Action action, int device, int table, int key, int target) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(Action.PUT)),
                Tuple.of(6, Arbitraries.just(Action.REFER)),
                Tuple.of(3, Arbitraries.just(Action.CALL)),
                Tuple.of(4, Arbitraries.just(Action.REMOVE)),
                Tuple.of(2, Arbitraries.just(Action.PACK)),
                Tuple.of(3, Arbitraries.just(Action.GET)),
                Tuple.of(3, Arbitraries.just(Action.ANSWER)),
                Tuple.of(3, Arbitraries.just(Action.SYNC)),
                Tuple.of(1, Arbitraries.just(Action.TIME_PASSES)),
                Tuple.of(1, Arbitraries.just(Action.REOPEN))),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, TABLES.size() - 1),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 3))
        .as(Step::new)
        .list()
        .ofMinSize(5)
        .ofMaxSize(60);
  }

  @Provide
  Arbitrary<List<OnRemove>> policies() {
    return Arbitraries.of(OnRemove.class).list().ofSize(4);
  }

  /** Each table refers to itself and to the other one. */
  private static TableSchema schema(int table, List<OnRemove> policies) {
    String name = TABLES.get(table);
    List<ColumnSchema> columns = new ArrayList<>();
    List<Reference> references = new ArrayList<>();
    for (int target = 0; target < TABLES.size(); target++) {
      String column = "to_" + TABLES.get(target);
      columns.add(new ColumnSchema(column, ColumnType.ANY));
      references.add(new Reference(
          name, column, TABLES.get(target), policies.get(table * TABLES.size() + target)));
    }
    columns.add(new ColumnSchema("name", ColumnType.ANY));
    Unique unique = new Unique(name, List.of("name"), Optional.of("more"));
    return new TableSchema(
        name,
        "id",
        columns,
        Set.of(),
        name,
        Set.of(),
        new TableRules(
            references, List.of(unique), Map.of("more", RuleConvergenceProperties::more)));
  }

  private static Value more(Value value, String key, int attempt) {
    return Value.of(((Value.Text) value).value() + attempt);
  }

  @Property(tries = 40)
  void answersEndAndAllAgreeAboutThem(
      @ForAll("policies") List<OnRemove> policies, @ForAll("steps") List<Step> steps) {
    try (TestFolder folder = new TestFolder()) {
      TestMesh mesh = new TestMesh();
      List<TestDevice> devices = new ArrayList<>();
      for (String name : List.of("x", "y", "z")) {
        TestDevice device = folder.device(name);
        for (int table = 0; table < TABLES.size(); table++) {
          TableSchema schema = schema(table, policies);
          device.write(batch -> batch.declare(schema));
        }
        devices.add(device);
      }
      steps.forEach(step -> run(step, devices.get(step.device()), mesh));
      comeToRest(devices, mesh);
      assertAgree(devices);
      assertEveryRestampAnswered(devices.get(0), policies);
    }
  }

  private static void run(Step step, TestDevice device, TestMesh mesh) {
    String table = TABLES.get(step.table());
    String key = "k" + step.key();
    switch (step.action()) {
      case PUT -> attempt(device, batch -> batch.put(table, key, Map.of()));
      case REFER -> {
        Value target = step.target() == 3 ? Value.NULL : Value.of("k" + step.target());
        String column = "to_" + TABLES.get(step.target() % TABLES.size());
        attempt(device, batch -> batch.patch(table, key, Map.of(column, target)));
      }
      case CALL -> attempt(device, batch -> batch.patch(table, key, Map.of("name", Value.of("n"))));
      case REMOVE -> attempt(device, batch -> batch.remove(table, key));
      case PACK -> {
        TestDevice.Sent sent = device.pack();
        if (sent != null) {
          mesh.admit(device, sent);
        }
      }
      case GET -> mesh.get(device);
      case ANSWER -> answer(device);
      case SYNC -> mesh.sync(device, 300);
      case TIME_PASSES -> device.millis += 60_000; // within the clock's bound
      case REOPEN -> device.reopen(); // and its app declares nothing: it has no function any more
    }
  }

  private static void attempt(TestDevice device, Consumer<Batch> work) {
    try {
      device.write(work);
    } catch (RuleException e) {
      assertThat(e.rows()).isPositive();
    }
  }

  private static boolean answer(TestDevice device) {
    return answer(device, device.millis);
  }

  /** Whether it has answered anything. */
  private static boolean answer(TestDevice device, long nowMillis) {
    long before = device.store.pendingCount();
    boolean more = true;
    for (int batches = 0; more; batches++) {
      assertThat(batches).as("batches of one device").isLessThan(100);
      try (Batch batch = device.store.batch()) {
        more = batch.answerRules(nowMillis);
        batch.commit();
      }
    }
    return device.store.pendingCount() > before;
  }

  private static void comeToRest(List<TestDevice> devices, TestMesh mesh) {
    devices.forEach(device -> mesh.sync(device, 300));
    boolean answered = true;
    long later = TestDevice.START_MILLIS;
    for (int round = 0; answered; round++) {
      assertThat(round).as("rounds of answers").isLessThan(MOST_ROUNDS);
      later += 2 * Answerer.PATIENCE_MILLIS;
      answered = false;
      devices.forEach(mesh::get);
      for (TestDevice device : devices) {
        answered |= answer(device, later); // all at a time
      }
      devices.forEach(device -> mesh.sync(device, Long.MAX_VALUE));
    }
  }

  private static void assertAgree(List<TestDevice> devices) {
    TestDevice first = devices.get(0);
    for (TestDevice device : devices) {
      assertThat(device.store.pendingCount()).isZero();
      assertThat(device.store.visibleDigest()).isEqualTo(first.store.visibleDigest());
      assertThat(device.store.mergeDigest()).isEqualTo(first.store.mergeDigest());
      assertThat(device.store.inbox(ALL)).isEqualTo(first.store.inbox(ALL));
      assertThat(device.store.violations(ALL)).isEqualTo(first.store.violations(ALL));
    }
  }

  /** What is noted is what breaks a rule: else something would have been overlooked here. */
  private static void assertEveryRestampAnswered(TestDevice device, List<OnRemove> policies) {
    assertThat(device.store.violations(ALL))
        .filteredOn(violation -> violation.kind() == RuleViolation.Kind.REFERENCE_REMOVED)
        .noneMatch(violation -> policies.get(TABLES.indexOf(violation.table()) * TABLES.size()
                + TABLES.indexOf(violation.otherTable()))
            == OnRemove.RESTAMP);
  }
}
