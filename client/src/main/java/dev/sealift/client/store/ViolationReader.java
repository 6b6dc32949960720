package dev.sealift.client.store;

import dev.sealift.client.rule.Reference;
import dev.sealift.client.rule.RuleSet;
import dev.sealift.client.rule.RuleViolation;
import dev.sealift.client.rule.RuleViolation.Kind;
import dev.sealift.client.rule.Unique;
import dev.sealift.client.store.ClaimOrder.Claim;
import dev.sealift.client.store.RuleSql.UniqueSql;
import dev.sealift.protocol.id.DeviceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads which rows break a rule. In an order that is the same on every device. */
final class ViolationReader {
  private final Reader reader;
  private final Map<String, TableInfo> tables;
  private final List<RuleViolation> found = new ArrayList<>();
  private final Living living;
  private int most;

  /** @param cutOffMillis what the space has fixed */
  ViolationReader(Reader reader, Collection<TableInfo> tables, long cutOffMillis) {
    this.reader = reader;
    living = new Living(reader, cutOffMillis);
    this.tables = tables.stream().collect(Collectors.toMap(TableInfo::name, Function.identity()));
  }

  List<RuleViolation> read(int atMost) {
    most = atMost;
    RuleSet rules = RuleReader.read(reader::prepare, tables);
    rules.references().forEach(this::readReference);
    if (!rules.uniques().isEmpty()) {
      Map<Integer, DeviceId> devices = Devices.read(reader);
      ClaimOrder order = new ClaimOrder((a, b) -> devices.get(a).compareTo(devices.get(b)));
      rules.uniques().forEach(unique -> readUnique(unique, order));
    }
    return List.copyOf(found);
  }

  /** One that has a rule is there. */
  private TableInfo table(String name) {
    return Objects.requireNonNull(tables.get(name));
  }

  /** What a table is called here, also one that is not there yet. */
  private String label(String name) {
    TableInfo table = tables.get(name);
    return table == null ? name : table.label();
  }

  private void readReference(Reference rule) {
    TableInfo child = table(rule.table());
    String sql =
        RuleSql.violations(child, child.requireColumn(rule.column()), tables.get(rule.target()));
    try (Statement select = reader.prepare(sql)) {
      select.bind(1, most - found.size());
      while (select.next()) {
        found.add(new RuleViolation(
            wasRemoved(rule.target(), select) ? Kind.REFERENCE_REMOVED : Kind.REFERENCE_MISSING,
            child.label(),
            select.text(1),
            List.of(child.labelOf(child.requireColumn(rule.column()))),
            label(rule.target()),
            select.text(2)));
      }
    }
  }

  /** A row that only what came too late was written to is there in this store alone, and was never there; and so was one whose removal is dead. */
  private boolean wasRemoved(String target, Statement select) {
    return !select.isNull(3)
        && living.of(table(target), Stored.state(select.blob(3))).removal().isPresent();
  }

  private void readUnique(Unique rule, ClaimOrder order) {
    TableInfo table = table(rule.table());
    List<ColumnInfo> columns = rule.columns().stream().map(table::requireColumn).toList();
    Claimants claimants = new Claimants(table, columns, order);
    long group = 0;
    try (Statement select = reader.prepare(new UniqueSql(rule, table, columns).violations())) {
      while (select.next()) {
        if (select.integer(1) != group) {
          claimants.tell();
          group = select.integer(1);
        }
        claimants.add(ClaimOrder.claim(columns, select.text(2), select.blob(3)));
      }
    }
    claimants.tell();
  }

  /** Rows with the same values, in the order of their keys. No more are kept than can be told. */
  private final class Claimants {
    private final String table;
    private final List<String> columns;
    private final ClaimOrder order;
    private final List<Claim> later = new ArrayList<>();
    private @Nullable Claim first;

    Claimants(TableInfo table, List<ColumnInfo> columns, ClaimOrder order) {
      this.table = table.label();
      this.columns = columns.stream().map(table::labelOf).toList();
      this.order = order;
    }

    void add(Claim claim) {
      Claim before = first;
      boolean outdone = before == null || order.compare(claim, before) < 0;
      first = outdone ? claim : before;
      if (before != null && later.size() < most) {
        later.add(outdone ? before : claim);
      }
    }

    /** And begins anew. */
    void tell() {
      Claim had = first;
      later.stream()
          .sorted(Comparator.comparing(Claim::key))
          .limit(Math.max(0, most - found.size()))
          .forEach(claim -> found.add(violation(claim, Objects.requireNonNull(had))));
      later.clear();
      first = null;
    }

    private RuleViolation violation(Claim claim, Claim had) {
      return new RuleViolation(Kind.NOT_UNIQUE, table, claim.key(), columns, table, had.key());
    }
  }
}
