package dev.sealift.ops.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.sync.CompactionThresholds;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.FileKind;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** A device that always has something to send does its share all the same. */
class BusyWriterTest extends CompactingBed {
  private static final CompactionThresholds NEVER = new CompactionThresholds(100_000, 100_000);

  private static final long MOST_DELAY_MILLIS = 40;

  /** Far less than a frame takes to the mesh and back, as a rule. */
  private static final long BETWEEN_WRITES_MILLIS = 2;

  private static final int MOST_WRITES = 15_000;

  private Device founder(CompactionThresholds at) {
    thresholds = at;
    Device founder = device("founder");
    founder.found(List.of(NOTES), SpaceRules.defaults());
    founder.connect();
    rest();
    mesh.network().mostDelayMillis(MOST_DELAY_MILLIS);
    return founder;
  }

  /** Writes on and on, until there is one of what is waited for. */
  private void writeUntil(Device device, LongSupplier files) {
    for (int i = 0; i < MOST_WRITES && (i % 500 > 0 || files.getAsLong() == 0); i++) {
      String key = "busy" + i % 20;
      String body = "note " + i;
      device.write(batch -> batch.put("notes", key, Map.of("body", new Value.Text(body))));
      scheduler.runUntil(scheduler.nowMillis() + BETWEEN_WRITES_MILLIS);
    }
    assertThat(files.getAsLong()).isGreaterThan(0);
  }

  private static long attestations(Device device) {
    return device.store().files(1, 10_000, Long.MAX_VALUE).stream()
        .filter(file -> parse(file.header()).header().kind() == FileKind.FILE_KIND_ATTESTATION)
        .count();
  }

  @Test
  void itCompacts() {
    Device founder = founder(new CompactionThresholds(100, 400));
    writeUntil(founder, () -> compactions(founder));
    mesh.network().mostDelayMillis(0);
    rest();
    Device young = joined("young", founder);
    assertThat(young.store().mergeDigest()).isEqualTo(founder.store().mergeDigest());
    assertThat(young.store().visibleDigest()).isEqualTo(founder.store().visibleDigest());
  }

  @Test
  void itComparesWhatAnotherHasCompacted() {
    Device founder = founder(NEVER);
    thresholds = new CompactionThresholds(100, 400);
    Device other = joined("other", founder);
    writeUntil(founder, () -> attestations(other));
    mesh.network().mostDelayMillis(0);
    rest();
    assertThat(founder.replica().contested()).isEmpty();
    assertThat(compactions(other)).isGreaterThan(0);
    assertThat(other.store().mergeDigest()).isEqualTo(founder.store().mergeDigest());
  }
}
