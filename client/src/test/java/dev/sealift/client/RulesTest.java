package dev.sealift.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.rule.OnRemove;
import dev.sealift.client.rule.RuleException;
import dev.sealift.client.rule.RuleViolation;
import dev.sealift.client.store.Change;
import dev.sealift.client.sync.Await;
import dev.sealift.client.value.Value;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulesTest {
  private static final Schema RULES = Schema.of(
      Schema.table("countries", "id").text("name"),
      Schema.table("towns", "id")
          .text("country")
          .references("countries", OnRemove.RESTAMP)
          .text("code")
          .unique("code", "lettered", RulesTest::lettered)
          .text("mayor")
          .unique("mayor"));

  private static final Schema TAGS = Schema.of(Schema.table("towns", "id").set("tags"));

  @TempDir
  Path folder;

  private World world;
  private Space a;
  private Space b;

  private static Value lettered(Value value, String key, int attempt) {
    return Value.of(((Value.Text) value).value() + (char) ('a' + attempt - 1));
  }

  /** Two that have a country, and are offline; what b writes is later. */
  @BeforeEach
  void start() {
    world = new World(folder);
    a = world.found("a");
    a.declare(RULES);
    a.table("countries").put("au", Row.of("name", "Australia"));
    b = world.join("b", a.invite());
    b.declare(RULES);
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
    assertThat(b.violations()).isEqualTo(a.violations());
  }

  private void meetAndPart() {
    meet();
    a.disconnect();
    b.disconnect();
    world.writesLater("b");
  }

  private static List<Change> localChanges(Space space, String table) {
    List<Change> local = new CopyOnWriteArrayList<>();
    space.watch(
        table,
        Runnable::run,
        changes -> changes.stream()
            .filter(change -> change.origin() == Change.Origin.LOCAL)
            .forEach(local::add));
    return local;
  }

  @Test
  void aParentThatWasRemovedUnseenComesBackByItself() {
    a.table("countries").remove("au");
    b.table("towns").put("hba", Row.of("country", "au"));

    meet();

    assertThat(a.table("countries").get("au")).contains(Row.of("name", "Australia"));
    assertThat(a.violations()).isEmpty();
    assertThat(a.inbox()).isEmpty();
  }

  @Test
  void whoIsCatchingUpAnswersNothing() {
    a.connect();
    a.table("countries").remove("au");
    Await.done(a.whenDurable());
    a.table("countries").put("au", Row.of("name", "Commonwealth of Australia"));
    Await.done(a.whenDurable());
    b.table("towns").put("hba", Row.of("country", "au"));
    List<Change> answers = localChanges(b, "countries");
    world.mesh.entriesAFrame(1);

    b.connect();
    Await.done(b.whenUpToDate());
    world.agree(a, b);

    assertThat(answers).isEmpty();
  }

  @Test
  void aRowThatOthersReferToIsNotRemovedHere() {
    b.table("towns").put("hba", Row.of("country", "au"));
    assertThatThrownBy(() -> b.table("countries").remove("au"))
        .isInstanceOfSatisfying(RuleException.class, e -> {
          assertThat(e.code()).isEqualTo(ErrorCode.REFERENCED);
          assertThat(e.rows()).isEqualTo(1);
        });
    assertThat(b.table("countries").count()).isEqualTo(1);
  }

  @Test
  void ofTwoEqualValuesTheLaterIsToldOfOrGetsAnother() {
    a.table("towns").put("hba", Row.of("code", "7000", "mayor", "Ann"));
    b.table("towns").put("mel", Row.of("code", "7000", "mayor", "Ann"));

    meet();

    assertThat(a.table("towns").get("hba").orElseThrow().text("code")).contains("7000");
    assertThat(a.table("towns").get("mel").orElseThrow().text("code")).contains("7000a");
    assertThat(a.violations())
        .containsExactly(new RuleViolation(
            RuleViolation.Kind.NOT_UNIQUE, "towns", "mel", List.of("mayor"), "towns", "hba"));
    assertThatThrownBy(() -> a.table("towns").put("apia", Row.of("code", "7000")))
        .isInstanceOfSatisfying(RuleException.class, e -> {
          assertThat(e.code()).isEqualTo(ErrorCode.NOT_UNIQUE);
          assertThat(e.key()).contains("hba");
        });
  }

  private void assertNotUnique(String key, Runnable write) {
    List<InboxItem> inbox = a.inbox();
    String digest = a.digest();
    assertThatThrownBy(write::run).isInstanceOfSatisfying(RuleException.class, e -> {
      assertThat(e.code()).isEqualTo(ErrorCode.NOT_UNIQUE);
      assertThat(e.key()).contains(key);
    });
    assertThat(a.inbox()).isEqualTo(inbox);
    assertThat(a.digest()).isEqualTo(digest);
  }

  @Test
  void aValueThatAnotherRowHasByNowIsNotRevivedUntilThatRowLetsItGo() {
    a.table("towns").put("hba", Row.of("mayor", "Ann"));
    meetAndPart();
    a.table("towns").patch("hba", Row.of("mayor", "Bob"));
    b.table("towns").patch("hba", Row.of("mayor", "Cas"));
    meet();
    a.table("towns").put("mel", Row.of("mayor", "Bob"));
    InboxItem item = a.inbox().get(0);

    assertNotUnique("mel", () -> a.revive(item));
    a.table("towns").remove("mel");
    a.revive(item);

    assertThat(a.table("towns").get("hba").orElseThrow().text("mayor")).contains("Bob");
  }

  @Test
  void aRowThatWouldComeBackWithWhatAnotherHasByNowIsNotRevived() {
    a.declare(TAGS);
    a.table("towns").put("hba", Row.of("mayor", "Ann"));
    a.table("towns").put("apia", Row.of("mayor", "Eve"));
    meetAndPart();
    a.table("towns").add("hba", "tags", "port");
    a.table("towns").patch("apia", Row.of("country", "ws"));
    b.table("towns").remove("hba");
    b.table("towns").remove("apia");
    meet();
    a.table("towns").put("mel", Row.of("mayor", "Ann"));
    a.table("towns").put("syd", Row.of("mayor", "Eve"));

    a.inbox()
        .forEach(item ->
            assertNotUnique(item.key().equals("hba") ? "mel" : "syd", () -> a.revive(item)));
    assertThat(a.inbox()).hasSize(2);
    assertThat(a.violations()).isEmpty();
  }

  @Test
  void whatIsRefusedIsToldByTheAppsNames() {
    a.table("towns").put("hba", Row.of("country", "au", "mayor", "Ann"));
    meetAndPart();
    b.declare(Schema.of(
        Schema.table("lands", "id").was("countries").text("name"),
        Schema.table("places", "id")
            .was("towns")
            .text("land")
            .was("country")
            .references("lands", OnRemove.RESTAMP)
            .text("head")
            .was("mayor")
            .unique("head")));

    assertThatThrownBy(() -> b.table("lands").remove("au"))
        .isInstanceOfSatisfying(
            RuleException.class, e -> assertThat(e.table()).isEqualTo("places"));
    assertThatThrownBy(() -> b.table("places").put("mel", Row.of("head", "Ann")))
        .isInstanceOfSatisfying(RuleException.class, e -> {
          assertThat(e.table()).isEqualTo("places");
          assertThat(e).hasMessageContaining("head").hasMessageNotContaining("Ann");
        });
    assertThatThrownBy(() -> b.declare(Schema.of(Schema.table("places", "id")
            .was("towns")
            .text("land")
            .was("country")
            .references("lands", OnRemove.REMOVE))))
        .isInstanceOf(SealiftException.class)
        .hasMessageContaining("lands by RESTAMP")
        .hasMessageNotContaining("countries");
  }

  @Test
  void aRuleIsOfAColumnThatWasNamed() {
    assertThatThrownBy(() -> Schema.table("t", "id").references("u", OnRemove.REPORT))
        .isInstanceOf(SealiftException.class);
    assertThatThrownBy(() -> Schema.of(Schema.table("t", "id").text("x").unique("y")))
        .isInstanceOf(SealiftException.class);
  }
}
