package dev.sealift.storage;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.log.SignedIncarnation;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;

/**
 * How far a store that was restored from an older state has come. Counts, and no ids: whose files were lost, their devices know.
 *
 * @param restorations how often it was restored so far
 * @param spaces that it has now
 * @param recovering of these, spaces that no device has asked for since the last restoration, or that still take files back
 * @param lostFiles that devices proved to have been there and nobody brought back, over all restorations
 */
public record RecoveryReport(int restorations, long spaces, long recovering, long lostFiles) {
  private static final String COUNTS = """
      SELECT (SELECT count(*) FROM restoration), (SELECT coalesce(max(number), 0) FROM restoration),
        (SELECT count(*) FROM space WHERE size > 0)""";

  private static final String INCARNATIONS = """
      SELECT space_row, signed, true FROM incarnation
      UNION ALL SELECT space_row, signed, false FROM lost_incarnation""";

  /** Reads it from either kind of store: the tables have the same names. */
  public static RecoveryReport read(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      int restorations;
      long newest;
      long spaces;
      try (ResultSet row = statement.executeQuery(COUNTS)) {
        row.next();
        restorations = row.getInt(1);
        newest = row.getLong(2);
        spaces = row.getLong(3);
      }
      long lost = 0;
      Set<Long> settled = new HashSet<>();
      try (ResultSet rows = statement.executeQuery(INCARNATIONS)) {
        while (rows.next()) {
          SignedIncarnation signed = SignedIncarnation.parse(ByteString.copyFrom(rows.getBytes(2)));
          lost += signed.incarnation().lost();
          if (rows.getBoolean(3)
              && Integer.toUnsignedLong(signed.incarnation().number()) >= newest) {
            settled.add(rows.getLong(1));
          }
        }
      }
      return new RecoveryReport(
          restorations, spaces, restorations == 0 ? 0 : spaces - settled.size(), lost);
    } catch (FormatException e) {
      throw new SQLException("an incarnation in the store is damaged", e);
    }
  }
}
