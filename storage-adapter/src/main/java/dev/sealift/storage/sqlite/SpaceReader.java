package dev.sealift.storage.sqlite;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.mesh.proto.ChainHead;
import dev.sealift.protocol.mesh.proto.DevicePosition;
import dev.sealift.protocol.mesh.proto.DeviceSeen;
import dev.sealift.protocol.mesh.proto.DevicesReply;
import dev.sealift.protocol.mesh.proto.DevicesRequest;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.LoadSpaceRequest;
import dev.sealift.protocol.mesh.proto.SignedPositionsReply;
import dev.sealift.protocol.mesh.proto.SignedPositionsRequest;
import dev.sealift.protocol.mesh.proto.SpaceSize;
import dev.sealift.protocol.mesh.proto.SpacesReply;
import dev.sealift.protocol.mesh.proto.SpacesRequest;
import dev.sealift.protocol.mesh.proto.StoredFile;
import dev.sealift.storage.StoreLimits;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads where a space stands. */
final class SpaceReader {
  private static final String SELECT_SPACE = """
      SELECT space_row, size, root, frontier, last_server_time, stored_bytes, admission_token
      FROM space WHERE space = ?""";

  private static final String SELECT_MEMBERSHIP = """
      SELECT place, server_time, base, header FROM file
      WHERE kind = 3 AND place > ? AND place <= ? ORDER BY place""";

  /** The highest counter of a device is the end of a range of the index over dots. */
  private static final String SELECT_CHAINS = """
      SELECT d.device, f.counter, f.file
      FROM device d JOIN file f ON f.device_row = d.device_row AND f.counter =
        (SELECT max(counter) FROM file WHERE device_row = d.device_row)
      WHERE d.space_row = ?""";

  private static final String SELECT_INCARNATIONS =
      "SELECT signed FROM incarnation WHERE space_row = ? ORDER BY number";

  private static final String SELECT_LOST_INCARNATIONS =
      "SELECT signed FROM lost_incarnation WHERE space_row = ? ORDER BY number";

  private static final String NEWEST_RESTORATION =
      "SELECT coalesce(max(number), 0) FROM restoration";

  private static final String SELECT_POSITIONS = """
      SELECT d.device, d.position
      FROM device d JOIN space s ON s.space_row = d.space_row
      WHERE s.space = ? AND d.position > 0 ORDER BY d.device""";

  /** The plus takes the column's type away, so that the index of expiry, whose own value has none, finds it. */
  private static final String SELECT_SPACES = """
      SELECT space, size, EXISTS (
        SELECT 1 FROM file WHERE place >> 40 = +s.space_row AND expires_at > 0
          AND expires_at <= s.last_server_time)
      FROM space s WHERE space > ? ORDER BY space LIMIT ?""";

  private static final String SELECT_DEVICES = """
      SELECT d.device, d.position, d.seen_at
      FROM device d JOIN space s ON s.space_row = d.space_row
      WHERE s.space = ? AND d.device > ? ORDER BY d.device LIMIT ?""";

  /** Sequences compare as their bytes do. */
  private static final String SELECT_SIGNED_POSITIONS =
      """
      SELECT d.signed_position
      FROM device d JOIN space s ON s.space_row = d.space_row
      WHERE s.space = ? AND d.device > ? AND length(d.signed_position) > 0
        AND substr(d.signed_position, %d, 8) <= ?
      ORDER BY d.device LIMIT ?""".formatted(SignedPosition.SEQUENCE_OFFSET + 1);

  private final Statements statements;

  SpaceReader(Statements statements) {
    this.statements = statements;
  }

  LoadSpaceReply load(LoadSpaceRequest request) throws SQLException {
    statements.connection().setAutoCommit(false); // one snapshot for head, membership and chains
    try {
      return loadSnapshot(request.getSpace());
    } finally {
      statements.connection().setAutoCommit(true);
    }
  }

  private LoadSpaceReply loadSnapshot(ByteString space) throws SQLException {
    LoadSpaceReply.Builder reply = LoadSpaceReply.newBuilder().setRestored(newestRestoration());
    PreparedStatement select = statements.get(SELECT_SPACE);
    select.setBytes(1, space.toByteArray());
    long spaceRow;
    try (ResultSet row = select.executeQuery()) {
      if (!row.next()) {
        return reply.build();
      }
      spaceRow = row.getLong(1);
      reply.setFound(true).setSize(row.getLong(2)).setRoot(bytes(row, 3));
      reply.setFrontier(bytes(row, 4)).setLastServerTimeMillis(row.getLong(5));
      reply.setStoredBytes(row.getLong(6)).setAdmissionToken(bytes(row, 7));
    }
    addMembership(spaceRow, reply);
    addChains(spaceRow, reply);
    reply.addAllIncarnations(incarnations(SELECT_INCARNATIONS, spaceRow));
    reply.addAllLostIncarnations(incarnations(SELECT_LOST_INCARNATIONS, spaceRow));
    return reply.build();
  }

  /** An unsigned number. */
  private int newestRestoration() throws SQLException {
    try (ResultSet row = statements.get(NEWEST_RESTORATION).executeQuery()) {
      row.next();
      return (int) row.getLong(1);
    }
  }

  private List<ByteString> incarnations(String statement, long spaceRow) throws SQLException {
    PreparedStatement select = statements.get(statement);
    select.setLong(1, spaceRow);
    List<ByteString> signed = new ArrayList<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        signed.add(bytes(rows, 1));
      }
    }
    return signed;
  }

  private void addMembership(long spaceRow, LoadSpaceReply.Builder reply) throws SQLException {
    PreparedStatement select = statements.get(SELECT_MEMBERSHIP);
    select.setLong(1, Place.of(spaceRow, 0));
    select.setLong(2, Place.of(spaceRow, StoreLimits.MAX_SPACE_FILES));
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        reply.addMembership(StoredFile.newBuilder()
            .setSequence(Place.sequence(rows.getLong(1)))
            .setServerTimeMillis(rows.getLong(2))
            .setBase(rows.getLong(3))
            .setSignedHeader(bytes(rows, 4)));
      }
    }
  }

  private void addChains(long spaceRow, LoadSpaceReply.Builder reply) throws SQLException {
    PreparedStatement select = statements.get(SELECT_CHAINS);
    select.setLong(1, spaceRow);
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        reply.addChains(ChainHead.newBuilder()
            .setDevice(bytes(rows, 1))
            .setCounter(rows.getLong(2))
            .setFile(bytes(rows, 3)));
      }
    }
  }

  List<DevicePosition> positions(SpaceId space) throws SQLException {
    PreparedStatement select = statements.get(SELECT_POSITIONS);
    select.setBytes(1, space.toByteArray());
    List<DevicePosition> positions = new ArrayList<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        positions.add(DevicePosition.newBuilder()
            .setSpace(space.byteString())
            .setDevice(bytes(rows, 1))
            .setSequence(rows.getLong(2))
            .build());
      }
    }
    return positions;
  }

  SignedPositionsReply signedPositions(SignedPositionsRequest request) throws SQLException {
    PreparedStatement select = statements.get(SELECT_SIGNED_POSITIONS);
    select.setBytes(1, request.getSpace().toByteArray());
    select.setBytes(2, request.getAfter().toByteArray());
    select.setBytes(3, StoreLimits.bigEndian(request.getHeadSize()));
    select.setInt(4, Limits.MAX_POSITIONS);
    SignedPositionsReply.Builder reply = SignedPositionsReply.newBuilder();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        reply.addSignedPositions(bytes(rows, 1));
      }
    }
    return reply.build();
  }

  SpacesReply spaces(SpacesRequest request) throws SQLException {
    PreparedStatement select = statements.get(SELECT_SPACES);
    select.setBytes(1, request.getAfter().toByteArray());
    select.setInt(2, StoreLimits.toldSpaces(request.getLimit()));
    SpacesReply.Builder reply = SpacesReply.newBuilder();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        reply.addSpaces(SpaceSize.newBuilder()
            .setSpace(bytes(rows, 1))
            .setSize(rows.getLong(2))
            .setExpired(rows.getBoolean(3)));
      }
    }
    return reply.build();
  }

  DevicesReply devices(DevicesRequest request) throws SQLException {
    PreparedStatement select = statements.get(SELECT_DEVICES);
    select.setBytes(1, request.getSpace().toByteArray());
    select.setBytes(2, request.getAfter().toByteArray());
    select.setInt(3, StoreLimits.MAX_TOLD_DEVICES);
    DevicesReply.Builder reply = DevicesReply.newBuilder();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        reply.addDevices(DeviceSeen.newBuilder()
            .setDevice(bytes(rows, 1))
            .setPosition(rows.getLong(2))
            .setSeenAtMillis(rows.getLong(3)));
      }
    }
    return reply.build();
  }

  /** JDBC gives a fresh array, and null for an empty blob of some versions. */
  static ByteString bytes(ResultSet row, int column) throws SQLException {
    byte[] bytes = row.getBytes(column);
    return bytes == null ? ByteString.EMPTY : UnsafeByteOperations.unsafeWrap(bytes);
  }
}
