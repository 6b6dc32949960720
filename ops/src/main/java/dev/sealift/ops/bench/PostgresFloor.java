package dev.sealift.ops.bench;

import com.google.protobuf.ByteString;
import dev.sealift.ops.bench.EngineBatches.Batch;
import dev.sealift.ops.bench.EngineBatches.Part;
import dev.sealift.storage.postgres.PostgresOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The least that the same server takes for the same bytes: rows of header and payload with a key, one statement and one round trip a
 * transaction, from the same client over as many connections as the store commits with, on one event loop as there.
 */
final class PostgresFloor {
  private static final String TABLE = """
      CREATE TABLE plain (space bigint, sequence bigint, header bytea, payload bytea, PRIMARY KEY (space, sequence))""";

  private static final String INSERT = """
      INSERT INTO plain (space, sequence, header, payload)
      SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[])""";

  private final Vertx vertx;
  private final PostgresOptions options;

  PostgresFloor(Vertx vertx, PostgresOptions options) {
    this.vertx = vertx;
    this.options = options;
  }

  /** Inserts each engine's batches over a connection of its own, a transaction each; the seconds that it takes. */
  double seconds(List<List<Batch>> engines) throws Exception {
    List<List<Tuple>> rows = new ArrayList<>();
    for (int i = 0; i < engines.size(); i++) {
      int engine = i;
      rows.add(engines.get(i).stream().map(batch -> rows(batch, engine)).toList());
    }
    Context context = vertx.getOrCreateContext();
    List<PgConnection> connections = new ArrayList<>();
    for (int i = 0; i < engines.size(); i++) {
      connections.add(await(on(context, this::connect)));
    }
    await(on(context, () -> connections.get(0).query(TABLE).execute()));
    double seconds = Workbench.seconds(() -> await(on(context, () -> {
      List<Future<Void>> running = new ArrayList<>();
      for (int i = 0; i < connections.size(); i++) {
        running.add(insert(connections.get(i), rows.get(i).iterator()));
      }
      return Future.join(running);
    })));
    for (PgConnection connection : connections) {
      await(connection.close());
    }
    return seconds;
  }

  private Future<PgConnection> connect() {
    PostgresOptions.Host host = options.hosts().get(0);
    return PgConnection.connect(
        vertx,
        new PgConnectOptions()
            .setHost(host.name())
            .setPort(host.port())
            .setDatabase(options.database())
            .setUser(options.user())
            .setCachePreparedStatements(true));
  }

  private static Future<Void> insert(PgConnection connection, Iterator<Tuple> batches) {
    if (!batches.hasNext()) {
      return Future.succeededFuture();
    }
    Future<?> begun = connection.query("BEGIN").execute();
    Future<?> inserted = connection.preparedQuery(INSERT).execute(batches.next());
    Future<?> committed = connection.query("COMMIT").execute();
    return Future.all(begun, inserted, committed).compose(done -> insert(connection, batches));
  }

  /** The columns of a batch. Each engine's spaces have numbers of their own. */
  private static Tuple rows(Batch batch, int engine) {
    List<Long> spaces = new ArrayList<>();
    List<Long> sequences = new ArrayList<>();
    List<Buffer> headers = new ArrayList<>();
    List<Buffer> payloads = new ArrayList<>();
    for (Part part : batch.parts()) {
      long space = part.commit().getSpace().asReadOnlyByteBuffer().getLong() & ~1L | engine;
      for (int i = 0; i < part.payloads().size(); i++) {
        spaces.add(space);
        sequences.add(part.commit().getExpectedSize() + 1 + i);
        headers.add(buffer(part.commit().getFiles(i).getSignedHeader()));
        payloads.add(buffer(part.payloads().get(i)));
      }
    }
    return Tuple.of(
        spaces.toArray(Long[]::new),
        sequences.toArray(Long[]::new),
        headers.toArray(Buffer[]::new),
        payloads.toArray(Buffer[]::new));
  }

  private static Buffer buffer(ByteString bytes) {
    return Buffer.buffer(bytes.toByteArray());
  }

  private interface Asking<T> {
    Future<T> ask();
  }

  private static <T> Future<T> on(Context context, Asking<T> asking) {
    Promise<T> answer = Promise.promise();
    context.runOnContext(turn -> asking.ask().onComplete(answer));
    return answer.future();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .get(Workbench.DEADLINE.toSeconds(), TimeUnit.SECONDS);
  }
}
