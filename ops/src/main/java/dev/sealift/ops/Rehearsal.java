package dev.sealift.ops;

import dev.sealift.ops.cli.Cli;
import dev.sealift.ops.cli.Surroundings;
import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshProcess;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Uses once what commands use, so that the launcher can record the classes that they load (AppCDS). It works on a mesh and on
 * homes of its own in a temporary folder, and leaves nothing behind.
 */
final class Rehearsal {
  private final Path folder;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final Cli cli;

  private Rehearsal(Path folder) {
    this.folder = folder;
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    this.cli =
        new Cli(new Surroundings(Map.of(), folder, InputStream.nullInputStream(), out, out, false));
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("sealift-rehearsal-");
    try {
      new Rehearsal(folder).run();
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
      }
    }
    System.exit(0);
  }

  private void run() throws Exception {
    Path csv = Files.writeString(
        folder.resolve("towns.csv"), "id,name,people\n1,Hobart,252669\n2,Apia,\n");
    try (MeshProcess mesh = MeshProcess.start(MeshOptions.whole(folder.resolve("mesh"), 0), "")) {
      act("create", "--mesh", mesh.url().orElseThrow().toString());
      act("import", csv.toString(), "--table", "towns", "--key", "id");
      act("declare", "--table", "towns", "--key", "id", "visits:counter", "tags:set");
      act("put", "3", "name=Suva", "--table", "towns");
      act("cell", "increment", "3", "visits", "--table", "towns");
      act("cell", "add", "3", "tags", "port", "--table", "towns");
      act("get", "3", "--table", "towns", "--json");
      act("query", "select name, people from towns order by 1");
      act("query", "select count(*) from towns", "--json");
      act("export", "--table", "towns");
      act("export", "--table", "towns", "--format", "jsonl");
      act("delete", "1", "--table", "towns");
      act("sync", "--json");
      act("invite");
      act("join", lastLine(), "--home", folder.resolve("other").toString());
      act("status");
      act("digest", "--json");
      act("--help");
    }
  }

  private void act(String... arguments) {
    int exitCode = cli.run(arguments);
    if (exitCode != 0) {
      throw new IllegalStateException(
          arguments[0] + " ended with " + exitCode + ": " + said.toString(StandardCharsets.UTF_8));
    }
  }

  private String lastLine() {
    List<String> lines = said.toString(StandardCharsets.UTF_8).lines().toList();
    return lines.get(lines.size() - 1);
  }
}
