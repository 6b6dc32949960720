package dev.sealift.ops.bench;

import ch.qos.logback.classic.Level;
import dev.sealift.ops.logging.Logging;
import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshProcess;
import java.nio.file.Path;

/** A whole mesh on a free port, as {@code up} runs it. Argument: the data folder. Says where it is, then answers. */
final class MeshMain {
  private MeshMain() {}

  public static void main(String[] arguments) throws Exception {
    Logging.start(Level.WARN, false);
    try (MeshProcess mesh =
        MeshProcess.start(MeshOptions.whole(Path.of(arguments[0]), 0), "bench")) {
      System.out.println(mesh.url().orElseThrow());
      Answering.untilNobodyAsks();
    }
  }
}
