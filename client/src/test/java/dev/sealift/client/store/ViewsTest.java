package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.Position;
import dev.sealift.protocol.log.SignedPosition;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a store keeps of what others have signed to hold. */
class ViewsTest {
  private static final HybridTime EARLY = new HybridTime(1_000);
  private static final HybridTime LATE = new HybridTime(2_000);

  private final TestFolder folder = new TestFolder();
  private final RestoredMesh mesh = new RestoredMesh(TestDevice.RULES);
  private TestDevice device;
  private TestDevice other;

  @BeforeEach
  void write() {
    device = folder.device("device").withCities();
    other = folder.device("other");
    for (int i = 0; i < 4; i++) {
      device.patch("k" + i, Map.of("name", Value.of(i)));
      mesh.sync(device, 10_000);
    }
  }

  @AfterEach
  void close() {
    folder.close();
  }

  private void say(long sequence, Hash root, HybridTime time) {
    device.write(batch -> batch.putView(new SignedView(other.id, sequence, time), root));
  }

  private Hash root(long sequence) {
    return device.store.rootAt(sequence).orElseThrow();
  }

  @Test
  void theMostThatWasSignedCounts() {
    say(3, root(3), LATE);
    say(2, root(2), EARLY);
    assertThat(device.store.views()).containsExactly(new SignedView(other.id, 3, LATE));
  }

  @Test
  void whatIsOfAnotherLogDoesNot() {
    say(3, root(2), LATE);
    say(9, root(3), LATE);
    assertThat(device.store.views()).isEmpty();
    say(0, root(2), EARLY);
    assertThat(device.store.views())
        .as("who has seen nothing says so of every log")
        .containsExactly(new SignedView(other.id, 0, EARLY));
  }

  private SignedPosition ahead(long sequence, HybridTime time) {
    return SignedPosition.sign(
        new Position(SpaceId.of(root(1)), other.id, 0, sequence, root(1), time),
        SigningKey.generate());
  }

  @Test
  void ofWhatLiesAheadTheLastOfEachIsKeptUntilItIsReachedOrTheLogGoesBack() {
    SignedPosition later = ahead(7, LATE);
    device.write(batch -> batch.putAhead(ahead(9, EARLY)));
    device.write(batch -> batch.putAhead(later));
    device.reopen();
    assertThat(device.store.ahead()).containsExactly(later);
    device.write(batch -> batch.removeAhead(other.id));
    assertThat(device.store.ahead()).isEmpty();
    device.write(batch -> batch.putAhead(later));
    mesh.restore(2);
    mesh.adopt(device);
    assertThat(device.store.ahead()).isEmpty();
  }

  @Test
  void ofALogThatWentBackOnlyWhatIsInCommonCounts() {
    say(3, root(3), LATE);
    mesh.restore(2);
    mesh.adopt(device);
    assertThat(device.store.views()).containsExactly(new SignedView(other.id, 2, LATE));
    device.reopen();
    assertThat(device.store.views()).containsExactly(new SignedView(other.id, 2, LATE));
  }

  /** A clock that was behind is put right while writes wait: they get later times. */
  @Test
  void whatMovedOnIsNotInTheLogBeforeItIs() {
    device.patch("waiting", Map.of("name", Value.of("moved")));
    HybridTime written = device.store.lastLocalTime();
    device.write(batch -> batch.restampBehind(60_000, 0));
    assertThat(device.store.lastLocalTime()).isGreaterThan(written);
    assertThat(device.store.sequenceOfOwn(written)).isZero();
    device.millis += 60_000;
    mesh.sync(device, 10_000);
    assertThat(device.store.sequenceOfOwn(written)).isEqualTo(mesh.size());
  }
}
