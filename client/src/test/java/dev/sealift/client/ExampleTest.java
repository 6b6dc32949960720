package dev.sealift.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.record.Key;
import dev.sealift.client.store.HistoryItem;
import dev.sealift.client.store.Lens;
import dev.sealift.client.store.QueryResult;
import dev.sealift.client.store.RowVersion;
import dev.sealift.client.store.SearchHit;
import dev.sealift.client.store.UndoResult;
import dev.sealift.client.sync.FakeMesh;
import dev.sealift.client.value.Value;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example: it compiles, it does what it says, and it is what the README shows. */
class ExampleTest {
  private static final Path SOURCE = Path.of("src/test/java/dev/sealift/client/ExampleTest.java");

  @TempDir
  Path folder;

  @Test
  void theExampleWorks() {
    FakeMesh mesh = new FakeMesh();
    Options options = Options.defaults().transport(mesh);
    List<String> printed = new ArrayList<>();
    String link =
        first(folder.resolve("laptop"), options, FakeMesh.ADDRESS, Runnable::run, printed);
    second(folder.resolve("phone"), options, link, printed);
    assertThat(printed).containsExactly("1 changed", "Hobart", "1 cities, up to date");
    assertThat(mesh.complaints()).isEmpty();
  }

  private static String first(
      Path home, Options options, URI mesh, Executor executor, List<String> printed) {
    // README: first
    try (Sealift sealift = Sealift.open(home, options)) {
      Schema schema = Schema.of(
          Schema.table("cities", "id").text("name").text("country").integer("population"));
      // The next time: sealift.space("household"), and declare(schema)
      Space space = sealift.create("household", schema);
      Table cities = space.table("cities");
      Watch watch =
          space.watch("cities", executor, changes -> printed.add(changes.size() + " changed"));

      // The whole row: durable on this device, and visible at once.
      cities.put("hba", Row.of("name", "Hobart", "country", "AU"));
      watch.close();
      // These columns, and no others.
      cities.patch("hba", Row.of("population", 252_669));

      String sql = "select name from cities where population > ?";
      try (QueryResult rows = space.query(sql, 100_000)) {
        while (rows.next()) {
          printed.add(((Value.Text) rows.value(0)).value());
        }
      }

      // From now on in the background, and again by itself whenever the connection breaks.
      space.connect(mesh);
      // What was written up to here is safe in the mesh, its receipts verified.
      space.whenDurable().join();
      // A link for one more device: whoever has it can join.
      return space.invite();
    }
    // README: end
  }

  private static void second(Path home, Options options, String link, List<String> printed) {
    // README: second
    try (Sealift sealift = Sealift.open(home, options)) {
      // There at once, and empty.
      Space space = sealift.join(link);
      // The link says where the mesh is. The other device may be offline.
      space.connect();
      space.whenUpToDate().join();
      printed.add(space.table("cities").count() + " cities, up to date");
    }
    // README: end
  }

  // README: record
  record City(@Key String id, String name, @Nullable Long population, List<String> twins) {}
  // README: end

  @Test
  void theExampleOfRecordsWorks() {
    List<String> printed = new ArrayList<>();
    try (Sealift sealift = Sealift.open(folder.resolve("tablet"))) {
      Space space = sealift.create("household", Schema.empty());
      records(space, printed);
    }
    assertThat(printed).containsExactly("Hobart", "Hobart");
  }

  @Test
  void theExampleOfVersionsWorks() {
    try (Sealift sealift = Sealift.open(folder.resolve("tablet"))) {
      Schema first =
          Schema.of(Schema.table("persons", "id").text("name").integer("age").text("fax"));
      Space space = sealift.create("household", first.version(1));
      space.table("persons").put("1", Row.of("name", "Ada Lovelace", "fax", "none"));
    }
    try (Sealift sealift = Sealift.open(folder.resolve("tablet"))) {
      Space space = sealift.space("household");
      versions(space);
      assertThat(space.table("people").get("1"))
          .contains(Row.of(
              "fullName", "Ada Lovelace", "age", null, "country", "AU", "lastName", "Lovelace"));
    }
  }

  private static void versions(Space space) {
    // README: versions
    Lens lastName = Lens.of("last-name", 1, name -> {
      String full = ((Value.Text) name).value();
      return Value.of(full.substring(full.lastIndexOf(' ') + 1));
    });
    // Version 1 was Schema.table("persons", "id").text("name").integer("age").text("fax")
    Schema.TableBuilder people = Schema.table("people", "id").was("persons");
    people.text("fullName").was("name");
    people.real("age");
    people.text("country").byDefault("AU");
    people.text("lastName").from("fullName", lastName);
    people.drops("fax");
    space.declare(Schema.of(people).version(3));
    // README: end
  }

  private static void records(Space space, List<String> printed) {
    // README: records
    space.declare(Schema.of(Schema.table("cities", City.class)));
    RecordTable<City> cities = space.table("cities", City.class);
    cities.put(new City("hba", "Hobart", 252_669L, List.of("Yaizu", "L'Aquila")));
    cities.get("hba").ifPresent(city -> printed.add(city.name()));

    // Any result as records, by the names of its columns: one is in memory at a time.
    String sql = "select * from cities where population > ?";
    try (RecordResult<City> large = space.query(sql, City.class, 100_000)) {
      large.stream().map(City::name).forEach(printed::add);
    }
    // README: end
  }

  @Test
  void theExampleOfWatchingWorks() {
    List<String> printed = new ArrayList<>();
    try (Sealift sealift = Sealift.open(folder.resolve("tablet"))) {
      Space space = sealift.create("household", Schema.of(Schema.table("cities", City.class)));
      RecordTable<City> cities = space.table("cities", City.class);
      watching(space, Runnable::run, printed);
      cities.put(new City("hba", "Hobart", 252_669L, List.of()));
      cities.put(new City("hba", "Hobart Town", 252_669L, List.of()));
      cities.remove("hba");
    }
    assertThat(printed)
        .containsExactly(
            "there: false",
            "added Hobart",
            "there: true",
            "now Hobart Town",
            "there: true",
            "gone",
            "there: false");
  }

  private static void watching(Space space, Executor executor, List<String> printed) {
    // README: watching
    Query query = Query.of("select id, name from cities where population > ?", 100_000);
    Watch large = space.watch(query.by("id"), executor, change -> {
      change.added().forEach(row -> printed.add("added " + row.text("name").orElse("")));
      change
          .changed()
          .forEach(row -> printed.add("now " + row.after().text("name").orElse("")));
      change.removed().forEach(row -> printed.add("gone"));
    });
    Watch hobart =
        space.watch("cities", "hba", executor, row -> printed.add("there: " + row.isPresent()));
    // README: end
    assertThat(large).isNotSameAs(hobart);
  }

  @Test
  void theExampleOfTransactionsWorks() {
    try (Sealift sealift = Sealift.open(folder.resolve("desk"))) {
      Space space =
          sealift.create("household", Schema.of(Schema.table("accounts", "id").integer("balance")));
      space.table("accounts").put("a", Row.of("balance", 30));
      space.table("accounts").put("b", Row.of("balance", 0));
      assertThat(transacting(space)).isTrue();
      assertThat(space.table("accounts").get("a").orElseThrow().integer("balance"))
          .hasValue(5L);
      assertThat(space.table("accounts").get("b").orElseThrow().integer("balance"))
          .hasValue(10L);
    }
  }

  private static boolean transacting(Space space) {
    // README: transactions
    space.transact(tx -> {
      long left = tx.get("accounts", "a").orElseThrow().integer("balance").orElse(0L);
      long right = tx.get("accounts", "b").orElseThrow().integer("balance").orElse(0L);
      tx.patch("accounts", "a", Row.of("balance", left - 10));
      tx.patch("accounts", "b", Row.of("balance", right + 10));
    });

    Table accounts = space.table("accounts");
    RowVersion version = accounts.version("a");
    // Somebody looks at it, and decides.
    boolean written = accounts.patchIf("a", Row.of("balance", 5), version);
    // README: end
    return written;
  }

  @Test
  void theExampleOfSearchingWorks() {
    List<String> printed = new ArrayList<>();
    try (Sealift sealift = Sealift.open(folder.resolve("tablet"))) {
      searching(sealift.create("household", Schema.empty()), printed);
    }
    assertThat(printed).containsExactly("1: Buy apples and milk", "1");
  }

  private static void searching(Space space, List<String> printed) {
    // README: searching
    space.declare(Schema.of(
        Schema.table("notes", "id").text("title").searchable().text("text").searchable()));
    space.table("notes").put("1", Row.of("title", "Saturday", "text", "Buy apples and milk"));

    for (SearchHit hit : space.search("notes", "MILK app*")) {
      printed.add(hit.key() + ": " + hit.snippet());
    }
    // In SQL: FTS5's own language, and whatever SQL can do beside it.
    String sql = "select n.id from \"notes:search\"(?) s join notes n on n.id = s.id order by rank";
    try (QueryResult rows = space.query(sql, "apples NOT pears")) {
      while (rows.next()) {
        printed.add(rows.text(0).orElseThrow());
      }
    }
    // README: end
  }

  @Test
  void documentsMeetByTheirUpdates() {
    Options options = Options.defaults().transport(new FakeMesh());
    try (Sealift sealift = Sealift.open(folder.resolve("laptop"), options)) {
      Space space =
          sealift.create("household", Schema.of(Schema.table("notes", "id").updates("text")));
      space.table("notes").append("n1", "text", new Document().edit("bread"));
      Document document = new Document();
      updates(space, document);
      assertThat(document.lines).containsExactly("bread", "milk");
      assertThat(space.table("notes").values("n1", "text"))
          .containsExactly(Value.of("bread\nmilk".getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static void updates(Space space, Document document) {
    // README: updates
    Table notes = space.table("notes");
    // What the document says of each edit.
    notes.append("n1", "text", document.edit("milk"));

    // At the start, and when a watch tells of the table. What it has already makes no difference.
    for (Value update : notes.values("n1", "text")) {
      document.apply(((Value.Blob) update).value().toByteArray());
    }

    // From some dozens of updates on. What others add meanwhile stays.
    notes.collapse("n1", "text", Document::merge);
    // README: end
  }

  /** Lines that are only ever added, in the place of a library's document. */
  private static final class Document {
    private final SortedSet<String> lines = new TreeSet<>();

    byte[] edit(String line) {
      lines.add(line);
      return line.getBytes(StandardCharsets.UTF_8);
    }

    void apply(byte[] update) {
      new String(update, StandardCharsets.UTF_8).lines().forEach(lines::add);
    }

    static byte[] merge(List<byte[]> updates) {
      Document all = new Document();
      updates.forEach(all::apply);
      return String.join("\n", all.lines).getBytes(StandardCharsets.UTF_8);
    }
  }

  @Test
  void theThirdExampleDoesWhatItSays(@TempDir Path home) {
    List<String> printed = new ArrayList<>();
    try (Sealift sealift = Sealift.open(home, Options.defaults())) {
      Space space = sealift.create("household", Schema.empty());
      history(space, printed);
      assertThat(printed).containsExactly("Sunday", "Saturday", "hello");
      assertThat(space.table("notes").get("1")).contains(Row.of("title", "Saturday"));
    }
  }

  private static void history(Space space, List<String> printed) {
    // README: history
    space.declare(Schema.of(
        Schema.table("notes", "id").text("title").keepAll(),
        Schema.table("chat", "id").text("text").feed()));
    Table notes = space.table("notes");
    notes.put("1", Row.of("title", "Saturday"));
    notes.put("1", Row.of("title", "Sunday"));
    for (HistoryItem item : notes.history("1", "title")) {
      printed.add(((Value.Text) item.value()).value());
    }

    Feed chat = space.feed("chat");
    chat.append(Row.of("text", "hello"));
    // Those that have an offset, and those that wait for one.
    List<FeedEntry> entries = chat.read(1, 100);
    List<FeedEntry> waiting = chat.waiting("", 100);

    // The title is Saturday again: what is appended stays.
    UndoResult result = space.undo();
    // README: end
    assertThat(entries).isEmpty();
    printed.add(waiting.get(0).row().orElseThrow().text("text").orElseThrow());
    assertThat(result.undone()).hasSize(1);
  }

  @Test
  void theExampleOfHandingOverWorks() throws IOException {
    FakeMesh mesh = new FakeMesh();
    Options options = Options.defaults().transport(mesh);
    try (Sealift laptop = Sealift.open(folder.resolve("laptop"), options);
        Sealift phone = Sealift.open(folder.resolve("phone"), options)) {
      Space space = laptop.create("household", Schema.of(Schema.table("cities", City.class)));
      space.connect(FakeMesh.ADDRESS);
      Space other = phone.join(space.invite());
      other.connect();
      other.whenUpToDate().join();
      space.disconnect();
      other.disconnect();
      space.table("cities").put("hba", Row.of("name", "Hobart"));
      Path stick = folder.resolve("stick");
      handOver(space, stick);
      assertThat(takeOver(other, stick)).isEqualTo(1);
      assertThat(other.table("cities").count()).isEqualTo(1);
    }
  }

  private static void handOver(Space space, Path file) throws IOException {
    // README: hand-over
    try (OutputStream stick = Files.newOutputStream(file)) {
      space.handOver(stick);
    }
    // README: end
  }

  private static int takeOver(Space space, Path file) throws IOException {
    // README: take-over
    try (InputStream stick = Files.newInputStream(file)) {
      return space.takeOver(stick);
    }
    // README: end
  }

  @Test
  void theReadmeShowsThisExample() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    for (String part : List.of(
        "first",
        "second",
        "versions",
        "record",
        "records",
        "watching",
        "hand-over",
        "take-over",
        "transactions",
        "searching",
        "history",
        "updates")) {
      assertThat(readme).contains("```java\n" + region(part) + "```");
    }
  }

  private static String region(String name) throws IOException {
    StringBuilder region = new StringBuilder();
    boolean inside = false;
    for (String line : Files.readAllLines(SOURCE)) {
      if (inside && line.strip().equals("// README: end")) {
        return region.toString().stripTrailing().stripIndent() + "\n";
      }
      if (inside) {
        region.append(line).append('\n');
      }
      inside |= line.strip().equals("// README: " + name);
    }
    throw new AssertionError("no such part");
  }
}
