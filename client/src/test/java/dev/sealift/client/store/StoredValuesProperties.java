package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.value.Value;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/** What is written comes back, to the bit and of the same kind, here and on another device. */
class StoredValuesProperties {
  private TestFolder folder = new TestFolder();
  private TestDevice device = folder.device("a");
  private TestDevice other = folder.device("b");

  @BeforeProperty
  void open() {
    folder.close();
    folder = new TestFolder();
    device = folder.device("a").withCities();
    other = folder.device("b");
  }

  @AfterProperty
  void close() {
    folder.close();
  }

  @Provide
  Arbitrary<Value> values() {
    return Arbitraries.oneOf(
        Arbitraries.just(Value.NULL),
        Arbitraries.longs().map(Value::of),
        Arbitraries.doubles().filter(d -> !Double.isNaN(d)).map(Value::of),
        text().map(Value::of),
        Arbitraries.bytes().array(byte[].class).ofMaxSize(40).map(Value::of));
  }

  private static Arbitrary<String> text() {
    return Arbitraries.strings().ofMaxLength(30).filter(StoredValuesProperties::isText);
  }

  private static boolean isText(String text) {
    return text.codePoints().noneMatch(c -> c >= 0xd800 && c <= 0xdfff);
  }

  @Provide
  Arbitrary<String> keys() {
    return text().filter(key -> !key.isEmpty());
  }

  @Property(tries = 300)
  void whatIsWrittenComesBack(@ForAll("keys") String key, @ForAll("values") Value value) {
    device.put(key, Map.of("name", value, "country", value));
    assertThat(device.get(key)).containsEntry("name", value).containsEntry("country", value);
    other.receive(device.pack());
    assertThat(other.get(key)).isEqualTo(device.get(key));
  }

  @Example
  void theValuesAtTheEdgesComeBack() {
    List<Value> edges = List.of(
        Value.of(Long.MIN_VALUE),
        Value.of(Long.MAX_VALUE),
        Value.of((long) Integer.MAX_VALUE + 1),
        Value.of(Double.MIN_VALUE),
        Value.of(Double.MAX_VALUE),
        Value.of(Double.NEGATIVE_INFINITY),
        Value.of(1.0),
        Value.of(0.0),
        Value.of(""),
        Value.of("a\0b"),
        Value.of("\uD83C\uDF0A"),
        Value.of("1"),
        Value.of(new byte[0]));
    for (Value value : edges) {
      device.put("k\0" + value, Map.of("name", value));
      assertThat(device.get("k\0" + value)).containsEntry("name", value);
    }
  }
}
