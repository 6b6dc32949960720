package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.client.value.Bytes;
import dev.sealift.client.value.Value;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a device does with the places that a restored mesh has lost. */
class RewindTest {
  private final TestFolder folder = new TestFolder();
  private final TestDevice device = folder.device("a").withCities();
  private final TestDevice other = folder.device("b");

  @BeforeEach
  void shareTheSchema() {
    Sent schema = device.pack();
    other.receive(schema);
    device.receive(schema);
  }

  @AfterEach
  void close() {
    folder.close();
  }

  private static Map<String, Value> named(long name) {
    return Map.of("name", Value.of(name));
  }

  private void rewind(long size) {
    device.write(batch -> batch.rewind(size));
  }

  @Test
  void ownFilesBeyondGoToTheOutboxAgainAndOthersAreDisplaced() {
    device.put("1", named(1));
    Sent own = device.pack();
    device.receive(own);
    other.receive(own);
    other.put("2", named(2));
    Sent theirs = other.pack();
    device.write(batch -> {
      batch.apply(theirs.at(3));
      batch.keep(3, new byte[] {7}, new byte[] {8});
    });

    rewind(1);

    assertThat(device.store.position()).isEqualTo(1);
    assertThat(device.store.outbox()).containsExactly(own.outboxFile());
    DisplacedFile displaced = device.store.displaced(0).orElseThrow();
    assertThat(device.store.displacedCount()).isEqualTo(1);
    assertThat(displaced.header().toByteArray()).containsExactly(7);
    assertThat(device.store.displacedPayload(displaced.id())).contains(Bytes.of(new byte[] {8}));
    assertThat(device.store.count("cities")).isEqualTo(2); // nothing that was merged goes
  }

  @Test
  void aFileWithAReceiptBeyondWhatIsHeldIsSentAgainToo() {
    device.put("1", named(1));
    Sent own = device.pack();
    device.write(batch -> batch.settle(own.counter(), own.id(), 2));
    assertThat(device.store.outbox()).isEmpty();

    rewind(1);

    assertThat(device.store.outbox()).containsExactly(own.outboxFile());
    assertThat(device.store.displaced(0)).isEmpty();
  }

  /** Many are looked at for each that is sent. */
  @Test
  void lookingThroughDisplacedFilesReadsNoPayload() {
    theirs("2", 2, 7);
    rewind(1);
    long id = device.store.displaced(0).orElseThrow().id();
    List<String> prepared = new ArrayList<>();
    try (Reader reader =
        new Reader(recording(new JdbcDriver().openReader(device.file), prepared))) {
      assertThat(FileLog.displaced(reader, 0).orElseThrow().id()).isEqualTo(id);
      assertThat(prepared).hasSize(1).noneMatch(sql -> sql.contains("payload"));
      // It stands behind the payload in its row.
      assertThat(prepared).noneMatch(sql -> sql.contains("refused"));
    }
  }

  private static Db recording(Db db, List<String> prepared) {
    return (Db) Proxy.newProxyInstance(
        Db.class.getClassLoader(), new Class<?>[] {Db.class}, (proxy, method, arguments) -> {
          if (method.getName().equals("prepare")) {
            prepared.add((String) arguments[0]);
          }
          return method.invoke(db, arguments);
        });
  }

  @Test
  void whatLostAPlaceBeforeIsNotForgottenForWhatLosesItNow() {
    Sent first = theirs("2", 2, 7);
    rewind(1);
    theirs("3", 2, 9);

    rewind(1);

    DisplacedFile one = device.store.displaced(0).orElseThrow();
    DisplacedFile two = device.store.displaced(one.id()).orElseThrow();
    assertThat(one.header().toByteArray()).containsExactly(7);
    assertThat(two.header().toByteArray()).containsExactly(9);
    assertThat(device.store.displaced(two.id())).isEmpty();
    assertThat(first.counter()).isEqualTo(1);
  }

  /** A file by the other device, whose sealed bytes are made up. */
  private Sent theirs(String key, long sequence, int header) {
    other.put(key, named(1));
    Sent sent = other.pack();
    device.write(batch -> {
      batch.apply(sent.at(sequence));
      batch.keep(sequence, new byte[] {(byte) header}, new byte[] {8});
    });
    return sent;
  }

  @Test
  void whatTheMeshHasRefusedForGoodIsAskedForAgainAfterTheNextRestoration() {
    theirs("2", 2, 7);
    rewind(1);
    long id = device.store.displaced(0).orElseThrow().id();

    device.write(batch -> batch.refuseDisplaced(id));
    assertThat(device.store.isDisplacedRefused(id)).isTrue();

    rewind(0);
    assertThat(device.store.isDisplacedRefused(id)).isFalse();
  }

  /** As a home of the first version has it, which kept no files. */
  private void forgetFileAt(long sequence) throws SQLException {
    device.store.close();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + device.file);
        java.sql.Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM _sealift_file WHERE sequence = " + sequence);
    }
    device.open();
  }

  @Test
  void ownWritesInFilesThatWereNotKeptArePendingAgain() throws SQLException {
    device.put("1", named(1));
    device.put("2", named(2));
    device.put("gone", named(3));
    device.receive(device.pack());
    device.remove("gone");
    device.patch("2", named(4));
    device.receive(device.pack());
    device.put("3", named(5));
    Sent unsent = device.pack();
    forgetFileAt(2);

    rewind(1);

    // What stands behind it in the chain cannot go without it.
    assertThat(device.store.outbox()).doesNotContain(unsent.outboxFile()).isEmpty();
    device.counter(device.store.ownHead().orElseThrow().counter());
    Sent again = device.pack();
    assertThat(again.counter()).isEqualTo(2);
    assertThat(again.runs()).allSatisfy(run -> assertThat(run.seenSequence()).isZero());
    other.receive(again);
    assertThat(other.store.visibleDigest()).isEqualTo(device.store.visibleDigest());
    assertThat(other.get("2")).isEqualTo(device.get("2")).isNotEmpty();
    assertThat(other.store.count("cities")).isEqualTo(3);
  }

  @Test
  void ownFilesBeforeTheOneThatWasNotKeptGoAsTheyWere() throws SQLException {
    device.put("1", named(1));
    Sent kept = device.pack();
    device.receive(kept);
    device.put("2", named(2));
    device.receive(device.pack());
    forgetFileAt(3);

    rewind(1);

    assertThat(device.store.outbox()).containsExactly(kept.outboxFile());
    assertThat(device.store.pendingCount()).isEqualTo(1);
    device.counter(kept.counter());
    other.receive(kept);
    other.receive(device.pack());
    assertThat(other.store.visibleDigest()).isEqualTo(device.store.visibleDigest());
  }

  @Test
  void whatIsPendingHasSeenNoMoreThanWhatIsLeft() {
    device.put("1", named(1));
    Sent own = device.pack();
    device.receive(own);
    device.put("2", named(2));

    rewind(1);

    Sent pending = device.pack();
    assertThat(pending.runs())
        .allSatisfy(run -> assertThat(run.seenSequence()).isLessThanOrEqualTo(1));
  }

  @Test
  void filesUpToTheSizeStay() {
    device.put("1", named(1));
    Sent own = device.pack();
    device.receive(own);

    rewind(2);

    assertThat(device.store.position()).isEqualTo(2);
    assertThat(device.store.outbox()).isEmpty();
    assertThat(device.store.files(1, 10, 1 << 20)).hasSize(2);
  }
}
