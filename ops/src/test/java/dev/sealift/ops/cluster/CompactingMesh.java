package dev.sealift.ops.cluster;

import dev.sealift.compactor.CompactorPolicy;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** A process of a mesh that compacts as early as it may, and reclaims at once: what {@code up} takes hours for. Takes options of {@code up} with their values. */
final class CompactingMesh {
  private static final Duration NO_TIME = Duration.ZERO;

  private CompactingMesh() {}

  public static void main(String[] arguments) throws Exception {
    Map<Setting, String> options = new EnumMap<>(Setting.class);
    for (int i = 0; i < arguments.length; i += 2) {
      options.put(setting(arguments[i]), arguments[i + 1]);
    }
    Configuration settings = Configuration.of(
        options, Optional.empty(), Map.of(), Path.of(System.getProperty("user.dir")));
    MeshProcess mesh = MeshProcess.start(
        MeshOptions.of(settings)
            .withCompaction(new CompactorPolicy(
                true,
                NO_TIME,
                CompactorPolicy.MOST_LIVE,
                CompactorPolicy.LOWER_SHARE,
                CompactorPolicy.SEEN_WITHIN,
                NO_TIME)),
        "");
    System.out.println("{\"event\":\"up\"}");
    mesh.misfit().join(); // until it is killed
  }

  private static Setting setting(String option) {
    return Arrays.stream(Setting.values())
        .filter(setting -> setting.option().equals(option))
        .findFirst()
        .orElseThrow();
  }
}
