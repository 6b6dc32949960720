package dev.sealift.ops.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.instance.BuildInfoProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class HazelcastConfigTest {
  /**
   * Hazelcast's open edition takes no members of two minor versions into one cluster. So raising it ends rolling upgrades from the release before: not by
   * the way, with some other library, but as a release that says so, with all members stopped. The README names the version for that.
   */
  @Test
  void hazelcastStaysOfTheMinorVersionThatReleasesRunSideBySideWith() throws Exception {
    String version = BuildInfoProvider.getBuildInfo().getVersion();

    assertThat(version).startsWith("5.3.");
    assertThat(Files.readString(Path.of("README.md")))
        .contains("of one minor version (5.3 since the first release)");
  }

  /** Members of another number are not taken into the cluster: what holds for the minor version holds for it. */
  @Test
  void partitionsStayAsManyAsReleasesRunSideBySideWith() throws Exception {
    assertThat(HazelcastConfig.PARTITIONS).isEqualTo("13");
    assertThat(Files.readString(Path.of("README.md"))).contains("(13,");
  }
}
