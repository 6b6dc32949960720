package dev.sealift.storage;

import dev.sealift.protocol.Limits;
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
      FROM (SELECT number FROM restoration UNION ALL SELECT number FROM incarnation
        UNION ALL SELECT number FROM lost_incarnation) AS known""";

  private static final String MOST_INCARNATIONS = """
      SELECT coalesce(max(begun), 0)
      FROM (SELECT count(*) AS begun
        FROM (SELECT space_row FROM incarnation UNION ALL SELECT space_row FROM lost_incarnation) AS known
        GROUP BY space_row) AS counted""";

  private RestorationMark() {}

  /**
   * The next number of either kind of store: the tables have the same names.
   *
   * @param store for whoever reads the error
   */
  public static long next(Connection connection, InstantSource clock, String store)
      throws SQLException, StoreOpenException {
    requireRoom(connection, store);
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(HIGHEST)) {
      row.next();
      return next(row.getLong(1), clock);
    }
  }

  /** Marked all the same, a space with as many incarnations as there may be would never be served again. */
  private static void requireRoom(Connection connection, String store)
      throws SQLException, StoreOpenException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(MOST_INCARNATIONS)) {
      row.next();
      if (row.getLong(1) >= Limits.MAX_INCARNATIONS) {
        throw new StoreOpenException.RestoredTooOften(store, Limits.MAX_INCARNATIONS);
      }
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
