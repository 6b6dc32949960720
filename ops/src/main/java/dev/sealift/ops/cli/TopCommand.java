package dev.sealift.ops.cli;

import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Screen;
import dev.sealift.ops.top.View;
import dev.sealift.ops.top.Watch;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A live view of a running mesh. */
@Command(
    name = "top",
    description = {
      "Watch a running mesh: what its processes show at /metrics, a column each, until Ctrl-C.",
      "Rates and times are those since the look before; the first look's are since the process started."
    })
final class TopCommand extends SealiftCommand {
  private static final Set<String> SCHEMES = Set.of("http", "https");

  private static final long MILLIS = 1000;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "A process of the mesh; may be repeated. Default: ${DEFAULT-VALUE}.",
      defaultValue = "http://127.0.0.1:7400")
  private List<String> urls = new ArrayList<>();

  @Option(
      names = "--interval-seconds",
      paramLabel = "N",
      description = "Time between two looks. Default: ${DEFAULT-VALUE}.",
      defaultValue = "2")
  private int intervalSeconds;

  @Option(names = "--once", description = "Look once, print one table, and end.")
  private boolean once;

  TopCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  Optional<Setting.Scope> scope() {
    return Optional.empty();
  }

  @Override
  void run(Console console, Configuration settings) throws Refusal, InterruptedException {
    Watch watch = new Watch(processes());
    View first = watch.look();
    if (first.isEmpty() || (once && !first.troubles().isEmpty())) {
      throw new Refusal(
          "mesh-unreachable",
          "Nothing to see of " + String.join("; ", first.troubles())
              + ". Is it up, and does it serve /metrics there?");
    }
    if (once) {
      print(console, first);
    } else if (surroundings().terminal() && !console.isJson()) {
      draw(console, watch, first);
    } else {
      follow(console, watch, first);
    }
  }

  private List<URI> processes() throws Refusal {
    if (intervalSeconds < 1) {
      throw new Refusal(Refusal.WRONG_USAGE, "--interval-seconds must be at least 1.");
    }
    List<URI> processes = new ArrayList<>();
    for (String url : urls) {
      processes.add(process(url));
    }
    return processes;
  }

  private static URI process(String url) throws Refusal {
    try {
      URI process = new URI(url);
      if (process.getHost() != null && SCHEMES.contains(String.valueOf(process.getScheme()))) {
        return process;
      }
    } catch (URISyntaxException e) {
      // said below, as for every URL that is none of a process
    }
    throw new Refusal(
        Refusal.WRONG_USAGE, "--url must be like http://127.0.0.1:7400, not '" + url + "'.");
  }

  private static void print(Console console, View view) {
    console.json(view.json());
    if (!console.isJson()) {
      view.lines().forEach(console::say);
    }
    console.data().flush();
  }

  private void draw(Console console, Watch watch, View first) throws InterruptedException {
    Screen screen = new Screen(console.data());
    closeWithTheJvm(screen);
    for (View view = first; !console.isDeaf(); view = watch.look()) {
      List<String> lines = new ArrayList<>();
      lines.add("sealift top  " + LocalTime.now().truncatedTo(ChronoUnit.SECONDS) + "  every "
          + intervalSeconds + " s, Ctrl-C ends");
      lines.addAll(view.lines());
      screen.draw(lines);
      Thread.sleep(intervalSeconds * MILLIS);
    }
  }

  /** Ctrl-C is the way to end it, and not a failure; the terminal must be what it was. */
  private static void closeWithTheJvm(Screen screen) {
    Runnable close = () -> {
      screen.close();
      Runtime.getRuntime().halt(ExitCode.DONE);
    };
    Runtime.getRuntime().addShutdownHook(new Thread(close, "sealift-close"));
  }

  private void follow(Console console, Watch watch, View first) throws InterruptedException {
    for (View view = first; !console.isDeaf(); view = watch.look()) {
      print(console, view);
      Thread.sleep(intervalSeconds * MILLIS);
    }
  }
}
