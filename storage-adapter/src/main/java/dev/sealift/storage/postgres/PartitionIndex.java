package dev.sealift.storage.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Makes an index over files, tables that may have hundreds of millions of rows: beside those who read and write them, which takes no transaction and
 * so no migration of Flyway's. That one makes the index of the parent, which is empty, and this those of the partitions, one after the other. Until
 * it is done what goes by it is slow, and right.
 *
 * <p>Cut off anywhere it goes on where it was: what it left unfinished is an index that the server knows not to be whole. Several at once take
 * turns, and all but the first find it made. Blocks. (What older migrations call {@code OutlineIndex}.)
 */
final class PartitionIndex {
  /** What an outline of the log has as entries: membership files and attestations. */
  static final PartitionIndex OUTLINE =
      new PartitionIndex("outline", "(space_row, sequence) WHERE kind IN (3, 5)");

  /** The payloads that are to expire. */
  static final PartitionIndex EXPIRY =
      new PartitionIndex("expiry", "(space_row, expires_at, sequence) WHERE expires_at > 0");

  /** "Outline" in ASCII: an advisory lock of the database. */
  private static final long LOCK = 0x4F_75_74_6C_69_6E_65L;

  /** Whoever waits within a statement has a snapshot, for which the one that makes the index would wait in turn. So it is asked for again. */
  private static final long ASK_AGAIN_MILLIS = 200;

  private static final String TRY_LOCK = "SELECT pg_try_advisory_lock(%d)".formatted(LOCK);

  /** Making it waits for transactions that have begun before, however long they take, and holds up nobody meanwhile. */
  private static final String WAIT = "SET lock_timeout = 0";

  /** The rest takes moments, for which others wait behind it. */
  private static final String WAIT_NO_MORE = "RESET lock_timeout";

  private static final String SELECT_PARTITIONS = """
      SELECT quote_ident(p.relname), quote_ident(p.relname || '_%1$s'),
        x.indexrelid IS NOT NULL, coalesce(x.indisvalid, false),
        EXISTS (SELECT FROM pg_inherits a WHERE a.inhrelid = x.indexrelid)
      FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhrelid
        LEFT JOIN (pg_index x JOIN pg_class c ON c.oid = x.indexrelid)
          ON x.indrelid = p.oid AND c.relname = p.relname || '_%1$s'
      WHERE h.inhparent = to_regclass('file') AND to_regclass('file_%1$s') IS NOT NULL
      ORDER BY p.relname""";

  /** A partition of the files, and what there is of its index. */
  private record Partition(
      String table, String index, boolean isThere, boolean isWhole, boolean isAttached) {
    static Partition of(ResultSet row) throws SQLException {
      return new Partition(
          row.getString(1),
          row.getString(2),
          row.getBoolean(3),
          row.getBoolean(4),
          row.getBoolean(5));
    }
  }

  private final String name;
  private final String columns;

  private PartitionIndex(String name, String columns) {
    this.name = name;
    this.columns = columns;
  }

  void make(DataSource source) throws SQLException, InterruptedException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      while (!isLocked(statement)) {
        Thread.sleep(ASK_AGAIN_MILLIS);
      }
      for (Partition partition : partitions(statement)) {
        make(partition, statement);
      }
    }
  }

  private static boolean isLocked(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery(TRY_LOCK)) {
      row.next();
      return row.getBoolean(1);
    }
  }

  private List<Partition> partitions(Statement statement) throws SQLException {
    List<Partition> partitions = new ArrayList<>();
    try (ResultSet row = statement.executeQuery(SELECT_PARTITIONS.formatted(name))) {
      while (row.next()) {
        partitions.add(Partition.of(row));
      }
    }
    return partitions;
  }

  private void make(Partition of, Statement statement) throws SQLException {
    statement.execute(WAIT);
    if (of.isThere && !of.isWhole) {
      statement.execute("DROP INDEX CONCURRENTLY " + of.index);
    }
    if (!of.isWhole) {
      statement.execute(
          "CREATE INDEX CONCURRENTLY %s ON %s %s".formatted(of.index, of.table, columns));
    }
    statement.execute(WAIT_NO_MORE);
    if (!of.isAttached) {
      statement.execute("ALTER INDEX file_%s ATTACH PARTITION %s".formatted(name, of.index));
    }
  }
}
