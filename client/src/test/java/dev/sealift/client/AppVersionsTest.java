package dev.sealift.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.record.Default;
import dev.sealift.client.record.Key;
import dev.sealift.client.record.Was;
import dev.sealift.client.store.Lens;
import dev.sealift.client.store.Misfit;
import dev.sealift.client.store.StoredTable;
import dev.sealift.client.sync.Await;
import dev.sealift.client.sync.FakeMesh;
import dev.sealift.client.value.Value;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an app's versions see of each other, through the library and over a mesh. */
class AppVersionsTest {
  record Person(@Key String id, String name, @Nullable Long age) {}

  record Contact(
      @Key String id,
      @Was("name") String fullName,
      @Nullable Double age,
      @Default("AU") String country,
      @Default("1") int stars,
      @Nullable String lastName) {}

  record BadDefault(@Key String id, @Default("many") int stars) {}

  private static final Lens LAST = Lens.of("last", 1, name -> {
    String full = ((Value.Text) name).value();
    return Value.of(full.substring(full.lastIndexOf(' ') + 1));
  });
  private static final Schema FIRST =
      Schema.of(Schema.table("persons", Person.class)).version(1);
  private static final Schema SECOND = Schema.of(Schema.table("contacts", "id")
          .was("persons")
          .columns(Contact.class)
          .about("lastName")
          .from("fullName", LAST))
      .version(2);

  @TempDir
  Path folder;

  private World world;
  private Space old;
  private Space young;

  @BeforeEach
  void start() {
    world = new World(folder);
    old = world.home("old").create("people", FIRST);
    old.connect(FakeMesh.ADDRESS);
    young = world.join("young", old.invite());
    young.declare(SECOND);
  }

  @AfterEach
  void end() {
    world.close();
  }

  private static void assertRefused(ErrorCode code, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            SealiftException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void recordsOfTwoVersionsMeet() {
    old.table("persons", Person.class).put(new Person("1", "Ada Lovelace", 36L));
    world.agree(old, young);

    RecordTable<Contact> contacts = young.table("contacts", Contact.class);
    assertThat(contacts.get("1"))
        .contains(new Contact("1", "Ada Lovelace", 36.0, "AU", 1, "Lovelace"));
    try (RecordResult<Contact> all = young.query("select * from contacts", Contact.class)) {
      assertThat(all.stream()).hasSize(1);
    }
    contacts.put(new Contact("1", "Ada King", 36.5, "GB", 5, "King"));
    world.agree(old, young);
    assertThat(old.table("persons").get("1"))
        .map(row -> row.value("name"))
        .contains(Value.of("Ada King"));
    old.table("persons", Person.class).put(new Person("1", "Augusta", null));
    world.agree(old, young);
    assertThat(contacts.get("1")).contains(new Contact("1", "Augusta", null, "GB", 5, "King"));
  }

  @Test
  void whatDoesNotFitIsShownListedAndCounted() {
    young.table("contacts").patch("1", Row.of("age", 1.5));
    world.agree(old, young);

    assertThat(old.misfits(10))
        .containsExactly(new Misfit("persons", "1", "age", Value.of(1.5), Misfit.Cause.TYPE));
    assertThat(old.misfits(old.misfits(1).get(0), 10)).isEmpty();
    assertThat(old.status().misfits()).isEqualTo(1);
    assertThat(young.status().misfits()).isZero();
    assertThat(old.table("persons").get("1").flatMap(row -> row.real("age"))).contains(1.5);
    assertRefused(
        ErrorCode.INVALID_INPUT, () -> old.table("persons", Person.class).get("1"));
    assertRefused(ErrorCode.INVALID_INPUT, () -> old.misfits(0));
    assertRefused(ErrorCode.INVALID_INPUT, () -> old.misfits(10_001));
  }

  @Test
  void aSpaceThatLeavesAVersionBehindSaysSo() {
    old.table("persons").put("1", Row.of("name", "before"));
    young.declare(SECOND.minimumVersion(2));
    world.agree(old, young);
    world.agree(old, young);

    assertThat(old.status().missingVersion()).contains(2);
    assertThat(young.status().missingVersion()).isEmpty();
    assertRefused(ErrorCode.APP_TOO_OLD, () -> old.table("persons").put("2", Row.of("name", "x")));
    assertRefused(ErrorCode.APP_TOO_OLD, () -> old.table("persons").remove("1"));
    assertRefused(ErrorCode.APP_TOO_OLD, () -> old.amend(FIRST));
    assertRefused(ErrorCode.APP_TOO_OLD, () -> old.amend(Schema.empty().drops("persons")));
    assertRefused(
        ErrorCode.APP_TOO_OLD, () -> old.amend(Schema.empty().version(1).minimumVersion(1)));
    assertRefused(ErrorCode.APP_TOO_OLD, () -> old.amend(Schema.empty().anyVersion()));
    old.declare(FIRST);
    young.table("contacts").put("2", Row.of("fullName", "after"));
    world.agree(old, young);
    assertThat(old.table("persons").count()).isEqualTo(2);

    world.close("old");
    Space updated = world.home("old").space("people");
    assertThat(updated.status().missingVersion()).contains(2);
    updated.declare(SECOND);
    updated.table("contacts").put("3", Row.of("fullName", "updated"));
  }

  @Test
  void aToolTakesBackWhatWasAskedForByMistake() {
    young.declare(SECOND.version(999_999_999).minimumVersion(999_999_999));
    world.agree(old, young);
    world.close("young");
    Space tool = world.join("tool", old.invite());
    assertThat(old.status().missingVersion()).contains(999_999_999);

    tool.amend(Schema.empty().anyVersion());
    world.agree(old, tool);
    assertThat(old.status().missingVersion()).isEmpty();
    old.table("persons").put("1", Row.of("name", "written"));

    young = world.home("young").space("people");
    young.declare(SECOND.version(999_999_999).minimumVersion(999_999_999));
    young.connect();
    world.agree(old, young, tool);
    old.table("persons").put("2", Row.of("name", "written again"));
  }

  @Test
  void watchesAndSearchesSpeakTheAppsNames() {
    Queue<String> told = new ConcurrentLinkedQueue<>();
    young.watch(
        "contacts", Runnable::run, changes -> changes.forEach(change -> told.add(change.table())));
    old.table("persons").put("1", Row.of("name", "Ada"));
    world.agree(old, young);
    Await.until("the change was told", () -> !told.isEmpty());
    assertThat(told).containsOnly("contacts");

    old.declare(Schema.of(Schema.table("persons", "id").text("name").searchable()));
    world.agree(old, young);
    assertThat(young.search("contacts", "ada")).hasSize(1);
    assertThat(young.tables()).extracting(StoredTable::wire).containsExactly("persons");
    assertRefused(ErrorCode.NO_SUCH_TABLE, () -> young.table("persons"));
  }

  @Test
  void whatMakesNoSenseIsRefusedInASentence() {
    Map<String, Runnable> refused = Map.of(
        "name one first", () -> Schema.table("t", "id").byDefault(1),
        "a default is a value",
            () -> Schema.of(Schema.table("t", "id").integer("x").byDefault("y")),
        "both declared and dropped",
            () -> Schema.of(Schema.table("t", "id").text("x").drops("x")),
        "stand for one",
            () -> Schema.of(Schema.table("t", "id").text("x").text("y").was("x")),
        "leave one of the two out", () -> Schema.of(Schema.table("t", "id")).drops("t"),
        "give this one's first", () -> Schema.empty().version(2).minimumVersion(3),
        "1 to 999999999", () -> Schema.empty().version(0),
        "a lens is named", () -> Lens.of("it's", 1, value -> value),
        "The default of the component stars", () -> Schema.table("t", BadDefault.class),
        "A lens shows", () -> Schema.of(Schema.table("t", "id").text("x").from("x", LAST)));
    refused.forEach((sentence, action) -> assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(SealiftException.class, e -> {
          assertThat(e.code()).isEqualTo(ErrorCode.INVALID_INPUT);
          assertThat(e.getMessage()).containsIgnoringCase(sentence).endsWith(".");
        }));
    assertRefused(
        ErrorCode.INVALID_INPUT,
        () -> old.declare(Schema.of(Schema.table("persons", "id").counter("age"))));
    assertThat(old.tables()).hasSize(1);
  }
}
