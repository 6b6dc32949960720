package dev.sealift.ops.cli;

import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshStartException;
import dev.sealift.ops.mesh.StoreLocation;
import dev.sealift.ops.terminal.Console;
import dev.sealift.storage.RecoveryReport;
import dev.sealift.storage.StoreOpenException;
import dev.sealift.storage.postgres.PostgresMigration;
import dev.sealift.storage.sqlite.SqliteBackup;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says of a store that it is behind its devices, or how far they have mended that. */
@Command(
    name = "recover",
    description = {
      "Mark a store as restored from an older state, while no storage-adapter runs on it: after PostgreSQL's own tools restored it, or, with "
          + "--empty, when a mesh lost everything but its notary key.",
      "When the mesh runs again, it takes back what devices hold, and says what nobody brought. restore marks by itself."
    })
final class RecoverCommand extends SealiftCommand {
  @Option(
      names = "--empty",
      description =
          "There is no embedded store any more: begin with an empty one, and take everything from devices.")
  private boolean empty;

  @Option(
      names = "--report",
      description = "Change nothing; say how far devices have brought back what was lost.")
  private boolean report;

  RecoverCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  Optional<Setting.Scope> scope() {
    return Optional.of(Setting.Scope.MESH);
  }

  @Override
  void run(Console console, Configuration settings)
      throws MeshStartException, StoreOpenException, Refusal {
    StoreLocation store = MeshOptions.of(settings).store();
    if (report) {
      tell(console, report(store));
      return;
    }
    mark(store);
    console.result(
        "The store is marked as restored. Start the mesh with the same notary key; devices bring back what it lacks.",
        new JsonObject().put("event", "marked-restored"));
  }

  private void mark(StoreLocation store) throws StoreOpenException, Refusal {
    if (store instanceof StoreLocation.Postgres postgres) {
      if (empty) {
        throw new Refusal(
            Refusal.WRONG_USAGE,
            "--empty makes the file of an embedded store. For PostgreSQL make an empty database, run sealift migrate on it, and then sealift recover without --empty.");
      }
      new PostgresMigration(postgres.options()).markRestored(InstantSource.system());
      return;
    }
    Path file = BackupCommand.embedded(store);
    if (empty) {
      startOver(file);
    } else if (Files.exists(file)) {
      SqliteBackup.markRestored(file, InstantSource.system());
    } else {
      throw new Refusal(
          "store-missing", "There is no store " + file + ". If it is lost for good, say --empty.");
    }
  }

  private static void startOver(Path file) throws StoreOpenException, Refusal {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new Refusal(
          "data-folder-unusable",
          "The folder of " + file + " cannot be made. Check the permissions.");
    }
    SqliteBackup.startOver(file, InstantSource.system());
  }

  private static RecoveryReport report(StoreLocation store) throws StoreOpenException, Refusal {
    return store instanceof StoreLocation.Postgres postgres
        ? new PostgresMigration(postgres.options()).report()
        : SqliteBackup.report(BackupCommand.embedded(store));
  }

  private static void tell(Console console, RecoveryReport report) {
    String text = report.restorations() == 0
        ? "This store was never restored."
        : "Restored " + report.restorations() + " times; of " + report.spaces() + " spaces "
            + report.recovering() + " still take files back; " + report.lostFiles()
            + " files were known to be there and nobody brought them.";
    console.result(
        text,
        new JsonObject()
            .put("event", "recovery")
            .put("restorations", report.restorations())
            .put("spaces", report.spaces())
            .put("recovering", report.recovering())
            .put("lostFiles", report.lostFiles()));
  }
}
