package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.value.Value;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a store makes of files that came directly, until the log has them. */
class TakenOverTest {
  private final TestFolder folder = new TestFolder();
  private final TestMesh mesh = new TestMesh();
  private final TestDevice author = folder.device("author");
  private final TestDevice taker = folder.device("taker");

  @BeforeEach
  void start() {
    author.withCities();
    mesh.sync(author, 1_000);
    mesh.get(taker);
  }

  @AfterEach
  void end() {
    folder.close();
  }

  private static Map<String, Value> named(String name) {
    return Map.of("name", Value.of(name));
  }

  @Test
  void theClockStaysAboveWhatIsAwaitedWhenItsOwnWritesMoveBack() {
    author.millis += 30 * 60_000;
    taker.millis += 30 * 60_000;
    taker.patch("bonn", named("before it"));
    author.millis += 1_000;
    author.patch("ulm", named("in half an hour"));
    taker.takeOver(author.pack());
    taker.millis = TestDevice.START_MILLIS;
    taker.write(batch -> assertThat(batch.restampAhead(taker.millis)).isOne());

    taker.patch("ulm", named("by one who saw it"));
    assertThat(taker.get("ulm")).containsEntry("name", Value.of("by one who saw it"));
  }
}
