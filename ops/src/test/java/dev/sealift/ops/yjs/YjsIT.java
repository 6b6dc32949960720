package dev.sealift.ops.yjs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.Main;
import dev.sealift.ops.conformance.Node;
import dev.sealift.ops.conformance.Node.Run;
import dev.sealift.ops.jvm.JavaCommand;
import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshProcess;
import io.vertx.core.json.JsonArray;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two Yjs documents on two devices meet through Sealift, which keeps their updates and reads none. */
class YjsIT {
  /** Some forty commands, each a JVM of its own. */
  private static final Duration DEADLINE = Duration.ofMinutes(8);

  @TempDir
  private Path folder;

  @Test
  void whatTwoPeopleWriteOfflineInOneTextIsAllInIt() throws Exception {
    try (MeshProcess mesh = MeshProcess.start(MeshOptions.whole(folder.resolve("mesh"), 0), "")) {
      Node node = new Node(
          NpmFolder.installed(),
          Map.of(
              "DEVICE_COMMAND",
              new JsonArray(command()).encode(),
              "SEALIFT_CLIENT_MESH",
              mesh.url().orElseThrow().toString(),
              "TMPDIR",
              folder.toString()),
          folder);
      node.mustBeThere();

      Run run = node.run(DEADLINE, "--test", "--test-reporter", "tap", "meet.test.mjs");

      assertThat(run.exitCode()).as("%s%s", run.out(), run.err()).isZero();
      assertThat(run.lines()).contains("# pass 1", "# fail 0");
    }
  }

  private static List<String> command() {
    return JavaCommand.of(Main.class, List.of("-XX:TieredStopAtLevel=1"));
  }
}
