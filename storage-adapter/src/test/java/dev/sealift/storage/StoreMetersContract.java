package dev.sealift.storage;

import static dev.sealift.protocol.mesh.proto.CommitResult.COMMIT_RESULT_COMMITTED;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What alerts and dashboards ask of every store, before anything has happened to it. */
public abstract class StoreMetersContract {
  private static final Set<String> OF_EVERY_STORE = Set.of(
      "sealift.storage.staged.bytes",
      "sealift.storage.staged.bytes.max",
      "sealift.storage.writes.waiting",
      "sealift.storage.writes.waiting.max",
      "sealift.storage.reads.waiting",
      "sealift.storage.reads.waiting.max",
      "sealift.storage.transaction",
      "sealift.storage.transaction.files",
      "sealift.storage.transaction.bytes",
      "sealift.storage.write.failures",
      "sealift.storage.read.failures");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private FileStore store;

  protected abstract FileStore open(SimpleMeterRegistry meters) throws Exception;

  /** Shown by this store alone. */
  protected abstract Set<String> ownNames();

  protected abstract List<String> reasons();

  @BeforeEach
  void openStore() throws Exception {
    store = open(meters);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private Set<String> names() {
    return meters.getMeters().stream()
        .map(meter -> meter.getId().getName())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private double gauge(String name) {
    return meters.get("sealift.storage." + name).gauge().value();
  }

  @Test
  void everythingIsShownFromTheStart() {
    Set<String> expected = new TreeSet<>(OF_EVERY_STORE);
    expected.addAll(ownNames());

    assertThat(names()).isEqualTo(expected);
  }

  @Test
  void everyReasonIsCountedFrom0() {
    List<String> writes = new ArrayList<>(reasons());
    writes.add(StoreMeters.RETRIED);

    assertThat(reasonsOf("write.failures")).containsExactlyInAnyOrderElementsOf(writes);
    assertThat(reasonsOf("read.failures")).containsExactlyInAnyOrderElementsOf(reasons());
  }

  private List<String> reasonsOf(String counter) {
    return meters.get("sealift.storage." + counter).counters().stream()
        .filter(each -> each.count() == 0)
        .map(Meter::getId)
        .map(id -> String.valueOf(id.getTag("reason")))
        .toList();
  }

  @Test
  void aLevelIsShownWithItsBound() {
    new StoreDriver(store).stage(List.of(ByteString.copyFrom(new byte[1000])));

    assertThat(gauge("staged.bytes")).isBetween(1000.0, gauge("staged.bytes.max") / 2);
    assertThat(gauge("writes.waiting")).isLessThan(gauge("writes.waiting.max"));
    assertThat(gauge("reads.waiting")).isLessThan(gauge("reads.waiting.max"));
  }

  @Test
  void aTransactionIsCountedOnceItIsDurable() {
    ByteString payload = ByteString.copyFrom(new byte[1000]);

    assertThat(new StoreDriver(store)
            .append(new SampleLog("first"), SampleLog.device("Anna"), payload, payload))
        .isEqualTo(COMMIT_RESULT_COMMITTED);

    assertThat(meters.get("sealift.storage.transaction").timer().count()).isEqualTo(1);
    assertThat(meters.get("sealift.storage.transaction.files").summary().totalAmount())
        .isEqualTo(2);
    assertThat(meters.get("sealift.storage.transaction.bytes").summary().totalAmount())
        .isBetween(2000.0, 4000.0);
  }

  @Test
  void aStoreThatIsClosedShowsNoLevels() {
    store.close();

    assertThat(meters.getMeters()).noneMatch(meter -> meter.getId().getType() == Meter.Type.GAUGE);
  }
}
