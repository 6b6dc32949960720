package dev.sealift.ops.cluster;

import dev.sealift.ops.support.Database;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What a mesh's store, which may be running, has left of the files of its only space. */
interface KeptFiles {
  /** The same columns of either kind of store. */
  String files();

  long number(String query) throws SQLException;

  /** Files of which something is gone that has to stay: membership files, and what no sealed compaction covers. */
  default long lost() throws SQLException {
    return number("""
        SELECT count(*) FROM %s
        WHERE (NOT f.kept AND f.length > 0 OR NOT f.headed)
          AND (f.kind = 3 OR NOT EXISTS (
            SELECT 1 FROM compaction_part q WHERE q.sealed AND f.sequence BETWEEN q.first AND q.base))""".formatted(files()));
  }

  /** Files of events with a payload that a standing compaction covers. */
  default long left() throws SQLException {
    return number("""
        SELECT count(*) FROM %s
        WHERE f.kept AND f.kind = 1 AND EXISTS (
          SELECT 1 FROM compaction_part q
          WHERE q.stands AND q.part = q.parts AND f.sequence BETWEEN q.first AND q.base)""".formatted(files()));
  }

  /** Files of events whose payload is gone. */
  default long gone() throws SQLException {
    return number("SELECT count(*) FROM %s WHERE NOT f.kept AND f.kind = 1".formatted(files()));
  }

  default long standing() throws SQLException {
    return number("SELECT count(*) FROM compaction_part q WHERE q.stands AND q.part = q.parts");
  }

  /** Files that the head tells of and that are not there, or more. */
  default long unfit() throws SQLException {
    return number(
        "SELECT abs(count(*) - (SELECT sum(size) FROM space)) FROM %s".formatted(files()));
  }

  static KeptFiles of(Database database) {
    return new KeptFiles() {
      @Override
      public String files() {
        return """
            (SELECT sequence, kind, header IS NOT NULL AS headed, payload IS NOT NULL AS kept,
              payload_length AS length FROM file) AS f""";
      }

      @Override
      public long number(String query) throws SQLException {
        return database.number(query);
      }
    };
  }

  /** Of an embedded store. */
  static KeptFiles of(Path store) {
    return new KeptFiles() {
      @Override
      public String files() {
        return """
            (SELECT place & 0xFFFFFFFFFF AS sequence, kind, header IS NOT NULL AS headed,
              EXISTS (SELECT 1 FROM payload p WHERE p.place = file.place) AS kept,
              payload_length AS length FROM file) AS f""";
      }

      @Override
      public long number(String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store);
            Statement statement = connection.createStatement();
            ResultSet row = statement.executeQuery(query)) {
          row.next();
          return row.getLong(1);
        }
      }
    };
  }
}
