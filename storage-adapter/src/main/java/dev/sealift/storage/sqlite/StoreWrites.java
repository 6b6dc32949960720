package dev.sealift.storage.sqlite;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.AppendRecorder;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.TileAppend;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.DevicePosition;
import dev.sealift.protocol.mesh.proto.ExpireReply;
import dev.sealift.protocol.mesh.proto.ExpireRequest;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.storage.IncarnationRows;
import dev.sealift.storage.StoreException;
import dev.sealift.storage.staging.StagingArea;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the one writer does to the tables. Begins and ends no transaction itself. */
final class StoreWrites {
  private static final String SELECT_HEAD =
      "SELECT space_row, size, root, frontier FROM space WHERE space = ?";

  private static final String INSERT_SPACE = """
      INSERT INTO space
        (space, size, root, frontier, last_server_time, stored_bytes, admission_token)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      RETURNING space_row""";

  private static final String UPDATE_SPACE = """
      UPDATE space SET size = ?, root = ?, frontier = ?, last_server_time = max(last_server_time, ?),
        stored_bytes = stored_bytes + ?, admission_token = coalesce(?, admission_token)
      WHERE space_row = ?""";

  /** Fails when the space has begun it already, by an engine of an older version that does not say which it expects. */
  private static final String ADD_INCARNATION =
      "INSERT INTO incarnation (space_row, number, signed) VALUES (?, ?, ?)";

  /** Fails when another engine told of it first. */
  private static final String ADD_LOST_INCARNATION =
      "INSERT INTO lost_incarnation (space_row, number, signed) VALUES (?, ?, ?)";

  private static final String INSERT_FILE = """
      INSERT INTO file (place, device_row, counter, kind, server_time, base,
          payload_length, payload_sha256, file, header, expires_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

  private static final String INSERT_PAYLOAD = "INSERT INTO payload (place, bytes) VALUES (?, ?)";

  /** SQLite numbers rows from 1. */
  private static final Head NO_HEAD = new Head(0, 0, ByteString.EMPTY, ByteString.EMPTY);

  private record Head(long spaceRow, long size, ByteString root, ByteString frontier) {
    boolean isExpectedBy(SpaceCommit commit) {
      return size == commit.getExpectedSize()
          && (size == 0 || root.equals(commit.getExpectedRoot()));
    }
  }

  private final Statements statements;
  private final StagingArea staging;
  private final DeviceRows devices;

  StoreWrites(Statements statements, StagingArea staging, long nowMillis) {
    this.statements = statements;
    this.staging = staging;
    this.devices = new DeviceRows(statements, nowMillis);
  }

  /** Changes nothing unless the result is that it committed. Fails by a constraint when it contests what is sealed. */
  CommitResult append(SpaceCommit commit) throws SQLException {
    Head head = head(commit.getSpace());
    if (!head.isExpectedBy(commit) || !isIncarnationExpected(head, commit)) {
      return CommitResult.COMMIT_RESULT_CONFLICT;
    }
    Optional<List<ByteString>> payloads = payloads(commit);
    if (payloads.isEmpty()) {
      return CommitResult.COMMIT_RESULT_PAYLOAD_MISSING;
    }
    AppendRecorder grown = grow(head, commit);
    long spaceRow = putHead(head, commit);
    insertFiles(spaceRow, commit, payloads.get());
    appendTiles(spaceRow, grown);
    new CompactionWrites(statements, spaceRow, device -> devices.see(spaceRow, device)).add(commit);
    addIncarnations(ADD_LOST_INCARNATION, spaceRow, commit.getLostIncarnationsList());
    addIncarnations(ADD_INCARNATION, spaceRow, IncarnationRows.begun(commit));
    return CommitResult.COMMIT_RESULT_COMMITTED;
  }

  /** An incarnation without files changes no head, and yet is not to be missed. */
  private boolean isIncarnationExpected(Head head, SpaceCommit commit) throws SQLException {
    Incarnations stored = Incarnations.read(statements, head.spaceRow);
    return (!commit.hasExpectedRestored() || commit.getExpectedRestored() == stored.restored())
        && (!commit.hasExpectedIncarnation() || commit.getExpectedIncarnation() == stored.newest())
        && (!commit.hasExpectedLost() || commit.getExpectedLost() == stored.lost());
  }

  private void addIncarnations(String statement, long spaceRow, List<ByteString> incarnations)
      throws SQLException {
    for (ByteString signed : incarnations) {
      PreparedStatement add = statements.get(statement);
      add.setLong(1, spaceRow);
      add.setLong(2, IncarnationRows.number(signed));
      add.setBytes(3, signed.toByteArray());
      add.executeUpdate();
    }
  }

  private Head head(ByteString space) throws SQLException {
    PreparedStatement select = statements.get(SELECT_HEAD);
    select.setBytes(1, space.toByteArray());
    try (ResultSet rows = select.executeQuery()) {
      return rows.next()
          ? new Head(
              rows.getLong(1),
              rows.getLong(2),
              SpaceReader.bytes(rows, 3),
              SpaceReader.bytes(rows, 4))
          : NO_HEAD;
    }
  }

  /** Empty when one of them is not staged any more. */
  private Optional<List<ByteString>> payloads(SpaceCommit commit) {
    List<ByteString> payloads = new ArrayList<>(commit.getFilesCount());
    for (CommitFile file : commit.getFilesList()) {
      Optional<ByteString> payload =
          staging.find(file.getPayloadToken(), file.getPayloadLength(), file.getPayloadSha256());
      if (payload.isEmpty()) {
        return Optional.empty();
      }
      payloads.add(payload.get());
    }
    return Optional.of(payloads);
  }

  private long putHead(Head head, SpaceCommit commit) throws SQLException {
    int files = commit.getFilesCount();
    long serverTime = files == 0 ? 0 : commit.getFiles(files - 1).getServerTimeMillis();
    return head.spaceRow == 0
        ? insertSpace(commit, serverTime)
        : updateSpace(head.spaceRow, commit, serverTime);
  }

  private long insertSpace(SpaceCommit commit, long serverTime) throws SQLException {
    PreparedStatement insert = statements.get(INSERT_SPACE);
    insert.setBytes(1, commit.getSpace().toByteArray());
    insert.setLong(2, commit.getNewSize());
    insert.setBytes(3, commit.getNewRoot().toByteArray());
    insert.setBytes(4, commit.getNewFrontier().toByteArray());
    insert.setLong(5, serverTime);
    insert.setLong(6, bytesOf(commit));
    insert.setBytes(7, tokenOf(commit));
    return Place.checkedSpaceRow(onlyNumber(insert));
  }

  private long updateSpace(long spaceRow, SpaceCommit commit, long serverTime) throws SQLException {
    PreparedStatement update = statements.get(UPDATE_SPACE);
    update.setLong(1, commit.getNewSize());
    update.setBytes(2, commit.getNewRoot().toByteArray());
    update.setBytes(3, commit.getNewFrontier().toByteArray());
    update.setLong(4, serverTime);
    update.setLong(5, bytesOf(commit));
    update.setBytes(6, tokenOf(commit));
    update.setLong(7, spaceRow);
    update.executeUpdate();
    return spaceRow;
  }

  private static long bytesOf(SpaceCommit commit) {
    return commit.getFilesList().stream()
        .mapToLong(file -> file.getSignedHeader().size() + file.getPayloadLength())
        .sum();
  }

  private static byte @Nullable [] tokenOf(SpaceCommit commit) {
    ByteString token = commit.getAdmissionToken();
    return token.isEmpty() ? null : token.toByteArray();
  }

  private void insertFiles(long spaceRow, SpaceCommit commit, List<ByteString> payloads)
      throws SQLException {
    ByteString device = ByteString.EMPTY;
    long deviceRow = 0;
    for (int i = 0; i < commit.getFilesCount(); i++) {
      CommitFile file = commit.getFiles(i);
      if (!file.getDevice().equals(device)) { // a batch is mostly of one device
        device = file.getDevice();
        deviceRow = devices.see(spaceRow, device);
      }
      long place = Place.of(spaceRow, commit.getExpectedSize() + 1 + i);
      insertFile(place, deviceRow, file);
      insertPayload(place, payloads.get(i));
    }
  }

  private void insertFile(long place, long deviceRow, CommitFile file) throws SQLException {
    PreparedStatement insert = statements.get(INSERT_FILE);
    insert.setLong(1, place);
    insert.setLong(2, deviceRow);
    insert.setLong(3, file.getCounter());
    insert.setInt(4, file.getKindValue());
    insert.setLong(5, file.getServerTimeMillis());
    insert.setLong(6, file.getBase());
    insert.setInt(7, file.getPayloadLength());
    insert.setBytes(8, file.getPayloadSha256().toByteArray());
    insert.setBytes(9, file.getFile().toByteArray());
    insert.setBytes(10, file.getSignedHeader().toByteArray());
    insert.setLong(11, file.getExpiresAtMillis());
    insert.executeUpdate();
  }

  private void insertPayload(long place, ByteString payload) throws SQLException {
    PreparedStatement insert = statements.get(INSERT_PAYLOAD);
    insert.setLong(1, place);
    insert.setBytes(2, payload.toByteArray());
    insert.executeUpdate();
  }

  /** The tree with the commit's leaves; it costs a few hashes to never store a head that its log does not have. */
  private static AppendRecorder grow(Head head, SpaceCommit commit) {
    try {
      AppendRecorder grown =
          new AppendRecorder(CompactTree.restore(head.size, head.frontier.toByteArray()));
      for (CommitFile file : commit.getFilesList()) {
        grown.append(Hash.parse(file.getLeafHash()));
      }
      if (!grown.root().byteString().equals(commit.getNewRoot())) {
        throw new StoreException(MeshFailure.MALFORMED, "the new root is not that of the log");
      }
      return grown;
    } catch (FormatException e) {
      throw new StoreException(MeshFailure.UNAVAILABLE, "the stored frontier is damaged", e);
    }
  }

  private void appendTiles(long spaceRow, AppendRecorder grown) throws SQLException {
    StoredTiles tiles = new StoredTiles(statements, spaceRow);
    for (TileAppend append : TileAppend.of(grown)) {
      tiles.append(append);
    }
  }

  /** Notes that a device was seen, how far it has got, and what it has signed of that, if that is within the log of a known space. */
  void raise(DevicePosition position) throws SQLException {
    Head head = head(position.getSpace());
    if (position.getSequence() == 0 || position.getSequence() > head.size) {
      return;
    }
    devices.see(head.spaceRow, position);
  }

  ReclaimReply reclaim(ReclaimRequest request) throws SQLException {
    return new Reclaiming(statements, head(request.getSpace()).spaceRow, request).run();
  }

  ExpireReply expire(ExpireRequest request) throws SQLException {
    return new Expiring(statements, head(request.getSpace()).spaceRow, request).run();
  }

  private static long onlyNumber(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
