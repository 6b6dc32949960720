package dev.sealift.storage.postgres;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.mesh.proto.CompactionQuestion;
import dev.sealift.protocol.mesh.proto.FoundCompaction;
import dev.sealift.protocol.mesh.proto.LookUpReply;
import dev.sealift.protocol.mesh.proto.LookUpRequest;
import dev.sealift.storage.CompactionRows;
import dev.sealift.storage.StoreLimits;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Answers what an engine must know before it admits a compaction, or what is said of one. */
final class CompactionLookUp {
  private static final String ROW = "(SELECT space_row FROM space WHERE space = $1)";

  private static final String SELECT_COMPACTIONS = """
      SELECT n.number, d.device, p.superseded_by < %2$d,
        EXISTS (SELECT FROM attestation a WHERE a.space_row = p.space_row
          AND a.compaction = p.file AND a.device_row = s.device_row AND NOT a.contested),
        EXISTS (SELECT FROM attestation a WHERE a.space_row = p.space_row
          AND a.compaction = p.file AND a.device_row = s.device_row AND a.contested),
        p.sealed
      FROM unnest($2::bytea[], $3::bytea[]) WITH ORDINALITY AS n(file, device, number)
        JOIN compaction_part p ON p.space_row = %1$s AND p.file = n.file AND p.part = p.parts
        JOIN device d ON d.device_row = p.device_row
        LEFT JOIN device s ON s.space_row = p.space_row AND s.device = n.device""".formatted(ROW, CompactionRows.NEVER);

  private static final String COUNT_BEGUN = """
      SELECT n.number, (
        SELECT count(*) FROM (
          SELECT FROM compaction_part p WHERE p.device_row = d.device_row
            AND p.part = 1 AND NOT p.stands AND p.superseded_by = %2$d LIMIT $3) AS begun)
      FROM unnest($2::bytea[]) WITH ORDINALITY AS n(device, number)
        JOIN device d ON d.space_row = %1$s AND d.device = n.device""".formatted(ROW, CompactionRows.NEVER);

  private final LookUpRequest request;
  private final FoundCompaction[] found;
  private final Integer[] begun;

  CompactionLookUp(LookUpRequest request) {
    this.request = request;
    this.found = new FoundCompaction[request.getCompactionsCount()];
    this.begun = new Integer[request.getBegunByCount()];
    Arrays.fill(found, FoundCompaction.getDefaultInstance());
    Arrays.fill(begun, 0);
  }

  void ask(Pipeline pipeline, Buffer space) {
    List<CompactionQuestion> asked = request.getCompactionsList();
    if (!asked.isEmpty()) {
      pipeline.add(
          SELECT_COMPACTIONS,
          Tuple.of(
              space,
              buffers(asked, CompactionQuestion::getCompaction),
              buffers(asked, CompactionQuestion::getDevice)),
          row -> found[index(row)] = found(row));
    }
    if (begun.length > 0) {
      pipeline.add(
          COUNT_BEGUN,
          Tuple.of(space, buffers(request.getBegunByList(), Function.identity()), (long)
              StoreLimits.MAX_BEGUN_COUNTED),
          row -> begun[index(row)] = (int) (long) row.getLong(1));
    }
  }

  /** The rest of the answer, and this. */
  LookUpReply answer(LookUpReply rest) {
    return rest.toBuilder()
        .addAllCompactions(List.of(found))
        .addAllBegun(List.of(begun))
        .build();
  }

  private static int index(Row row) {
    return (int) (row.getLong(0) - 1);
  }

  private static FoundCompaction found(Row row) {
    return FoundCompaction.newBuilder()
        .setAuthor(Columns.bytes(row, 1))
        .setSuperseded(row.getBoolean(2))
        .setAttested(row.getBoolean(3))
        .setContested(row.getBoolean(4))
        .setSealed(row.getBoolean(5))
        .build();
  }

  private static <T> Buffer[] buffers(List<T> of, Function<T, ByteString> bytes) {
    return of.stream().map(bytes).map(Columns::buffer).toArray(Buffer[]::new);
  }
}
