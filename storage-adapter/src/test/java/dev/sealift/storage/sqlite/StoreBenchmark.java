package dev.sealift.storage.sqlite;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.storage.SampleFile;
import dev.sealift.storage.SampleLog;
import dev.sealift.storage.StoreDriver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * The store's figures beside the disk's own, in one run. The module's README has the command.
 *
 * <p>The floor of a commit is an append and fdatasync of one page and its frame to a file.
 */
final class StoreBenchmark {
  private static final DeviceId DEVICE = SampleLog.device("bench");
  private static final int SMALL_BYTES = 500;
  private static final int LARGE_BYTES = 1 << 20;
  private static final int WARM_UP = 2000;
  private static final int SMALL_COMMITS = 5000;
  private static final int LARGE_FILES = 300;
  private static final int CALLERS = 16;

  private final Path directory;
  private final SqliteFileStore store;
  private final StoreDriver driver;
  private final Random random = new Random(1);

  private StoreBenchmark(Path directory) throws Exception {
    this.directory = directory;
    this.store = SqliteFileStore.open(
        directory.resolve("bench.db"),
        SqliteOptions.defaults(),
        InstantSource.system(),
        new SimpleMeterRegistry());
    this.driver = new StoreDriver(store);
  }

  /** The argument is a directory on the disk to be measured. */
  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory(Path.of(args[0]), "sealift-bench");
    StoreBenchmark benchmark = new StoreBenchmark(directory);
    try {
      benchmark.run();
    } finally {
      benchmark.store.close();
      removeAll(directory);
    }
  }

  private static void removeAll(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  private void run() throws Exception {
    smallCommits("warm-up", WARM_UP);
    floor();
    smallCommits("one small file a commit", SMALL_COMMITS);
    smallCommitsTogether();
    largeCommits();
    reads();
  }

  private void floor() throws IOException {
    long[] nanos = new long[SMALL_COMMITS];
    try (FileChannel file = FileChannel.open(
        directory.resolve("floor"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer page = ByteBuffer.allocate(Database.PAGE_BYTES + 24);
      for (int i = 0; i < nanos.length; i++) {
        long started = System.nanoTime();
        file.write(page.clear());
        file.force(false);
        nanos[i] = System.nanoTime() - started;
      }
    }
    report("append and fdatasync", nanos);
  }

  private void smallCommits(String name, int count) {
    SampleLog log = new SampleLog(name);
    long[] nanos = new long[count];
    for (int i = 0; i < count; i++) {
      SpaceCommit commit = next(log, SMALL_BYTES);
      long started = System.nanoTime();
      expectCommitted(driver.commit(commit));
      nanos[i] = System.nanoTime() - started;
    }
    report(name, nanos);
  }

  private SpaceCommit next(SampleLog log, int bytes) {
    byte[] payload = new byte[bytes];
    random.nextBytes(payload);
    List<SampleFile> files =
        log.next(DEVICE, FileKind.FILE_KIND_EVENTS, ByteString.copyFrom(payload));
    SpaceCommit commit = driver.staged(log, files);
    log.accept(files);
    return commit;
  }

  private static void expectCommitted(List<CommitResult> results) {
    if (!results.stream().allMatch(CommitResult.COMMIT_RESULT_COMMITTED::equals)) {
      throw new IllegalStateException("a commit was refused");
    }
  }

  private void smallCommitsTogether() throws InterruptedException {
    List<Thread> callers = new ArrayList<>();
    long started = System.nanoTime();
    for (int i = 0; i < CALLERS; i++) {
      SampleLog log = new SampleLog("caller " + i);
      Thread caller = new Thread(() -> commitMany(log));
      caller.start();
      callers.add(caller);
    }
    for (Thread caller : callers) {
      caller.join();
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    print(
        "%d callers, a space and a small file a commit each: %,.0f commits/s",
        CALLERS, CALLERS * SMALL_COMMITS / seconds);
  }

  private void commitMany(SampleLog log) {
    for (int i = 0; i < SMALL_COMMITS; i++) {
      expectCommitted(driver.commit(next(log, SMALL_BYTES)));
    }
  }

  private void largeCommits() {
    SampleLog log = new SampleLog("large");
    long hashing = 0;
    long committing = 0;
    for (int i = 0; i < LARGE_FILES; i++) {
      long started = System.nanoTime();
      SpaceCommit commit = next(log, LARGE_BYTES);
      long staged = System.nanoTime();
      expectCommitted(driver.commit(commit));
      hashing += staged - started;
      committing += System.nanoTime() - staged;
    }
    print(
        "1 MiB a commit: %.0f MiB/s committed, %.0f MiB/s made and staged",
        LARGE_FILES / (committing / 1e9), LARGE_FILES / (hashing / 1e9));
  }

  private void reads() {
    SampleLog small = new SampleLog("one small file a commit");
    readAll("small files", small, SMALL_COMMITS, SMALL_BYTES);
    readAll("1 MiB files", new SampleLog("large"), LARGE_FILES, LARGE_BYTES);
  }

  private void readAll(String name, SampleLog log, long size, long fileBytes) {
    for (int round = 0; round < 3; round++) {
      long started = System.nanoTime();
      long after = 0;
      while (after < size) {
        ReadReply reply =
            driver.read(StoreDriver.range(log, after, size).setMaxBytes(4 << 20).build());
        after += reply.getEntriesCount();
      }
      double seconds = (System.nanoTime() - started) / 1e9;
      print(
          "read %s: %,.0f files/s, %.0f MiB/s",
          name, size / seconds, size * fileBytes / seconds / (1 << 20));
    }
  }

  private static void report(String name, long[] nanos) {
    double seconds = Arrays.stream(nanos).sum() / 1e9;
    Arrays.sort(nanos);
    print(
        "%s: %,.0f/s, p50 %.3f ms, p99 %.3f ms, max %.1f ms",
        name,
        nanos.length / seconds,
        nanos[nanos.length / 2] / 1e6,
        nanos[nanos.length * 99 / 100] / 1e6,
        nanos[nanos.length - 1] / 1e6);
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
