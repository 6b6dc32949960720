package dev.sealift.storage.postgres;

import dev.sealift.protocol.mesh.proto.ExpireReply;
import dev.sealift.protocol.mesh.proto.ExpireRequest;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;

/**
 * Drops payloads of one space that have expired by the server time of its last file, in a transaction of its own and three round trips. The space's row
 * is locked first, as commits and reclaims lock it: what is counted is what goes.
 */
final class Expiring {
  private static final String LOCK_HEAD =
      "SELECT space_row, last_server_time FROM space WHERE space = $1 FOR NO KEY UPDATE";

  private static final String SELECT_INCARNATIONS = """
      SELECT %s FROM space s WHERE s.space = $1""".formatted(CommitStep.Incarnations.COLUMNS);

  private static final String SELECT_EXPIRED = """
      SELECT sequence, payload_length FROM file
      WHERE space_row = $1 AND expires_at > 0 AND expires_at <= $2
      ORDER BY expires_at, sequence LIMIT $3""";

  private static final String DROP = """
      UPDATE file f SET payload = NULL, expires_at = 0, expired = true
      FROM unnest($2::bigint[]) AS c(sequence)
      WHERE f.space_row = $1 AND f.sequence = c.sequence""";

  private static final String LESSEN_SPACE =
      "UPDATE space SET stored_bytes = stored_bytes - $2 WHERE space_row = $1";

  private static final String SELECT_FIRST = """
      SELECT expires_at FROM file WHERE space_row = $1 AND expires_at > 0
      ORDER BY expires_at LIMIT 1""";

  private final Lane lane;
  private final ExpireRequest request;
  private final List<Long> expired = new ArrayList<>();
  private final ExpireReply.Builder reply = ExpireReply.newBuilder();
  private long spaceRow;
  private long serverTime;

  Expiring(Lane lane, ExpireRequest request) {
    this.lane = lane;
    this.request = request;
  }

  Future<ExpireReply> run() {
    return lane.session()
        .compose(session -> lookAt(session)
            .compose(looked -> reply.getRecovering() ? Future.succeededFuture() : find(session))
            .compose(found -> drop(session))
            .map(dropped -> reply
                .setMore(!reply.getRecovering()
                    && reply.getExpiresAtMillis() > 0
                    && reply.getExpiresAtMillis() <= serverTime)
                .build()));
  }

  private Future<Void> lookAt(Session session) {
    Buffer space = Columns.buffer(request.getSpace());
    Pipeline pipeline = new Pipeline(session);
    pipeline.add("BEGIN");
    pipeline.add(LOCK_HEAD, Tuple.of(space), row -> {
      spaceRow = row.getLong(0);
      serverTime = row.getLong(1);
    });
    pipeline.add(
        SELECT_INCARNATIONS,
        Tuple.of(space),
        row -> reply.setRecovering(CommitStep.Incarnations.of(row, 0).isRecovering()));
    return pipeline.answered();
  }

  private Future<Void> find(Session session) {
    Pipeline pipeline = new Pipeline(session);
    pipeline.add(
        SELECT_EXPIRED, Tuple.of(spaceRow, serverTime, (long) request.getMaxFiles()), row -> {
          expired.add(row.getLong(0));
          reply.setBytes(reply.getBytes() + row.getInteger(1));
        });
    return pipeline.answered();
  }

  private Future<Void> drop(Session session) {
    Pipeline pipeline = new Pipeline(session);
    if (!expired.isEmpty()) {
      reply.setFiles(expired.size());
      pipeline.add(DROP, Tuple.of(spaceRow).addArrayOfLong(expired.toArray(Long[]::new)));
      pipeline.add(LESSEN_SPACE, Tuple.of(spaceRow, reply.getBytes()));
    }
    pipeline.add(SELECT_FIRST, Tuple.of(spaceRow), row -> reply.setExpiresAtMillis(row.getLong(0)));
    pipeline.add("COMMIT");
    return pipeline.answered();
  }
}
