package dev.sealift.ops.cli;

import ch.qos.logback.classic.Level;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.logging.Logging;
import dev.sealift.ops.mesh.GracefulStop;
import dev.sealift.ops.mesh.MeshOptions;
import dev.sealift.ops.mesh.MeshProcess;
import dev.sealift.ops.mesh.MeshStartException;
import dev.sealift.ops.mesh.Role;
import dev.sealift.ops.terminal.Console;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** Runs the mesh until the process is told to stop. */
@Command(
    name = "up",
    description = {
      "Run the mesh, or some verticles of it, until SIGTERM or Ctrl-C.",
      "Without options: everything in one process, on loopback, with an embedded store."
    })
final class UpCommand extends SealiftCommand {
  UpCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  Optional<Setting.Scope> scope() {
    return Optional.of(Setting.Scope.MESH);
  }

  @Override
  void run(Console console, Configuration settings)
      throws MeshStartException, InterruptedException, ExecutionException {
    Logging.start(Level.toLevel(settings.text(Setting.LOG_LEVEL)), settings.flag(Setting.LOG_JSON));
    MeshOptions options = MeshOptions.of(settings);
    MeshProcess process = MeshProcess.start(options, Version.text());
    GracefulStop steps = new GracefulStop(
        settings.duration(Setting.MESH_DRAIN_SECONDS),
        GracefulStop.BOUND,
        process::leave,
        process::close);
    stopWithTheJvm(process, steps, console);
    announce(console, options, process);
    MeshStartException misfit = process.misfit().get(); // or the shutdown hook ends the process
    steps.hurry();
    throw misfit;
  }

  /** A process that was asked to stop, and did, has done what it should: the exit code says so. */
  private static void stopWithTheJvm(MeshProcess process, GracefulStop steps, Console console) {
    Runnable stop = () -> {
      // Until here the JVM heard these signals, and it hears each of them once only.
      Signals.register("TERM", steps::hurry);
      Signals.register("INT", steps::hurry);
      boolean asAsked = steps.run() && !process.misfit().isDone();
      console.result("sealift is down", new JsonObject().put("event", "down"));
      console.data().flush();
      Runtime.getRuntime().halt(asAsked ? ExitCode.DONE : ExitCode.FAILED);
    };
    Runtime.getRuntime().addShutdownHook(new Thread(stop, "sealift-stop"));
  }

  private static void announce(Console console, MeshOptions options, MeshProcess process) {
    List<String> roles = options.roles().stream().map(Role::text).sorted().toList();
    @Nullable String url = process.url().map(URI::toString).orElse(null);
    JsonObject event = new JsonObject().put("event", "up").put("roles", new JsonArray(roles));
    process.url().ifPresent(u -> event.put("url", url).put("port", u.getPort()));
    String where = url == null ? "" : " " + url;
    console.result(
        "sealift is up:" + where + " (" + roles.stream().collect(Collectors.joining(", "))
            + "; data in " + options.data() + ")",
        event.put("data", options.data().toString()));
    console.data().flush();
  }
}
