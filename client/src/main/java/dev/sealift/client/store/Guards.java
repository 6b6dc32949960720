package dev.sealift.client.store;

import dev.sealift.client.pack.Guard;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What this device's transactions have read, until the log has judged them. */
final class Guards {
  private final Devices devices;
  private final Statement insert;
  private final Statement any;
  private final Statement forget;
  private final Statement move;
  private final Statement moveNamed;

  Guards(Db db, Devices devices) {
    this.devices = devices;
    insert = db.prepare(
        "INSERT INTO _sealift_guard(tx, number, tbl, key, what, col, t, device)"
            + " SELECT ?1, 1 + coalesce(max(number), 0), ?2, ?3, ?4, ?5, ?6, ?7 FROM _sealift_guard WHERE tx = ?1");
    any = db.prepare("SELECT 1 FROM _sealift_guard WHERE tx BETWEEN ? AND ? LIMIT 1");
    forget = db.prepare("DELETE FROM _sealift_guard WHERE tx <= ?");
    move = db.prepare("UPDATE _sealift_guard SET tx = ? WHERE tx = ?");
    moveNamed = db.prepare("UPDATE _sealift_guard SET t = ? WHERE t = ? AND device = ?");
  }

  /** One more of a transaction's guards. */
  void add(long transaction, TableInfo table, String key, Guard guard) {
    insert
        .bind(1, transaction)
        .bind(2, table.id())
        .bind(3, key)
        .bind(4, guard.what().ordinal())
        .bind(5, guard.column());
    if (guard.event().isPresent()) {
      Guard.Name event = guard.event().get();
      insert.bind(6, event.time()).bind(7, devices.number(event.device()));
    } else {
      insert.bindNull(6).bindNull(7);
    }
    insert.run();
  }

  /** Whether a transaction between two times has read something. */
  boolean any(long first, long last) {
    any.bind(1, first).bind(2, last);
    try {
      return any.next();
    } finally {
      any.reset();
    }
  }

  /** A pending write has another time. */
  void move(long from, long to) {
    move.bind(1, to).bind(2, from).run();
    moveNamed.bind(1, to).bind(2, from).bind(3, Devices.SELF).run();
  }

  /** Everything up to this time is admitted. */
  void forget(long last) {
    forget.bind(1, last).run();
  }

  /** A guard, as an event of its transaction. */
  record Kept(int table, RowEvent event) {}

  /** Those of a transaction, in order. */
  static List<Kept> read(Reader reader, long transaction) {
    Statement select =
        reader.statement("SELECT g.tbl, g.key, g.what, g.col, g.t, d.device FROM _sealift_guard g"
            + " LEFT JOIN _sealift_device d ON d.idx = g.device WHERE g.tx = ? ORDER BY g.number");
    select.bind(1, transaction);
    List<Kept> kept = new ArrayList<>();
    try {
      while (select.next()) {
        Optional<Guard.Name> event = select.isNull(5)
            ? Optional.empty()
            : Optional.of(new Guard.Name(select.integer(5), Stored.device(select.blob(6))));
        List<Value> values =
            new Guard(Guard.What.values()[(int) select.integer(3)], select.text(4), event).values();
        kept.add(new Kept(
            (int) select.integer(1),
            new RowEvent(select.text(2), new HybridTime(transaction), values)));
      }
      return kept;
    } finally {
      select.reset();
    }
  }
}
