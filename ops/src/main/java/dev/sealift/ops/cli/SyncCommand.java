package dev.sealift.ops.cli;

import dev.sealift.client.Delivery;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.SpaceStatus;
import dev.sealift.client.error.SealiftException;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.exchange.Exchange;
import dev.sealift.ops.terminal.Console;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Exchanges with the mesh, once or until stopped. */
@Command(
    name = "sync",
    description = "Exchange with the mesh until nothing is left to send or fetch.")
final class SyncCommand extends ClientCommand {
  private static final long LOOK_MILLIS = 200;

  @Option(
      names = "--watch",
      description =
          "Go on until Ctrl-C, and say what happens; also what other devices have signed that they hold.")
  private boolean watch;

  @Option(
      names = "--timeout-seconds",
      paramLabel = "N",
      description = "Give up after so long (default: ${DEFAULT-VALUE}).")
  private long timeoutSeconds = 300;

  SyncCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift)
      throws Refusal, InterruptedException {
    Space space = space(sealift, settings);
    Exchange exchange = connect(space, settings);
    if (watch) {
      closeWithTheJvm(sealift);
      watch(console, space);
    } else {
      exchange.awaitUpToDate(console, Duration.ofSeconds(timeoutSeconds));
      PaperKey.keepGood(console, sealift, space);
      SpaceStatus status = space.status();
      String problem = status
          .problem()
          .map(SealiftException::getMessage)
          .map(text -> " " + text)
          .orElse("");
      console.result(
          "Up to date at " + status.position() + "." + problem, StatusCommand.json(status));
    }
  }

  /** Ctrl-C is the way to end a watch, and not a failure. */
  private static void closeWithTheJvm(Sealift sealift) {
    Runnable close = () -> {
      sealift.close();
      Runtime.getRuntime().halt(ExitCode.DONE);
    };
    Runtime.getRuntime().addShutdownHook(new Thread(close, "sealift-close"));
  }

  private static void watch(Console console, Space space) throws InterruptedException {
    String said = "";
    while (!console.isDeaf()) {
      SpaceStatus status = space.status();
      Delivery delivery = space.delivery();
      String line = line(status) + line(delivery);
      if (!line.equals(said)) {
        console.result(line, StatusCommand.json(status).put("behind", delivery.behind()));
        console.data().flush();
        said = line;
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  /** Asking keeps the mesh being asked for what others have signed. */
  private static String line(Delivery delivery) {
    return delivery.behind() == 0
        ? ""
        : ", others have signed to hold " + delivery.behind() + " more";
  }

  private static String line(SpaceStatus status) {
    String state = status.state().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    String problem = status
        .problem()
        .map(SealiftException::getMessage)
        .map(text -> ": " + text)
        .orElse("");
    return "%s, %d of %d files here, %d writes and %d files to send%s"
        .formatted(
            state,
            status.position(),
            status.logSize(),
            status.pendingWrites(),
            status.waitingFiles(),
            problem);
  }
}
