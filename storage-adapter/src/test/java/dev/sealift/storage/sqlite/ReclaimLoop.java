package dev.sealift.storage.sqlite;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.storage.SampleFile;
import dev.sealift.storage.SampleLog;
import dev.sealift.storage.StoreDriver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;

/**
 * A process that commits to a space, compacts it, has files expire and reclaims, a few files at a time, until it is killed, and prints after each
 * acknowledgement how many files have lost something, and how many have expired.
 */
final class ReclaimLoop {
  private static final DeviceId ANNA = SampleLog.device("Anna");
  private static final DeviceId BEN = SampleLog.device("Ben");

  private final StoreDriver driver;
  private final SampleLog log;
  private final Random random = new Random();
  private long losses;
  private long expired;

  private ReclaimLoop(StoreDriver driver, SampleLog log) {
    this.driver = driver;
    this.log = log;
  }

  /** A space of its own for each run. */
  static SampleLog log(String run) {
    return new SampleLog("reclaimed " + run);
  }

  public static void main(String[] args) throws Exception {
    SqliteFileStore store = SqliteFileStore.open(
        Path.of(args[0]),
        SqliteOptions.defaults(),
        InstantSource.system(),
        new SimpleMeterRegistry());
    new ReclaimLoop(new StoreDriver(store), log(args[1])).run();
  }

  private void run() {
    append(log.next(ANNA, FileKind.FILE_KIND_MEMBERSHIP, ByteString.copyFromUtf8("genesis")));
    while (true) {
      append(log.next(BEN, FileKind.FILE_KIND_EVENTS, payloads(1 + random.nextInt(20))));
      append(log.expiring(BEN, random.nextInt(500), payloads(1 + random.nextInt(20))));
      append(log.next(ANNA, FileKind.FILE_KIND_EVENTS, payloads(1 + random.nextInt(20))));
      expire();
      append(log.compaction(ANNA, 1, log.size(), 1, true, payloads(1 + random.nextInt(3))));
      reclaim();
    }
  }

  private ByteString[] payloads(int count) {
    ByteString[] payloads = new ByteString[count];
    for (int i = 0; i < count; i++) {
      payloads[i] = ByteString.copyFrom(new byte[random.nextInt(5_000)]);
    }
    return payloads;
  }

  private void append(List<SampleFile> files) {
    CommitResult result = driver.append(log, files);
    if (result != CommitResult.COMMIT_RESULT_COMMITTED) {
      throw new IllegalStateException(result.name());
    }
  }

  private void expire() {
    expired += driver.expire(log, 1 + random.nextInt(20)).getFiles();
    print();
  }

  private void print() {
    System.out.println(losses + " " + expired);
  }

  private void reclaim() {
    ReclaimRequest.Builder request = StoreDriver.reclaimOf(log, log.size());
    ReclaimReply reply;
    do {
      reply = driver.reclaim(request.setMaxFiles(1 + random.nextInt(20)));
      losses += reply.getFiles();
      print();
      request.setAfter(reply.getLookedAt());
    } while (reply.getLookedAt() > 0);
  }
}
