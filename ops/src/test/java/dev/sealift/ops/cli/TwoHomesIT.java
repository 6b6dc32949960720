package dev.sealift.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.cli.CliHarness.Run;
import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshProcess;
import dev.sealift.ops.terminal.QrDrawing;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a new user does by hand: a mesh, two homes, commands. */
class TwoHomesIT {
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
  void twoHomesImportInviteJoinEditSyncAndAgree() throws Exception {
    Path csv = Files.writeString(
        folder.resolve("towns.csv"), "id,name,people\n1,Hobart,252669\n2,Apia,\n3,Suva,93970\n");
    assertThat(a("create", "--mesh", url).json().getBoolean("connected")).isTrue();
    a("import", csv.toString(), "--table", "towns", "--key", "id");
    String link = a("invite").json().getString("link");

    b("join", link);
    assertThat(b("query", "select count(*) as n from towns").json().getInteger("n"))
        .isEqualTo(3);

    a("put", "1", "name=Nipaluna", "--table", "towns");
    b("put", "2", "people=37391", "--table", "towns");
    a("delete", "3", "--table", "towns");
    syncAll();

    assertThat(digest("a")).isEqualTo(digest("b"));
    assertThat(a("export", "--table", "towns").lines())
        .containsExactly("id,name,people", "1,Nipaluna,252669", "2,Apia,37391");
    assertThat(b("status").json().getInteger("pendingWrites")).isZero();
  }

  @Test
  void whatLosesOnOneHomeIsInTheInboxOfBothAndCanBeRevived() throws Exception {
    Path csv = Files.writeString(folder.resolve("towns.csv"), "id,name\n1,Hobart\n");
    a("create", "--mesh", url);
    a("import", csv.toString(), "--table", "towns", "--key", "id");
    b("join", a("invite").json().getString("link"));
    a("put", "1", "name=Hobart Town", "--table", "towns");
    b("put", "1", "name=nipaluna", "--table", "towns");
    syncAll();

    JsonObject lost = a("inbox").json();
    assertThat(b("inbox").json()).isEqualTo(lost);
    assertThat(lost.getString("reason")).isEqualTo("value");
    assertThat(lost.getJsonObject("lost").getString("name")).isEqualTo("Hobart Town");
    assertThat(lost.getJsonObject("current").getString("name")).isEqualTo("nipaluna");
    Run shown = cli.run("inbox", "--home", folder.resolve("b").toString());
    assertThat(shown.out())
        .contains(
            lost.getString("id"), "towns 1: written by", "lost to what was written by this device")
        .contains("name: Hobart Town, now nipaluna");

    assertThat(b("revive", lost.getString("id").substring(0, 4)).json().getString("done"))
        .isEqualTo("revive");
    assertThat(b("inbox").out()).isEmpty();
    syncAll();

    assertThat(a("get", "1", "--table", "towns").json().getString("name")).isEqualTo("Hobart Town");
    assertThat(a("inbox").out()).isEmpty();
    Run again = run("a", "dismiss", lost.getString("id"));
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.json().getString("error")).isEqualTo("no-such-item");
  }

  @Test
  void aLinkIsDrawnBesideWhatIsPrinted() {
    a("create", "--mesh", url);
    Run drawn = done(cli.run("invite", "--qr", "--home", folder.resolve("a").toString()));
    assertThat(drawn.out().strip()).startsWith("http://").doesNotContain("\n");
    assertThat(drawn.err())
        .contains(QrDrawing.lines(drawn.out().strip()).get(10))
        .contains("columns wide");
  }

  @Test
  void bothSeeTheSameCodeOfADeviceThatJoined() {
    a("create", "--mesh", url);
    JsonObject joined = b("join", a("invite").json().getString("link")).json();
    String device = b("status").json().getString("device");
    a("sync");
    assertThat(joined.getString("code")).matches("\\d{4} \\d{4} \\d{4}");
    assertThat(b("compare").json().getString("code")).isEqualTo(joined.getString("code"));
    assertThat(a("compare", device.substring(0, 12)).json().getString("code"))
        .isEqualTo(joined.getString("code"));
    assertThat(a("compare").json().getString("code")).isNotEqualTo(joined.getString("code"));
    assertError("invalid-input", run("a", "compare", "ffffffff00"));
  }

  @Test
  void howFarAWriteHasComeIsTold() {
    a("create", "--mesh", url);
    a("declare", "--table", "towns", "--key", "id", "name:text");
    b("join", a("invite").json().getString("link"));
    String other = b("status").json().getString("device");
    a("put", "1", "name=Hobart", "--table", "towns");
    assertThat(a("delivery", "1", "--table", "towns").json().getString("stage")).isEqualTo("local");
    a("sync");
    b("sync");
    a("sync");
    JsonObject durable = a("delivery", "1", "--table", "towns").json();
    assertThat(durable.getString("stage")).isEqualTo("durable");
    assertThat(durable.getJsonArray("unseenBy")).containsExactly(other);
    assertThat(cli.run("status", "--home", folder.resolve("a").toString()).out())
        .contains("all of this device's files by 0 of 1 devices");

    b("put", "2", "name=Perth", "--table", "towns");
    b("sync");
    a("sync");

    assertThat(a("delivery", "1", "--table", "towns").json().getJsonArray("seenBy"))
        .containsExactly(other);
    JsonObject all = a("delivery").json();
    assertThat(all.getJsonArray("others").getJsonObject(0).getBoolean("hasAll")).isTrue();
    assertThat(all.getLong("behind")).isZero();
    assertThat(a("status").json().getJsonObject("delivery").getString("asOf"))
        .isEqualTo(all.getString("asOf"))
        .isNotNull();
    assertThat(cli.run("delivery", "--home", folder.resolve("a").toString()).out())
        .contains("device        " + other.substring(0, 12), "has all of this device's files");
    assertThat(cli.run(
                "delivery",
                "1",
                "--table",
                "towns",
                "--home",
                folder.resolve("a").toString())
            .out())
        .contains("durable: file ", "seen by       " + other.substring(0, 12));
    assertError("no-such-item", run("a", "delivery", "2", "--table", "towns"));
    assertError("invalid-input", run("a", "delivery", "1"));
  }

  @Test
  void whoIsRemovedGetsNothingMoreAndKeepsWhatItWrote() {
    a("create", "--mesh", url);
    a("declare", "--table", "towns", "--key", "id", "name:text");
    String link = a("invite", "--uses", "3").json().getString("link");
    b("join", link);
    done(run("c", "join", link));
    String device = run("c", "status").json().getString("device");
    a("sync");

    JsonObject after = a("remove", device.substring(0, 8)).json();
    a("put", "1", "name=Hobart", "--table", "towns");
    a("sync");
    b("sync");
    done(run("c", "put", "2", "name=Apia", "--table", "towns"));
    Run refused = run("c", "sync");

    assertThat(after.getInteger("epoch")).isEqualTo(2);
    assertThat(after.getJsonArray("devices")).hasSize(2);
    assertThat(after.getJsonArray("invitations")).as("the link is withdrawn").isEmpty();
    assertThat(after.getJsonArray("gone").getJsonObject(0).getString("id")).isEqualTo(device);
    assertThat(digest("a")).isEqualTo(digest("b"));
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.json().getString("error")).isEqualTo("not-a-member");
    assertThat(run("c", "status").json().getInteger("pendingWrites")).isEqualTo(1);
    assertThat(done(run("c", "export", "--table", "towns")).lines())
        .as("what came before, and what it wrote")
        .containsExactly("id,name", "2,Apia");
    Run late = run("d", "join", link);
    assertThat(late.exitCode()).isEqualTo(1);
    assertThat(late.json().getString("error")).isEqualTo("invitation-unknown");
    Run shown = cli.run("members", "--home", folder.resolve("b").toString());
    assertThat(shown.out())
        .contains("owner", "writer  (this one)", "gone device  " + device.substring(0, 12))
        .contains("key          number 2");
  }

  @Test
  void whoMayNotDoWhatIsToldSo() {
    a("create", "--mesh", url);
    a("declare", "--table", "towns", "--key", "id", "name:text");
    b("join", a("invite", "--role", "reader").json().getString("link"));
    String owner = a("status").json().getString("device");
    String reader = b("status").json().getString("device");

    assertError("not-allowed", run("b", "remove", owner.substring(0, 10)));
    assertError("not-allowed", run("b", "invite"));
    assertError("not-allowed", run("b", "invite", "--own"));
    assertError("invalid-input", run("a", "remove", "ffffff00ff"));
    assertError("last-owner", run("a", "leave"));
    assertError("last-owner", run("a", "role", owner, "writer"));
    done(run("c", "join", b("invite", "--own", "--role", "reader").json().getString("link")));
    assertThat(a("role", reader.substring(0, 10), "owner").json().getString("done"))
        .isEqualTo("role");
    assertThat(a("leave").json().getString("done")).isEqualTo("leave");
    assertThat(b("rotate").json().getInteger("epoch")).isGreaterThan(1);
    b("put", "1", "name=Hobart", "--table", "towns");
    b("sync");
    done(run("c", "sync"));
    assertThat(digest("b")).isEqualTo(digest("c"));
    assertError("not-a-member", run("a", "sync"));
  }

  private static void assertError(String code, Run run) {
    assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
    assertThat(run.json().getString("error")).isEqualTo(code);
  }

  @Test
  void whereRanksGoByArrivalWhoSyncsLastStays() {
    a("create", "--mesh", url, "--rank", "arrival", "--late-after", "7d");
    a("declare", "--table", "towns", "--key", "id", "name:text");
    b("join", a("invite").json().getString("link"));
    assertThat(b("status").json().getString("ranking")).isEqualTo("arrival");
    a("put", "1", "name=Hobart Town", "--table", "towns");
    b("put", "1", "name=nipaluna", "--table", "towns");
    b("sync");
    a("sync");
    b("sync");

    assertThat(digest("a")).isEqualTo(digest("b"));
    for (String home : List.of("a", "b")) {
      assertThat(done(run(home, "get", "1", "--table", "towns")).json().getString("name"))
          .isEqualTo("Hobart Town");
      assertThat(done(run(home, "inbox")).json().getJsonObject("lost").getString("name"))
          .isEqualTo("nipaluna");
    }
  }

  @Test
  void whatBothDoToACellOfflineIsAllThereWhenTheyMeet() {
    a("create", "--mesh", url);
    a(
        "declare",
        "--table",
        "towns",
        "--key",
        "id",
        "visits:counter",
        "tags:set",
        "mood:multi-value");
    a("cell", "add", "1", "tags", "port", "--table", "towns");
    a("cell", "add", "1", "tags", "old", "--table", "towns");
    b("join", a("invite").json().getString("link"));
    assertThat(b("cell", "values", "1", "tags", "--table", "towns").lines()).hasSize(2);

    a("cell", "increment", "1", "visits", "3", "--table", "towns");
    b("cell", "increment", "1", "visits", "5", "--table", "towns");
    b("cell", "increment", "1", "visits", "-1", "--table", "towns");
    a("cell", "discard", "1", "tags", "old", "--table", "towns");
    a("cell", "discard", "1", "tags", "port", "--table", "towns");
    b("cell", "discard", "1", "tags", "port", "--table", "towns");
    b("cell", "add", "1", "tags", "port", "--table", "towns");
    b("cell", "add", "1", "tags", "7", "--table", "towns");
    a("cell", "assign", "1", "mood", "glad", "--table", "towns");
    b("cell", "assign", "1", "mood", "sad", "--table", "towns");
    syncAll();

    assertThat(digest("a")).isEqualTo(digest("b"));
    for (String home : List.of("a", "b")) {
      JsonObject row = done(run(home, "get", "1", "--table", "towns")).json();
      assertThat(row.getInteger("visits")).isEqualTo(7);
      assertThat(row.getString("tags")).isEqualTo("[7,\"port\"]");
      assertThat(
              done(run(home, "cell", "values", "1", "mood", "--table", "towns")).lines())
          .containsExactly("{\"value\":\"sad\"}", "{\"value\":\"glad\"}");
      assertThat(done(run(home, "inbox")).out()).isEmpty();
    }
    a("cell", "assign", "1", "mood", "both", "--table", "towns");
    syncAll();
    assertThat(b("cell", "values", "1", "mood", "--table", "towns").lines())
        .containsExactly("{\"value\":\"both\"}");
  }

  @Test
  void whatIsDoneToACellOfARemovedRowIsInTheInboxInWordsForPeople() {
    a("create", "--mesh", url);
    a("declare", "--table", "towns", "--key", "id", "visits:counter", "tags:set", "notes:updates");
    a("cell", "add", "1", "tags", "port", "--table", "towns");
    b("join", a("invite").json().getString("link"));
    b("cell", "increment", "1", "visits", "4", "--table", "towns");
    b("cell", "add", "1", "tags", "new", "--table", "towns");
    b("cell", "append", "1", "notes", "--base64", "AQID", "--table", "towns");
    a("delete", "1", "--table", "towns");
    syncAll();

    assertThat(digest("a")).isEqualTo(digest("b"));
    assertThat(a("inbox").out()).isEqualTo(b("inbox").out()).hasLineCount(3);
    Run shown = cli.run("inbox", "--home", folder.resolve("a").toString());
    assertThat(shown.out())
        .contains(
            "lost with the row, which was removed by this device",
            "visits: what was added there so far, 4, now (removed)",
            "tags: new, now (removed)",
            "notes: an update of 3 bytes, now (removed)");

    // One of them brings the row back, and with it the others.
    String visits = a("inbox").lines().stream()
        .map(JsonObject::new)
        .filter(lost -> lost.getJsonObject("lost").containsKey("visits"))
        .map(lost -> lost.getString("id"))
        .findFirst()
        .orElseThrow();
    a("revive", visits);
    syncAll();
    assertThat(a("inbox").out()).isEmpty();
    assertThat(b("inbox").out()).isEmpty();
    assertThat(b("get", "1", "--table", "towns").json().encode())
        .isEqualTo(
            "{\"id\":\"1\",\"visits\":4,\"tags\":\"[\\\"new\\\",\\\"port\\\"]\",\"notes\":1}");
  }

  @Test
  void twoHomesWithoutAMeshHandOverByFileAndAgreeOnceEachHasReachedIt() throws Exception {
    Path csv =
        Files.writeString(folder.resolve("towns.csv"), "id,name,people\n1,Hobart,1\n2,Apia,\n");
    a("create", "--mesh", url);
    a("import", csv.toString(), "--table", "towns", "--key", "id");
    b("join", a("invite").json().getString("link"));
    syncAll();
    mesh.close();
    String stick = folder.resolve("stick").toString();

    a("put", "1", "name=Nipaluna", "--table", "towns");
    b("put", "2", "people=37391", "--table", "towns");
    b("put", "1", "people=3", "--table", "towns");
    assertThat(a("hand-over", stick).json().getInteger("files")).isEqualTo(1);
    assertThat(b("take-over", stick).json().getInteger("files")).isEqualTo(1);
    assertThat(b("take-over", stick).json().getInteger("files")).isZero();
    assertThat(b("status").json().getInteger("displacedFiles")).isEqualTo(1);
    assertThat(b("get", "1", "--table", "towns").json().getString("name")).isEqualTo("Nipaluna");
    b("put", "1", "name=nipaluna", "--table", "towns");
    a("put", "1", "people=2", "--table", "towns");
    assertThat(b("hand-over", stick).json().getInteger("files")).isEqualTo(2);
    assertThat(a("take-over", stick).json().getInteger("files")).isEqualTo(1);
    assertThat(a("export", "--table", "towns").lines())
        .containsExactlyElementsOf(List.of("id,name,people", "1,nipaluna,2", "2,Apia,37391"));

    mesh = MeshProcess.start(MeshOptions.whole(folder.resolve("mesh"), 0), "");
    String again = mesh.url().orElseThrow().toString();
    b("sync", "--mesh", again);
    assertThat(b("status").json().getInteger("displacedFiles")).isZero();
    a("sync", "--mesh", again);
    b("sync", "--mesh", again);

    assertThat(digest("a")).isEqualTo(digest("b"));
    assertThat(a("inbox").json()).isEqualTo(b("inbox").json());
    assertThat(a("inbox").lines()).as("the two numbers of people alone").hasSize(1);
    assertThat(a("get", "1", "--table", "towns").json().encode())
        .isEqualTo("{\"id\":\"1\",\"name\":\"nipaluna\",\"people\":2}");
  }

  @Test
  void whatIsNoHandOverIsRefused() throws Exception {
    a("create", "--mesh", url);
    Path other = Files.writeString(folder.resolve("other"), "id,name\n");
    Run refused = run("a", "take-over", other.toString());
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.json().getString("error")).isEqualTo("bad-hand-over");
    Run none = run("a", "take-over", folder.resolve("none").toString());
    assertThat(none.json().getString("error")).isEqualTo("no-such-file");
    assertThat(run("a", "hand-over").exitCode()).isEqualTo(2);
  }

  private void syncAll() {
    a("sync");
    b("sync");
    a("sync");
  }

  @Test
  void aLinkThatIsUsedUpIsRefusedAndLeavesNothing() {
    a("create", "--mesh", url);
    String link = a("invite").json().getString("link");
    b("join", link);

    Run third = run("c", "join", link);

    assertThat(third.exitCode()).isEqualTo(1);
    assertThat(third.json().getString("error")).isEqualTo("invitation-used-up");
    assertThat(run("c", "status").json().getString("error")).isEqualTo("no-such-space");
  }

  @Test
  void severalMayJoinByALinkOfSeveralUsesWhileTheInviterIsAway() {
    a("create", "--mesh", url);
    String link = a("invite", "--uses", "2").json().getString("link");

    assertThat(b("join", link).exitCode()).isZero();
    assertThat(run("c", "join", link).exitCode()).isZero();
  }

  @Test
  void aSpaceCanBeJoinedUnderAnotherName() {
    a("create", "--mesh", url);
    String link = a("invite").json().getString("link");

    assertThat(b("join", link, "--space", "ours").json().getString("space")).isEqualTo("ours");
    assertThat(b("status").json().getString("space")).isEqualTo("ours");
  }

  @Test
  void aMeshThatHasLostTheSpaceIsNamedAndEditsAreKept() throws Exception {
    Path csv = Files.writeString(folder.resolve("towns.csv"), "id,name\n1,Hobart\n");
    a("create", "--mesh", url);
    a("import", csv.toString(), "--table", "towns", "--key", "id");
    a("sync");
    mesh.close();
    Path data = folder.resolve("mesh");
    for (String suffix : new String[] {"", "-wal", "-shm"}) {
      Files.deleteIfExists(data.resolve("store.db" + suffix));
    }
    mesh = MeshProcess.start(MeshOptions.whole(data, 0), "");
    url = mesh.url().orElseThrow().toString();
    a("put", "1", "name=Nipaluna", "--table", "towns", "--mesh", url);

    Run sync = run("a", "sync", "--mesh", url);

    assertThat(sync.exitCode()).isEqualTo(1);
    assertThat(sync.json().getString("error")).isEqualTo("mesh-lost-space");
    assertThat(sync.json().getString("message")).contains("safe on this device");
    assertThat(a("status").json().getInteger("pendingWrites")).isPositive();
  }

  private Run a(String... arguments) {
    return done(run("a", arguments));
  }

  private Run b(String... arguments) {
    return done(run("b", arguments));
  }

  private static Run done(Run run) {
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run;
  }

  private Run run(String home, String... arguments) {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(List.of("--json", "--home", folder.resolve(home).toString()));
    return cli.run(all.toArray(String[]::new));
  }

  private String digest(String home) {
    return done(run(home, "digest")).json().getString("digest");
  }
}
