package dev.sealift.storage.postgres;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.protocol.log.TreeNodes;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.EntriesReply;
import dev.sealift.protocol.mesh.proto.EntriesRequest;
import dev.sealift.protocol.mesh.proto.FoundFile;
import dev.sealift.protocol.mesh.proto.LookUpReply;
import dev.sealift.protocol.mesh.proto.LookUpRequest;
import dev.sealift.protocol.mesh.proto.OutlineReply;
import dev.sealift.protocol.mesh.proto.OutlineRequest;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.mesh.proto.ReadRequest;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.PayloadAbsence;
import dev.sealift.protocol.proto.ProvenEntry;
import dev.sealift.protocol.proto.Receipt;
import dev.sealift.storage.Absence;
import dev.sealift.storage.Outlines;
import dev.sealift.storage.ReadBudget;
import dev.sealift.storage.ReadEntries;
import dev.sealift.storage.StoreException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Reads files and proofs of one space.
 *
 * <p>What lies below a size that a space has reached never changes, so the statements of one request need no
 * common snapshot.
 */
final class LogQueries {
  private static final String SELECT_SIZE = "SELECT size, edge FROM space WHERE space = $1";

  private static final String SELECT_STATE = """
      SELECT s.size, s.edge, %s
      FROM space s WHERE s.space = $1 AND s.size > 0""".formatted(CommitStep.Incarnations.COLUMNS);

  /** The row's number is known before the partitions are planned for, so that only its own is looked into. */
  private static final String ROW = "(SELECT space_row FROM space WHERE space = $1)";

  /** The sum runs over what the file's own row knows; a large payload is fetched only for what will be sent. */
  private static final String SELECT_RANGE = """
      WITH range AS (
        SELECT f.*, d.device = $6 AS own FROM (
          SELECT sequence, device_row, server_time, base, payload_length, file, header, payload,
            expired
          FROM file WHERE space_row = %1$s AND sequence > $2 AND sequence <= $3
          ORDER BY sequence LIMIT $4) AS f
        JOIN device d ON d.device_row = f.device_row),
      summed AS (
        SELECT range.*, sum(%2$d + coalesce(octet_length(header), 0)
            + CASE WHEN own OR payload IS NULL THEN 0 ELSE payload_length END)
          OVER (ORDER BY sequence) AS bytes
        FROM range)
      SELECT server_time, base, file, header, own, payload IS NULL, payload_length,
        CASE WHEN NOT own THEN payload END, expired
      FROM summed WHERE bytes <= $5 OR sequence = $2 + 1
      ORDER BY sequence""".formatted(ROW, ReadBudget.ENTRY_OVERHEAD_BYTES);

  /** As a range: payloads beyond the budget stay with the server. What was reclaimed is no entry any more. The last column says whether there are as
   * many as may come. */
  private static final String SELECT_OUTLINE = """
      WITH range AS (
        SELECT sequence, server_time, base, payload_length, file, header, payload, expired
        FROM file WHERE space_row = %1$s AND sequence > $2 AND sequence <= $3 AND kind IN (3, 5)
          AND header IS NOT NULL
        ORDER BY sequence LIMIT $4),
      summed AS (
        SELECT range.*, count(*) OVER () AS entries, row_number() OVER (ORDER BY sequence) AS number,
          sum(%2$d + coalesce(octet_length(header), 0)
            + CASE WHEN payload IS NULL THEN 0 ELSE payload_length END)
          OVER (ORDER BY sequence) AS bytes
        FROM range)
      SELECT server_time, base, file, header, false, payload IS NULL, payload_length, payload,
        expired, sequence, entries
      FROM summed WHERE bytes <= $5 OR number = 1
      ORDER BY sequence""".formatted(ROW, ReadBudget.ENTRY_OVERHEAD_BYTES);

  private static final String SELECT_ENTRIES = """
      WITH asked AS (
        SELECT f.sequence, f.server_time, f.base, f.payload_length, f.file, f.header, f.payload,
          f.expired
        FROM unnest($2::bigint[]) AS n(sequence)
          JOIN file f ON f.space_row = %1$s AND f.sequence = n.sequence),
      summed AS (
        SELECT asked.*, row_number() OVER (ORDER BY sequence) AS number,
          sum(%2$d + coalesce(octet_length(header), 0)
            + CASE WHEN payload IS NULL THEN 0 ELSE payload_length END)
          OVER (ORDER BY sequence) AS bytes
        FROM asked)
      SELECT server_time, base, file, header, false, payload IS NULL, payload_length, payload,
        expired, sequence
      FROM summed WHERE bytes <= $3 OR number = 1
      ORDER BY sequence""".formatted(ROW, ReadBudget.ENTRY_OVERHEAD_BYTES);

  private static final String SELECT_DOTS = """
      SELECT n.number, f.sequence, f.server_time, f.base, f.file, CASE WHEN $5 THEN f.header END,
        CASE WHEN $5 THEN coalesce(f.hybrid_time, 0) ELSE 0 END
      FROM unnest($2::bytea[], $3::bigint[]) WITH ORDINALITY AS n(device, counter, number)
        JOIN device d ON d.space_row = %1$s AND d.device = n.device
        JOIN file f ON f.space_row = %1$s AND f.device_row = d.device_row AND f.counter = n.counter
      WHERE f.sequence <= $4""".formatted(ROW);

  private static final String SELECT_TILES = """
      SELECT t.level, t.part, t.hashes
      FROM unnest($2::int[], $3::bigint[]) AS n(level, tile)
        JOIN tile_part t ON t.space_row = %s AND t.level = n.level
          AND t.part >= n.tile * %2$d AND t.part < (n.tile + 1) * %2$d
      ORDER BY t.level, t.part""".formatted(ROW, TileEdge.PARTS);

  private record Found(
      long sequence,
      long serverTime,
      long base,
      ByteString file,
      ByteString header,
      long hybridTime) {}

  private final Session session;
  private final Buffer space;
  private long size;
  private ByteString edge = ByteString.EMPTY;
  private Optional<CommitStep.Incarnations> incarnations = Optional.empty();

  LogQueries(Session session, ByteString space) {
    this.session = session;
    this.space = Columns.buffer(space);
  }

  Future<ReadReply> read(ReadRequest request) {
    ReadReply.Builder reply = ReadReply.newBuilder();
    ReadEntries entries = new ReadEntries(reply);
    Pipeline pipeline = new Pipeline(session);
    pipeline.add(SELECT_SIZE, Tuple.of(space), this::note);
    Tuple range = Tuple.of(
        space,
        request.getAfterSequence(),
        request.getHeadSize(),
        (long) ReadBudget.files(request.getMaxFiles()),
        ReadBudget.bytes(request.getMaxBytes()),
        Columns.buffer(request.getOmitPayloadsOf()));
    pipeline.add(SELECT_RANGE, range, row -> entries.add(entry(row)));
    return pipeline.answered().compose(read -> {
      checkReached(request.getHeadSize());
      long reached = request.getAfterSequence() + reply.getEntriesCount();
      return reached > 0 && reached < request.getHeadSize()
          ? withProof(reply, reached, request.getHeadSize())
          : Future.succeededFuture(reply.build());
    });
  }

  Future<OutlineReply> outline(OutlineRequest request) {
    List<Outlines.Placed> entries = new ArrayList<>();
    long most = ReadBudget.files(request.getMaxEntries());
    AtomicLong found = new AtomicLong();
    Pipeline pipeline = new Pipeline(session);
    pipeline.add(SELECT_SIZE, Tuple.of(space), this::note);
    Tuple range = Tuple.of(
        space,
        request.getAfterSequence(),
        request.getUpTo(),
        most,
        ReadBudget.bytes(request.getMaxBytes()));
    pipeline.add(SELECT_OUTLINE, range, row -> {
      entries.add(new Outlines.Placed(row.getLong(9), entry(row)));
      found.set(row.getLong(10));
    });
    return pipeline.answered().compose(read -> {
      checkReached(request.getHeadSize());
      boolean complete = entries.size() == found.get() && entries.size() < most;
      return nodes(needed -> Outlines.of(request, entries, complete, needed))
          .map(nodes -> Outlines.of(request, entries, complete, nodes));
    });
  }

  Future<EntriesReply> entries(EntriesRequest request) {
    Map<Long, LogEntry> entries = new LinkedHashMap<>();
    Pipeline pipeline = new Pipeline(session);
    pipeline.add(SELECT_SIZE, Tuple.of(space), this::note);
    Tuple asked = Tuple.of(
        space,
        request.getSequencesList().toArray(Long[]::new),
        ReadBudget.bytes(request.getMaxBytes()));
    pipeline.add(SELECT_ENTRIES, asked, row -> entries.put(row.getLong(9), entry(row)));
    return pipeline.answered().compose(read -> {
      checkReached(request.getHeadSize());
      return nodes(needed -> proven(entries, request.getHeadSize(), needed))
          .map(nodes -> proven(entries, request.getHeadSize(), nodes));
    });
  }

  private static EntriesReply proven(Map<Long, LogEntry> entries, long head, TreeNodes nodes) {
    EntriesReply.Builder reply = EntriesReply.newBuilder();
    entries.forEach((sequence, entry) -> {
      ProvenEntry.Builder proven =
          ProvenEntry.newBuilder().setSequence(sequence).setEntry(entry);
      Proofs.inclusion(sequence - 1, head, nodes)
          .forEach(hash -> proven.addPath(hash.byteString()));
      reply.addEntries(proven);
    });
    return reply.build();
  }

  private void note(Row row) {
    size = row.getLong(0);
    edge = Columns.bytes(row, 1);
  }

  private void checkReached(long wanted) {
    if (size < wanted) {
      throw new StoreException(
          MeshFailure.UNAVAILABLE, "the stored log is shorter than the head it was asked for");
    }
  }

  private static LogEntry entry(Row row) {
    LogEntry.Builder entry =
        LogEntry.newBuilder().setServerTimeMillis(row.getLong(0)).setBase(row.getLong(1));
    ByteString header = Columns.bytes(row, 3);
    if (header.isEmpty()) { // reclaimed
      entry.setFile(Columns.bytes(row, 2));
    }
    PayloadAbsence absence =
        Absence.of(!header.isEmpty(), !row.getBoolean(5), row.getBoolean(8), row.getBoolean(4));
    entry.setSignedHeader(header).setAbsence(absence);
    if (absence != PayloadAbsence.PAYLOAD_ABSENCE_UNSPECIFIED) {
      return entry.build();
    }
    ByteString payload = Columns.bytes(row, 7);
    if (payload.size() != row.getInteger(6)) {
      throw PgFailure.DAMAGED.toStoreException(null);
    }
    return entry.setPayload(payload).build();
  }

  private Future<ReadReply> withProof(ReadReply.Builder reply, long reached, long head) {
    return nodes(needed -> Proofs.consistency(reached, head, needed)).map(nodes -> {
      Proofs.consistency(reached, head, nodes)
          .forEach(hash -> reply.addConsistency(hash.byteString()));
      return reply.build();
    });
  }

  /** The nodes that a computation asks for, read all at once. */
  private Future<TreeNodes> nodes(Consumer<TreeNodes> computation) {
    NeededTiles needed = NeededTiles.of(
        TileEdge.parse(size, edge).orElseThrow(() -> PgFailure.DAMAGED.toStoreException(null)),
        computation);
    if (needed.isEmpty()) {
      return Future.succeededFuture(needed.nodes());
    }
    return session.run(SELECT_TILES, needed.parameters(space)).map(rows -> {
      rows.forEach(needed::add);
      return needed.nodes();
    });
  }

  Future<LookUpReply> lookUp(LookUpRequest request) {
    Map<Long, Found> found = new HashMap<>();
    Pipeline pipeline = new Pipeline(session);
    pipeline.add(SELECT_STATE, Tuple.of(space), row -> {
      note(row);
      incarnations = Optional.of(CommitStep.Incarnations.of(row, 2));
    });
    List<Dot> dots = request.getDotsList();
    if (!dots.isEmpty()) {
      Tuple columns =
          new Columns<>(dots).bytes(Dot::getDevice).longs(Dot::getCounter).tuple();
      pipeline.add(
          SELECT_DOTS,
          Tuple.of(
              space,
              columns.getValue(0),
              columns.getValue(1),
              request.getSize(),
              request.getHeaders()),
          row -> found.put(
              row.getLong(0) - 1,
              new Found(
                  row.getLong(1),
                  row.getLong(2),
                  row.getLong(3),
                  Columns.bytes(row, 4),
                  Columns.bytes(row, 5),
                  row.getLong(6))));
    }
    CompactionLookUp compactions = new CompactionLookUp(request);
    compactions.ask(pipeline, space);
    return pipeline.answered().compose(read -> {
      checkReached(request.getSize());
      return nodes(needed -> answer(request, found, needed))
          .map(nodes -> compactions.answer(answer(request, found, nodes)));
    });
  }

  private LookUpReply answer(LookUpRequest request, Map<Long, Found> found, TreeNodes nodes) {
    LookUpReply.Builder reply = LookUpReply.newBuilder();
    incarnations.ifPresent(stored -> reply
        .setIncarnation(stored.newest())
        .setLost(stored.lost())
        .setRestored(stored.restored()));
    for (long i = 0; i < request.getDotsCount(); i++) {
      Found file = found.get(i);
      reply.addFiles(
          file == null
              ? FoundFile.getDefaultInstance()
              : FoundFile.newBuilder()
                  .setFile(file.file())
                  .setReceipt(receipt(file, request.getSize(), nodes))
                  .setSignedHeader(file.header())
                  .setHybridTime(file.hybridTime())
                  .build());
    }
    for (long rootSize : request.getRootSizesList()) {
      reply.addRoots(
          rootSize > size ? ByteString.EMPTY : Proofs.rootAt(rootSize, nodes).byteString());
    }
    return reply.build();
  }

  private static Receipt receipt(Found file, long size, TreeNodes nodes) {
    Receipt.Builder receipt = Receipt.newBuilder()
        .setSequence(file.sequence())
        .setServerTimeMillis(file.serverTime())
        .setBase(file.base());
    Proofs.inclusion(file.sequence() - 1, size, nodes).stream()
        .map(Hash::byteString)
        .forEach(receipt::addPath);
    return receipt.build();
  }
}
