package dev.sealift.storage.postgres;

import dev.sealift.protocol.mesh.proto.ReclaimHindrance;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.storage.ReclaimLoss;
import dev.sealift.storage.ReclaimTerms;
import dev.sealift.storage.StoreLimits;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Drops what a compaction supersedes of one space, unless something speaks against it, in a transaction of its own and three round trips. The space's
 * row is locked first, as commits lock it: nothing is contested meanwhile, and what is counted is what goes.
 */
final class Reclaiming {
  private static final String LOCK_HEAD =
      "SELECT space_row FROM space WHERE space = $1 FOR NO KEY UPDATE";

  private static final String ROW = "(SELECT space_row FROM space WHERE space = $1)";

  private static final String SELECT_STANDING = """
      SELECT first, base, stood_at FROM compaction_part
      WHERE space_row = %s AND sequence = $2 AND part = parts AND stands""".formatted(ROW);

  /** By code of a version that did not note it: it stands since now at the latest. */
  private static final String NOTE_STANDING = """
      UPDATE compaction_part p SET stood_at = s.last_server_time FROM space s
      WHERE s.space = $1 AND p.space_row = s.space_row AND p.sequence = $2
        AND p.part = p.parts AND p.stands AND p.stood_at = 0""";

  private static final String SELECT_INCARNATIONS = """
      SELECT %s FROM space s WHERE s.space = $1""".formatted(CommitStep.Incarnations.COLUMNS);

  private static final String COUNT_BEHIND = """
      SELECT count(*) FROM device
      WHERE space_row = %s AND seen_at >= $2 AND position < $3""".formatted(ROW);

  private static final String SEAL = """
      UPDATE compaction_part SET sealed = true
      WHERE space_row = $1 AND sequence = $2 AND NOT sealed""";

  /**
   * A part goes with its whole compaction alone: as long as the place of the last one in the chain is behind the base, another may need it. An
   * attestation goes when what it names is superseded for good. Headers come of what goes alone, and as many as there is room for.
   */
  private static final String SELECT_GOING = """
      WITH going AS MATERIALIZED (
        SELECT f.sequence, f.kind, f.payload IS NOT NULL AS has_payload, f.payload_length, f.header,
          f.counter < (SELECT max(l.counter) FROM file l
            WHERE l.space_row = $1 AND l.device_row = f.device_row) AS followed
        FROM file f
        WHERE f.space_row = $1 AND f.sequence > $2 AND f.sequence <= $3 AND (f.kind = 1
          OR f.kind = 2 AND EXISTS (
            SELECT FROM compaction_part c JOIN file e ON e.space_row = $1
              AND e.device_row = f.device_row AND e.counter = f.counter + c.parts - c.part
            WHERE c.space_row = $1 AND c.sequence = f.sequence AND c.first >= $4
              AND e.sequence <= $5)
          OR f.kind = 5 AND NOT EXISTS (
            SELECT FROM attestation a JOIN compaction_part m
              ON m.space_row = a.space_row AND m.file = a.compaction AND m.part = m.parts
            WHERE a.space_row = $1 AND a.sequence = f.sequence AND NOT EXISTS (
              SELECT FROM compaction_part q
              WHERE q.space_row = $1 AND q.sealed AND q.base >= m.sequence
                AND q.first <= m.sequence AND q.first <= m.first)))),
      summed AS (
        SELECT going.*, count(*) OVER () AS losing,
          sum(CASE WHEN followed THEN coalesce(octet_length(header), 0) ELSE 0 END)
            OVER (ORDER BY sequence) AS bytes
        FROM going
        WHERE (followed OR kind <> 5) AND (has_payload OR followed AND header IS NOT NULL))
      SELECT sequence, has_payload, payload_length, CASE WHEN followed THEN header END, losing
      FROM summed WHERE bytes <= $6 ORDER BY sequence""";

  private static final String DROP = """
      UPDATE file f SET payload = NULL, expires_at = 0,
        header = CASE WHEN c.headed = 1 THEN NULL ELSE f.header END,
        hybrid_time = CASE WHEN c.headed = 1 THEN c.hybrid_time ELSE f.hybrid_time END
      FROM unnest($2::bigint[], $3::int[], $4::bigint[]) AS c(sequence, headed, hybrid_time)
      WHERE f.space_row = $1 AND f.sequence = c.sequence""";

  private static final String LESSEN_SPACE =
      "UPDATE space SET stored_bytes = stored_bytes - $2 WHERE space_row = $1";

  private final Lane lane;
  private final ReclaimRequest request;
  private long spaceRow;
  private Optional<ReclaimTerms.Standing> standing = Optional.empty();
  private boolean isRecovering;
  private long behind;
  private final List<ReclaimLoss> losses = new ArrayList<>();
  private long read;
  private long losing;
  private long reached;

  Reclaiming(Lane lane, ReclaimRequest request) {
    this.lane = lane;
    this.request = request;
  }

  Future<ReclaimReply> run() {
    return lane.session()
        .compose(session -> lookAt(session).compose(looked -> {
          ReclaimHindrance hindrance =
              ReclaimTerms.hindrance(request, standing, isRecovering, behind);
          return hindrance == ReclaimHindrance.RECLAIM_HINDRANCE_UNSPECIFIED
                  && request.getMaxFiles() > 0
              ? reclaim(session, standing.orElseThrow())
              : end(session, ReclaimTerms.refusal(hindrance, behind));
        }));
  }

  private Future<Void> lookAt(Session session) {
    Buffer space = Columns.buffer(request.getSpace());
    Pipeline pipeline = new Pipeline(session);
    pipeline.add("BEGIN");
    pipeline.add(LOCK_HEAD, Tuple.of(space), row -> spaceRow = row.getLong(0));
    Tuple compaction = Tuple.of(space, request.getCompaction());
    pipeline.add(SELECT_STANDING, compaction, row -> standing = Optional.of(standing(row)));
    pipeline.add(NOTE_STANDING, compaction);
    pipeline.add(
        SELECT_INCARNATIONS,
        Tuple.of(space),
        row -> isRecovering = CommitStep.Incarnations.of(row, 0).isRecovering());
    pipeline.add(
        COUNT_BEHIND,
        Tuple.of(space, request.getSeenSinceMillis(), request.getCompaction()),
        row -> behind = row.getLong(0));
    return pipeline.answered();
  }

  private static ReclaimTerms.Standing standing(Row row) {
    return new ReclaimTerms.Standing(row.getLong(0), row.getLong(1), row.getLong(2));
  }

  private static Future<ReclaimReply> end(Session session, ReclaimReply reply) {
    Pipeline pipeline = new Pipeline(session);
    pipeline.add("COMMIT");
    return pipeline.answered().map(reply);
  }

  private Future<ReclaimReply> reclaim(Session session, ReclaimTerms.Standing of) {
    ReclaimTerms.Look look = ReclaimTerms.look(request, of);
    Pipeline pipeline = new Pipeline(session);
    pipeline.add(SEAL, Tuple.of(spaceRow, request.getCompaction()));
    if (!look.isEmpty()) {
      pipeline.add(
          SELECT_GOING,
          Tuple.of(spaceRow, look.after(), look.upTo(), of.first(), of.base(), (long)
              StoreLimits.MAX_RECLAIM_HEADER_BYTES),
          this::note);
    }
    return pipeline.answered().compose(selected -> {
      long lookedAt = read < losing ? reached : look.isEmpty() ? of.base() : look.upTo();
      return drop(session)
          .map(dropped -> ReclaimReply.newBuilder()
              .setFiles(losses.size())
              .setBytes(ReclaimLoss.bytes(losses))
              .setLookedAt(ReclaimTerms.lookedAt(lookedAt, of))
              .build());
    });
  }

  private void note(Row row) {
    read++;
    reached = row.getLong(0);
    losing = row.getLong(4);
    ReclaimLoss.of(
            reached,
            row.getBoolean(1) ? Optional.of(row.getInteger(2)) : Optional.empty(),
            Columns.bytes(row, 3))
        .ifPresent(losses::add);
  }

  private Future<Void> drop(Session session) {
    Pipeline pipeline = new Pipeline(session);
    if (!losses.isEmpty()) {
      Tuple columns = new Columns<>(losses)
          .longs(ReclaimLoss::sequence)
          .integers(loss -> loss.hasHeader() ? 1 : 0)
          .longs(ReclaimLoss::hybridTime)
          .tuple();
      pipeline.add(
          DROP, Tuple.of(spaceRow, columns.getValue(0), columns.getValue(1), columns.getValue(2)));
      pipeline.add(LESSEN_SPACE, Tuple.of(spaceRow, ReclaimLoss.bytes(losses)));
    }
    pipeline.add("COMMIT");
    return pipeline.answered();
  }
}
