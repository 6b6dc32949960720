package dev.sealift.storage.sqlite;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * How far a space has come to terms with restorations.
 *
 * @param newest number of an incarnation that it has begun, unsigned; 0 for none
 * @param lost how many it knows that were lost
 * @param restored the number of the store's newest restoration, unsigned; 0 for none
 */
record Incarnations(int newest, int lost, int restored) {
  private static final String SELECT = """
      SELECT (SELECT coalesce(max(number), 0) FROM incarnation WHERE space_row = ?1),
        (SELECT count(*) FROM lost_incarnation WHERE space_row = ?1),
        (SELECT coalesce(max(number), 0) FROM restoration)""";

  /** @param spaceRow 0 for a space that is not there */
  static Incarnations read(Statements statements, long spaceRow) throws SQLException {
    PreparedStatement select = statements.get(SELECT);
    select.setLong(1, spaceRow);
    try (ResultSet row = select.executeQuery()) {
      row.next();
      return new Incarnations((int) row.getLong(1), row.getInt(2), (int) row.getLong(3));
    }
  }

  /** The store was restored since the space began its newest one. */
  boolean isRecovering() {
    return Integer.compareUnsigned(restored, newest) > 0;
  }
}
