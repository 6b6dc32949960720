package dev.sealift.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.storage.SampleFile;
import dev.sealift.storage.SampleLog;
import dev.sealift.storage.StoreDriver;
import dev.sealift.storage.StoreException;
import java.util.List;

/** A space as a merge engine sees it that loads it again whenever it is in doubt, with one device that writes. */
final class PostgresSpace {
  private final StoreDriver driver;
  private final DeviceId device;
  private final SampleLog log;
  private List<SampleFile> next = List.of();
  private int written;
  private boolean inDoubt = true;

  PostgresSpace(StoreDriver driver, SampleLog log, DeviceId device) {
    this.driver = driver;
    this.log = log;
    this.device = device;
  }

  /** Files of this device that were answered as committed, or found to be in the log. */
  int written() {
    return written;
  }

  /** Catches up with the store; what was answered must be in it. */
  void load() {
    LoadSpaceReply loaded = driver.load(log);
    assertThat(loaded.getSize()).isGreaterThanOrEqualTo(log.size());
    while (log.size() < loaded.getSize()) {
      for (LogEntry entry : driver.read(log, log.size(), loaded.getSize()).getEntriesList()) {
        accept(entry);
      }
    }
    assertThat(log.size() == 0 || loaded.getRoot().equals(log.rootAt(log.size()).byteString()))
        .isTrue();
    inDoubt = false;
  }

  /** False when the store failed. */
  boolean tryLoad() {
    try {
      load();
      return true;
    } catch (StoreException e) {
      return false;
    }
  }

  private void accept(LogEntry entry) {
    boolean own = entry.getPayload().equals(device.byteString());
    long counter = own ? ++written : log.size() + 1_000_000;
    log.accept(List.of(new SampleFile(
        own ? device : SampleLog.device("somebody else"),
        counter,
        FileKind.FILE_KIND_EVENTS,
        entry.getSignedHeader(),
        entry.getPayload(),
        entry.getServerTimeMillis(),
        entry.getBase())));
  }

  SpaceCommit next() {
    ByteString payload = device.byteString();
    next = log.next(device, FileKind.FILE_KIND_EVENTS, payload);
    return driver.staged(log, next);
  }

  void note(CommitResult result) {
    if (result == CommitResult.COMMIT_RESULT_COMMITTED) {
      log.accept(next);
      written++;
    } else {
      inDoubt = true;
    }
  }

  void append() {
    if (inDoubt) {
      load();
    }
    note(driver.commit(next()).get(0));
  }

  /** False when the store failed: then whether the file is in it is unknown. */
  boolean tryAppend() {
    try {
      append();
      return true;
    } catch (StoreException e) {
      inDoubt = true;
      return false;
    }
  }
}
