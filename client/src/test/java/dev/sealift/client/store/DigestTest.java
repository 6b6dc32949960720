package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The encodings under the digests, written down a second time. */
class DigestTest {
  private static final DeviceId FAR = DeviceId.of(TestDevice.hash("far"));
  private static final HybridTime EARLY = HybridTime.of(TestDevice.START_MILLIS, 1);
  private static final HybridTime LATE = HybridTime.of(TestDevice.START_MILLIS, 2);

  private final TestFolder folder = new TestFolder();
  private final TestDevice device = folder.device("a");
  private final ByteArrayOutputStream expected = new ByteArrayOutputStream();

  @AfterEach
  void close() {
    folder.close();
  }

  private void raw(int... bytes) {
    for (int b : bytes) {
      expected.write(b);
    }
  }

  private void raw(byte[] bytes) {
    expected.writeBytes(bytes);
  }

  private void data(byte[] bytes) {
    raw(ByteBuffer.allocate(4).putInt(bytes.length).array());
    raw(bytes);
  }

  private void text(String text) {
    data(text.getBytes(StandardCharsets.UTF_8));
  }

  private void stamp(HybridTime time) {
    raw(ByteBuffer.allocate(8).putLong(time.bits()).array());
    raw(FAR.toByteArray());
  }

  private static EventRun run(
      RunKind kind,
      String table,
      HybridTime time,
      String key,
      List<String> columns,
      Value... values) {
    return new EventRun(
        kind,
        table,
        0,
        List.of(),
        columns,
        List.of(new RowEvent(key, time, Arrays.asList(values))));
  }

  private void receive(EventRun... runs) {
    device.receive(TestDevice.sent(FAR, device.store.position() + 1, List.of(runs)));
  }

  private void fill() {
    receive(
        run(RunKind.PUT, "z", EARLY, "gone", List.of("x"), Value.of(1)),
        run(RunKind.REMOVE, "z", LATE, "gone", List.of()),
        run(RunKind.PUT, "t", EARLY, "\uFFFD", List.of("y", "x"), Value.of(7), Value.NULL),
        run(RunKind.PATCH, "t", LATE, "\uD83C\uDF0A", List.of("x"), Value.of("ü")));
  }

  @Test
  void theVisibleDigestIsOfTheEncodingOfWhatIsVisible() {
    fill();
    raw("sealift.v1 visible state".getBytes(StandardCharsets.US_ASCII));
    raw(0, 1);
    text("t");
    raw(2);
    text("\uFFFD");
    raw(3);
    text("y");
    data(Value.of(7).canonical());
    raw(2);
    text("\uD83C\uDF0A");
    raw(3);
    text("x");
    data(Value.of("ü").canonical());
    raw(0);
    assertThat(device.store.visibleDigest()).isEqualTo(Hash.of(expected.toByteArray()));
  }

  @Test
  void theMergeDigestIsOfTheEncodingOfWhatMergingKnows() {
    fill();
    raw("sealift.v1 merge state".getBytes(StandardCharsets.US_ASCII));
    raw(0, 1);
    text("t");
    raw(2);
    text("\uFFFD");
    raw(4);
    stamp(EARLY);
    cell("x", EARLY, Value.NULL);
    cell("y", EARLY, Value.of(7));
    raw(2);
    text("\uD83C\uDF0A");
    cell("x", LATE, Value.of("ü"));
    raw(1);
    text("z");
    raw(2);
    text("gone");
    raw(4);
    stamp(EARLY);
    raw(5);
    stamp(LATE);
    cell("x", EARLY, Value.of(1));
    raw(0);
    assertThat(device.store.mergeDigest()).isEqualTo(Hash.of(expected.toByteArray()));
  }

  private void cell(String column, HybridTime time, Value value) {
    raw(3);
    text(column);
    stamp(time);
    data(value.canonical());
  }

  @Test
  void anEmptyStoreHasTheDigestOfNothing() {
    raw("sealift.v1 visible state".getBytes(StandardCharsets.US_ASCII));
    raw(0, 0);
    assertThat(device.store.visibleDigest()).isEqualTo(Hash.of(expected.toByteArray()));
  }

  @Test
  void whatIsNotThereDoesNotCount() {
    Hash before = device.store.visibleDigest();
    device.withCities();
    assertThat(device.store.visibleDigest()).isEqualTo(before);
    device.put("1", java.util.Map.of());
    Hash empty = device.store.visibleDigest();
    assertThat(empty).isNotEqualTo(before);
    device.remove("1");
    assertThat(device.store.visibleDigest()).isEqualTo(before);
  }

  @Test
  void largeValuesAreDigestedToo() {
    device.withCities();
    device.put("1", java.util.Map.of("name", Value.of(new byte[100_000])));
    Hash one = device.store.visibleDigest();
    device.put("1", java.util.Map.of("name", Value.of(new byte[100_001])));
    assertThat(device.store.visibleDigest()).isNotEqualTo(one);
  }
}
