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
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import picocli.CommandLine.Command;

/** Brings a database's schema up, once before the storage-adapters that need it start. */
@Command(
    name = "migrate",
    description = {
      "Bring the schema of a PostgreSQL store up to this version, and exit. Takes the settings of up; --store, "
          + "--store-password-file and --store-ca count.",
      "Several at once take turns. Storage-adapters of the version before go on running."
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
    if (!(MeshOptions.of(settings).store() instanceof StoreLocation.Postgres postgres)) {
      throw new Refusal(
          Refusal.WRONG_USAGE,
          "An embedded store is brought up when it is opened; give the database's URL with --store postgres://….");
    }
    PostgresMigration.Result result = new PostgresMigration(postgres.options()).run();
    console.result(
        result.from() == result.to()
            ? "The schema has version " + result.to() + " already."
            : "The schema went from version " + result.from() + " to " + result.to() + ".",
        new JsonObject()
            .put("event", "migrated")
            .put("from", result.from())
            .put("to", result.to()));
  }
}
