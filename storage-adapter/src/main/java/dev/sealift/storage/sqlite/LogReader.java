package dev.sealift.storage.sqlite;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.protocol.log.TileNodes;
import dev.sealift.protocol.log.TreeNodes;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
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
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads files and proofs.
 *
 * <p>What lies below a size that a space has reached never changes, so the statements of one request need no
 * common snapshot.
 */
final class LogReader {
  private static final String SELECT_LOG = "SELECT space_row, size FROM space WHERE space = ?";

  /** The payload comes last: SQLite reads a column only when it is asked for, and the columns before it. */
  private static final String SELECT_RANGE = """
      SELECT f.server_time, f.base, f.payload_length, f.file, f.header, d.device, f.expired,
        p.place, p.bytes
      FROM file f JOIN device d ON d.device_row = f.device_row
        LEFT JOIN payload p ON p.place = f.place
      WHERE f.place > ? AND f.place <= ? ORDER BY f.place LIMIT ?""";

  /** By an index of its own, for these are few. One that was reclaimed is no entry any more. The payload comes last, as above. */
  private static final String SELECT_OUTLINE = """
      SELECT f.server_time, f.base, f.payload_length, f.file, f.header, NULL, f.expired, p.place,
        p.bytes, f.place
      FROM file f LEFT JOIN payload p ON p.place = f.place
      WHERE f.place > ? AND f.place <= ? AND f.kind IN (3, 5) AND f.header IS NOT NULL
      ORDER BY f.place LIMIT ?""";

  private static final String SELECT_DOT = """
      SELECT f.place, f.server_time, f.base, f.file, f.header, f.hybrid_time
      FROM device d JOIN file f ON f.device_row = d.device_row
      WHERE d.space_row = ? AND d.device = ? AND f.counter = ?""";

  private record Log(long spaceRow, long size) {}

  private static final Log NO_LOG = new Log(0, 0);

  private final Statements statements;

  LogReader(Statements statements) {
    this.statements = statements;
  }

  ReadReply read(ReadRequest request) throws SQLException {
    Log log = logReaching(request.getHeadSize(), request.getSpace());
    ReadReply.Builder reply = ReadReply.newBuilder();
    addEntries(log, request, reply);
    long reached = request.getAfterSequence() + reply.getEntriesCount();
    if (reached > 0 && reached < request.getHeadSize()) {
      Proofs.consistency(reached, request.getHeadSize(), nodes(log)).stream()
          .map(Hash::byteString)
          .forEach(reply::addConsistency);
    }
    return reply.build();
  }

  private void addEntries(Log log, ReadRequest request, ReadReply.Builder reply)
      throws SQLException {
    ReadBudget budget = new ReadBudget(request.getMaxBytes());
    PreparedStatement select = statements.get(SELECT_RANGE);
    select.setLong(1, Place.of(log.spaceRow, request.getAfterSequence()));
    select.setLong(2, Place.of(log.spaceRow, request.getHeadSize()));
    select.setInt(3, ReadBudget.files(request.getMaxFiles()));
    ReadEntries entries = new ReadEntries(reply);
    try (ResultSet row = select.executeQuery()) {
      boolean within = true;
      while (within && row.next()) {
        Optional<LogEntry> entry = entry(row, request.getOmitPayloadsOf(), budget);
        within = entry.isPresent() && entries.add(entry.get());
      }
    }
  }

  /** Empty when it is beyond the budget. */
  private static Optional<LogEntry> entry(ResultSet row, ByteString omitted, ReadBudget budget)
      throws SQLException {
    LogEntry.Builder entry =
        LogEntry.newBuilder().setServerTimeMillis(row.getLong(1)).setBase(row.getLong(2));
    ByteString header = SpaceReader.bytes(row, 5);
    if (header.isEmpty()) { // reclaimed
      entry.setFile(SpaceReader.bytes(row, 4));
    }
    entry.setSignedHeader(header).setAbsence(absence(row, !header.isEmpty(), omitted));
    boolean present = entry.getAbsence() == PayloadAbsence.PAYLOAD_ABSENCE_UNSPECIFIED;
    if (!budget.admits(header.size() + (present ? row.getLong(3) : 0))) {
      return Optional.empty();
    }
    if (present) {
      entry.setPayload(SpaceReader.bytes(row, 9));
    }
    return Optional.of(entry.build());
  }

  OutlineReply outline(OutlineRequest request) throws SQLException {
    Log log = logReaching(request.getHeadSize(), request.getSpace());
    ReadBudget budget = new ReadBudget(request.getMaxBytes());
    int most = ReadBudget.files(request.getMaxEntries());
    List<Outlines.Placed> entries = new ArrayList<>();
    boolean within = true;
    PreparedStatement select = statements.get(SELECT_OUTLINE);
    select.setLong(1, Place.of(log.spaceRow, request.getAfterSequence()));
    select.setLong(2, Place.of(log.spaceRow, request.getUpTo()));
    select.setInt(3, most);
    try (ResultSet row = select.executeQuery()) {
      while (within && row.next()) {
        Optional<LogEntry> entry = entry(row, ByteString.EMPTY, budget);
        within = entry.isPresent();
        if (within) {
          entries.add(new Outlines.Placed(Place.sequence(row.getLong(10)), entry.get()));
        }
      }
    }
    return Outlines.of(request, entries, within && entries.size() < most, nodes(log));
  }

  EntriesReply entries(EntriesRequest request) throws SQLException {
    Log log = logReaching(request.getHeadSize(), request.getSpace());
    TreeNodes nodes = nodes(log);
    ReadBudget budget = new ReadBudget(request.getMaxBytes());
    EntriesReply.Builder reply = EntriesReply.newBuilder();
    for (long sequence : request.getSequencesList()) {
      Optional<LogEntry> entry = entry(log, sequence, budget);
      if (entry.isEmpty()) {
        break;
      }
      reply.addEntries(proven(sequence, entry.get(), request.getHeadSize(), nodes));
    }
    return reply.build();
  }

  private Optional<LogEntry> entry(Log log, long sequence, ReadBudget budget) throws SQLException {
    PreparedStatement select = statements.get(SELECT_RANGE);
    select.setLong(1, Place.of(log.spaceRow, sequence - 1));
    select.setLong(2, Place.of(log.spaceRow, sequence));
    select.setInt(3, 1);
    try (ResultSet row = select.executeQuery()) {
      row.next();
      return entry(row, ByteString.EMPTY, budget);
    }
  }

  private static ProvenEntry proven(long sequence, LogEntry entry, long head, TreeNodes nodes) {
    ProvenEntry.Builder proven = ProvenEntry.newBuilder().setSequence(sequence).setEntry(entry);
    Proofs.inclusion(sequence - 1, head, nodes).stream()
        .map(Hash::byteString)
        .forEach(proven::addPath);
    return proven.build();
  }

  private static PayloadAbsence absence(ResultSet row, boolean hasHeader, ByteString omitted)
      throws SQLException {
    row.getLong(8);
    boolean hasPayload = !row.wasNull();
    boolean own = !omitted.isEmpty() && omitted.equals(SpaceReader.bytes(row, 6));
    return Absence.of(hasHeader, hasPayload, row.getBoolean(7), own);
  }

  LookUpReply lookUp(LookUpRequest request) throws SQLException {
    Log log = logReaching(request.getSize(), request.getSpace());
    TreeNodes nodes = nodes(log);
    LookUpReply.Builder reply = LookUpReply.newBuilder();
    if (log.size > 0) {
      Incarnations stored = Incarnations.read(statements, log.spaceRow);
      reply.setIncarnation(stored.newest()).setLost(stored.lost()).setRestored(stored.restored());
    }
    for (Dot dot : request.getDotsList()) {
      reply.addFiles(find(log, dot, request, nodes));
    }
    for (long size : request.getRootSizesList()) {
      reply.addRoots(
          size > log.size ? ByteString.EMPTY : Proofs.rootAt(size, nodes).byteString());
    }
    new CompactionLookUp(statements, log.spaceRow).answer(request, reply);
    return reply.build();
  }

  private FoundFile find(Log log, Dot dot, LookUpRequest request, TreeNodes nodes)
      throws SQLException {
    PreparedStatement select = statements.get(SELECT_DOT);
    select.setLong(1, log.spaceRow);
    select.setBytes(2, dot.getDevice().toByteArray());
    select.setLong(3, dot.getCounter());
    try (ResultSet row = select.executeQuery()) {
      if (!row.next() || Place.sequence(row.getLong(1)) > request.getSize()) {
        return FoundFile.getDefaultInstance();
      }
      FoundFile.Builder found = FoundFile.newBuilder()
          .setFile(SpaceReader.bytes(row, 4))
          .setReceipt(receipt(row, request.getSize(), nodes));
      if (request.getHeaders()) {
        found.setSignedHeader(SpaceReader.bytes(row, 5)).setHybridTime(row.getLong(6));
      }
      return found.build();
    }
  }

  private static Receipt receipt(ResultSet row, long size, TreeNodes nodes) throws SQLException {
    long sequence = Place.sequence(row.getLong(1));
    Receipt.Builder receipt = Receipt.newBuilder()
        .setSequence(sequence)
        .setServerTimeMillis(row.getLong(2))
        .setBase(row.getLong(3));
    Proofs.inclusion(sequence - 1, size, nodes).stream()
        .map(Hash::byteString)
        .forEach(receipt::addPath);
    return receipt.build();
  }

  CompactionsReply compactions(CompactionsRequest request) throws SQLException {
    Log log = logReaching(request.getHeadSize(), request.getSpace());
    return new CompactionReader(statements, log.spaceRow, request).answer();
  }

  private Log logReaching(long size, ByteString space) throws SQLException {
    Log log = log(space);
    if (log.size < size) {
      throw new StoreException(
          MeshFailure.UNAVAILABLE, "the stored log is shorter than the head it was asked for");
    }
    return log;
  }

  private Log log(ByteString space) throws SQLException {
    PreparedStatement select = statements.get(SELECT_LOG);
    select.setBytes(1, space.toByteArray());
    try (ResultSet row = select.executeQuery()) {
      return row.next() ? new Log(row.getLong(1), row.getLong(2)) : NO_LOG;
    }
  }

  private TreeNodes nodes(Log log) {
    return new TileNodes(new StoredTiles(statements, log.spaceRow));
  }
}
