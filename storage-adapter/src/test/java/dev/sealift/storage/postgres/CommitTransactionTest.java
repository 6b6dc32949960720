package dev.sealift.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.mesh.proto.StagedPayload;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.storage.SampleFile;
import dev.sealift.storage.SampleLog;
import dev.sealift.storage.staging.StagingArea;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Tuple;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Statements that the server never hears of, because the driver cannot encode what they are given. */
class CommitTransactionTest {
  private static final DeviceId ANNA = SampleLog.device("Anna");
  private static final ByteString PAYLOAD = ByteString.copyFromUtf8("payload");

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final StagingArea staging = new StagingArea(1 << 20, Long.MAX_VALUE, 1, 2);
  private final SampleLog log = new SampleLog("first");

  @AfterEach
  void closeVertx() throws Exception {
    vertx.close().await(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
  }

  /** Each of a transaction's statements in turn, until there is none more. */
  @Test
  void aStatementThatFailsInTheClientAloneLeavesNoHeadWithoutItsFiles() throws Exception {
    PostgresServer server = PostgresServer.shared();
    String database = server.database();
    int failed = 0;
    while (!commits(server, database, failed)) {
      assertThat(server.number(database, "SELECT count(*) FROM space WHERE size > 0"))
          .as("after statement %d", failed)
          .isZero();
      assertThat(server.number(database, "SELECT count(*) FROM file")).isZero();
      assertThat(server.number(database, "SELECT count(*) FROM tile_part")).isZero();
      failed++;
    }

    assertThat(failed).isGreaterThanOrEqualTo(3);
    assertThat(server.number(database, "SELECT size FROM space")).isEqualTo(2);
    assertThat(server.number(database, "SELECT count(*) FROM file")).isEqualTo(2);
    assertThat(server.number(database, "SELECT count(payload) FROM file")).isEqualTo(2);
  }

  /** False when the nth statement was there to fail. */
  private boolean commits(PostgresServer server, String database, int nth) throws Exception {
    Pool pool = PgBuilder.pool()
        .connectingTo(new PgConnectOptions()
            .setHost("127.0.0.1")
            .setPort(server.port())
            .setDatabase(database)
            .setUser(PostgresServer.USER)
            .setCachePreparedStatements(true)
            .setPipeliningLimit(CommitTransaction.MOST_STATEMENTS))
        .using(vertx)
        .build();
    Promise<Long> committed = Promise.promise();
    context.runOnContext(turn -> pool.getConnection()
        .map(connection -> new Session(pool, failing((PgConnection) connection, nth)))
        .compose(session -> new CommitTransaction(session, staging, List.of(step()))
            .run()
            .eventually(session::close))
        .onComplete(committed));
    try {
      committed.future().await(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException | AssertionError e) {
      throw e;
    } catch (Exception e) {
      assertThat(e).hasMessageContaining("can not be coerced");
      return false;
    }
  }

  private CommitStep step() {
    List<SampleFile> files = log.next(ANNA, FileKind.FILE_KIND_EVENTS, PAYLOAD, PAYLOAD);
    List<StagedPayload> staged = files.stream()
        .map(file -> {
          staging.reserve(ByteString.EMPTY, 1, file.payload().size());
          ByteString hash = Hash.of(file.payload().toByteArray()).byteString();
          return staging.keep(ByteString.EMPTY, file.payload(), hash, 0);
        })
        .toList();
    return new CommitStep(log.commit(files, staged));
  }

  /** The nth prepared statement gets what is no array. */
  private static PgConnection failing(PgConnection connection, int nth) {
    AtomicInteger prepared = new AtomicInteger();
    return proxy(PgConnection.class, connection, (method, arguments) -> {
      Object result = call(connection, method, arguments);
      return method.getName().equals("preparedQuery") && prepared.getAndIncrement() == nth
          ? badlyExecuted((PreparedQuery<?>) result)
          : result;
    });
  }

  private static Object badlyExecuted(PreparedQuery<?> query) {
    return proxy(
        PreparedQuery.class,
        query,
        (method, arguments) -> call(
            query,
            method,
            method.getName().equals("execute") && arguments != null
                ? new Object[] {bad((Tuple) arguments[0])}
                : arguments));
  }

  private static Tuple bad(Tuple good) {
    Tuple bad = Tuple.tuple();
    for (int i = 0; i < good.size(); i++) {
      bad.addValue(i == 0 ? new Object() : good.getValue(i));
    }
    return bad;
  }

  private interface Call {
    Object of(Method method, Object[] arguments) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Object target, Call call) {
    return type.cast(Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> call.of(method, arguments)));
  }

  private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
