package dev.sealift.storage.postgres;

import dev.sealift.storage.RecoveryReport;
import dev.sealift.storage.RestorationMark;
import dev.sealift.storage.StoreOpenException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a database to this code's schema. Adapters never do: of many that start at once each would, with
 * rights that serving does not need. Several at once take turns (Flyway's lock in the database). Blocks.
 */
public final class PostgresMigration {
  static final String LOCATION = "classpath:dev/sealift/storage/postgres/migration";

  /**
   * A change that waits for a table makes everybody behind it wait too, so it rather fails, and is tried
   * again.
   */
  private static final String LOCK_TIMEOUT = "-c lock_timeout=10s";

  private static final String ADD_RESTORATION = "INSERT INTO restoration (number) VALUES (?)";

  private static final int CONNECT_SECONDS = 5;

  private static final String UNDEFINED_TABLE = "42P01";

  private static final Logger LOG = LoggerFactory.getLogger(PostgresMigration.class);

  /**
   * What was done.
   *
   * @param from the schema's version before, 0 for an empty database
   * @param to its version now
   */
  public record Result(int from, int to) {}

  private final PostgresOptions options;
  private final String location;

  public PostgresMigration(PostgresOptions options) {
    this(options, LOCATION);
  }

  /** Tests migrate further than there is. */
  PostgresMigration(PostgresOptions options, String location) {
    this.options = options;
    this.location = location;
  }

  /** A schema that is newer, and still serves this code, is left as it is. */
  public Result run() throws StoreOpenException {
    try {
      PGSimpleDataSource source = source();
      Version before = version(source);
      if (before.servesFrom > SchemaCheck.VERSION) {
        throw new StoreOpenException.NewerVersion(
            options.place(), before.number, SchemaCheck.VERSION);
      }
      flyway(source).migrate();
      PartitionIndex.OUTLINE.make(source);
      PartitionIndex.EXPIRY.make(source);
      return new Result(before.number, version(source).number);
    } catch (IOException e) {
      throw new StoreOpenException.Unreachable(options.place(), e);
    } catch (SQLException e) {
      throw explained(e);
    } catch (FlywayException e) {
      throw explained(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreOpenException.Unreachable(options.place(), e);
    }
  }

  /**
   * Marks the store as restored from an older state, or as empty where it lost everything: the mesh then says so to devices, and takes back
   * what they hold.
   *
   * @param clock rises from one restoration to the next, also over machines: see {@link RestorationMark}
   * @throws StoreOpenException also when the schema is not there yet, or adapters serve the store
   */
  public void markRestored(InstantSource clock) throws StoreOpenException {
    onSchema(connection -> {
      ServingLock.take(connection, options.place());
      try (PreparedStatement insert = connection.prepareStatement(ADD_RESTORATION)) {
        insert.setLong(1, RestorationMark.next(connection, clock, options.place()));
        return insert.executeUpdate();
      }
    });
  }

  /** How far devices have brought back what was lost. */
  public RecoveryReport report() throws StoreOpenException {
    return onSchema(RecoveryReport::read);
  }

  private interface Work<T> {
    T run(Connection connection) throws SQLException, StoreOpenException;
  }

  private <T> T onSchema(Work<T> work) throws StoreOpenException {
    try {
      PGSimpleDataSource source = source();
      Version version = version(source);
      Optional<StoreOpenException> unfit =
          SchemaCheck.fit(options.place(), version.number, version.servesFrom);
      if (unfit.isPresent()) {
        throw unfit.get();
      }
      try (Connection connection = source.getConnection()) {
        return work.run(connection);
      }
    } catch (IOException e) {
      throw new StoreOpenException.Unreachable(options.place(), e);
    } catch (SQLException e) {
      throw explained(e);
    }
  }

  private record Version(int number, int servesFrom) {}

  private static Version version(PGSimpleDataSource source) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT version, serves_from FROM store_schema")) {
      row.next();
      return new Version(row.getInt(1), row.getInt(2));
    } catch (SQLException e) {
      if (UNDEFINED_TABLE.equals(e.getSQLState())) {
        return new Version(0, 0);
      }
      throw e;
    }
  }

  Flyway flyway() throws IOException {
    return flyway(source());
  }

  private Flyway flyway(PGSimpleDataSource source) {
    return Flyway.configure()
        .loggers("slf4j")
        .dataSource(source)
        .locations(location)
        .load();
  }

  private PGSimpleDataSource source() throws IOException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    List<PostgresOptions.Host> hosts = options.hosts();
    source.setServerNames(hosts.stream().map(PostgresOptions.Host::name).toArray(String[]::new));
    source.setPortNumbers(hosts.stream().mapToInt(PostgresOptions.Host::port).toArray());
    source.setDatabaseName(options.database());
    source.setUser(options.user());
    source.setPassword(PasswordFile.read(options.passwordFile()));
    source.setTargetServerType("primary");
    source.setConnectTimeout(CONNECT_SECONDS);
    source.setApplicationName("sealift migrate");
    source.setOptions(LOCK_TIMEOUT);
    source.setSslMode(options.tls() ? "verify-full" : "disable");
    if (options.tls() && options.caFile().isPresent()) {
      source.setSslRootCert(options.caFile().get().toString());
    } else if (options.tls()) {
      source.setSslfactory("org.postgresql.ssl.DefaultJavaSSLFactory");
    }
    return source;
  }

  private StoreOpenException explained(FlywayException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return explained(sql);
      }
    }
    LOG.warn("The schema could not be brought up.", e);
    return new StoreOpenException.Foreign(options.place(), e);
  }

  private StoreOpenException explained(SQLException e) {
    return PgFailure.ofState(e.getSQLState()) == PgFailure.DENIED
        ? new StoreOpenException.Denied(options.place(), e)
        : new StoreOpenException.Unreachable(options.place(), e);
  }
}
