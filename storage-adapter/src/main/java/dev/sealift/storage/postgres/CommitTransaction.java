package dev.sealift.storage.postgres;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.storage.CompactionRows;
import dev.sealift.storage.IncarnationRows;
import dev.sealift.storage.StoreLimits;
import dev.sealift.storage.staging.StagingArea;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One attempt to commit a group of spaces, each at most once, in two round trips: the first begins, locks
 * the heads in the order of their ids and reads what the commits build on; the second writes and commits.
 *
 * <p>Whoever waits for a lock reads the head as it is after the wait. The order is the same for everybody,
 * new spaces before those that are there, so that two adapters never wait for each other.
 */
final class CommitTransaction {
  /** Statements that one transaction has under way at once, and some to spare. */
  static final int MOST_STATEMENTS = 32;

  private static final String INSERT_SPACES = """
      INSERT INTO space (space) SELECT c.space FROM unnest($1::bytea[]) AS c(space) ORDER BY c.space
      ON CONFLICT (space) DO NOTHING""";

  private static final String LOCK_HEADS = """
      SELECT s.space, s.space_row, s.size, s.root, s.frontier, s.edge
      FROM space s WHERE s.space = ANY($1::bytea[]) ORDER BY s.space FOR NO KEY UPDATE""";

  /** A statement of its own, behind the lock: one that waits sees the head anew, but no more of other tables than when it began. */
  private static final String SELECT_INCARNATIONS = """
      SELECT s.space, %s
      FROM space s WHERE s.space = ANY($1::bytea[])""".formatted(CommitStep.Incarnations.COLUMNS);

  private static final String SELECT_DEVICES = """
      SELECT s.space, d.device, d.device_row,
        d.seen_at < (extract(epoch FROM clock_timestamp()) * 1000)::bigint - %d
      FROM unnest($1::bytea[], $2::bytea[]) AS c(space, device)
        JOIN space s ON s.space = c.space
        JOIN device d ON d.space_row = s.space_row AND d.device = c.device""".formatted(StoreLimits.SEEN_STALE_MILLIS);

  /** Who is at work on such a row notes the same, so nobody waits for him. */
  private static final String SEE_DEVICES = """
      UPDATE device d SET seen_at = (extract(epoch FROM clock_timestamp()) * 1000)::bigint
      FROM (SELECT device_row FROM device WHERE device_row = ANY($1::bigint[])
        FOR NO KEY UPDATE SKIP LOCKED) AS s
      WHERE d.device_row = s.device_row""";

  /** The update is for one that came in between, so that its row is returned: it changes nothing. */
  private static final String INSERT_DEVICES = """
      INSERT INTO device (space_row, device)
      SELECT s.space_row, c.device FROM unnest($1::bytea[], $2::bytea[]) AS c(space, device)
        JOIN space s ON s.space = c.space ORDER BY s.space_row, c.device
      ON CONFLICT (space_row, device) DO UPDATE SET position = device.position
      RETURNING (SELECT s.space FROM space s WHERE s.space_row = device.space_row), device, device_row,
        false""";

  /**
   * All that a group writes, in one statement, so that it is written whole or not at all. The COMMIT behind it is on its way before the
   * answer comes, and does not know of a statement that failed in this process alone, as one whose parameters the driver cannot encode:
   * of several it would commit the others, a head without its files.
   *
   * <p>Fails when a space has begun its own incarnation already, by an engine of an older version that does not say which it expects, or when
   * another engine told of a lost one first.
   */
  private static final String WRITE = write("");

  /** The same with rows of compactions and attestations; {@link CompactionFold} does the rest. */
  private static final String WRITE_COMPACTIONS = write("""
      compactions AS (
        INSERT INTO compaction_part (space_row, sequence, file, device_row, first, base, generation,
          part, parts, sound, attested, contested, stands, superseded_by)
        SELECT space_row, sequence, file, device_row, first, base, generation, part, parts,
          sound = 1, false, false, false, %d
        FROM unnest($32::bigint[], $33::bigint[], $34::bytea[], $35::bigint[], $36::bigint[],
            $37::bigint[], $38::int[], $39::int[], $40::int[], $41::int[])
          AS c(space_row, sequence, file, device_row, first, base, generation, part, parts, sound)),
      attested AS (
        INSERT INTO attestation (space_row, compaction, sequence, device_row, contested)
        SELECT space_row, compaction, sequence, device_row, contested = 1
        FROM unnest($42::bigint[], $43::bytea[], $44::bigint[], $45::bigint[], $46::int[])
          AS c(space_row, compaction, sequence, device_row, contested)),
      """.formatted(CompactionRows.NEVER));

  private static String write(String more) {
    return """
      WITH %sincarnations AS (
        INSERT INTO incarnation (space_row, number, signed)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[])),
      heads AS (
        UPDATE space s SET size = c.size, root = c.root, frontier = c.frontier, edge = c.edge,
          last_server_time = greatest(s.last_server_time, c.server_time),
          stored_bytes = s.stored_bytes + c.bytes,
          admission_token = coalesce(nullif(c.token, ''), s.admission_token)
        FROM unnest($4::bigint[], $5::bigint[], $6::bigint[], $7::bytea[], $8::bytea[], $9::bytea[],
            $10::bigint[], $11::bigint[], $12::bytea[])
          AS c(space_row, expected, size, root, frontier, edge, server_time, bytes, token)
        WHERE s.space_row = c.space_row AND s.size = c.expected),
      parts AS (
        INSERT INTO tile_part (space_row, level, part, hashes)
        SELECT * FROM unnest($13::bigint[], $14::int[], $15::bigint[], $16::bytea[])),
      lost AS (
        INSERT INTO lost_incarnation (space_row, number, signed)
        SELECT * FROM unnest($17::bigint[], $18::bigint[], $19::bytea[]))
      INSERT INTO file (space_row, sequence, device_row, counter, kind, server_time, base,
        payload_length, file, header, payload, expires_at)
      SELECT * FROM unnest($20::bigint[], $21::bigint[], $22::bigint[], $23::bigint[], $24::int[],
        $25::bigint[], $26::bigint[], $27::int[], $28::bytea[], $29::bytea[], $30::bytea[],
        $31::bigint[])""".formatted(more);
  }

  private static final String SELECT_TIME =
      "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";

  private record DeviceKey(ByteString space, ByteString device) {}

  private record PlacedFile(CommitStep step, int index, long deviceRow) {
    CommitFile file() {
      return step.commit().getFiles(index);
    }

    long sequence() {
      return step.commit().getExpectedSize() + 1 + index;
    }
  }

  private record PlacedIncarnation(long spaceRow, ByteString signed) {}

  private record PlacedPart(long spaceRow, TileEdge.Part part) {}

  private final Session session;
  private final StagingArea staging;
  private final List<CommitStep> steps;
  private final Map<ByteString, CommitStep.Head> heads = new HashMap<>();
  private final Map<ByteString, CommitStep.Incarnations> incarnations = new HashMap<>();
  private final Map<DeviceKey, Long> deviceRows = new HashMap<>();

  /** Of which nobody has noted lately that they were seen. */
  private final Set<DeviceKey> unseen = new HashSet<>();

  CommitTransaction(Session session, StagingArea staging, List<CommitStep> steps) {
    this.session = session;
    this.staging = staging;
    this.steps = steps;
  }

  /**
   * Gives every step its result. When it fails, nothing of the group is in the store, or all of it: only if
   * it fails as something that the server said before the commit is it known which.
   *
   * @return the server's time in milliseconds
   */
  Future<Long> run() {
    return lockAndRead().compose(read -> insertDevices()).compose(inserted -> writeAndCommit());
  }

  private Future<Void> lockAndRead() {
    Pipeline pipeline = new Pipeline(session);
    pipeline.add("BEGIN");
    List<SpaceCommit> commits = steps.stream().map(CommitStep::commit).toList();
    List<SpaceCommit> first =
        commits.stream().filter(commit -> commit.getExpectedSize() == 0).toList();
    if (!first.isEmpty()) {
      pipeline.add(
          INSERT_SPACES, new Columns<>(first).bytes(SpaceCommit::getSpace).tuple());
    }
    pipeline.add(
        LOCK_HEADS,
        new Columns<>(commits).bytes(SpaceCommit::getSpace).tuple(),
        row -> heads.put(
            Columns.bytes(row, 0),
            new CommitStep.Head(
                row.getLong(1),
                row.getLong(2),
                Columns.bytes(row, 3),
                Columns.bytes(row, 4),
                Columns.bytes(row, 5))));
    List<SpaceCommit> comparing =
        commits.stream().filter(CommitStep::comparesIncarnation).toList();
    if (!comparing.isEmpty()) {
      pipeline.add(
          SELECT_INCARNATIONS,
          new Columns<>(comparing).bytes(SpaceCommit::getSpace).tuple(),
          row -> incarnations.put(Columns.bytes(row, 0), CommitStep.Incarnations.of(row, 1)));
    }
    pipeline.add(SELECT_DEVICES, devices(allDevices(commits)), this::noteDevice);
    return pipeline.answered();
  }

  private static Set<DeviceKey> allDevices(List<SpaceCommit> commits) {
    Set<DeviceKey> devices = new LinkedHashSet<>();
    for (SpaceCommit commit : commits) {
      commit
          .getFilesList()
          .forEach(file -> devices.add(new DeviceKey(commit.getSpace(), file.getDevice())));
    }
    return devices;
  }

  private static Tuple devices(Set<DeviceKey> devices) {
    return new Columns<>(List.copyOf(devices))
        .bytes(DeviceKey::space)
        .bytes(DeviceKey::device)
        .tuple();
  }

  private void noteDevice(Row row) {
    DeviceKey device = new DeviceKey(Columns.bytes(row, 0), Columns.bytes(row, 1));
    deviceRows.put(device, row.getLong(2));
    if (row.getBoolean(3)) {
      unseen.add(device);
    }
  }

  /** Rarely a third round trip: for a device's first file. */
  private Future<Void> insertDevices() {
    for (CommitStep step : steps) {
      ByteString space = step.commit().getSpace();
      step.decide(
          Optional.ofNullable(heads.get(space)),
          Optional.ofNullable(incarnations.get(space)),
          staging);
    }
    Set<DeviceKey> unknown = allDevices(won().stream().map(CommitStep::commit).toList());
    unknown.removeAll(deviceRows.keySet());
    if (unknown.isEmpty()) {
      return Future.succeededFuture();
    }
    Pipeline pipeline = new Pipeline(session);
    pipeline.add(INSERT_DEVICES, devices(unknown), this::noteDevice);
    return pipeline.answered();
  }

  private List<CommitStep> won() {
    return steps.stream().filter(CommitStep::isWon).toList();
  }

  private Future<Long> writeAndCommit() {
    List<CommitStep> won = won();
    Pipeline pipeline = new Pipeline(session);
    see(won, pipeline);
    boolean isWhole = won.isEmpty() || write(won, pipeline);
    if (isWhole) {
      return commit(won, pipeline);
    }
    return pipeline.answered().compose(written -> commit(won, new Pipeline(session)));
  }

  private void see(List<CommitStep> won, Pipeline pipeline) {
    unseen.retainAll(allDevices(won.stream().map(CommitStep::commit).toList()));
    if (!unseen.isEmpty()) {
      Long[] rows = unseen.stream().map(deviceRows::get).toArray(Long[]::new);
      pipeline.add(SEE_DEVICES, Tuple.of(rows));
    }
  }

  private Future<Long> commit(List<CommitStep> won, Pipeline pipeline) {
    List<Long> time = new ArrayList<>();
    pipeline.add(SELECT_TIME, Tuple.tuple(), row -> time.add(row.getLong(0)));
    pipeline.add(won.isEmpty() ? "ROLLBACK" : "COMMIT");
    return pipeline.answered().map(done -> time.get(0));
  }

  /** Whether that was one statement. Else the COMMIT has to wait until all are answered: a round trip more, for compactions and attestations alone. */
  private boolean write(List<CommitStep> won, Pipeline pipeline) {
    List<PlacedFile> files = won.stream().flatMap(this::placed).toList();
    List<PlacedPart> filled = won.stream()
        .flatMap(step -> step.filled().stream().map(part -> new PlacedPart(step.spaceRow(), part)))
        .toList();
    Columns<?>[] columns = {
      incarnations(won, IncarnationRows::begun),
      heads(won),
      new Columns<>(filled)
          .longs(PlacedPart::spaceRow)
          .integers(placed -> placed.part().level())
          .longs(placed -> placed.part().part())
          .bytes(placed -> placed.part().hashes()),
      incarnations(won, SpaceCommit::getLostIncarnationsList),
      files(files)
    };
    CompactionColumns compactions = CompactionColumns.of(won, this::deviceRow);
    if (compactions.isEmpty()) {
      pipeline.add(WRITE, Columns.tuple(columns));
      return true;
    }
    pipeline.add(
        WRITE_COMPACTIONS,
        Columns.tuple(Stream.concat(Arrays.stream(columns), compactions.columns())
            .toArray(Columns<?>[]::new)));
    CompactionFold.of(won).addTo(pipeline);
    return false;
  }

  private long deviceRow(SpaceCommit commit, ByteString device) {
    return deviceRows.get(new DeviceKey(commit.getSpace(), device));
  }

  private static Columns<PlacedIncarnation> incarnations(
      List<CommitStep> won, Function<SpaceCommit, List<ByteString>> of) {
    List<PlacedIncarnation> placed = won.stream()
        .flatMap(step -> of.apply(step.commit()).stream()
            .map(signed -> new PlacedIncarnation(step.spaceRow(), signed)))
        .toList();
    return new Columns<>(placed)
        .longs(PlacedIncarnation::spaceRow)
        .longs(incarnation -> IncarnationRows.number(incarnation.signed()))
        .bytes(PlacedIncarnation::signed);
  }

  private static Columns<CommitStep> heads(List<CommitStep> won) {
    return new Columns<>(won)
        .longs(CommitStep::spaceRow)
        .longs(step -> step.commit().getExpectedSize())
        .longs(step -> step.commit().getNewSize())
        .bytes(step -> step.commit().getNewRoot())
        .bytes(step -> step.commit().getNewFrontier())
        .bytes(CommitStep::edge)
        .longs(CommitTransaction::lastServerTime)
        .longs(CommitStep::bytes)
        .bytes(step -> step.commit().getAdmissionToken());
  }

  private static Columns<PlacedFile> files(List<PlacedFile> files) {
    return new Columns<>(files)
        .longs(placed -> placed.step().spaceRow())
        .longs(PlacedFile::sequence)
        .longs(PlacedFile::deviceRow)
        .longs(placed -> placed.file().getCounter())
        .integers(placed -> placed.file().getKindValue())
        .longs(placed -> placed.file().getServerTimeMillis())
        .longs(placed -> placed.file().getBase())
        .integers(placed -> placed.file().getPayloadLength())
        .bytes(placed -> placed.file().getFile())
        .bytes(placed -> placed.file().getSignedHeader())
        .bytes(placed -> placed.step().payload(placed.index()))
        .longs(placed -> placed.file().getExpiresAtMillis());
  }

  private Stream<PlacedFile> placed(CommitStep step) {
    List<CommitFile> files = step.commit().getFilesList();
    return IntStream.range(0, files.size())
        .mapToObj(
            i -> new PlacedFile(step, i, deviceRow(step.commit(), files.get(i).getDevice())));
  }

  private static long lastServerTime(CommitStep step) {
    int files = step.commit().getFilesCount();
    return files == 0 ? 0 : step.commit().getFiles(files - 1).getServerTimeMillis();
  }
}
