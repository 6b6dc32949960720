package dev.sealift.ops.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher script in a source tree of its own, with a JDK and a Maven that only note how they were
 * called: what it decides is tested here, what it starts is tested elsewhere.
 */
class LauncherTest {
  private static final Path SCRIPT = Path.of("sealift").toAbsolutePath();
  private static final long DEADLINE_SECONDS = 60;

  /** What the script needs of a system, besides Java and Maven. */
  private static final List<String> SYSTEM = List.of(
      "bash",
      "cat",
      "cp",
      "date",
      "dirname",
      "env",
      "find",
      "flock",
      "head",
      "mkdir",
      "mkfifo",
      "mv",
      "readlink",
      "rm",
      "rmdir",
      "sed",
      "sleep",
      "touch");

  private static final String BUILD =
      "cd ops && mkdir -p target/lib && : > target/lib/a.jar && : > target/sealift-ops-1.jar";

  @TempDir
  Path folder;

  private Path tree;
  private Path jdk;
  private Path tools;
  private Path builds;
  private Path starts;

  private record Run(int exitCode, String out, String err) {}

  @BeforeEach
  void layOutATree() throws IOException {
    tree = folder.resolve("a tree");
    jdk = folder.resolve("jdk");
    tools = Files.createDirectories(folder.resolve("tools"));
    builds = folder.resolve("builds");
    starts = folder.resolve("starts");
    for (String source :
        List.of("pom.xml", "ops/pom.xml", "client/pom.xml", "client/src/main/java/A.java")) {
      Files.createDirectories(tree.resolve(source).getParent());
      Files.writeString(tree.resolve(source), "");
    }
    hideTheMachine();
    age(tree);
    makeJdk("17.0.1");
    makeMaven(BUILD);
  }

  @Test
  void theScriptIsWellFormedBash() throws Exception {
    assertThat(run(List.of("bash", "-n", SCRIPT.toString())).exitCode()).isZero();
  }

  @Test
  void theFirstStartBuildsAndThenRunsTheCommand() throws Exception {
    Run run = sealift("put", "two words");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).isEqualTo("ran\n");
    assertThat(run.err()).contains("sealift: building");
    assertThat(lastStart()).endsWith("sealift-ops-1.jar] [put] [two words]").contains("[-jar]");
    assertThat(lastStart()).doesNotContain("a tree/ops/target/sealift-ops-1.jar");
  }

  @Test
  void theSecondStartDoesNotBuildAndSaysNothing() throws Exception {
    sealift("status");

    assertThat(sealift("status")).isEqualTo(new Run(0, "ran\n", ""));
    assertThat(Files.readAllLines(builds)).hasSize(1);
  }

  @Test
  void aChangedSourceIsBuilt() throws Exception {
    sealift("status");
    touch(tree.resolve("client/src/main/java/A.java"));

    sealift("status");

    assertThat(Files.readAllLines(builds)).hasSize(2);
  }

  @Test
  void aDeletedSourceIsBuilt() throws Exception {
    sealift("status");
    Files.delete(tree.resolve("client/src/main/java/A.java"));
    touch(tree.resolve("client/src/main/java"));

    sealift("status");

    assertThat(Files.readAllLines(builds)).hasSize(2);
  }

  @Test
  void aCleanedTreeIsBuilt() throws Exception {
    sealift("status");
    run(List.of("rm", "-r", tree.resolve("ops/target").toString()));

    assertThat(sealift("status").exitCode()).isZero();
    assertThat(Files.readAllLines(builds)).hasSize(2);
  }

  @Test
  void twoStartsAtOnceBuildOnce() throws Exception {
    Path gate = folder.resolve("gate");
    run(List.of("mkfifo", gate.toString()));
    makeMaven("read -r < '" + gate + "'; " + BUILD);

    Process first = start(command("status"));
    Process second = start(command("status"));
    List<BufferedReader> talk = List.of(first.errorReader(), second.errorReader());
    List<String> said = List.of(talk.get(0).readLine(), talk.get(1).readLine());
    Files.writeString(gate, "go\n");

    assertThat(said)
        .anyMatch(line -> line.contains("building ("))
        .anyMatch(line -> line.contains("waiting for another start"));
    assertThat(finish(first).exitCode()).isZero();
    assertThat(finish(second).exitCode()).isZero();
    assertThat(Files.readAllLines(builds)).hasSize(1);
  }

  @Test
  void aFailedBuildShowsItsLogAndIsTriedAgainNextTime() throws Exception {
    makeMaven("echo 'A.java is broken'; exit 1");

    Run run = sealift("status");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("A.java is broken", "sealift: the build failed");
    assertThat(run.out()).isEmpty();
    assertThat(sealift("status").exitCode()).isEqualTo(1);
    assertThat(Files.readAllLines(builds)).hasSize(2);
  }

  @Test
  void theExitCodeOfTheCommandIsTheScripts() throws Exception {
    sealift("status");
    makeJava("exit 7");

    assertThat(sealift("status").exitCode()).isEqualTo(7);
  }

  @Test
  void worksThroughASymbolicLinkFromAnotherFolder() throws Exception {
    Path link = Files.createSymbolicLink(tools.resolve("sea"), tree.resolve("ops/sealift"));
    Path linkToLink = Files.createSymbolicLink(folder.resolve("sea2"), folder.relativize(link));

    assertThat(run(List.of(linkToLink.toString(), "status")).out()).isEqualTo("ran\n");
  }

  @Test
  void aJavaThatIsTooOldIsNamed() throws Exception {
    makeJdk("11.0.2");

    Run run = sealift("status");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("a JDK 17 or newer is needed").contains("Java 11");
  }

  @Test
  void javaEightIsTooOldAsWell() throws Exception {
    makeJdk("1.8.0_402");

    assertThat(sealift("status").err()).contains("a JDK 17 or newer is needed", "Java 8");
  }

  @Test
  void aMissingMavenIsNamed() throws Exception {
    Files.delete(tools.resolve("mvn"));

    Run run = sealift("status");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("Maven (mvn) was not found");
  }

  @Test
  void flagsThatOlderJavasDoNotKnowAreForNewerOnes() throws Exception {
    sealift("status");
    assertThat(lastStart()).doesNotContain("unsafe");

    makeJdk("25.0.3");
    sealift("status");

    assertThat(lastStart()).contains("--sun-misc-unsafe-memory-access=allow");
  }

  @Test
  void ourJavaOptionsComeLastAndSoWin() throws Exception {
    Run run = run(command("status"), "SEALIFT_JAVA_OPTS=-Xmx2g -Dx=y");

    assertThat(run.exitCode()).isZero();
    assertThat(lastStart()).containsSubsequence("-Xmx512m", "[-Xmx2g] [-Dx=y]", "[-jar]");
  }

  @Test
  void aRehearsalThatFailsOnlyCostsTheFastStart() throws Exception {
    makeJava("case \"$*\" in *Rehearsal*) exit 1 ;; esac; echo ran");

    assertThat(sealift("status").out()).isEqualTo("ran\n");
    assertThat(lastStart()).doesNotContain("SharedArchiveFile");
  }

  private Run sealift(String... arguments) throws Exception {
    return run(command(arguments));
  }

  private List<String> command(String... arguments) {
    List<String> command = new ArrayList<>(List.of(tree.resolve("ops/sealift").toString()));
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  private Run run(List<String> command, String... environment) throws Exception {
    return finish(start(command, environment));
  }

  /** With the tree's own tools only: the machine's JDKs and Maven are out of sight. */
  private Process start(List<String> command, String... environment) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", tools.toString());
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.environment().put("HOME", folder.toString());
    for (String variable : environment) {
      builder.environment().put(variable.split("=", 2)[0], variable.split("=", 2)[1]);
    }
    return builder.start();
  }

  private static Run finish(Process process) throws Exception {
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
    return new Run(process.exitValue(), out, err);
  }

  /** The machine's own JDKs and Maven must not be found: neither on the path nor in the usual folders. */
  private void hideTheMachine() throws IOException {
    String script = Files.readString(SCRIPT).replaceAll(" /(usr|opt|Library)/", " /nowhere/");
    Files.writeString(tree.resolve("ops/sealift"), script);
    Files.setPosixFilePermissions(
        tree.resolve("ops/sealift"), PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String tool : SYSTEM) {
      for (Path place : List.of(Path.of("/bin", tool), Path.of("/usr/bin", tool))) {
        if (Files.exists(place) && !Files.exists(tools.resolve(tool))) {
          Files.createSymbolicLink(tools.resolve(tool), place);
        }
      }
    }
  }

  private String lastStart() throws IOException {
    List<String> lines = Files.readAllLines(starts);
    return lines.get(lines.size() - 1);
  }

  private void makeJdk(String version) throws IOException {
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(
        jdk.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
    executable(jdk.resolve("bin/javac"), "exit 1");
    makeJava("echo ran");
  }

  private void makeJava(String body) throws IOException {
    executable(
        jdk.resolve("bin/java"),
        "for a in \"$@\"; do case \"$a\" in dev.*) printf '%s ' \"$a\" ;; *) printf '[%s] ' \"$a\" ;; esac; done"
            + " | sed 's/ $//' >> '" + starts + "'; echo >> '" + starts + "'\n" + body);
  }

  private void makeMaven(String body) throws IOException {
    executable(tools.resolve("mvn"), "echo \"$@\" >> '" + builds + "'\n" + body);
  }

  private static void executable(Path file, String body) throws IOException {
    Files.writeString(file, "#!/usr/bin/env bash\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Sources are as old as in any clone: files made in the same moment as a build count as changed. */
  private static void age(Path tree) throws IOException {
    try (var files = Files.walk(tree)) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
      }
    }
  }

  private static void touch(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));
  }
}
