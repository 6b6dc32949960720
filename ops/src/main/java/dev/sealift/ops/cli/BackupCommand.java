package dev.sealift.ops.cli;

import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshStartException;
import dev.sealift.ops.mesh.StoreLocation;
import dev.sealift.ops.terminal.Console;
import dev.sealift.storage.StoreOpenException;
import dev.sealift.storage.sqlite.SqliteBackup;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** One moment of an embedded store, in a file. */
@Command(
    name = "backup",
    description = {
      "Copy the embedded store of --data into FILE, as of one moment. The mesh may be running.",
      "The notary key is not in it: keep a copy of notary.key in a safe place of its own. PostgreSQL has tools of its own: ops/README.md."
    })
final class BackupCommand extends SealiftCommand {
  @Parameters(paramLabel = "FILE", description = "Where the copy goes; must not be there.")
  private @Nullable Path file;

  BackupCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  Optional<Setting.Scope> scope() {
    return Optional.of(Setting.Scope.MESH);
  }

  @Override
  void run(Console console, Configuration settings)
      throws MeshStartException, StoreOpenException, Refusal {
    Path to = java.util.Objects.requireNonNull(file).toAbsolutePath();
    Path store = embedded(MeshOptions.of(settings).store());
    if (Files.exists(to)) {
      throw new Refusal("file-exists", "There is a file " + to + " already. Choose another name.");
    }
    try {
      SqliteBackup.backUp(store, to);
      long bytes = Files.size(to);
      console.result(
          "The store was copied: " + bytes + " bytes in " + to + ".",
          new JsonObject()
              .put("event", "backed-up")
              .put("file", to.toString())
              .put("bytes", bytes));
    } catch (IOException e) {
      throw new Refusal(
          "backup-failed",
          "The copy cannot be written (" + e.getClass().getSimpleName()
              + "). Check the folder, its permissions and the room on its disk.");
    }
  }

  /** The file of an embedded store. */
  static Path embedded(StoreLocation store) throws Refusal {
    if (store instanceof StoreLocation.Sqlite sqlite) {
      return sqlite.file();
    }
    throw new Refusal(
        Refusal.WRONG_USAGE,
        "This is for embedded stores. PostgreSQL has tools of its own for backups; after restoring one, run sealift recover.");
  }
}
