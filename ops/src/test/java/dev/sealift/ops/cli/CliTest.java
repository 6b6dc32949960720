package dev.sealift.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.Row;
import dev.sealift.client.Schema;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.cli.CliHarness.Run;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands without a mesh: what is refused, and how. */
class CliTest {
  private static final List<String> COMMANDS = List.of(
      "up",
      "migrate",
      "backup",
      "restore",
      "recover",
      "demo",
      "create",
      "invite",
      "join",
      "members",
      "compare",
      "delivery",
      "remove",
      "leave",
      "role",
      "rotate",
      "declare",
      "import",
      "export",
      "put",
      "get",
      "delete",
      "cell",
      "history",
      "undo",
      "feed",
      "query",
      "search",
      "sync",
      "hand-over",
      "take-over",
      "status",
      "digest",
      "evidence",
      "verify",
      "token",
      "bench",
      "top",
      "chaos");

  private static final List<String> CELL_OPERATIONS =
      List.of("increment", "assign", "add", "discard", "append", "collapse", "values");

  /** Port 9 (discard): nothing listens there. */
  private static final String NO_MESH = "ws://127.0.0.1:9";

  @TempDir
  Path folder;

  private CliHarness cli;

  @BeforeEach
  void makeAPerson() {
    cli = new CliHarness(folder);
  }

  @Test
  void helpIsNoError() {
    Run run = cli.run("--help");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains(COMMANDS);
    assertThat(run.err()).isEmpty();
  }

  @Test
  void everyCommandHasHelp() {
    for (String command : COMMANDS) {
      Run run = cli.run(command, "--help");

      assertThat(run.exitCode()).as(command).isZero();
      assertThat(run.out()).contains("Usage: sealift " + command, "--json");
    }
  }

  @Test
  void everyCommandStandsInTheReadme() throws Exception {
    String readme = Files.readString(Path.of("README.md"));

    assertThat(COMMANDS).allSatisfy(command -> assertThat(readme).contains("| `" + command));
  }

  @Test
  void everythingThatIsDoneToCellsHasHelp() {
    for (String operation : CELL_OPERATIONS) {
      Run run = cli.run("cell", operation, "--help");

      assertThat(run.exitCode()).as(operation).isZero();
      assertThat(run.out()).contains("Usage: sealift cell " + operation, "--table", "--json");
    }
    Run which = cli.run("cell", "--json");
    assertThat(which.exitCode()).isEqualTo(2);
    assertThat(which.json().getString("message")).contains(CELL_OPERATIONS);
  }

  @Test
  void noCommandIsWrongUsage() {
    assertThat(cli.run().exitCode()).isEqualTo(2);
  }

  @Test
  void anUnknownCommandIsWrongUsageWithASuggestion() {
    Run run = cli.run("statsu");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("statsu", "status");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void anUnknownOptionIsWrongUsage() {
    Run run = cli.run("status", "--hoem", "x", "--json");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.json().getString("error")).isEqualTo("wrong-usage");
    assertThat(run.lines()).hasSize(1);
  }

  @Test
  void aMissingOptionIsWrongUsage() {
    assertThat(cli.run("import", "x.csv", "--key", "id").exitCode()).isEqualTo(2);
  }

  @Test
  void anUnknownSettingInTheEnvironmentIsWrongUsage() {
    Run run = cli.runIn(Map.of("SEALIFT_CLIENT_HOEM", "x"), "status");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("Did you mean SEALIFT_CLIENT_HOME?");
  }

  @Test
  void aHomeWithoutASpaceSaysWhatToDo() {
    Run run = cli.run("digest", "--json");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.json().getString("error")).isEqualTo("no-such-space");
    assertThat(run.err()).contains("sealift create", "sealift join");
  }

  @Test
  void aSpaceIsMadeAlsoWhenNoMeshIsThere() {
    Run run = create();

    assertThat(run.exitCode()).isZero();
    assertThat(run.json().getBoolean("connected")).isFalse();
    assertThat(cli.run("status").out()).contains("space main", "127.0.0.1:9");
  }

  @Test
  void aSpaceIsRankedAsItsFounderSays() {
    create();
    cli.run("create", "--space", "second", "--mesh", NO_MESH, "--rank", "arrival");

    assertThat(cli.run("status", "--space", "main").out()).contains("ranked by     hybrid-time");
    Run run = cli.run("status", "--space", "second", "--json");
    assertThat(run.json().getString("ranking")).isEqualTo("arrival");
    assertThat(run.json().getJsonObject("compaction"))
        .isEqualTo(new JsonObject()
            .put("compacting", false)
            .put("comparing", false)
            .put("lastCompacted", null)
            .put("contested", new JsonArray()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--rank whim",
        "--rank arrival --late-after soon",
        "--rank arrival --late-after 24",
        "--late-after 24h"
      })
  void aRankRuleThatIsNoneMakesNoSpace(String options) {
    List<String> arguments = new ArrayList<>(List.of("create", "--mesh", NO_MESH));
    arguments.addAll(List.of(options.split(" ")));

    Run run = cli.run(arguments.toArray(new String[0]));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(cli.run("status", "--json").json().getString("error")).isEqualTo("no-such-space");
  }

  @Test
  void severalSpacesMustBeNamed() {
    create();
    cli.run("create", "--space", "second", "--mesh", NO_MESH);

    Run run = cli.run("digest", "--json");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.json().getString("error")).isEqualTo("which-space");
    assertThat(cli.run("digest", "--space", "second").exitCode()).isZero();
  }

  @Test
  void aSpaceIsNotMadeTwice() {
    create();

    Run run = create();

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.json().getString("error")).isEqualTo("space-exists");
  }

  @Test
  void whatIsImportedIsExportedAsItWas() throws Exception {
    create();
    String text =
        "id,name,people,height,code\n1,\"Port, \"\"Vila\"\"\",51437,12.5,007\n2,Apia,,-3,01\n";
    Path csv = Files.writeString(folder.resolve("towns.csv"), text);

    assertThat(
            cli.run("import", csv.toString(), "--table", "towns", "--key", "id").exitCode())
        .isZero();

    assertThat(cli.run("export", "--table", "towns").out()).isEqualTo(text);
    assertThat(cli.run("export", "--table", "towns", "--format", "jsonl").out()).isEqualTo("""
            {"id":"1","name":"Port, \\"Vila\\"","people":51437,"height":12.5,"code":"007"}
            {"id":"2","name":"Apia","people":null,"height":-3.0,"code":"01"}
            """);
  }

  @Test
  void anExportToAFileReplacesItWhole() throws Exception {
    createWithTowns();
    Path file = Files.writeString(folder.resolve("out.csv"), "old");

    Run run = cli.run("export", "--table", "towns", "--output", file.toString(), "--json");

    assertThat(run.json().getInteger("rows")).isEqualTo(2);
    assertThat(file).hasContent("id,name,people\n1,Hobart,252669\n2,Apia,\n");
  }

  @Test
  void aFileThatIsRefusedChangesNothing() throws Exception {
    create();
    Path csv = Files.writeString(folder.resolve("towns.csv"), "id,name\n1,Hobart\n2\n");

    Run run = cli.run("import", csv.toString(), "--table", "towns", "--key", "id", "--json");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.json().getString("error")).isEqualTo("csv-ragged-row");
    assertThat(run.err()).contains("Line 3");
    assertThat(cli.run("status", "--json").json().getJsonObject("rows")).isEmpty();
  }

  @Test
  void aFileThatDoesNotFitTheTableIsRefused() throws Exception {
    createWithTowns();
    Path csv = Files.writeString(folder.resolve("more.csv"), "id,people\n3,many\n");

    Run run = cli.run("import", csv.toString(), "--table", "towns", "--key", "id", "--json");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.json().getString("error")).isEqualTo("csv-bad-value");
    assertThat(cli.run("query", "select count(*) n from towns", "--json").json().getInteger("n"))
        .isEqualTo(2);
  }

  @Test
  void aTableCannotHaveEveryName() throws Exception {
    create();
    Path csv = Files.writeString(folder.resolve("towns.csv"), "id\n1\n");

    assertThat(cli.run("import", csv.toString(), "--table", "my towns", "--key", "id")
            .exitCode())
        .isEqualTo(1);
  }

  @Test
  void rowsAreWrittenShownAndRemoved() throws Exception {
    createWithTowns();

    assertThat(
            cli.run("put", "3", "name=Suva", "people=93970", "--table", "towns").exitCode())
        .isZero();
    assertThat(cli.run("put", "1", "people=", "--table", "towns").exitCode()).isZero();
    assertThat(cli.run("get", "3", "--table", "towns", "--json").json().getInteger("people"))
        .isEqualTo(93_970);
    assertThat(cli.run("get", "1", "--table", "towns").out())
        .isEqualTo("id: 1\nname: Hobart\npeople: null\n");
    assertThat(cli.run("delete", "2", "--table", "towns").exitCode()).isZero();
    assertThat(cli.run("get", "2", "--table", "towns", "--json").json().getString("error"))
        .isEqualTo("no-such-row");
    assertThat(cli.run("delete", "2", "--table", "towns").exitCode()).isEqualTo(1);
  }

  @Test
  void aValueMustFitItsColumn() throws Exception {
    createWithTowns();

    Run run = cli.run("put", "1", "people=many", "--table", "towns", "--json");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.json().getString("error")).isEqualTo("bad-value");
    assertThat(
            cli.run("put", "1", "mayor=x", "--table", "towns", "--json").json().getString("error"))
        .isEqualTo("no-such-column");
    assertThat(cli.run("put", "1", "x", "--table", "towns").exitCode()).isEqualTo(2);
  }

  @Test
  void aQueryPrintsAnAlignedTable() throws Exception {
    createWithTowns();

    assertThat(cli.run("query", "select name, people from towns order by 1").lines())
        .containsExactly("name    people", "------  ------", "Apia    null", "Hobart  252669");
  }

  @Test
  void aSearchFindsWordsInSearchableColumns() throws Exception {
    create();
    Path csv = Files.writeString(
        folder.resolve("notes.csv"), "id,text,stars\n1,Milk and bread,3\n2,\u001b[31mMilky,4\n");
    String[] imported = {"import", csv.toString(), "--table", "notes", "--key", "id"};

    assertThat(cli.run(imported).exitCode()).isZero();
    assertThat(cli.run("search", "milk", "--table", "notes", "--json").json().getString("error"))
        .isEqualTo("invalid-input");
    assertThat(importSearchable(imported, "mayor").json().getString("error"))
        .isEqualTo("no-such-column");
    assertThat(importSearchable(imported, "id").json().getString("error"))
        .isEqualTo("no-such-column");
    assertThat(importSearchable(imported, "stars").json().getString("error"))
        .isEqualTo("invalid-input");
    assertThat(importSearchable(imported, "text").exitCode()).isZero();

    assertThat(cli.run("search", "BREAD", "mil*", "--table", "notes").lines())
        .containsExactly("1: Milk and bread");
    assertThat(cli.run("search", "bread", "--table", "notes", "--json").json().encode())
        .isEqualTo(
            "{\"key\":\"1\",\"snippet\":\"Milk and bread\",\"matches\":[{\"from\":9,\"to\":14}]}");
    assertThat(cli.run("search", "milk*", "--table", "notes").out()).doesNotContain("\u001b");
    assertThat(cli.run("search", "milk*", "--table", "notes", "--limit", "1").lines())
        .hasSize(1);
    assertThat(cli.run("search", "cheese", "--table", "notes").lines())
        .containsExactly("Nothing was found.");
    assertThat(cli.run("search", "milk", "--table", "nowhere", "--json").json().getString("error"))
        .isEqualTo("no-such-table");
  }

  private Run importSearchable(String[] imported, String column) {
    List<String> arguments = new ArrayList<>(List.of(imported));
    arguments.addAll(List.of("--searchable", column, "--json"));
    return cli.run(arguments.toArray(String[]::new));
  }

  @Test
  void aQueryCannotWrite() throws Exception {
    createWithTowns();

    assertThat(cli.run("query", "delete from towns", "--json").json().getString("error"))
        .isEqualTo("bad-query");
    assertThat(cli.run("query", "select nothing from nowhere", "--json").json().getString("error"))
        .isEqualTo("bad-query");
  }

  @Test
  void escapeSequencesInDataDoNotReachTheTerminal() throws Exception {
    createWithTowns();
    cli.run("put", "1", "name=\u001b[31mred", "--table", "towns");

    assertThat(cli.run("query", "select name from towns").out())
        .doesNotContain("\u001b")
        .contains("\uFFFD[31mred");
    assertThat(cli.run("get", "1", "--table", "towns").out()).doesNotContain("\u001b");
  }

  @Test
  void anUnknownTableIsNamedWithThoseThereAre() throws Exception {
    createWithTowns();

    Run run = cli.run("export", "--table", "cities", "--json");

    assertThat(run.json().getString("error")).isEqualTo("no-such-table");
    assertThat(run.err()).contains("towns");
  }

  @Test
  void aLinkThatIsNoneIsRefused() {
    Run run = cli.run("join", "http://127.0.0.1:9/join/xyz#abc", "--json");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.json().getString("error")).isEqualTo("bad-link");
  }

  @Test
  void aSyncWithoutAMeshFailsAndSaysWhy() {
    create();

    Run run = cli.run("sync", "--json");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.json().getString("error")).isEqualTo("mesh-unreachable");
  }

  @Test
  void aMeshAddressThatIsNoneIsRefusedBeforeAnythingIsMade() {
    assertThat(cli.run("create", "--mesh", "http://127.0.0.1:9", "--json").exitCode())
        .isEqualTo(1);
    assertThat(cli.run("create", "--mesh", ":::", "--json").exitCode()).isEqualTo(1);
    assertThat(cli.run("status", "--json").json().getString("error")).isEqualTo("no-such-space");
  }

  @Test
  void aStoreThatIsThereIsNotRestoredOver() throws Exception {
    String data = folder.resolve("mesh").toString();
    Path copy = folder.resolve("copy.db");
    assertThat(cli.run("recover", "--data", data, "--json").json().getString("error"))
        .isEqualTo("store-missing");
    assertThat(cli.run("recover", "--empty", "--data", data, "--json").exitCode())
        .isZero();
    assertThat(cli.run("backup", copy.toString(), "--data", data, "--json").exitCode())
        .isZero();

    assertThat(
            cli.run("restore", copy.toString(), "--data", data, "--json").json().getString("error"))
        .isEqualTo("store-exists");
    assertThat(cli.run("recover", "--empty", "--data", data, "--json").json().getString("error"))
        .isEqualTo("store-exists");
    assertThat(
            cli.run("backup", copy.toString(), "--data", data, "--json").json().getString("error"))
        .isEqualTo("file-exists");
    assertThat(cli.run("recover", "--report", "--data", data, "--json")
            .json()
            .getInteger("restorations"))
        .isEqualTo(1);
  }

  @Test
  void anEmbeddedStoreIsBroughtUpByMigrateToo() {
    String[] migrate = {"migrate", "--data", folder.resolve("mesh").toString(), "--json"};

    JsonObject first = cli.run(migrate).json();

    assertThat(first.getInteger("from")).isZero();
    assertThat(cli.run(migrate).json().getInteger("from")).isEqualTo(first.getInteger("to"));
  }

  /** Before anything is asked of a database: it would be marked, empty or not. */
  @Test
  void onlyAnEmbeddedStoreIsBegunAgainByRecover() {
    Run run =
        cli.run("recover", "--empty", "--store", "postgres://sealift@127.0.0.1:9/none", "--json");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.json().getString("error")).isEqualTo("wrong-usage");
    assertThat(run.json().getString("message")).contains("sealift migrate");
  }

  @ParameterizedTest
  @ValueSource(strings = {"folder", "", "/", "folder/."})
  void filesAreHandedOverInAFileAndNoFolder(String name) throws Exception {
    cli.run("create", "--mesh", NO_MESH);
    Path empty = Files.createDirectory(folder.resolve("folder"));
    String path = name.startsWith("folder") ? folder.resolve(name).toString() : name;
    for (String command : List.of("hand-over", "take-over")) {
      Run refused = cli.run(command, path, "--json");
      assertThat(refused.exitCode()).as(command).isEqualTo(1);
      assertThat(refused.json().getString("error")).isEqualTo("not-a-file");
    }
    assertThat(empty).isEmptyDirectory();
  }

  @Test
  void whatIsNoCopyOfAStoreIsNotRestored() throws Exception {
    String data = folder.resolve("mesh").toString();
    Path none = Files.writeString(folder.resolve("none.db"), "this is no store, whatever its name");

    assertThat(
            cli.run("restore", none.toString(), "--data", data, "--json").json().getString("error"))
        .isEqualTo("store-damaged");
    assertThat(cli.run("restore", folder.resolve("nowhere").toString(), "--data", data, "--json")
            .json()
            .getString("error"))
        .isEqualTo("no-such-file");
    assertThat(folder.resolve("mesh")).isDirectoryNotContaining(file -> !isLock(file));
  }

  /** Stays, lest two processes lock two files of one name. */
  private static boolean isLock(Path file) {
    return file.getFileName().toString().equals("store.db.lock");
  }

  @Test
  void aStoreIsReplacedByACopyWhenThatIsAskedForAndKept() throws Exception {
    Path data = folder.resolve("mesh");
    String copy = folder.resolve("copy.db").toString();
    cli.run("recover", "--empty", "--data", data.toString());
    cli.run("backup", copy, "--data", data.toString());
    Files.delete(data.resolve("store.db"));
    Files.writeString(data.resolve("store.db-wal"), "frames of the store that was deleted");

    for (String[] refused : new String[][] {{"restore", copy}, {"recover", "--empty"}}) {
      List<String> arguments = new java.util.ArrayList<>(List.of(refused));
      arguments.addAll(List.of("--data", data.toString(), "--json"));
      assertThat(cli.run(arguments.toArray(String[]::new)).json().getString("error"))
          .isEqualTo("store-remains");
    }
    Run replaced = cli.run("restore", "--replace", copy, "--data", data.toString(), "--json");

    assertThat(replaced.exitCode()).isZero();
    assertThat(Path.of(replaced.json().getString("replaced"), "store.db-wal"))
        .hasContent("frames of the store that was deleted");
    assertThat(cli.run("recover", "--report", "--data", data.toString(), "--json")
            .json()
            .getInteger("restorations"))
        .isEqualTo(2);
  }

  @Test
  void aRestoreThatWasCutOffIsRefusedByAllAndFinishedByTheNext() throws Exception {
    Path data = folder.resolve("mesh");
    String copy = folder.resolve("copy.db").toString();
    cli.run("recover", "--empty", "--data", data.toString());
    cli.run("backup", copy, "--data", data.toString());
    Path moved = Files.createDirectory(data.resolve("store.db.replacing"));
    Files.move(data.resolve("store.db"), moved.resolve("store.db"));
    Files.copy(Path.of(copy), data.resolve("store.db.restoring"));

    for (String[] refused :
        new String[][] {{"up", "--port", "0"}, {"migrate"}, {"recover", "--empty"}}) {
      List<String> arguments = new java.util.ArrayList<>(List.of(refused));
      arguments.addAll(List.of("--data", data.toString(), "--json"));
      Run run = cli.run(arguments.toArray(String[]::new));
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.json().getString("error")).isEqualTo("store-half-restored");
      assertThat(run.json().getString("message")).contains("restore --replace");
    }
    Run replaced = cli.run("restore", "--replace", copy, "--data", data.toString(), "--json");

    assertThat(replaced.exitCode()).isZero();
    assertThat(Path.of(replaced.json().getString("replaced"), "store.db")).isNotEmptyFile();
    assertThat(cli.run("recover", "--report", "--data", data.toString(), "--json")
            .json()
            .getInteger("restorations"))
        .isEqualTo(2);
  }

  @Test
  void aBenchmarkThatCannotBeIsWrongUsage() {
    for (String[] wrong : new String[][] {
      {"--rows", "0"},
      {"--row-bytes", "99"},
      {"--devices", "1"},
      {"--spaces", "0"},
      {"--rows", "2", "--spaces", "3"},
      {"--rounds", "0"},
      {"--warm-up", "-1"},
      {"--store", "redis"},
      {"--connections", "19001"},
      {"--file-bytes", "8193"},
      {"--only", "postgres-commit"},
      {"--store", "sqlite", "--only", "postgres-commit"},
      {"--store", "postgres", "--only", "gateway-resident-memory"},
      {"--only", "upload,speed"}
    }) {
      List<String> arguments = new java.util.ArrayList<>(List.of("bench", "--json"));
      arguments.addAll(List.of(wrong));
      Run run = cli.run(arguments.toArray(String[]::new));
      assertThat(run.exitCode()).as(String.join(" ", wrong)).isEqualTo(2);
      assertThat(run.json().getString("error")).isEqualTo("wrong-usage");
      assertThat(run.json().getString("message")).contains(wrong[wrong.length - 2]);
    }
  }

  @Test
  void aBenchmarkSaysBeforeItBeginsThatPostgresIsMissing() {
    Run run = cli.run(
        "bench",
        "--json",
        "--store",
        "postgres",
        "--postgres",
        folder.resolve("none").toString());
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.json().getString("error")).isEqualTo("not-equipped");
    assertThat(run.json().getString("message")).contains("apt install postgresql", "--postgres");
    assertThat(run.err()).doesNotContain("round");
  }

  @Test
  void aBenchmarkIsNotRunForNothingWhenThereIsNothingToCompareWith() {
    Run run = cli.run("bench", "--json", "--compare", "none.json");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.json().getString("error")).isEqualTo("bench-failed");
    assertThat(run.json().getString("message")).contains("none.json");
  }

  @Test
  void aPassphraseProtectsTheHome() throws Exception {
    Path right = Files.writeString(folder.resolve("right"), "correct horse\n");
    Path wrong = Files.writeString(folder.resolve("wrong"), "battery staple\n");
    cli.run("create", "--mesh", NO_MESH, "--passphrase-file", right.toString());

    assertThat(cli.run("status", "--passphrase-file", right.toString()).exitCode())
        .isZero();
    assertThat(cli.run("status", "--passphrase-file", wrong.toString(), "--json")
            .json()
            .getString("error"))
        .isEqualTo("wrong-passphrase");
    assertThat(cli.run("status", "--json").json().getString("error")).isEqualTo("wrong-passphrase");
    assertThat(
            cli.run("status", "--passphrase-file", "nowhere", "--json").json().getString("error"))
        .isEqualTo("bad-passphrase-file");
  }

  @Test
  void theHomeBelongsToItsOwnerAlone() throws Exception {
    create();

    assertThat(PosixFilePermissions.toString(
            Files.getPosixFilePermissions(folder.resolve(".sealift/vault"))))
        .isEqualTo("rw-------");
  }

  @Test
  void tablesAreDeclaredAndColumnsAdded() {
    create();

    Run made = declare("name:text", "visits:counter");
    Run more = declare("name:text", "mood:multi-value", "tags:set", "notes:updates", "any:any");
    Run again = declare("tags:set");

    assertThat(made.json().encode())
        .isEqualTo("{\"done\":\"declare\",\"table\":\"towns\",\"added\":[\"name\",\"visits\"]}");
    assertThat(more.json().getJsonArray("added")).containsExactly("mood", "tags", "notes", "any");
    assertThat(again.json().getJsonArray("added")).isEmpty();
    cli.run("cell", "increment", "k", "visits", "--table", "towns");
    assertThat(cli.run("get", "k", "--table", "towns").lines())
        .contains("id: k", "visits: 1", "tags: []", "notes: 0", "any: null");
  }

  @Test
  void rulesAcrossRowsAreDeclaredKeptAndTold() {
    create();
    declare(
        "country:text", "code:text", "--references", "country=lands:restamp", "--unique", "code");
    cli.run("declare", "--table", "lands", "--key", "id", "name:text");
    cli.run("put", "au", "name=Australia", "--table", "lands");
    cli.run("put", "hba", "country=au", "code=7000", "--table", "towns");
    cli.run("put", "apia", "country=ws", "--table", "towns");

    Run removed = cli.run("delete", "au", "--table", "lands", "--json");
    assertThat(removed.exitCode()).isEqualTo(1);
    assertThat(removed.json().getString("error")).isEqualTo("referenced");
    Run twice = cli.run("put", "mel", "code=7000", "--table", "towns", "--json");
    assertThat(twice.json().getString("error")).isEqualTo("not-unique");
    assertThat(cli.run("inbox").out())
        .contains("rule: towns apia: country refers to lands ws, which is not there");
    JsonObject told = cli.run("inbox", "--json").json();
    assertThat(told.getString("violation")).isEqualTo("reference_missing");
    assertThat(told.getString("other_key")).isEqualTo("ws");

    Run later = declare("--references", "code=lands:report");
    assertThat(later.exitCode()).isZero();
    assertThat(declare("--unique", "nothing").json().getString("error"))
        .isEqualTo("no-such-column");
    assertThat(declare("--references", "country=lands").exitCode()).isEqualTo(2);
    assertThat(declare("--references", "country=lands:remove").exitCode()).isEqualTo(1);
  }

  @Test
  void whatWasWrittenIsListedAndTakenBack() {
    create();
    cli.run("declare", "--table", "towns", "--key", "id", "--keep", "all", "name:text");
    cli.run("put", "k", "name=one", "--table", "towns");
    cli.run("put", "k", "name=two", "--table", "towns");

    assertThat(cli.run("history", "k", "--table", "towns").out())
        .contains("name: two  current  not in the mesh yet", "name: one");
    assertThat(cli.run("history", "k", "--table", "towns", "--column", "name", "--json")
            .lines())
        .hasSize(2);
    assertThat(cli.run("undo", "--json").json().encode())
        .isEqualTo(
            "{\"done\":\"undo\",\"undone\":[{\"table\":\"towns\",\"key\":\"k\",\"column\":\"name\"}],\"left\":[]}");
    assertThat(cli.run("get", "k", "--table", "towns").lines()).contains("name: one");
    Run rest = cli.run("undo", "--steps", "2", "--json");
    assertThat(rest.exitCode()).isEqualTo(1);
    assertThat(rest.out()).contains("nothing-to-undo");
    assertThat(cli.run("get", "k", "--table", "towns").exitCode()).isEqualTo(1);
    assertThat(cli.run("undo", "--steps", "0").exitCode()).isEqualTo(2);
  }

  @Test
  void aTableOfAnotherNameIsSaidToKeepMoreOnce() {
    create();
    declare("name:text");
    cli.run("declare", "--table", "towns", "--rename-table", "places");
    Run kept = cli.run("declare", "--table", "places", "--keep", "all");
    assertThat(kept.out()).contains("what is written is kept for good");
    assertThat(cli.run("declare", "--table", "places", "--keep", "window").out())
        .contains("has all of this already");
    cli.run("put", "k", "name=one", "--table", "places");
    cli.run("put", "k", "name=two", "--table", "places");
    assertThat(cli.run("history", "k", "--table", "places", "--column", "name", "--json")
            .lines())
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).contains("\"table\":\"places\""));
    assertThat(cli.run("undo").out()).contains("Took back name of k of places.");
  }

  @Test
  void rowsThatExpireAreDeclared() {
    create();
    Run declared =
        cli.run("declare", "--table", "notes", "--key", "id", "--expire-after", "90d", "text:text");
    assertThat(declared.exitCode()).isZero();
    Run shorter = cli.run("declare", "--table", "notes", "--expire-after", "30d");
    assertThat(shorter.out()).contains("what is written expires");
    Run kept = cli.run("declare", "--table", "notes", "--keep", "all");
    assertThat(kept.exitCode()).isEqualTo(1);
    assertThat(kept.err()).contains("expire");
    for (String span : List.of("90", "0d", "soon", "10s")) {
      Run refused = cli.run("declare", "--table", "notes", "--expire-after", span);
      assertThat(refused.exitCode()).as(span).isEqualTo(2);
      assertThat(refused.err()).contains("30m, 12h, 90d");
    }
    Run longest = cli.run("declare", "--table", "notes", "--expire-after", "99999d");
    assertThat(longest.err()).contains("a hundred years at most");
  }

  @Test
  void aFeedIsAppendedToAndRead() {
    create();
    cli.run("declare", "--table", "chat", "--key", "id", "--keep", "feed", "text:text");

    Run appended = cli.run("feed", "append", "text=hello", "--table", "chat", "--json");
    String key = appended.json().getString("key");
    Run read = cli.run("feed", "read", "--table", "chat", "--json");
    assertThat(read.json().getString("key")).isEqualTo(key);
    assertThat(read.json().getLong("offset")).isNull();
    assertThat(read.json().getJsonObject("row").getString("text")).isEqualTo("hello");
    assertThat(cli.run("put", key, "text=other", "--table", "chat").exitCode()).isEqualTo(1);
    assertThat(cli.run("declare", "--table", "chat", "--key", "id", "--keep", "some")
            .exitCode())
        .isEqualTo(2);
  }

  @Test
  void aDeclarationThatContradictsIsRefusedAndChangesNothing() {
    create();
    declare("visits:counter", "any:any");

    Run type = declare("more:text", "visits:integer");
    assertThat(type.exitCode()).isEqualTo(1);
    assertThat(type.json().getString("error")).isEqualTo("contradiction");
    assertThat(type.json().getString("message"))
        .contains("visits", "is of type counter", "not integer");
    Run key = cli.run("declare", "--table", "towns", "--key", "code", "more:text", "--json");
    assertThat(key.json().getString("error")).isEqualTo("contradiction");
    assertThat(key.json().getString("message")).contains("has the key id, and not code");
    for (String refused : List.of("any:text", "Visits:counter", "my more:text", "id:text")) {
      assertThat(declare("more:text", refused).exitCode()).as(refused).isEqualTo(1);
    }
    for (String wrong : List.of("more", ":text", "more:varchar", "more:TEXT")) {
      Run run = declare(wrong);
      assertThat(run.exitCode()).as(wrong).isEqualTo(2);
      assertThat(run.json().getString("error")).isEqualTo("wrong-usage");
    }
    assertThat(declare("more:varchar").err()).contains("text", "multi-value", "counter");
    assertThat(declare("more:text").json().getJsonArray("added")).containsExactly("more");
  }

  @Test
  void whatIsDeclaredCanBeRenamedWidenedGivenADefaultAndDropped() {
    create();
    declare("name:text", "people:integer", "old:text");
    cli.run("put", "--table", "towns", "k", "people=7", "old=kept");

    Run changed = cli.run(
        "declare",
        "--table",
        "towns",
        "people:real",
        "--rename",
        "name=title",
        "--default",
        "name=none yet",
        "--drop",
        "old",
        "--rename-table",
        "places",
        "--json");

    assertThat(changed.exitCode()).isZero();
    assertThat(changed.json().getJsonArray("changed"))
        .containsExactly("people", "name", "name", "old");
    assertThat(cli.run("get", "k", "--table", "places").lines())
        .containsExactly("id: k", "title: none yet", "people: 7");
    assertThat(cli.run("put", "--table", "places", "k", "people=7.5").exitCode())
        .isZero();
    assertThat(cli.run("query", "select title, people from places").out()).contains("none yet");
    assertThat(cli.run("get", "k", "--table", "towns").exitCode()).isEqualTo(1);

    Run narrower = cli.run("declare", "--table", "places", "people:integer", "--json");
    assertThat(narrower.json().getString("error")).isEqualTo("contradiction");
    Run first = cli.run("declare", "--table", "places", "name:text", "--json");
    assertThat(first.json().getString("message")).contains("title", "was called name at first");
    assertThat(cli.run("declare", "--table", "places", "old:text").exitCode()).isZero();
    assertThat(cli.run("get", "k", "--table", "places").lines()).contains("old: kept");
    assertThat(cli.run("declare", "--table", "places", "--rename", "title=headline")
            .exitCode())
        .isZero();
    assertThat(cli.run("get", "k", "--table", "places").lines()).contains("headline: none yet");

    assertThat(cli.run("declare", "--table", "places", "--drop-table").exitCode())
        .isZero();
    assertThat(cli.run("get", "k", "--table", "places").exitCode()).isEqualTo(1);
    assertThat(cli.run("declare", "--table", "places", "x:text").exitCode()).isEqualTo(2);
  }

  @Test
  void aMinimumVersionLeavesToolsAlone() {
    create();
    declare("name:text");

    assertThat(cli.run("declare", "--minimum-version", "3").exitCode()).isZero();
    assertThat(cli.run("declare", "--minimum-version=-1").exitCode()).isEqualTo(1);
    assertThat(cli.run("declare", "--minimum-version", "0").out())
        .contains("Apps of any version can write");
    assertThat(cli.run("declare", "--minimum-version", "3", "--json")
            .json()
            .getInteger("minimumVersion"))
        .isEqualTo(3);
    assertThat(cli.run("declare", "name:text").exitCode()).isEqualTo(2);
    assertThat(cli.run("put", "--table", "towns", "k", "name=x").exitCode()).isZero();
    JsonObject status = cli.run("status", "--json").json();
    assertThat(status.getBoolean("readOnly")).isFalse();
    assertThat(status.getLong("misfits")).isZero();
  }

  @Test
  void anAppsHomeSaysThatItIsReadOnlyAndWhatDoesNotFit() {
    create();
    try (Sealift sealift = Sealift.open(folder.resolve(".sealift"))) {
      Space space = sealift.space(sealift.spaces().get(0));
      space.amend(Schema.of(Schema.table("towns", "id").any("people")));
      space.table("towns").put("k", Row.of("people", "many"));
      space.declare(Schema.of(Schema.table("towns", "id").integer("people")).version(1));
    }
    cli.run("declare", "--minimum-version", "2");

    JsonObject status = cli.run("status", "--json").json();
    assertThat(status.getBoolean("readOnly")).isTrue();
    assertThat(status.getInteger("missingVersion")).isEqualTo(2);
    assertThat(status.getLong("misfits")).isEqualTo(1);
    assertThat(cli.run("status").out()).contains("update it to write", "sealift misfits");
    Run put = cli.run("put", "--table", "towns", "k", "people=1", "--json");
    assertThat(put.json().getString("error")).isEqualTo("app-too-old");
    assertThat(cli.run("misfits").out()).isEqualTo("towns k people: many\n");
    assertThat(cli.run("misfits", "--json").json().encode())
        .isEqualTo("{\"table\":\"towns\",\"key\":\"k\",\"column\":\"people\",\"value\":\"many\"}");
  }

  @Test
  void cellsThatHoldSeveralValuesAreChangedByOperationsOfTheirOwn() {
    createWithCells();

    assertThat(cell("increment", "k", "visits").json().getLong("total")).isEqualTo(1);
    assertThat(cell("increment", "k", "visits", "41").json().getLong("total")).isEqualTo(42);
    assertThat(cell("increment", "k", "visits", "-44").json().encode())
        .isEqualTo(
            "{\"done\":\"cell increment\",\"table\":\"towns\",\"key\":\"k\",\"column\":\"visits\",\"total\":-2}");
    assertThat(cell("add", "k", "tags", "port").json().getBoolean("changed")).isTrue();
    assertThat(cell("add", "k", "tags", "port").json().getBoolean("changed")).isFalse();
    assertThat(cell("add", "k", "tags", "old").json().getBoolean("changed")).isTrue();
    assertThat(cell("discard", "k", "tags", "old").json().getBoolean("changed")).isTrue();
    assertThat(cell("discard", "k", "tags", "old").json().getBoolean("changed")).isFalse();
    assertThat(cell("assign", "k", "mood", "calm").exitCode()).isZero();
    assertThat(cell("assign", "k", "mood", "glad").exitCode()).isZero();

    assertThat(values("visits")).containsExactly("{\"value\":-2}");
    assertThat(values("tags")).containsExactly("{\"value\":\"port\"}");
    assertThat(values("mood")).containsExactly("{\"value\":\"glad\"}");
    assertThat(cli.run("cell", "values", "k", "mood", "--table", "towns").out())
        .isEqualTo("glad\n");
    assertThat(cli.run("export", "--table", "towns").lines())
        .containsExactly("id,name,visits,mood,tags,notes", "k,,-2,glad,\"[\"\"port\"\"]\",0");
  }

  @Test
  void valuesAreTakenForWhatTheyLookLikeUnlessTheirTypeIsGiven() {
    createWithCells();
    for (String[] value : new String[][] {
      {"7"},
      {"1.5"},
      {"007"},
      {"7", "--type", "text"},
      {"", "--type", "text"},
      {"2", "--type", "real"},
      {"CgA=", "--type", "bytes"},
      {"-3"},
      {"--", "-x"}
    }) {
      List<String> arguments = new java.util.ArrayList<>(
          List.of("cell", "add", "--table", "towns", "--json", "k", "tags"));
      arguments.addAll(List.of(value));
      assertThat(cli.run(arguments.toArray(String[]::new)).exitCode()).isZero();
    }

    assertThat(values("tags"))
        .containsExactlyInAnyOrder(
            "{\"value\":7}",
            "{\"value\":-3}",
            "{\"value\":\"-x\"}",
            "{\"value\":1.5}",
            "{\"value\":2.0}",
            "{\"value\":\"007\"}",
            "{\"value\":\"7\"}",
            "{\"value\":\"\"}",
            "{\"value\":{\"base64\":\"CgA=\"}}");
    assertThat(cell("assign", "k", "mood", "").exitCode()).isZero();
    assertThat(values("mood")).containsExactly("{\"value\":null}");
    for (String operation : List.of("add", "discard")) {
      Run nothing = cell(operation, "k", "tags", "");
      assertThat(nothing.exitCode()).isEqualTo(1);
      assertThat(nothing.json().getString("message")).contains("--type text");
    }
    assertThat(cell("add", "k", "tags", "x", "--type", "integer").json().getString("error"))
        .isEqualTo("bad-value");
    assertThat(cell("add", "k", "tags", "", "--type", "integer").json().getString("error"))
        .isEqualTo("bad-value");
    assertThat(cell("add", "k", "tags", "x", "--type", "set").exitCode()).isEqualTo(2);
    assertThat(cell("increment", "k", "visits", "1.5").exitCode()).isEqualTo(2);
  }

  @Test
  void anOperationWorksOnColumnsOfItsType() {
    createWithCells();
    for (String[] wrong : new String[][] {
      {"increment", "tags"},
      {"add", "visits", "1"},
      {"discard", "mood", "1"},
      {"assign", "name", "x"},
      {"append", "tags", "--base64", "AA=="},
      {"collapse", "tags", "--base64", "AA==", "--of", "."},
      {"values", "name"}
    }) {
      List<String> arguments = new java.util.ArrayList<>(List.of(wrong));
      arguments.add(1, "k");
      Run run = cell(arguments.remove(0), arguments.toArray(String[]::new));
      assertThat(run.exitCode()).as(wrong[0]).isEqualTo(1);
      assertThat(run.json().getString("error")).isEqualTo("wrong-column");
      assertThat(run.json().getString("message")).contains(wrong[1], "of type", "works on");
    }
    assertThat(cell("increment", "k", "nowhere").json().getString("error"))
        .isEqualTo("no-such-column");
    assertThat(cell("values", "k", "tags").json().getString("error")).isEqualTo("no-such-row");
    cell("increment", "k", "visits", String.valueOf(Long.MAX_VALUE));
    assertThat(cell("increment", "k", "visits").json().getString("error"))
        .isEqualTo("invalid-input");
    assertThat(values("visits")).containsExactly("{\"value\":" + Long.MAX_VALUE + "}");
  }

  @Test
  void puttingAndImportingLeaveCellsThatHoldSeveralValuesAlone() throws Exception {
    createWithCells();
    cell("increment", "k", "visits");
    String[] values = {"visits=3", "mood=sad", "tags=port", "notes=AQID"};
    for (String value : values) {
      Run put = cli.run("put", "k", "name=x", value, "--table", "towns", "--json");
      assertThat(put.exitCode()).as(value).isEqualTo(1);
      assertThat(put.json().getString("error")).isEqualTo("wrong-column");
      assertThat(put.json().getString("message"))
          .contains(value.substring(0, value.indexOf('=')), "sealift cell");

      Path csv = Files.writeString(
          folder.resolve("more.csv"), "id,name," + value.replace("=", "\nk,x,") + "\n");
      Run imported = cli.run("import", csv.toString(), "--table", "towns", "--key", "id", "--json");
      assertThat(imported.exitCode()).as(value).isEqualTo(1);
      assertThat(imported.json().getString("error")).isEqualTo("csv-bad-value");
      assertThat(imported.json().getString("message"))
          .contains(value.substring(0, value.indexOf('=')), "sealift cell");
    }
    Path csv = Files.writeString(folder.resolve("names.csv"), "id,name\nk,Suva\n");
    assertThat(
            cli.run("import", csv.toString(), "--table", "towns", "--key", "id").exitCode())
        .isZero();
    assertThat(cli.run("export", "--table", "towns").lines()).contains("k,Suva,1,,[],0");
  }

  @Test
  void updatesComeFromAFileFromStandardInputOrAsBase64() throws Exception {
    createWithCells();
    Path file = Files.write(folder.resolve("one"), new byte[] {1, 0, -1});

    assertThat(cell("append", "k", "notes", file.toString()).json().getInteger("bytes"))
        .isEqualTo(3);
    assertThat(appendWith(new byte[] {2}, "-").exitCode()).isZero();
    assertThat(appendWith(new byte[] {3}).exitCode()).isZero();
    assertThat(cell("append", "k", "notes", "--base64", "BA==").exitCode()).isZero();
    byte[] largest = new byte[768 << 10];
    assertThat(appendWith(largest, "-").exitCode()).isZero();

    assertThat(values("notes"))
        .hasSize(5)
        .startsWith(
            "{\"value\":{\"base64\":\"AQD/\"}}",
            "{\"value\":{\"base64\":\"Ag==\"}}",
            "{\"value\":{\"base64\":\"Aw==\"}}",
            "{\"value\":{\"base64\":\"BA==\"}}");
    assertThat(appendWith(new byte[0]).json().getString("error")).isEqualTo("no-update");
    assertThat(appendWith(new byte[largest.length + 1]).json().getString("error"))
        .isEqualTo("update-too-large");
    assertThat(cell("append", "k", "notes", "nowhere").json().getString("error"))
        .isEqualTo("no-such-file");
    assertThat(cell("append", "k", "notes", "--base64", "!").json().getString("error"))
        .isEqualTo("bad-value");
    assertThat(cell("append", "k", "notes", "-", "--base64", "BA==").exitCode()).isEqualTo(2);
    assertThat(values("notes")).hasSize(5);
  }

  @Test
  void theUpdatesThatWereMergedAndNoOthersAreCollapsed() {
    createWithCells();
    String early = folder.resolve("early").toString();
    String late = folder.resolve("late").toString();
    cell("append", "k", "notes", "--base64", "AQ==");
    cell("append", "k", "notes", "--base64", "Ag==");
    assertThat(cell("values", "k", "notes", "--output", early).json().getInteger("updates"))
        .isEqualTo(2);
    assertThat(folder.resolve("early/00001.update")).hasBinaryContent(new byte[] {1});
    assertThat(folder.resolve("early/00002.update")).hasBinaryContent(new byte[] {2});
    assertThat(cell("values", "k", "notes", "--output", early).json().getString("error"))
        .isEqualTo("folder-not-empty");
    cell("append", "k", "notes", "--base64", "Aw==");

    assertThat(collapse(early).exitCode()).isEqualTo(1);
    assertThat(collapse(early).json().getString("error")).isEqualTo("cell-changed");
    assertThat(values("notes")).hasSize(3);
    assertThat(collapse(folder.resolve("nowhere").toString()).json().getString("error"))
        .isEqualTo("no-such-file");
    cell("values", "k", "notes", "--output", late);
    assertThat(collapse(late).json().getInteger("collapsed")).isEqualTo(3);
    assertThat(values("notes")).containsExactly("{\"value\":{\"base64\":\"DA==\"}}");
    assertThat(collapse(late).json().getInteger("collapsed")).isZero();
    assertThat(cell("collapse", "k", "notes", "--base64", "DA==").exitCode()).isEqualTo(2);
    assertThat(cell("values", "k", "tags", "--output", folder.resolve("tags").toString())
            .exitCode())
        .isEqualTo(2);
    assertThat(folder.resolve("tags")).doesNotExist();
  }

  private Run collapse(String of) {
    return cell("collapse", "k", "notes", "--base64", "DA==", "--of", of);
  }

  private Run appendWith(byte[] input, String... from) {
    List<String> arguments = new java.util.ArrayList<>(
        List.of("cell", "append", "k", "notes", "--table", "towns", "--json"));
    arguments.addAll(List.of(from));
    return cli.runWith(input, arguments.toArray(String[]::new));
  }

  private Run cell(String operation, String... arguments) {
    List<String> all = new java.util.ArrayList<>(List.of("cell", operation));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--table", "towns", "--json"));
    return cli.run(all.toArray(String[]::new));
  }

  private List<String> values(String column) {
    return cell("values", "k", column).lines();
  }

  private Run declare(String... columns) {
    List<String> all =
        new java.util.ArrayList<>(List.of("declare", "--table", "towns", "--key", "id", "--json"));
    all.addAll(List.of(columns));
    return cli.run(all.toArray(String[]::new));
  }

  private void createWithCells() {
    create();
    assertThat(
            declare("name:text", "visits:counter", "mood:multi-value", "tags:set", "notes:updates")
                .exitCode())
        .isZero();
  }

  private Run create() {
    return cli.run("create", "--mesh", NO_MESH, "--json");
  }

  private void createWithTowns() throws Exception {
    create();
    Path csv = Files.writeString(
        folder.resolve("towns.csv"), "id,name,people\n1,Hobart,252669\n2,Apia,\n");
    assertThat(
            cli.run("import", csv.toString(), "--table", "towns", "--key", "id").exitCode())
        .isZero();
  }
}
