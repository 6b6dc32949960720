package dev.sealift.storage.postgres;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Finds the primary among the hosts and opens sessions to it, each set up in the same way. */
final class Connector {
  private static final int CONNECT_MILLIS = 3_000;

  /** The pool keeps to its own time as a rule; a request that it cancels just as it is served was seen to get no answer at all. */
  private static final int ANSWER_MILLIS = CONNECT_MILLIS + 2_000;

  /**
   * Every statement here finds its rows by key, so a plan is made once a session and is always that: with few
   * rows a table scan would look cheaper at first, and the plan would be kept when there are many.
   */
  private static final Map<String, String> SESSION_PROPERTIES = Map.of(
      "application_name", "sealift",
      "plan_cache_mode", "force_generic_plan",
      "enable_seqscan", "off",
      "enable_hashjoin", "off",
      "enable_mergejoin", "off",
      "jit", "off");

  /** Runs once a session. Stronger than "on" stays, weaker does not. */
  private static final String SET_UP = """
      SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean,
        set_config('synchronous_commit',
          CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END,
          false), %s""".formatted(ServingLock.SHARED);

  private final Vertx vertx;
  private final PostgresOptions options;
  private int preferred;

  Connector(Vertx vertx, PostgresOptions options) {
    this.vertx = vertx;
    this.options = options;
  }

  PostgresOptions options() {
    return options;
  }

  /** A session on the first server that takes writes, beginning with the one that did last. */
  Future<Session> connect() {
    return connect(preferred, options.hosts().size());
  }

  private Future<Session> connect(int host, int tries) {
    return open(options.hosts().get(host))
        .compose(
            session -> {
              preferred = host;
              return Future.succeededFuture(session);
            },
            failure -> tries > 1
                ? connect((host + 1) % options.hosts().size(), tries - 1)
                : Future.failedFuture(failure));
  }

  private Future<Session> open(PostgresOptions.Host host) {
    Pool pool;
    try {
      pool = PgBuilder.pool()
          .with(new PoolOptions()
              .setMaxSize(1)
              .setConnectionTimeout(CONNECT_MILLIS)
              .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS))
          .with(new NetClientOptions()
              .setConnectTimeout(CONNECT_MILLIS)
              .setTcpKeepAlive(true)
              .setTcpNoDelay(true))
          .connectingTo(connectOptions(host))
          .using(vertx)
          .build();
    } catch (IOException
        | RuntimeException e) { // a file of certificates that is gone, Vert.x that is closed
      return Future.failedFuture(e);
    }
    return pool.getConnection()
        .compose(connection -> setUp(pool, connection))
        .timeout(ANSWER_MILLIS, TimeUnit.MILLISECONDS)
        .onFailure(failure -> closeLater(pool));
  }

  /** Not within the failure's turn, in which a pool that is closed never ends, nor does Vert.x then; and not waited for. */
  private void closeLater(Pool pool) {
    vertx.runOnContext(turn -> pool.close());
  }

  private static Future<Session> setUp(Pool pool, SqlConnection connection) {
    Session session = new Session(pool, (PgConnection) connection);
    return session.run(SET_UP).compose(rows -> {
      Row row = rows.iterator().next();
      return row.getBoolean(0)
          ? Future.failedFuture(new NotPrimaryException())
          : Future.succeededFuture(session);
    });
  }

  /** The password is read each time, so that a new one needs no restart. */
  private PgConnectOptions connectOptions(PostgresOptions.Host host) throws IOException {
    PgConnectOptions connect = new PgConnectOptions()
        .setHost(host.name())
        .setPort(host.port())
        .setDatabase(options.database())
        .setUser(options.user())
        .setPassword(PasswordFile.read(options.passwordFile()))
        .setCachePreparedStatements(true)
        .setPipeliningLimit(CommitTransaction.MOST_STATEMENTS)
        .addProperty("statement_timeout", millis(options.statementTimeout().toMillis()))
        .addProperty("lock_timeout", millis(options.lockTimeout().toMillis()))
        .addProperty(
            "idle_in_transaction_session_timeout", millis(options.idleTimeout().toMillis()));
    SESSION_PROPERTIES.forEach(connect::addProperty);
    if (options.tls()) {
      connect.setSslMode(SslMode.VERIFY_FULL).setSslOptions(sslOptions());
    }
    return connect;
  }

  private static String millis(long millis) {
    return millis + "ms";
  }

  private ClientSSLOptions sslOptions() throws IOException {
    return new ClientSSLOptions()
        .setHostnameVerificationAlgorithm("HTTPS")
        .setTrustOptions(TrustedAuthorities.read(options.caFile()));
  }

  /** A standby answered, or a primary that was made read-only. */
  static final class NotPrimaryException extends Exception {
    private static final long serialVersionUID = 1L;

    NotPrimaryException() {
      super("no server of this store takes writes");
    }
  }
}
