package dev.sealift.ops.cli;

import dev.sealift.client.Members;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows what two people compare to be sure of each other's devices. */
@Command(
    name = "compare",
    description = {
      "Show twelve digits to compare with whoever invited you, or joined by your link, on the phone or side by side.",
      "They see the same ones only where the device at one end is in the very space at the other: nobody changed the link on its way.",
      "Without an ID, of this device; with one, or its beginning, of that device of the space."
    })
final class CompareCommand extends ClientCommand {
  private static final int SHORT = 12;

  @Parameters(
      arity = "0..*",
      paramLabel = "ID",
      description = "Devices, as 'sealift members' shows them.")
  private List<String> ids = new ArrayList<>();

  CompareCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    Space space = space(sealift, settings);
    Members members = MembersCommand.require(space);
    List<String> devices = ids.isEmpty()
        ? List.of(space.status().device())
        : MembersCommand.resolve(ids, MembersCommand.devices(members));
    for (String device : devices) {
      String code = space.comparisonCode(device);
      console.result(
          code + "  device " + device.substring(0, SHORT),
          new JsonObject().put("space", space.name()).put("device", device).put("code", code));
    }
  }
}
