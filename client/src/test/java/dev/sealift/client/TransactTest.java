package dev.sealift.client;

import static dev.sealift.client.World.name;
import static dev.sealift.client.World.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.LostReason;
import dev.sealift.client.store.RowVersion;
import dev.sealift.client.sync.Await;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransactTest {
  @TempDir
  Path folder;

  private World world;
  private Space a;
  private Space b;

  /** Two that have the same row, and are offline. */
  @BeforeEach
  void start() {
    world = new World(folder);
    a = world.found("a");
    put(a, "1", "Hobart");
    b = world.join("b", a.invite());
    world.agree(a, b);
    a.disconnect();
    b.disconnect();
  }

  @AfterEach
  void end() {
    world.close();
  }

  private void meet() {
    a.connect();
    Await.done(a.whenUpToDate());
    b.connect();
    Await.done(b.whenUpToDate());
    world.agree(a, b);
    assertThat(b.inbox()).isEqualTo(a.inbox());
    assertThat(b.mergeDigest()).isEqualTo(a.mergeDigest());
  }

  /** Renames a row by what it is called, and notes that in another row. */
  private static void rename(Space space, String to) {
    space.transact(tx -> {
      String before = tx.get("cities", "1").orElseThrow().text("name").orElseThrow();
      tx.patch("cities", "1", Row.of("name", to));
      tx.put("cities", "was", Row.of("name", before));
    });
  }

  @Test
  void whoComesSecondFindsTheWholeTransactionInTheInboxAndCanReviveIt() {
    rename(a, "Hobart Town");
    rename(b, "nipaluna");
    assertThat(name(b, "1")).isEqualTo("nipaluna");

    meet();

    assertThat(name(b, "1")).isEqualTo("Hobart Town");
    List<InboxItem> lost = a.inbox();
    assertThat(lost).hasSize(2).allMatch(item -> item.reason() == LostReason.CONFLICT);
    assertThat(lost.get(0).transaction()).isPresent().isEqualTo(lost.get(1).transaction());
    a.revive(lost.get(1));
    assertThat(a.inbox()).isEmpty();
    assertThat(name(a, "1")).isEqualTo("nipaluna");
    meet();
    assertThat(name(b, "1")).isEqualTo("nipaluna");
    assertThat(name(b, "was")).isEqualTo("Hobart");
    assertThat(b.inbox()).isEmpty();
  }

  @Test
  void dismissingOneItemIsAboutTheWholeTransaction() {
    rename(a, "Hobart Town");
    rename(b, "nipaluna");
    meet();

    b.dismiss(b.inbox().get(0));

    assertThat(b.inbox()).isEmpty();
    meet();
    assertThat(a.inbox()).isEmpty();
  }

  @Test
  void ofSeveralWritesToOneVersionOneCounts() {
    Table ofA = a.table("cities");
    Table ofB = b.table("cities");
    RowVersion version = ofA.version("1");
    RowVersion same = ofB.version("1");
    assertThat(ofA.putIf("1", Row.of("name", "one"), version)).isTrue();
    assertThat(ofA.putIf("1", Row.of("name", "two"), version)).isFalse();
    assertThat(ofB.removeIf("1", same)).isTrue();

    meet();

    assertThat(name(b, "1")).isEqualTo("one");
    assertThat(a.inbox()).singleElement().satisfies(item -> {
      assertThat(item.reason()).isEqualTo(LostReason.CONFLICT_REMOVAL);
      a.revive(item);
    });
    assertThat(a.table("cities").get("1")).isEmpty();
  }

  @Test
  void whatATransactionThrowsTakesItBack() {
    assertThatThrownBy(() -> a.transact(tx -> {
          tx.put("cities", "2", Row.of("name", "x"));
          throw new IllegalArgumentException("enough");
        }))
        .isInstanceOf(IllegalArgumentException.class);

    assertThat(a.table("cities").get("2")).isEmpty();
    assertThat(a.status().pendingWrites()).isZero();
  }

  @Test
  void aTransactionThatIsTooLargeIsRefused() {
    assertThatThrownBy(() -> a.transact(tx -> {
          for (int i = 0; i < 5_000; i++) {
            tx.put("cities", "k" + i, Row.of("name", "x"));
          }
        }))
        .isInstanceOfSatisfying(
            SealiftException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.TRANSACTION_TOO_LARGE));
    assertThat(a.table("cities").count()).isEqualTo(1);
  }

  @Test
  void anOnlineTableIsWrittenWhileItsSpaceIsConnectedAndUpToDate() {
    a.declare(Schema.of(Schema.table("turns", "id").text("player").onlineOnly()));
    Table turns = a.table("turns");
    assertOffline(turns);

    meet();

    turns.put("1", Row.of("player", "a"));
    turns.put("2", Row.of("player", "a")); // also with the first one on its way
    meet();
    assertThat(b.table("turns").count()).isEqualTo(2);
    b.disconnect();
    assertOffline(b.table("turns"));
    assertThat(b.table("turns").get("1")).isPresent();
  }

  private static void assertOffline(Table table) {
    assertThatThrownBy(() -> table.put("9", Row.of("player", "x")))
        .isInstanceOfSatisfying(
            SealiftException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OFFLINE));
  }
}
