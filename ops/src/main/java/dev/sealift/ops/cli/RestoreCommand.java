package dev.sealift.ops.cli;

import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshStartException;
import dev.sealift.ops.terminal.Console;
import dev.sealift.storage.StoreOpenException;
import dev.sealift.storage.sqlite.SqliteBackup;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A store again, from a copy. */
@Command(
    name = "restore",
    description = {
      "Make the embedded store of --data from a copy that backup made, and mark it as restored. Stop the mesh first.",
      "What was acknowledged after the copy comes back from devices, by itself, once the mesh runs with the same notary key."
    })
final class RestoreCommand extends SealiftCommand {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  @Parameters(paramLabel = "FILE", description = "The copy.")
  private @Nullable Path file;

  @Option(
      names = "--replace",
      description = "Where there is a store, or what is left of one, move it into a folder beside.")
  private boolean replace;

  RestoreCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  Optional<Setting.Scope> scope() {
    return Optional.of(Setting.Scope.MESH);
  }

  @Override
  void run(Console console, Configuration settings)
      throws MeshStartException, StoreOpenException, Refusal {
    Path copy = java.util.Objects.requireNonNull(file).toAbsolutePath();
    Path store = BackupCommand.embedded(MeshOptions.of(settings).store());
    if (!Files.exists(copy)) {
      throw new Refusal("no-such-file", "There is no file " + copy + ".");
    }
    Path folder = store.toAbsolutePath().getParent();
    Optional<Path> old = Optional.empty();
    try {
      Files.createDirectories(folder);
      if (replace) {
        String name = "replaced-" + STAMP.format(Instant.now());
        old = SqliteBackup.replace(copy, store, name, InstantSource.system());
      } else {
        SqliteBackup.restore(copy, store, InstantSource.system());
      }
    } catch (IOException e) {
      throw new Refusal(
          "restore-failed",
          "The store cannot be written (" + e.getClass().getSimpleName()
              + "). Check the folder, its permissions and the room on its disk.");
    }
    JsonObject event = new JsonObject().put("event", "restored").put("store", store.toString());
    old.ifPresent(kept -> event.put("replaced", kept.toString()));
    console.result(
        "The store was restored. Start the mesh with the same notary key; devices bring back what the copy lacks."
            + old.map(kept -> " What was there before is in " + kept + ".").orElse(""),
        event);
  }
}
