package dev.sealift.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.cli.CliHarness.Run;
import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A paper key by hand, on a real mesh: made on one machine, used on clean ones. */
class RecoveryIT {
  @TempDir
  Path folder;

  private CliHarness cli;
  private MeshProcess mesh;
  private String url = "";

  @BeforeEach
  void startAMesh() throws Exception {
    cli = new CliHarness(folder);
    mesh = MeshProcess.start(MeshOptions.whole(folder.resolve("mesh"), 0), "");
    url = mesh.url().orElseThrow().toString();
  }

  @AfterEach
  void stopTheMesh() {
    mesh.close();
  }

  @Test
  void aCleanMachineBecomesTheOneThatWasLost() {
    found("a", "towns", "Hobart");
    found("a", "parties", "Apia");
    List<String> words = words(run("a", "recovery", "create"));
    done(run("a", "rotate", "--space", "parties")); // the paper key is not asked
    put("a", "parties", "2", "Suva");
    JsonObject owner = member("a", "parties");
    String towns = digest("a", "towns");
    String parties = digest("a", "parties");
    destroy("a");

    Run used = use("b", words);

    assertThat(used.exitCode()).as(used.err()).isZero();
    assertThat(used.json().getInteger("spaces")).isEqualTo(2);
    assertThat(used.err()).contains("(1 of 2)", "(2 of 2)");
    assertThat(digest("b", "towns")).isEqualTo(towns);
    assertThat(digest("b", "parties")).isEqualTo(parties);
    JsonObject now = member("b", "parties");
    assertThat(now.getString("member")).isEqualTo(owner.getString("member"));
    assertThat(now.getString("role")).isEqualTo("owner");
    assertThat(now.getString("id")).isNotEqualTo(owner.getString("id"));
    put("b", "towns", "2", "Lae");

    Run again = use("b", words);
    assertThat(again.exitCode()).isZero();
    assertThat(objects(again))
        .filteredOn(one -> one.containsKey("new"))
        .allMatch(one -> !one.getBoolean("new") && one.getBoolean("restored"));

    Run other = use("c", words.stream().map(RecoveryIT::short4).toList());
    assertThat(other.exitCode()).as(other.err()).isZero();
    assertThat(digest("c", "towns")).isEqualTo(digest("b", "towns"));
    assertThat(run("c", "recovery", "status").json().getBoolean("complete")).isTrue();
  }

  @Test
  void aLinkThatWasMadeInALaterEpochBringsWhatWasWrittenBefore() {
    found("a", "towns", "Hobart");
    List<String> words = words(run("a", "recovery", "create"));
    done(run("a", "remove", "--space", "towns")); // all invitations, and with them the paper key's
    JsonObject status = done(run("a", "recovery", "status", "--offline")).json();
    assertThat(status.getBoolean("complete")).as("and it was renewed at once").isTrue();
    String towns = digest("a", "towns");
    destroy("a");
    Run used = use("b", words);
    assertThat(used.exitCode()).as(used.err()).isZero();
    assertThat(digest("b", "towns")).isEqualTo(towns);
  }

  @Test
  void spacesThatComeLaterAreAddedByThemselves() {
    found("a", "towns", "Hobart");
    List<String> words = words(run("a", "recovery", "create"));
    found("a", "parties", "Apia");
    found("friend", "club", "Suva");
    String link = done(run("friend", "invite", "--space", "club")).json().getString("link");
    done(run("a", "join", link));
    JsonObject status = done(run("a", "recovery", "status", "--offline")).json();
    assertThat(status.getJsonArray("spaces").stream().map(one -> (JsonObject) one))
        .extracting(one -> one.getString("space"), one -> one.getBoolean("covered"))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("club", true),
            org.assertj.core.groups.Tuple.tuple("parties", true),
            org.assertj.core.groups.Tuple.tuple("towns", true));
    destroy("a");
    assertThat(use("b", words).json().getInteger("spaces")).isEqualTo(3);
    assertThat(member("b", "club").getString("role")).isEqualTo("writer");
  }

  @Test
  void wordsThatWereReplacedLetNobodyIn() {
    found("a", "towns", "Hobart");
    List<String> old = words(run("a", "recovery", "create"));
    Run replaced = run("a", "recovery", "replace");
    assertThat(done(replaced).json().getBoolean("withdrawn")).isTrue();
    List<String> words = words(replaced);

    Run refused = use("b", old);
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.json().getString("error")).isEqualTo("paper-key-replaced");
    assertThat(use("b", words).exitCode()).isZero();
    assertThat(digest("b", "towns")).isEqualTo(digest("a", "towns"));
  }

  @Test
  void wordsThatAreWrongAreToldAndNeverRepeated() {
    found("a", "towns", "Hobart");
    List<String> words = words(run("a", "recovery", "create"));
    List<String> typo = new ArrayList<>(words);
    typo.set(6, "sealift");
    Run refused = use("b", typo);
    assertThat(refused.json().getString("error")).isEqualTo("bad-words");
    assertThat(refused.err()).contains("Word 7 ").doesNotContain("sealift ");
    assertSilent(refused, words);

    Run unknown = use(
        "b",
        List.of("legal winner thank year wave sausage worth useful legal winner thank yellow"
            .split(" ")));
    assertThat(unknown.exitCode()).isEqualTo(1);
    assertThat(unknown.json().getString("error")).isEqualTo("paper-key-unknown");
    assertSilent(unknown, List.of("legal", "winner", "yellow"));
    assertThat(run("b", "recovery", "status").json().getString("error")).isEqualTo("no-paper-key");

    assertThat(run("b", "recovery", "use").exitCode()).as("no address").isEqualTo(2);
    assertThat(run("a", "recovery", "create").json().getString("error"))
        .isEqualTo("paper-key-exists");
    assertThat(run("a", "recovery").exitCode()).isEqualTo(2);
    assertThat(done(run("a", "recovery", "forget")).json().getBoolean("had")).isTrue();
    assertThat(use("b", words).exitCode()).as("it was forgotten there alone").isZero();
  }

  @Test
  void whatAPersonIsShownSaysHowToUseIt() {
    found("a", "towns", "Hobart");
    done(run("a", "create", "--space", "later", "--mesh", "ws://localhost:1"));
    Run shown = cli.run("recovery", "create", "--home", path("a"), "--mesh", url);
    assertThat(shown.exitCode()).as(shown.err()).isZero();
    assertThat(shown.out())
        .contains("  1. ", " 12. ", "Address: " + url, "sealift recovery use --mesh " + url)
        .contains("It covers: towns.", "Not covered: later. The mesh cannot be reached.");
    Run status = cli.run("recovery", "status", "--offline", "--home", path("a"));
    assertThat(status.exitCode()).isEqualTo(1);
    assertThat(status.out()).contains("It covers: towns.", "Not covered: later.");
  }

  private static void assertSilent(Run run, List<String> words) {
    for (String word : words) {
      assertThat(run.out() + run.err()).doesNotContainPattern("\\b" + word + "\\b");
    }
  }

  private static String short4(String word) {
    return word.substring(0, Math.min(4, word.length())).toUpperCase(java.util.Locale.ROOT);
  }

  private static List<JsonObject> objects(Run run) {
    return run.lines().stream().map(JsonObject::new).toList();
  }

  private static List<String> words(Run run) {
    JsonArray words = objects(done(run)).get(0).getJsonArray("words");
    assertThat(words).hasSize(12);
    return words.stream().map(Object::toString).toList();
  }

  private void found(String home, String space, String town) {
    done(run(home, "create", "--space", space, "--mesh", url));
    done(run(home, "declare", "--space", space, "--table", "t", "--key", "id", "name:text"));
    put(home, space, "1", town);
  }

  private void put(String home, String space, String key, String name) {
    done(run(home, "put", key, "name=" + name, "--table", "t", "--space", space));
    done(run(home, "sync", "--space", space));
  }

  private JsonObject member(String home, String space) {
    JsonArray devices = done(run(home, "members", "--space", space)).json().getJsonArray("devices");
    return devices.stream()
        .map(one -> (JsonObject) one)
        .filter(one -> one.getBoolean("this"))
        .findFirst()
        .orElseThrow();
  }

  private String digest(String home, String space) {
    return done(run(home, "digest", "--space", space)).json().getString("digest");
  }

  private Run use(String home, List<String> words) {
    String typed = words.stream().collect(Collectors.joining("\n")) + "\n";
    return cli.runWith(
        typed.getBytes(StandardCharsets.UTF_8),
        "recovery",
        "use",
        "--mesh",
        url,
        "--json",
        "--home",
        path(home));
  }

  private Run run(String home, String... arguments) {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(List.of("--json", "--home", path(home)));
    return cli.run(all.toArray(String[]::new));
  }

  private String path(String home) {
    return folder.resolve(home).toString();
  }

  private static Run done(Run run) {
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run;
  }

  private void destroy(String home) {
    try (Stream<Path> files = Files.walk(folder.resolve(home))) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> {
        try {
          Files.delete(file);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
