package dev.sealift.storage.postgres;

import dev.sealift.storage.StoreOpenException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Says in the database whether adapters serve it: each of their sessions holds this lock, shared, for as long as it lives, and what must be
 * done while none runs takes it alone. The server releases it with the session, whatever ended that.
 */
final class ServingLock {
  /** "Sealift" in ASCII. Advisory locks are of one database, which is Sealift's own. */
  private static final long KEY = 0x53_65_61_6C_69_66_74L;

  /** An expression of a session's first statement. */
  static final String SHARED = "pg_advisory_lock_shared(%d)::text".formatted(KEY);

  /** The sessions of an adapter that was stopped a moment ago are gone by then. */
  private static final String PATIENCE = "SET lock_timeout = '2s'";

  private static final String ALONE = "SELECT pg_advisory_lock(%d)".formatted(KEY);

  private ServingLock() {}

  /** Keeps adapters out until this connection ends. */
  static void take(Connection connection, String store)
      throws SQLException, StoreOpenException.StillServed {
    try (Statement statement = connection.createStatement()) {
      statement.execute(PATIENCE);
      statement.execute(ALONE);
    } catch (SQLException e) {
      if (PgFailure.ofState(e.getSQLState()) == PgFailure.LOCK_TIMEOUT) {
        throw new StoreOpenException.StillServed(store, e);
      }
      throw e;
    }
  }
}
