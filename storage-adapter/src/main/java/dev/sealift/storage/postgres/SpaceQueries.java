package dev.sealift.storage.postgres;

import com.google.protobuf.ByteString;
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
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads where a space stands. */
final class SpaceQueries {
  /**
   * One statement is one moment. A device's last counter is the end of a range of the index over dots. The headers of a membership that is
   * larger than was asked for stay with the server.
   */
  private static final String LOAD = """
      SELECT s.size, s.root, s.frontier, s.last_server_time, s.stored_bytes, s.admission_token,
        m.sequences, m.times, m.bases, CASE WHEN m.bytes <= $2 THEN m.headers END, c.devices, c.counters, c.files,
        (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
        (SELECT coalesce(max(number), 0)::bigint FROM restoration),
        (SELECT array_agg(i.signed ORDER BY i.number) FROM incarnation i
          WHERE i.space_row = s.space_row),
        (SELECT array_agg(i.signed ORDER BY i.number) FROM lost_incarnation i
          WHERE i.space_row = s.space_row),
        coalesce(m.bytes > $2, false)
      FROM (SELECT) AS one
        LEFT JOIN space s ON s.space = $1 AND s.size > 0
        LEFT JOIN LATERAL (
          SELECT array_agg(f.sequence ORDER BY f.sequence) AS sequences,
            array_agg(f.server_time ORDER BY f.sequence) AS times,
            array_agg(f.base ORDER BY f.sequence) AS bases,
            array_agg(f.header ORDER BY f.sequence) AS headers,
            sum(octet_length(f.header)) AS bytes
          FROM file f WHERE f.space_row = s.space_row AND f.kind = 3) AS m ON true
        LEFT JOIN LATERAL (
          SELECT array_agg(d.device) AS devices, array_agg(l.counter) AS counters,
            array_agg(l.file) AS files
          FROM device d JOIN LATERAL (
            SELECT f.counter, f.file FROM file f
            WHERE f.space_row = s.space_row AND f.device_row = d.device_row
            ORDER BY f.counter DESC LIMIT 1) AS l ON true
          WHERE d.space_row = s.space_row) AS c ON true""";

  /** Writes to the log, and nothing else: its commit is answered when everything before it is replicated. */
  private static final String BARRIER =
      "SELECT pg_logical_emit_message(true, 'sealift barrier', '')::text";

  private static final String POSITIONS = """
      SELECT d.device, d.position FROM device d JOIN space s ON s.space_row = d.space_row
      WHERE s.space = $1 AND d.position > 0 ORDER BY d.device""";

  private static final String SPACES = """
      SELECT s.space, s.size, EXISTS (
        SELECT FROM file f WHERE f.space_row = s.space_row AND f.expires_at > 0
          AND f.expires_at <= s.last_server_time)
      FROM space s WHERE s.space > $1 AND s.size > 0 ORDER BY s.space LIMIT $2""";

  private static final String DEVICES = """
      SELECT d.device, d.position, d.seen_at
      FROM device d JOIN space s ON s.space_row = d.space_row
      WHERE s.space = $1 AND d.device > $2 ORDER BY d.device LIMIT $3""";

  /** Sequences compare as their bytes do. */
  private static final String SIGNED_POSITIONS = """
      SELECT d.signed_position
      FROM device d JOIN space s ON s.space_row = d.space_row
      WHERE s.space = $1 AND d.device > $2 AND d.signed_position <> ''
        AND substring(d.signed_position FROM %d FOR 8) <= $3
      ORDER BY d.device LIMIT $4""".formatted(SignedPosition.SEQUENCE_OFFSET + 1);

  private SpaceQueries() {}

  /**
   * What the spaces are, told only when it cannot be lost any more: a commit whose waiting for the standby was
   * broken off can be seen here although a new primary would not have it. A small transaction that begins
   * after the reading is behind all that was read in the server's log; once it is replicated, so is that. It is of
   * the same session, and so for certain of the same server.
   *
   * @param maxBytes of headers of membership files that one may have; empty for one that has more
   */
  static List<Future<Optional<LoadSpaceReply>>> load(
      Session session, List<LoadSpaceRequest> requests, long maxBytes) {
    List<Future<Optional<LoadSpaceReply>>> read =
        requests.stream().map(request -> read(session, request, maxBytes)).toList();
    Pipeline barrier = new Pipeline(session);
    barrier.add(BARRIER, Tuple.tuple());
    Future<Void> replicated = barrier.answered();
    return read.stream().map(reply -> reply.compose(replicated::map)).toList();
  }

  private static Future<Optional<LoadSpaceReply>> read(
      Session session, LoadSpaceRequest request, long maxBytes) {
    return session
        .run(LOAD, Tuple.of(Columns.buffer(request.getSpace()), maxBytes))
        .map(rows -> {
          Row row = rows.iterator().next();
          return row.getBoolean(17) ? Optional.empty() : Optional.of(reply(row));
        });
  }

  private static LoadSpaceReply reply(Row row) {
    LoadSpaceReply.Builder reply = LoadSpaceReply.newBuilder();
    add(row, reply);
    return reply.build();
  }

  private static void add(Row row, LoadSpaceReply.Builder reply) {
    reply.setStoreTimeMillis(row.getLong(13)).setRestored((int) (long) row.getLong(14));
    Long size = row.getLong(0);
    if (size == null) {
      return;
    }
    reply
        .setFound(true)
        .setSize(size)
        .setRoot(Columns.bytes(row, 1))
        .setFrontier(Columns.bytes(row, 2))
        .setLastServerTimeMillis(row.getLong(3))
        .setStoredBytes(row.getLong(4))
        .setAdmissionToken(Columns.bytes(row, 5));
    addMembership(row, reply);
    addChains(row, reply);
    reply.addAllIncarnations(incarnations(row, 15)).addAllLostIncarnations(incarnations(row, 16));
  }

  private static List<ByteString> incarnations(Row row, int column) {
    Buffer[] signed = row.getArrayOfBuffers(column);
    return signed == null
        ? List.of()
        : Arrays.stream(signed).map(Columns::bytes).toList();
  }

  private static void addMembership(Row row, LoadSpaceReply.Builder reply) {
    Long[] sequences = row.getArrayOfLongs(6);
    Long[] times = row.getArrayOfLongs(7);
    Long[] bases = row.getArrayOfLongs(8);
    Buffer[] headers = row.getArrayOfBuffers(9);
    for (int i = 0; i < length(sequences); i++) {
      reply.addMembership(StoredFile.newBuilder()
          .setSequence(sequences[i])
          .setServerTimeMillis(times[i])
          .setBase(bases[i])
          .setSignedHeader(Columns.bytes(headers[i])));
    }
  }

  private static void addChains(Row row, LoadSpaceReply.Builder reply) {
    Buffer[] devices = row.getArrayOfBuffers(10);
    Long[] counters = row.getArrayOfLongs(11);
    Buffer[] files = row.getArrayOfBuffers(12);
    for (int i = 0; i < length(counters); i++) {
      reply.addChains(ChainHead.newBuilder()
          .setDevice(Columns.bytes(devices[i]))
          .setCounter(counters[i])
          .setFile(Columns.bytes(files[i])));
    }
  }

  /** An aggregate of no rows is NULL. */
  private static int length(Long @Nullable [] column) {
    return column == null ? 0 : column.length;
  }

  static Future<List<DevicePosition>> positions(Session session, SpaceId space) {
    ByteString id = space.byteString();
    return session.run(POSITIONS, Tuple.of(Columns.buffer(id))).map(rows -> {
      List<DevicePosition> positions = new ArrayList<>();
      for (Row row : rows) {
        positions.add(DevicePosition.newBuilder()
            .setSpace(id)
            .setDevice(Columns.bytes(row, 0))
            .setSequence(row.getLong(1))
            .build());
      }
      return positions;
    });
  }

  static Future<SignedPositionsReply> signedPositions(
      Session session, SignedPositionsRequest request) {
    Tuple asked = Tuple.of(
        Columns.buffer(request.getSpace()),
        Columns.buffer(request.getAfter()),
        Buffer.buffer(StoreLimits.bigEndian(request.getHeadSize())),
        (long) Limits.MAX_POSITIONS);
    return session.run(SIGNED_POSITIONS, asked).map(rows -> {
      SignedPositionsReply.Builder reply = SignedPositionsReply.newBuilder();
      rows.forEach(row -> reply.addSignedPositions(Columns.bytes(row, 0)));
      return reply.build();
    });
  }

  static Future<SpacesReply> spaces(Session session, SpacesRequest request) {
    Tuple asked = Tuple.of(
        Columns.buffer(request.getAfter()), (long) StoreLimits.toldSpaces(request.getLimit()));
    return session.run(SPACES, asked).map(rows -> {
      SpacesReply.Builder reply = SpacesReply.newBuilder();
      rows.forEach(row -> reply.addSpaces(SpaceSize.newBuilder()
          .setSpace(Columns.bytes(row, 0))
          .setSize(row.getLong(1))
          .setExpired(row.getBoolean(2))));
      return reply.build();
    });
  }

  static Future<DevicesReply> devices(Session session, DevicesRequest request) {
    Tuple asked =
        Tuple.of(Columns.buffer(request.getSpace()), Columns.buffer(request.getAfter()), (long)
            StoreLimits.MAX_TOLD_DEVICES);
    return session.run(DEVICES, asked).map(rows -> {
      DevicesReply.Builder reply = DevicesReply.newBuilder();
      rows.forEach(row -> reply.addDevices(DeviceSeen.newBuilder()
          .setDevice(Columns.bytes(row, 0))
          .setPosition(row.getLong(1))
          .setSeenAtMillis(row.getLong(2))));
      return reply.build();
    });
  }
}
