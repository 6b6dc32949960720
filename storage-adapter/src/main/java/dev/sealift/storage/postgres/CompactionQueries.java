package dev.sealift.storage.postgres;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.file.SequenceSpan;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.AttestedBy;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.EffectiveCompaction;
import dev.sealift.protocol.mesh.proto.LiveFiles;
import dev.sealift.protocol.mesh.proto.OpenCompaction;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.storage.CompactionRows;
import dev.sealift.storage.EffectiveCompactions;
import dev.sealift.storage.StoreException;
import dev.sealift.storage.StoreLimits;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Answers what supersedes what in a space's log now, in two round trips. Whoever asks takes it for a hint, so the statements need no common
 * snapshot.
 */
final class CompactionQueries {
  private static final String SELECT_SIZE = "SELECT size FROM space WHERE space = $1";

  private static final String ROW = "(SELECT space_row FROM space WHERE space = $1)";

  private static final String SELECT_EFFECTIVE = """
      SELECT sequence, file, first, base, generation, parts, stood_at, sealed
      FROM compaction_part
      WHERE space_row = %s AND stands AND part = parts AND superseded_by = %d
      ORDER BY sequence DESC LIMIT $2""".formatted(ROW, CompactionRows.NEVER);

  /** An attestation is needed as long as a compaction that it names is. */
  private static final String SELECT_FILES = """
      SELECT n.number, f.kind, coalesce(p.first, f.sequence), f.kind = 5 AND EXISTS (
        SELECT FROM attestation a JOIN compaction_part q
          ON q.space_row = a.space_row AND q.file = a.compaction AND q.part = q.parts
        WHERE a.space_row = f.space_row AND a.sequence = f.sequence AND q.superseded_by = %2$d)
      FROM unnest($2::bigint[]) WITH ORDINALITY AS n(sequence, number)
        JOIN file f ON f.space_row = %1$s AND f.sequence = n.sequence
        LEFT JOIN compaction_part p ON p.space_row = f.space_row AND p.sequence = f.sequence
      WHERE f.sequence <= $3""".formatted(ROW, CompactionRows.NEVER);

  /** They stand one behind the other in the chain of the last one. */
  private static final String SELECT_PARTS = """
      SELECT n.number, p.sequence, p.payload_length
      FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY AS n(sequence, parts, number)
        JOIN file l ON l.space_row = %1$s AND l.sequence = n.sequence
        JOIN file p ON p.space_row = %1$s AND p.device_row = l.device_row
          AND p.counter > l.counter - n.parts AND p.counter <= l.counter
      ORDER BY n.number, p.counter""".formatted(ROW);

  /** The newest contests, and of each author the newest word for it. */
  private static final String SELECT_ATTESTATIONS = """
      SELECT n.number, a.sequence, a.contested
      FROM unnest($2::bytea[]) WITH ORDINALITY AS n(file, number)
        CROSS JOIN LATERAL (
          (SELECT sequence, true AS contested FROM attestation
            WHERE space_row = %1$s AND compaction = n.file AND sequence <= $3 AND contested
            ORDER BY sequence DESC LIMIT $4)
          UNION ALL
          (SELECT max(sequence), false FROM attestation
            WHERE space_row = %1$s AND compaction = n.file AND sequence <= $3 AND NOT contested
            GROUP BY device_row ORDER BY max(sequence) DESC LIMIT $5)) AS a
      ORDER BY n.number, a.sequence""".formatted(ROW);

  private static final String COUNT_EVENTS = """
      SELECT count(*), coalesce(sum(c.bytes), 0) FROM (
        SELECT e.bytes FROM unnest($2::bigint[], $3::bigint[]) AS gap(first, last)
          CROSS JOIN LATERAL (
            SELECT f.sequence, CASE WHEN f.expired THEN 0 ELSE f.payload_length END AS bytes
            FROM file f
            WHERE f.space_row = %s AND f.sequence BETWEEN gap.first AND gap.last AND f.kind = 1
            ORDER BY f.sequence DESC LIMIT $4) AS e
        ORDER BY e.sequence DESC LIMIT $4) AS c""".formatted(ROW);

  private static final String COUNT_PARTS = """
      SELECT p.generation, count(*),
        sum(f.payload_length)
      FROM compaction_part p JOIN file f ON f.space_row = %1$s AND f.sequence = p.sequence
      WHERE p.space_row = %1$s AND p.superseded_by = %2$d AND p.sequence <= $2
      GROUP BY p.generation ORDER BY p.generation""".formatted(ROW, CompactionRows.NEVER);

  private static final String SELECT_OPEN = """
      SELECT p.sequence, p.first, p.base, p.generation, p.parts, p.sound, p.attested, p.contested,
        (SELECT sum(q.payload_length) FROM file q
          WHERE q.space_row = l.space_row AND q.device_row = l.device_row
            AND q.counter > l.counter - p.parts AND q.counter <= l.counter),
        l.server_time
      FROM compaction_part p
        JOIN file l ON l.space_row = p.space_row AND l.sequence = p.sequence
      WHERE p.space_row = %s AND p.superseded_by = %d AND p.part = p.parts AND NOT p.stands
        AND p.sequence <= $2
      ORDER BY p.sequence DESC LIMIT $3""".formatted(ROW, CompactionRows.NEVER);

  private static final String SELECT_EXPIRY = """
      SELECT s.last_server_time, coalesce((
        SELECT f.expires_at FROM file f WHERE f.space_row = %s AND f.expires_at > 0
        ORDER BY f.expires_at LIMIT 1), 0)
      FROM space s WHERE s.space = $1""".formatted(ROW);

  private static final String COUNT_EXPIRING = """
      SELECT count(*) FROM (
        SELECT FROM file f WHERE f.space_row = %s AND f.expires_at > 0 LIMIT $2) AS e""".formatted(ROW);

  private record Placed(int kind, long first, boolean needed) {}

  private final Session session;
  private final Buffer space;
  private final CompactionsRequest request;
  private final List<EffectiveCompactions.Step> effective = new ArrayList<>();
  private final Map<Long, Placed> files = new HashMap<>();
  private final CompactionsReply.Builder reply = CompactionsReply.newBuilder();
  private long size;

  CompactionQueries(Session session, CompactionsRequest request) {
    this.session = session;
    this.space = Columns.buffer(request.getSpace());
    this.request = request;
  }

  Future<CompactionsReply> answer() {
    Pipeline pipeline = new Pipeline(session);
    pipeline.add(SELECT_SIZE, Tuple.of(space), row -> size = row.getLong(0));
    pipeline.add(
        SELECT_EFFECTIVE,
        Tuple.of(space, (long) StoreLimits.MAX_EFFECTIVE),
        row -> effective.add(step(row)));
    if (request.getSequencesCount() > 0) {
      pipeline.add(
          SELECT_FILES,
          Tuple.of(space, request.getSequencesList().toArray(Long[]::new), request.getHeadSize()),
          row -> files.put(
              row.getLong(0) - 1,
              new Placed(row.getInteger(1), row.getLong(2), row.getBoolean(3))));
    }
    return pipeline.answered().compose(read -> {
      if (size < request.getHeadSize()) {
        throw new StoreException(
            MeshFailure.UNAVAILABLE, "the stored log is shorter than the head it was asked for");
      }
      return complete(new EffectiveCompactions(effective));
    });
  }

  private static EffectiveCompactions.Step step(Row row) {
    return new EffectiveCompactions.Step(
        row.getLong(0),
        Columns.bytes(row, 1),
        row.getLong(2),
        row.getLong(3),
        row.getInteger(4),
        row.getInteger(5),
        row.getLong(6),
        row.getBoolean(7));
  }

  private Future<CompactionsReply> complete(EffectiveCompactions compactions) {
    for (int i = 0; i < request.getSequencesCount(); i++) {
      reply.addSupersededBy(superseder(i, compactions));
    }
    Pipeline pipeline = new Pipeline(session);
    List<EffectiveCompactions.Step> asked = compactions.asked(request);
    List<EffectiveCompaction.Builder> told =
        asked.stream().map(EffectiveCompactions.Step::toProto).toList();
    if (!asked.isEmpty()) {
      tell(asked, told, pipeline);
    }
    if (request.getMaxLive() > 0) {
      count(compactions, pipeline);
    }
    if (request.getOpen()) {
      pipeline.add(
          SELECT_OPEN,
          Tuple.of(space, request.getHeadSize(), (long) StoreLimits.MAX_TOLD_OPEN),
          row -> reply.addOpen(open(row)));
    }
    tellExpiry(pipeline);
    return pipeline.answered().map(read -> {
      told.forEach(reply::addCompactions);
      return reply.build();
    });
  }

  private void tellExpiry(Pipeline pipeline) {
    if (request.getExpiry()) {
      pipeline.add(
          SELECT_EXPIRY,
          Tuple.of(space),
          row -> reply.setServerTimeMillis(row.getLong(0)).setExpiresAtMillis(row.getLong(1)));
    }
    if (request.getMaxExpiring() > 0) {
      long most = request.getMaxExpiring();
      pipeline.add(
          COUNT_EXPIRING,
          Tuple.of(space, most),
          row -> reply
              .setExpiring((int) (long) row.getLong(0))
              .setMoreExpiring(row.getLong(0) == most));
    }
  }

  private long superseder(int number, EffectiveCompactions compactions) {
    Placed file = files.get((long) number);
    boolean stays = file == null || file.kind == FileKind.FILE_KIND_MEMBERSHIP_VALUE || file.needed;
    return stays ? 0 : compactions.supersederOf(request.getSequences(number), file.first);
  }

  private void tell(
      List<EffectiveCompactions.Step> asked,
      List<EffectiveCompaction.Builder> told,
      Pipeline pipeline) {
    pipeline.add(
        SELECT_PARTS,
        Tuple.of(
            space,
            asked.stream().map(EffectiveCompactions.Step::sequence).toArray(Long[]::new),
            asked.stream().map(step -> (long) step.parts()).toArray(Long[]::new)),
        row -> addPart(told.get((int) (row.getLong(0) - 1)), row));
    pipeline.add(
        SELECT_ATTESTATIONS,
        Tuple.of(
            space,
            asked.stream()
                .map(EffectiveCompactions.Step::file)
                .map(ByteString::toByteArray)
                .map(Buffer::buffer)
                .toArray(Buffer[]::new),
            request.getHeadSize(),
            (long) StoreLimits.MAX_TOLD_CONTESTS,
            (long) StoreLimits.MAX_TOLD_ATTESTATIONS),
        row -> told.get((int) (row.getLong(0) - 1))
            .addAttestations(AttestedBy.newBuilder()
                .setSequence(row.getLong(1))
                .setContested(row.getBoolean(2))));
  }

  private static void addPart(EffectiveCompaction.Builder told, Row part) {
    told.addParts(part.getLong(1)).setBytes(told.getBytes() + part.getInteger(2));
  }

  /** Events first: they are of generation 0. */
  private void count(EffectiveCompactions compactions, Pipeline pipeline) {
    List<SequenceSpan> gaps = compactions.gaps(request.getHeadSize());
    pipeline.add(
        COUNT_EVENTS,
        Tuple.of(
            space,
            gaps.stream().map(SequenceSpan::first).toArray(Long[]::new),
            gaps.stream().map(SequenceSpan::last).toArray(Long[]::new),
            (long) request.getMaxLive()),
        row -> {
          if (row.getLong(0) > 0) {
            reply.addLive(live(0, row.getLong(0), row.getLong(1)));
          }
          reply.setMoreLive(row.getLong(0) == request.getMaxLive());
        });
    pipeline.add(
        COUNT_PARTS,
        Tuple.of(space, request.getHeadSize()),
        row -> reply.addLive(live(row.getInteger(0), row.getLong(1), row.getLong(2))));
  }

  private static LiveFiles.Builder live(int generation, long files, long bytes) {
    return LiveFiles.newBuilder().setGeneration(generation).setFiles(files).setBytes(bytes);
  }

  private static OpenCompaction.Builder open(Row row) {
    return OpenCompaction.newBuilder()
        .setSequence(row.getLong(0))
        .setFirst(row.getLong(1))
        .setBase(row.getLong(2))
        .setGeneration(row.getInteger(3))
        .setParts(row.getInteger(4))
        .setSound(row.getBoolean(5))
        .setAttested(row.getBoolean(6))
        .setContested(row.getBoolean(7))
        .setBytes(row.getLong(8))
        .setServerTimeMillis(row.getLong(9));
  }
}
