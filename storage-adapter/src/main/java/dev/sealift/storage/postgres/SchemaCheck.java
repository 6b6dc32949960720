package dev.sealift.storage.postgres;

import dev.sealift.storage.StoreOpenException;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import java.util.Optional;

/**
 * Whether this code and a database's schema fit together, and whether the server keeps its promises.
 *
 * <p>Two numbers on each side. The schema has a version, and says from which version of the code on it can be
 * served. The code knows the newest schema that it was built with, and the oldest that it can work with. A
 * change first expands (code of before goes on), and contracts when no such code runs any more.
 */
final class SchemaCheck {
  /** The newest migration; a test holds the two together. */
  static final int VERSION = 8;

  /** The oldest schema that this code can work with. */
  static final int OLDEST = 8;

  private static final String SELECT_SCHEMA = "SELECT version, serves_from FROM store_schema";

  /** What the server would do if this session had not set it. */
  private static final String SELECT_DURABILITY = """
      SELECT current_setting('fsync'), (SELECT reset_val FROM pg_settings
        WHERE name = 'synchronous_commit')""";

  private static final String UNDEFINED_TABLE = "42P01";

  private SchemaCheck() {}

  /** Why this store must not be opened, if there is a reason. */
  static Future<Optional<StoreOpenException>> check(Session session, String store) {
    return session.run(SELECT_DURABILITY).compose(rows -> {
      Row row = rows.iterator().next();
      Optional<StoreOpenException> reason = durability(store, row.getString(0), row.getString(1));
      return reason.isPresent() ? Future.succeededFuture(reason) : schema(session, store);
    });
  }

  private static Optional<StoreOpenException> durability(
      String store, String fsync, String synchronousCommit) {
    if (!fsync.equals("on")) {
      return Optional.of(new StoreOpenException.NotDurable(store, "fsync", fsync));
    }
    boolean promised = !synchronousCommit.equals("off") && !synchronousCommit.equals("local");
    return promised
        ? Optional.empty()
        : Optional.of(
            new StoreOpenException.NotDurable(store, "synchronous_commit", synchronousCommit));
  }

  private static Future<Optional<StoreOpenException>> schema(Session session, String store) {
    return session
        .run(SELECT_SCHEMA)
        .map(rows -> rows.iterator().next())
        .map(row -> fit(store, row.getInteger(0), row.getInteger(1)))
        .recover(failure -> isUndefinedTable(failure)
            ? Future.succeededFuture(fit(store, 0, 0))
            : Future.failedFuture(failure));
  }

  private static boolean isUndefinedTable(Throwable failure) {
    return failure instanceof PgException sql && UNDEFINED_TABLE.equals(sql.getSqlState());
  }

  static Optional<StoreOpenException> fit(String store, int version, int servesFrom) {
    if (version < OLDEST) {
      return Optional.of(new StoreOpenException.NeedsMigration(store, version, OLDEST));
    }
    return servesFrom > VERSION
        ? Optional.of(new StoreOpenException.NewerVersion(store, version, VERSION))
        : Optional.empty();
  }
}
