package dev.sealift.ops.chaos.device;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A file outside of the devices' homes in which they note down what they were promised: lines, on the disk before anybody counts on them. Many
 * notes wait for the disk together. From any thread; whoever is faster than the disk waits.
 */
final class Notebook implements AutoCloseable {
  private static final int WAITING = 4_096;

  private final FileChannel file;
  private final BlockingQueue<Entry> waiting = new ArrayBlockingQueue<>(WAITING);
  private final Thread writer;
  private volatile @Nullable IOException failure;

  private record Entry(ByteBuffer line, CompletableFuture<Void> durable, boolean last) {}

  Notebook(Path path) throws IOException {
    this.file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    this.writer = new Thread(this::writeAll, "sealift-chaos-notebook");
    writer.start();
  }

  void note(JsonObject note) {
    note(note, () -> {});
  }

  /** Calls back, on the notebook's thread, once the note is on the disk. */
  void note(JsonObject note, Runnable whenDurable) {
    byte[] line = (note.encode() + "\n").getBytes(StandardCharsets.UTF_8);
    CompletableFuture<Void> durable = new CompletableFuture<>();
    var unused = durable.thenRun(whenDurable);
    put(new Entry(ByteBuffer.wrap(line), durable, false));
  }

  /** Waits until all that was noted before is on the disk; fails if any note ever failed to get there. */
  void flush() throws IOException {
    CompletableFuture<Void> durable = new CompletableFuture<>();
    put(new Entry(ByteBuffer.allocate(0), durable, false));
    try {
      durable.join();
    } catch (CompletionException e) {
      throw new IOException("a note is not on the disk", e.getCause());
    }
    requireNoFailure();
  }

  private void requireNoFailure() throws IOException {
    if (failure != null) {
      throw new IOException("a note is not on the disk", failure);
    }
  }

  private void put(Entry entry) {
    try {
      waiting.put(entry);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void writeAll() {
    List<Entry> batch = new ArrayList<>();
    boolean last = false;
    while (!last) {
      batch.clear();
      try {
        batch.add(waiting.take());
      } catch (InterruptedException e) {
        return;
      }
      waiting.drainTo(batch);
      last = batch.stream().anyMatch(Entry::last);
      write(batch);
    }
  }

  private void write(List<Entry> batch) {
    try {
      for (Entry entry : batch) {
        while (entry.line().hasRemaining()) {
          file.write(entry.line());
        }
      }
      file.force(false);
    } catch (IOException e) {
      failure = e; // nothing in this batch counts; flush and close say so
      batch.forEach(entry -> entry.durable().completeExceptionally(e));
      return;
    }
    batch.forEach(entry -> entry.durable().complete(null));
  }

  /** Waits until all is written. */
  @Override
  public void close() throws IOException {
    put(new Entry(ByteBuffer.allocate(0), new CompletableFuture<>(), true));
    try {
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    file.close();
    requireNoFailure();
  }
}
