package dev.sealift.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.storage.StoreException;
import dev.sealift.storage.StoreOpenException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every session that is opened is closed. */
class LaneTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private PostgresServer server;
  private String database;
  private Lane lane;

  @BeforeEach
  void makeLane() throws Exception {
    server = PostgresServer.shared();
    database = server.database();
    lane = new Lane(new Connector(vertx, server.options(database)));
  }

  @AfterEach
  void closeVertx() throws Exception {
    vertx.close().await(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
  }

  private <T> Future<T> onLoop(Supplier<Future<T>> work) {
    Promise<T> done = Promise.promise();
    context.runOnContext(turn -> work.get().onComplete(done));
    return done.future();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
  }

  private long sessions() {
    try {
      return server.number(
          "postgres", "SELECT count(*) FROM pg_stat_activity WHERE datname = '" + database + "'");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whoAsksWhileItConnectsGetsTheSameSession() throws Exception {
    Future<Boolean> same = onLoop(() -> {
      Future<Session> first = lane.session();
      Future<Session> second = lane.session();
      return Future.all(first, second).map(both -> first.result() == second.result());
    });

    assertThat(await(same)).isTrue();
    assertThat(sessions()).isEqualTo(1);
    await(onLoop(lane::close));
  }

  @Test
  void aLaneThatWasClosedOpensNoSession() throws Exception {
    await(onLoop(lane::close));

    assertThatThrownBy(() -> await(onLoop(lane::session)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("closed");
    assertThat(sessions()).isZero();
  }

  @Test
  void aSessionThatComesAfterItsLaneWasClosedIsClosed() throws Exception {
    Future<Session> late = onLoop(() -> {
      Future<Session> connecting = lane.session();
      lane.close();
      return connecting;
    });

    assertThatThrownBy(() -> await(late)).isInstanceOf(StoreException.class);
    Await.until("the session ends", () -> sessions() == 0);
  }

  /** The schema cannot be read, which is found out with a session that is open. */
  @Test
  void aStoreThatDeniesAccessIsLeftWithoutASession() throws Exception {
    server.sql(database, "CREATE ROLE stranger_" + database + " LOGIN");
    PostgresOptions stranger = PostgresOptions.of(
        List.of(new PostgresOptions.Host("127.0.0.1", server.port())),
        database,
        "stranger_" + database,
        Optional.empty(),
        false,
        Optional.empty());

    assertThatThrownBy(() -> PostgresFileStore.open(vertx, stranger, new SimpleMeterRegistry()))
        .isInstanceOf(StoreOpenException.Denied.class);

    Await.until("the session ends", () -> sessions() == 0);
  }

  @Test
  void aConnectionThatEndsByItselfClosesItsPoolOnce() {
    AtomicInteger closed = new AtomicInteger();
    AtomicReference<Handler<Void>> end = new AtomicReference<>();
    Pool pool = stub(Pool.class, (name, argument) -> {
      assertThat(name).isEqualTo("close");
      closed.incrementAndGet();
      return Future.succeededFuture();
    });
    @SuppressWarnings("unchecked") // as the interface says
    PgConnection connection = stub(PgConnection.class, (name, argument) -> {
      if (name.equals("closeHandler")) {
        end.set((Handler<Void>) argument);
      }
      return null;
    });
    Session session = new Session(pool, connection);

    end.get().handle(null);
    assertThat(session.isOpen()).isFalse();
    assertThat(closed).hasValue(1);

    session.close();
    assertThat(closed).hasValue(1);
  }

  private interface Call {
    Object answer(String method, Object argument);
  }

  private static <T> T stub(Class<T> type, Call call) {
    return type.cast(Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) ->
            call.answer(method.getName(), arguments == null ? null : arguments[0])));
  }
}
