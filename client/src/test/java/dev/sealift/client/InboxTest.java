package dev.sealift.client;

import static dev.sealift.client.World.name;
import static dev.sealift.client.World.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.LostReason;
import dev.sealift.client.sync.Await;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InboxTest {
  @TempDir
  Path folder;

  private World world;
  private Space a;
  private Space b;

  /** Two that have the same row, and are offline; what b writes is later. */
  @BeforeEach
  void start() {
    world = new World(folder);
    a = world.found("a");
    put(a, "1", "Hobart");
    b = world.join("b", a.invite());
    world.agree(a, b);
    a.disconnect();
    b.disconnect();
    world.writesLater("b");
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

  private InboxItem only() {
    assertThat(a.inbox()).hasSize(1);
    return a.inbox().get(0);
  }

  @Test
  void whoWroteWithoutHavingSeenTheOtherFindsTheLoserInBothInboxes() {
    a.table("cities").patch("1", Row.of("name", "Hobart Town"));
    b.table("cities").patch("1", Row.of("name", "nipaluna"));
    assertThat(name(a, "1")).isEqualTo("Hobart Town");

    meet();

    assertThat(name(a, "1")).isEqualTo("nipaluna");
    InboxItem item = only();
    assertThat(item.table()).isEqualTo("cities");
    assertThat(item.key()).isEqualTo("1");
    assertThat(item.reason()).isEqualTo(LostReason.VALUE);
    assertThat(item.lost()).isEqualTo(Row.of("name", "Hobart Town"));
    assertThat(item.current()).isEqualTo(Row.of("name", "nipaluna"));
    assertThat(item.author()).isEqualTo(a.status().device());
    assertThat(item.rivalAuthor()).isEqualTo(b.status().device());
    assertThat(item.written()).isBefore(item.rivalWritten());
    assertThat(b.inbox().get(0).id()).isEqualTo(item.id());
  }

  @Test
  void whoHasSeenWhatItReplacesLosesNothing() {
    a.table("cities").patch("1", Row.of("name", "Hobart Town"));
    meet();
    b.table("cities").patch("1", Row.of("name", "nipaluna"));
    world.agree(a, b);

    assertThat(name(a, "1")).isEqualTo("nipaluna");
    assertThat(a.inbox()).isEmpty();
    assertThat(b.inbox()).isEmpty();
  }

  @Test
  void aLoserThatIsRevivedIsTheValueEverywhere() {
    a.table("cities").patch("1", Row.of("name", "Hobart Town"));
    b.table("cities").patch("1", Row.of("name", "nipaluna"));
    meet();

    b.revive(b.inbox().get(0));
    assertThat(b.inbox()).isEmpty();
    world.agree(a, b);

    assertThat(name(a, "1")).isEqualTo("Hobart Town");
    assertThat(a.inbox()).isEmpty();
    assertThat(a.mergeDigest()).isEqualTo(b.mergeDigest());
  }

  @Test
  void aLoserThatIsDismissedLeavesEveryInboxAndChangesNothing() {
    a.table("cities").patch("1", Row.of("name", "Hobart Town"));
    b.table("cities").patch("1", Row.of("name", "nipaluna"));
    meet();
    InboxItem item = only();

    a.dismiss(item);
    world.agree(a, b);
    Await.until("it has left the other inbox", () -> b.inbox().isEmpty());

    assertThat(name(b, "1")).isEqualTo("nipaluna");
    assertThatThrownBy(() -> b.revive(item))
        .isInstanceOf(SealiftException.class)
        .hasMessageContaining("not in the inbox any more");
    assertThat(name(b, "1")).isEqualTo("nipaluna");
  }

  @Test
  void whatWasDismissedOfflineIsGoneAtOnceAndCannotBeDismissedTwice() {
    a.table("cities").patch("1", Row.of("name", "Hobart Town"));
    b.table("cities").patch("1", Row.of("name", "nipaluna"));
    meet();
    a.disconnect();
    InboxItem item = only();

    a.dismiss(item);

    assertThat(a.inbox()).isEmpty();
    assertThatThrownBy(() -> a.dismiss(item)).isInstanceOf(SealiftException.class);
    a = reopened("a");
    assertThat(a.inbox()).isEmpty();
  }

  private Space reopened(String home) {
    world.close(home);
    return world.home(home).space("household");
  }

  @Test
  void anEditOfARowThatAnotherRemovedIsLostWithItAndComesBackByRevivingIt() {
    a.table("cities").patch("1", Row.of("name", "Hobart Town", "country", "AU"));
    b.table("cities").remove("1");
    meet();
    assertThat(a.table("cities").get("1")).isEmpty();
    InboxItem item = only();
    assertThat(item.reason()).isEqualTo(LostReason.REMOVAL);
    assertThat(item.lost()).isEqualTo(Row.of("name", "Hobart Town", "country", "AU"));
    assertThat(item.current().isNull("name")).isTrue();

    a.revive(item);
    world.agree(a, b);

    assertThat(name(b, "1")).isEqualTo("Hobart Town");
    assertThat(b.inbox()).isEmpty();
  }

  @Test
  void aRemovalThatAnEditHasUndoneCanBeRevivedToo() {
    a.table("cities").remove("1");
    b.table("cities").patch("1", Row.of("country", "AU"));
    meet();
    assertThat(name(a, "1")).isEqualTo("Hobart");
    InboxItem item = only();
    assertThat(item.reason()).isEqualTo(LostReason.WRITE);
    assertThat(item.lost().columns()).isEmpty();

    a.revive(item);
    world.agree(a, b);

    assertThat(b.table("cities").get("1")).isEmpty();
    assertThat(b.inbox()).isEmpty();
  }

  @Test
  void theSameValueOnBothSidesIsNoLoss() {
    a.table("cities").patch("1", Row.of("name", "nipaluna"));
    b.table("cities").patch("1", Row.of("name", "nipaluna"));
    meet();

    assertThat(a.inbox()).isEmpty();
  }

  @Test
  void whatOneWriteLostIsOneItem() {
    a.table("cities").put("1", Row.of("name", "Hobart Town", "country", "AU", "population", 1));
    b.table("cities").put("1", Row.of("name", "nipaluna", "country", "AU", "population", 2));
    b.table("cities").put("2", Row.of("name", "Perth"));
    meet();

    assertThat(only().lost()).isEqualTo(Row.of("name", "Hobart Town", "population", 1));
    assertThat(List.copyOf(only().current().columns())).containsExactly("name", "population");
  }
}
