package dev.sealift.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.Schema;
import dev.sealift.client.Sealift;
import dev.sealift.ops.cli.CliHarness.Run;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Evidence at the command line: a member of a space of twelve notes has compacted it, and changed one; and a mesh has signed two logs. The files were written once, by the first version that could: each later one has to come to the same.
 */
class EvidenceCliTest {
  private static final Path GOLDEN = Path.of("src", "test", "resources", "evidence");

  @TempDir
  Path folder;

  private CliHarness cli;

  @BeforeEach
  void makeAPerson() {
    cli = new CliHarness(folder);
  }

  private static String golden(String name) {
    return GOLDEN.resolve(name).toString();
  }

  @Test
  void whatIsRevealedIsConfirmedAnywhere() {
    Run run = cli.run("verify", golden("compaction-revealed.evidence"), "--json");

    JsonObject said = run.json();
    assertThat(run.exitCode()).isZero();
    assertThat(said.getString("conclusion")).isEqualTo("confirmed");
    assertThat(said.getString("differsIn")).isEqualTo("cell");
    assertThat(said.getString("table")).isEqualTo("notes");
    assertThat(said.getString("column")).isEqualTo("body");
    JsonArray signatures = said.getJsonArray("signatures");
    assertThat(signatures.getJsonObject(0).getString("signer")).isEqualTo("notary");
    assertThat(signatures.getJsonObject(1).getString("id")).isEqualTo(said.getString("author"));
    assertThat(signatures.getJsonObject(2).getString("id")).isEqualTo(said.getString("reporter"));
  }

  @Test
  void aForkIsConfirmedAnywhere() {
    Run run = cli.run("verify", golden("mesh-forked.evidence"), "--json");

    assertThat(run.exitCode()).isZero();
    assertThat(run.json().getString("conclusion")).isEqualTo("confirmed");
    assertThat(run.json().getString("violation")).isEqualTo("forked");
    assertThat(run.json().getString("compaction")).isNull();
  }

  @Test
  void peopleAreToldWhoSignedWhat() {
    Run run = cli.run("verify", golden("compaction-revealed.evidence"));

    assertThat(run.out())
        .contains("CONFIRMED", "signed by     notary", "table notes, row ", "member ");
  }

  @Test
  void whatIsSealedNeedsAHomeOfTheSpace() {
    Run run = cli.run("verify", golden("compaction-sealed.evidence"), "--json");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.json().getString("conclusion")).isEqualTo("undecided");
    assertThat(run.json().getString("why")).contains("home of the space");
  }

  @Test
  void anotherSpaceIsNoPlaceToCheckIt() {
    Path home = folder.resolve("home");
    try (Sealift sealift = Sealift.open(home)) {
      sealift.create("other", Schema.of(Schema.table("t", "id").text("a")));
    }

    Run run = cli.run(
        "verify", golden("compaction-sealed.evidence"), "--home", home.toString(), "--json");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.json().getString("error")).isEqualTo("wrong-space");
  }

  @Test
  void whatIsNoEvidenceIsSaidToBeNone() throws IOException {
    Path file = Files.writeString(folder.resolve("letter"), "Dear third party");

    Run run = cli.run("verify", file.toString(), "--json");
    Run none = cli.run("verify", folder.resolve("nothing").toString(), "--json");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.json().getString("error")).isEqualTo("bad-evidence");
    assertThat(none.exitCode()).isEqualTo(1);
    assertThat(none.json().getString("error")).isEqualTo("no-such-file");
  }

  @Test
  void whoContestsNothingIsToldSo() throws IOException {
    String home = folder.resolve("home").toString();
    try (Sealift sealift = Sealift.open(Path.of(home))) {
      sealift.create("notes", Schema.of(Schema.table("t", "id").text("a")));
    }

    assertThat(cli.run("evidence", "--home", home).out()).contains("caught at nothing");
    assertThat(cli.run("evidence", "x", "--home", home).exitCode()).isEqualTo(2);
    Path file = folder.resolve("out.evidence");
    Run misnamed = cli.run("evidence", "x", file.toString(), "--home", home, "--json");
    assertThat(misnamed.json().getString("error")).isEqualTo("invalid-input");
    Run unknown = cli.run("evidence", "00".repeat(32), file.toString(), "--home", home, "--json");
    assertThat(unknown.json().getString("error")).isEqualTo("invalid-input");
    assertThat(file).doesNotExist();
    try (var left = Files.list(folder)) {
      assertThat(left)
          .as("and nothing half written")
          .noneMatch(path -> path.toString().endsWith(".part"));
    }
  }
}
