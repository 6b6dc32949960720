package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.store.StoreException.Code;
import dev.sealift.client.value.Value;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteConfig.SynchronousMode;

/** Interrupting a result ends its reading, and nothing else on the connection. */
class InterruptTest {
  private static final String ROWS = "select id from cities order by id";

  /** What another thread does while a snapshot is being ended. */
  private Runnable meanwhile = () -> {};

  private boolean interrupted;

  @Test
  void theEndOfASnapshotIsNotInterrupted() {
    try (TestFolder folder = new TestFolder();
        TestDevice device =
            new TestDevice(new Interruptible(), folder.path().resolve("a.db"), "a").withCities()) {
      device.write(batch -> batch.put("cities", "k0", Map.of("name", Value.of("Riga"))));
      try (QueryResult result = device.store.query(ROWS, List.of())) {
        assertThat(result.next()).isTrue();
        meanwhile = result::cancel;
        assertThat(result.next()).isFalse();
      }
      meanwhile = () -> {};
      try (QueryResult next = device.store.query(ROWS, List.of())) { // on the same connection
        assertThat(next.next()).isTrue();
      }
      assertThat(interrupted).isFalse();
    }
  }

  @Test
  void whatWasClosedInterruptsNobodyElse() {
    try (TestFolder folder = new TestFolder();
        TestDevice device =
            new TestDevice(new Interruptible(), folder.path().resolve("a.db"), "a").withCities()) {
      QueryResult closed = device.store.query(ROWS, List.of());
      closed.close();
      closed.cancel();
      assertThat(interrupted).isFalse();
    }
  }

  /** Fails what is executed while it is interrupted, as SQLite does. */
  private final class Interruptible implements Driver {
    private final JdbcDriver jdbc = new JdbcDriver(SynchronousMode.OFF);

    @Override
    public Db openWriter(Path file) {
      return jdbc.openWriter(file);
    }

    @Override
    public Db openReader(Path file) {
      Db reader = jdbc.openReader(file);
      return (Db) Proxy.newProxyInstance(
          Db.class.getClassLoader(), new Class<?>[] {Db.class}, (proxy, method, arguments) -> {
            if (method.getName().equals("interrupt")) {
              interrupted = true;
            } else if (method.getName().equals("execute") && arguments[0].equals("COMMIT")) {
              CompletableFuture.runAsync(meanwhile).join();
              if (interrupted) {
                throw new StoreException(Code.QUERY_CANCELLED, "interrupted");
              }
            }
            try {
              return method.invoke(reader, arguments);
            } catch (InvocationTargetException e) {
              throw e.getCause();
            }
          });
    }
  }
}
