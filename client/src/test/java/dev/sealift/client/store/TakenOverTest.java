package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.store.TestDevice.Sent;
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

  /** What was written here names the newest file of a chain; those before it come to the log one by one. */
  @Test
  void whatReplacedAFileStillDoesWhenTheLogHasItAndNotYetTheOneBehindIt() {
    author.withCompoundCities();
    mesh.sync(author, 1_000);
    mesh.get(taker);
    author.write(batch -> batch.append("cities", "bonn", "text", Value.of(new byte[] {1})));
    Sent first = author.pack();
    author.patch("ulm", named("of another row"));
    Sent second = author.pack();
    taker.takeOver(first);
    taker.takeOver(second);
    taker.millis += 1_000;
    taker.write(batch -> batch.collapse("cities", "bonn", "text", Value.of(new byte[] {2})));
    assertThat(taker.get("bonn")).containsEntry("text", Value.of(1));

    mesh.log.add(first);
    mesh.get(taker);
    assertThat(taker.get("bonn")).as("it had seen it").containsEntry("text", Value.of(1));
    mesh.log.add(second);
    mesh.get(taker);
    assertThat(taker.get("bonn")).containsEntry("text", Value.of(1));
    mesh.sync(taker, 1_000);
    mesh.get(author);
    assertThat(author.get("bonn")).containsEntry("text", Value.of(1));
    assertThat(author.store.mergeDigest()).isEqualTo(taker.store.mergeDigest());
  }

  /** Another copy of the author's home wrote in their place, so they never come: what was written here has not seen that. */
  @Test
  void whatStandsInThePlaceOfFilesThatAreGivenUpWasNotSeen() {
    author.withCompoundCities();
    mesh.sync(author, 1_000);
    mesh.get(taker);
    TestDevice copy = folder.copy(author, "author");
    copy.write(batch -> batch.append("cities", "bonn", "text", Value.of(new byte[] {3})));
    Sent other = copy.pack();
    author.write(batch -> batch.append("cities", "bonn", "text", Value.of(new byte[] {1})));
    taker.takeOver(author.pack());
    author.patch("ulm", named("of another row"));
    taker.takeOver(author.pack());
    taker.millis += 1_000;
    taker.write(batch -> batch.collapse("cities", "bonn", "text", Value.of(new byte[] {2})));

    taker.displaced().keySet().forEach(id -> taker.write(batch -> batch.removeDisplaced(id)));
    mesh.log.add(other);
    mesh.get(taker);
    assertThat(taker.get("bonn")).containsEntry("text", Value.of(2));
  }
}
