package dev.sealift.client.store;

import dev.sealift.client.compact.CarriedJudgement;
import dev.sealift.client.compact.CarriedPolicy;
import dev.sealift.client.compact.StepRange;

/** What the files of a range have said of more than one row, as a compaction carries it. */
final class CarriedSayings {
  private CarriedSayings() {}

  /** Policies that those files brought first. */
  static Carry<CarriedPolicy> policies(CarrySource source, StepRange range) {
    Statement select = source
        .reader()
        .prepare(
            "SELECT k.name, k.what, k.sequence, l.server_time, k.millis FROM (SELECT name, sequence, 0 AS millis,"
                + " CASE keep WHEN 'WINDOW' THEN 1 WHEN 'ALL' THEN 2 ELSE 3 END AS what FROM _sealift_keep"
                + " UNION ALL SELECT name, sequence, millis, "
                + CarriedPolicy.LIFETIME
                + " FROM _sealift_lifetime) k"
                + " JOIN _sealift_log l USING (sequence) WHERE k.sequence BETWEEN ? AND ? ORDER BY k.sequence, k.name, k.what");
    select.bind(1, range.first()).bind(2, range.base());
    return Carry.of(
        select,
        at -> new CarriedPolicy(
            at.text(1), (int) at.integer(2), at.integer(3), at.integer(4), at.integer(5)));
  }

  /** Transactions that were judged in those files. Not such as come too late by now: nobody will ask. */
  static Carry<CarriedJudgement> judgements(CarrySource source, StepRange range) {
    Statement select = source
        .reader()
        .prepare("SELECT j.device, j.tx, j.events, j.sequence, j.conflict FROM _sealift_judged j"
            + " JOIN _sealift_device d ON d.idx = j.device WHERE j.sequence BETWEEN ? AND ?"
            + " AND ((j.tx >> 16) & 281474976710655) >= ?"
            + " ORDER BY j.sequence, d.device, j.tx < 0, j.tx, j.events");
    select.bind(1, range.first()).bind(2, range.base()).bind(3, source.lateBeforeMillis());
    return Carry.of(
        select,
        at -> new CarriedJudgement(
            source.device(at.integer(1)),
            at.integer(2),
            Stored.hash(at.blob(3)),
            at.integer(4),
            at.integer(5) != 0));
  }
}
