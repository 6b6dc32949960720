package dev.sealift.storage.sqlite;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.storage.SampleFile;
import dev.sealift.storage.SampleLog;
import dev.sealift.storage.StoreDriver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;

/**
 * A process that commits to several spaces at once until it is killed, and prints a line with space and log
 * size after each acknowledgement.
 */
final class CommitLoop {
  static final int SPACES = 4;

  private static final DeviceId DEVICE = SampleLog.device("loop");

  private CommitLoop() {}

  static SampleLog log(int number) {
    return new SampleLog("loop " + number);
  }

  public static void main(String[] args) throws Exception {
    SqliteFileStore store = SqliteFileStore.open(
        Path.of(args[0]),
        SqliteOptions.defaults(),
        InstantSource.system(),
        new SimpleMeterRegistry());
    for (int i = 0; i < SPACES; i++) {
      int number = i;
      new Thread(() -> commitForEver(new StoreDriver(store), number)).start();
    }
  }

  private static void commitForEver(StoreDriver driver, int number) {
    SampleLog log = restored(driver, number);
    Random random = new Random();
    while (true) {
      ByteString[] payloads = new ByteString[1 + random.nextInt(5)];
      for (int i = 0; i < payloads.length; i++) {
        payloads[i] = ByteString.copyFrom(new byte[random.nextInt(20_000)]);
      }
      CommitResult result = driver.append(log, DEVICE, payloads);
      if (result != CommitResult.COMMIT_RESULT_COMMITTED) {
        throw new IllegalStateException(result.name());
      }
      System.out.println(number + " " + log.size());
    }
  }

  /** The log as it is in the store. */
  static SampleLog restored(StoreDriver driver, int number) {
    SampleLog log = log(number);
    long size = driver.load(log).getSize();
    while (log.size() < size) {
      ReadReply reply = driver.read(log, log.size(), size);
      for (LogEntry entry : reply.getEntriesList()) {
        log.accept(List.of(file(log, entry)));
      }
    }
    return log;
  }

  private static SampleFile file(SampleLog log, LogEntry entry) {
    return new SampleFile(
        DEVICE,
        log.size() + 1,
        FileKind.FILE_KIND_EVENTS,
        entry.getSignedHeader(),
        entry.getPayload(),
        entry.getServerTimeMillis(),
        entry.getBase());
  }
}
