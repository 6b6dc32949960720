package dev.sealift.ops.simulate;

import dev.sealift.client.rule.Answerer;
import dev.sealift.client.rule.OnRemove;
import dev.sealift.client.rule.Reference;
import dev.sealift.client.rule.RuleException;
import dev.sealift.client.rule.RuleViolation;
import dev.sealift.client.rule.TableRules;
import dev.sealift.client.rule.Unique;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.StoreException;
import dev.sealift.client.store.TableSchema;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The app's part that writes to tables with rules across their rows: people who are in teams, lead them, and have bosses and names. */
final class RuleWriter {
  static final String TEAMS = "teams";
  static final String PEOPLE = "people";

  /** After which others answer what those have not who had a part in it, whose clocks may be off by the bound. */
  static final long PATIENCE_MILLIS = Answerer.PATIENCE_MILLIS + 600_000;

  private static final int KEYS = 2;

  /** Circles of both policies, within a table and across. */
  private static final Map<String, List<Reference>> REFERENCES = Map.of(
      TEAMS,
      List.of(
          new Reference(TEAMS, "parent", TEAMS, OnRemove.REMOVE),
          new Reference(TEAMS, "lead", PEOPLE, OnRemove.RESTAMP)),
      PEOPLE,
      List.of(
          new Reference(PEOPLE, "team", TEAMS, OnRemove.REMOVE),
          new Reference(PEOPLE, "boss", PEOPLE, OnRemove.RESTAMP),
          new Reference(PEOPLE, "guest_of", TEAMS, OnRemove.REPORT)));

  private static final String NAME = "name";
  private static final String RENAME = "numbered";

  static final List<TableSchema> SCHEMA = List.of(schema(TEAMS), schema(PEOPLE));

  private final Dice dice;
  private final Trace trace;

  RuleWriter(Dice dice, Trace trace) {
    this.dice = dice;
    this.trace = trace;
  }

  private static TableSchema schema(String table) {
    List<Reference> references = REFERENCES.get(table);
    List<ColumnSchema> columns = new ArrayList<>();
    references.forEach(
        reference -> columns.add(new ColumnSchema(reference.column(), ColumnType.TEXT)));
    columns.add(new ColumnSchema(NAME, ColumnType.TEXT));
    Unique unique = new Unique(table, List.of(NAME), Optional.of(RENAME));
    TableRules rules =
        new TableRules(references, List.of(unique), Map.of(RENAME, RuleWriter::numbered));
    return new TableSchema(table, "id", columns, Set.of(), table, Set.of(), rules);
  }

  private static Value numbered(Value value, String key, int attempt) {
    return Value.of(((Value.Text) value).value() + attempt);
  }

  /** Whether it stays only where what was removed would come back empty. */
  static boolean isAnswered(RuleViolation violation) {
    return violation.kind() == RuleViolation.Kind.REFERENCE_REMOVED
        && REFERENCES.get(violation.table()).stream()
            .anyMatch(reference -> reference.onRemove() == OnRemove.RESTAMP
                && violation.columns().equals(List.of(reference.column())));
  }

  /** One write to one of the tables. */
  void write(Device device) {
    if (!device.store().hasTable(TEAMS) || !device.store().hasTable(PEOPLE)) {
      return;
    }
    String table = dice.chance(0.5) ? TEAMS : PEOPLE;
    String key = key();
    switch ((int) dice.between(0, 3)) {
      case 0 -> attempt(device, "removes " + table + " " + key, batch -> batch.remove(table, key));
      case 1 -> patch(device, table, key, NAME, Value.of("n" + dice.between(1, 2)));
      default -> refer(device, dice.oneOf(REFERENCES.get(table)), key);
    }
  }

  private String key() {
    return "k" + dice.between(1, KEYS);
  }

  private void refer(Device device, Reference reference, String key) {
    Value target = dice.chance(0.1) ? Value.NULL : Value.of(key());
    patch(device, reference.table(), key, reference.column(), target);
  }

  private void patch(Device device, String table, String key, String column, Value value) {
    attempt(
        device,
        "writes " + table + " " + key + " " + column + " " + value,
        batch -> batch.patch(table, key, Map.of(column, value)));
  }

  /** What a rule refuses is not written. */
  private void attempt(Device device, String what, Consumer<Batch> work) {
    trace.say(device.toString(), what);
    try {
      device.write(work);
    } catch (RuleException e) {
      trace.say(device.toString(), "may not: " + e.getMessage());
    } catch (StoreException e) {
      if (e.code() != StoreException.Code.UNKNOWN_COLUMN) {
        throw e;
      }
      trace.say(device.toString(), "may not: its columns have not all come");
    }
  }
}
