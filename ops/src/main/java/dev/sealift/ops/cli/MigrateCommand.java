package dev.sealift.ops.cli;

import ch.qos.logback.classic.Level;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.logging.Logging;
import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshStartException;
import dev.sealift.ops.mesh.StoreLocation;
import dev.sealift.ops.terminal.Console;
import dev.sealift.storage.StoreOpenException;
import dev.sealift.storage.postgres.PostgresMigration;
import dev.sealift.storage.sqlite.SqliteMigration;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;

/** Brings a store's schema up, before the storage-adapters that need it start, and takes the time that this takes. */
@Command(
    name = "migrate",
    description = {
      "Bring the schema of the store up to this version, and exit. Takes the settings of up; --store, "
          + "--store-password-file, --store-ca and --data count.",
      "PostgreSQL: several at once take turns, and storage-adapters of the version before go on running. Embedded: stop the mesh first, or let up do it."
    })
final class MigrateCommand extends SealiftCommand {
  MigrateCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  Optional<Setting.Scope> scope() {
    return Optional.of(Setting.Scope.MESH);
  }

  @Override
  void run(Console console, Configuration settings)
      throws MeshStartException, StoreOpenException, Refusal {
    Logging.start(Level.toLevel(settings.text(Setting.LOG_LEVEL)), settings.flag(Setting.LOG_JSON));
    StoreLocation store = MeshOptions.of(settings).store();
    if (store instanceof StoreLocation.Postgres postgres) {
      PostgresMigration.Result result = new PostgresMigration(postgres.options()).run();
      tell(console, result.from(), result.to());
    } else {
      SqliteMigration.Result result = SqliteMigration.run(embedded(store));
      tell(console, result.from(), result.to());
    }
  }

  private static Path embedded(StoreLocation store) throws Refusal {
    Path file = BackupCommand.embedded(store);
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new Refusal(
          "data-folder-unusable",
          "The folder of " + file + " cannot be made. Check the permissions.");
    }
    return file;
  }

  private static void tell(Console console, int from, int to) {
    console.result(
        from == to
            ? "The schema has version " + to + " already."
            : "The schema went from version " + from + " to " + to + ".",
        new JsonObject().put("event", "migrated").put("from", from).put("to", to));
  }
}
