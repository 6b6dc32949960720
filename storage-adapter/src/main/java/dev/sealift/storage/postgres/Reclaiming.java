package dev.sealift.storage.postgres;

import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.protocol.proto.SequenceRange;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;

/**
 * Drops what superseded files of one space hold, in a transaction of its own and one round trip. The space's
 * row is locked first, so that what is counted is what goes.
 */
final class Reclaiming {
  private static final String LOCK_HEAD = "SELECT FROM space WHERE space = $1 FOR NO KEY UPDATE";

  /** Membership files (kind 3) hold nothing that can go. */
  private static final String RECLAIM = """
      WITH log AS MATERIALIZED (SELECT space_row FROM space WHERE space = $1),
      hit AS MATERIALIZED (
        SELECT f.space_row, f.sequence,
          CASE WHEN f.payload IS NULL THEN 0 ELSE f.payload_length END
            + CASE WHEN $4 THEN coalesce(octet_length(f.header), 0) ELSE 0 END AS bytes
        FROM unnest($2::bigint[], $3::bigint[]) AS r(first, last)
          JOIN file f ON f.space_row = (SELECT space_row FROM log)
            AND f.sequence BETWEEN r.first AND r.last
        WHERE f.kind <> 3 AND (f.payload IS NOT NULL OR ($4 AND f.header IS NOT NULL))),
      dropped AS (
        UPDATE file f SET payload = NULL, header = CASE WHEN $4 THEN NULL ELSE f.header END
        FROM hit h
        WHERE f.space_row = (SELECT space_row FROM log) AND f.sequence = h.sequence),
      lessened AS (
        UPDATE space s SET stored_bytes = s.stored_bytes - (SELECT coalesce(sum(bytes), 0) FROM hit)
        WHERE s.space_row = (SELECT space_row FROM log) AND EXISTS (SELECT FROM hit))
      SELECT count(*)::bigint, coalesce(sum(bytes), 0)::bigint FROM hit""";

  private final Lane lane;

  Reclaiming(Lane lane) {
    this.lane = lane;
  }

  Future<ReclaimReply> run(ReclaimRequest request) {
    return lane.session().compose(session -> {
      Buffer space = Columns.buffer(request.getSpace());
      ReclaimReply.Builder reply = ReclaimReply.newBuilder();
      Pipeline pipeline = new Pipeline(session);
      pipeline.add("BEGIN");
      pipeline.add(LOCK_HEAD, Tuple.of(space));
      Tuple what = Tuple.of(
          space,
          request.getFilesList().stream().map(SequenceRange::getFirst).toArray(Long[]::new),
          request.getFilesList().stream().map(SequenceRange::getLast).toArray(Long[]::new),
          request.getHeaders());
      pipeline.add(RECLAIM, what, row -> reply.setFiles(row.getLong(0)).setBytes(row.getLong(1)));
      pipeline.add("COMMIT");
      return pipeline.answered().map(done -> reply.build());
    });
  }
}
