package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.value.Value;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A row that was removed, begun anew long after, and removed once more, all of it before anybody else has seen any: what the first removal took with it stays away. */
class RemovedTwiceTest {
  private static final String KEY = "k";

  private static TestDevice written(TestFolder folder, SpaceRules rules) {
    TestDevice device = folder.device("a").withCompoundCities();
    new RestoredMesh(rules).sync(device, 10_000);
    device.write(batch -> {
      batch.append("cities", KEY, "text", Value.of(new byte[] {5}));
      batch.add("cities", KEY, "tags", Value.of(1));
    });
    device.remove(KEY);
    device.millis += rules.cutOffMillis() + 86_400_000;
    device.patch(KEY, Map.of("population", Value.of(7)));
    device.write(batch -> {
      batch.undoable(1);
      batch.remove("cities", KEY);
    });
    return device;
  }

  private static void requireOnlyWhatIsNew(TestDevice device) {
    device.write(batch -> batch.undo());
    Map<String, Value> row = device.store.get("cities", KEY).orElseThrow();
    assertThat(row)
        .containsEntry("population", Value.of(7))
        .containsEntry("text", Value.of(0))
        .containsEntry("tags", Value.of("[]"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whenTheRowIsShownAnew(boolean byArrival) {
    SpaceRules rules = TestDevice.rules(byArrival);
    try (TestFolder folder = new TestFolder(rules)) {
      TestDevice device = written(folder, rules);
      device.beginAnew();
      requireOnlyWhatIsNew(device);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whenTheWritesWerePackedAndAreShownAnew(boolean byArrival) {
    SpaceRules rules = TestDevice.rules(byArrival);
    try (TestFolder folder = new TestFolder(rules)) {
      TestDevice device = written(folder, rules);
      assertThat(device.pack()).isNotNull();
      device.beginAnew();
      requireOnlyWhatIsNew(device);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whereOthersReadIt(boolean byArrival) {
    SpaceRules rules = TestDevice.rules(byArrival);
    try (TestFolder folder = new TestFolder(rules)) {
      RestoredMesh mesh = new RestoredMesh(rules);
      TestDevice device = folder.device("a").withCompoundCities();
      mesh.sync(device, 10_000);
      device.part(KEY, 6, 5);
      device.remove(KEY);
      device.millis += rules.cutOffMillis() + 86_400_000;
      device.patch(KEY, Map.of("population", Value.of(7)));
      device.remove(KEY);
      mesh.pass(rules.cutOffMillis() + 86_400_000);
      mesh.sync(device, 10_000);
      TestDevice reader = mesh.reader(folder, "reader", mesh.size());
      assertThat(reader.store.mergeDigest()).isEqualTo(device.store.mergeDigest());
      for (TestDevice one : new TestDevice[] {device, reader}) {
        one.write(batch -> batch.mark("cities", KEY));
        assertThat(one.store.get("cities", KEY).orElseThrow())
            .containsEntry("population", Value.of(7))
            .containsEntry("text", Value.of(0));
      }
    }
  }
}
