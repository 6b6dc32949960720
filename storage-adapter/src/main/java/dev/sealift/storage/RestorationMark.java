package dev.sealift.storage;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;

/**
 * The number of a restoration, by which the incarnations are numbered that spaces begin after it. It must be higher than every one before,
 * also than those that the restored state knows nothing of: a device that has learnt of a number takes the same one for old news. So it
 * is no count, which would come back with the state, but the time in Unix seconds, and where that does not rise, one more than the last.
 */
public final class RestorationMark {
  /** Numbers are unsigned ones of 32 bits: enough until the year 2106. */
  static final long MAX = 0xffff_ffffL;

  private static final String HIGHEST = """
      SELECT coalesce(max(number), 0)
      FROM (SELECT number FROM restoration UNION ALL SELECT number FROM incarnation) AS known""";

  private RestorationMark() {}

  /** The next number of either kind of store: the tables have the same names. */
  public static long next(Connection connection, InstantSource clock) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(HIGHEST)) {
      row.next();
      return next(row.getLong(1), clock);
    }
  }

  /**
   * The next number.
   *
   * @param highest that the store has, of restorations and incarnations
   */
  static long next(long highest, InstantSource clock) {
    return Math.min(MAX, Math.max(highest + 1, clock.instant().getEpochSecond()));
  }
}
