package dev.sealift.ops.cli;

import dev.sealift.ops.compaction.NotToldException;
import dev.sealift.ops.compaction.Questioner;
import dev.sealift.ops.compaction.SpaceView;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.mesh.MeshStartException;
import dev.sealift.ops.mesh.OperatorSecret;
import dev.sealift.ops.terminal.Console;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.SpaceId;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Looks at how one space is compacted. */
@Command(
    name = "compaction",
    description = {
      "Show how compacting one space stands in a running mesh: live files by generation, the thresholds with the devices between them, the compactions that stand or "
          + "are open, and what reclaiming waits for.",
      "It takes a few seconds: gateways are asked who is connected. The mesh asks for the operator's secret, a file in its data folder."
    })
final class CompactionCommand extends SealiftCommand {
  @Option(
      names = "--space",
      paramLabel = "SPACE",
      required = true,
      description = "The space's id in hexadecimal: the spaceId of 'sealift status --json'.")
  private String space = "";

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "A process of the mesh, by its --port or --http-port. Default: ${DEFAULT-VALUE}.",
      defaultValue = "http://127.0.0.1:7400")
  private String url = "";

  CompactionCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  Optional<Setting.Scope> scope() {
    return Optional.of(Setting.Scope.MESH);
  }

  @Override
  void run(Console console, Configuration settings) throws MeshStartException, Refusal {
    SpaceId id = id();
    URI process = process();
    SpaceView view = view(id, new Questioner(process, secret(settings)));
    console.json(view.json());
    if (!console.isJson()) {
      view.lines().forEach(console::say);
    }
  }

  private static SpaceView view(SpaceId id, Questioner questioner) throws Refusal {
    try {
      return new SpaceView(id, questioner.ask(id));
    } catch (NotToldException e) {
      throw new Refusal(e.code(), e.getMessage());
    }
  }

  private SpaceId id() throws Refusal {
    try {
      return SpaceId.of(HexFormat.of().parseHex(space));
    } catch (FormatException | IllegalArgumentException e) {
      throw new Refusal(
          Refusal.WRONG_USAGE,
          "--space must be the id of a space, 64 hexadecimal digits: the spaceId of 'sealift status --json'.");
    }
  }

  private static OperatorSecret secret(Configuration settings) throws MeshStartException {
    Optional<Path> named = settings.path(Setting.MESH_OPERATOR_SECRET);
    return OperatorSecret.read(
        named.isPresent()
            ? named.get()
            : settings.path(Setting.MESH_DATA).orElseThrow().resolve(OperatorSecret.FILE));
  }

  private URI process() throws Refusal {
    try {
      URI process = new URI(url);
      if (process.getHost() != null && "https".equals(process.getScheme())) {
        return process;
      }
      if (process.getHost() != null && "http".equals(process.getScheme())) {
        return ofThisMachine(process);
      }
    } catch (URISyntaxException e) {
      // said below, as for every URL that is none of a process
    }
    throw new Refusal(
        Refusal.WRONG_USAGE, "--url must be like http://127.0.0.1:7400, not '" + url + "'.");
  }

  private static URI ofThisMachine(URI process) throws Refusal {
    try {
      if (InetAddress.getByName(process.getHost()).isLoopbackAddress()) {
        return process;
      }
    } catch (UnknownHostException e) {
      // as one that is elsewhere
    }
    throw new Refusal(
        Refusal.WRONG_USAGE,
        "Plain http to another machine would show the operator's secret on the way: say https, or forward a port of this machine to it.");
  }
}
