package dev.sealift.ops.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.Row;
import dev.sealift.client.Schema;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.support.Await;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Two devices in several spaces, so many that every engine owns some. One writes, all along if it is told to. */
final class Household implements AutoCloseable {
  private static final int SPACES = 6;

  private final Sealift writer;
  private final Sealift reader;
  private final List<Space> written = new ArrayList<>();
  private final List<Space> read = new ArrayList<>();
  private final Thread thread = new Thread(this::keepWriting, "writer");
  private volatile boolean stop;
  private volatile @Nullable Exception failure;
  private volatile long longestNanos;
  private volatile int rows;

  Household(Path folder, URI mesh) throws Exception {
    writer = Sealift.open(folder.resolve("writer"));
    reader = Sealift.open(folder.resolve("reader"));
    for (int i = 0; i < SPACES; i++) {
      Space space =
          writer.create("space " + i, Schema.of(Schema.table("notes", "id").text("text")));
      space.connect(mesh);
      written.add(space);
      Space joined = reader.join(space.invite());
      joined.connect();
      read.add(joined);
    }
  }

  /** Writes a row into every space and awaits that all are durable; returns how long the slowest took. */
  Duration write() throws Exception {
    long start = System.nanoTime();
    String key = "row " + rows++;
    for (Space space : written) {
      space.table("notes").put(key, Row.of("text", key));
    }
    for (Space space : written) {
      space.whenDurable().get(Processes.DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }

  void startWriting() {
    thread.start();
  }

  private void keepWriting() {
    try {
      while (!stop) {
        longestNanos = Math.max(longestNanos, write().toNanos());
      }
    } catch (Exception e) {
      failure = e;
    }
  }

  /** Awaits that so many more rows are durable. */
  void awaitMore(int more) {
    int target = rows + more;
    Await.until(Processes.DEADLINE, () -> rows >= target || failure != null, () -> rows + " rows");
  }

  /** Stops writing; returns how long the slowest write took. */
  Duration stopWriting() throws Exception {
    stop = true;
    thread.join();
    if (failure != null) {
      throw failure;
    }
    return Duration.ofNanos(longestNanos);
  }

  /** Everything written is at the reader, once. */
  void assertNothingIsLost() {
    for (int i = 0; i < SPACES; i++) {
      Space here = written.get(i);
      Space there = read.get(i);
      Await.until(
          Processes.DEADLINE,
          () -> here.digest().equals(there.digest()),
          () -> "the reader has " + there.status());
      assertThat(there.table("notes").count()).isEqualTo(rows);
    }
  }

  @Override
  public void close() {
    stop = true;
    writer.close();
    reader.close();
  }
}
