package dev.sealift.ops.cli;

import dev.sealift.client.MemberRole;
import dev.sealift.client.Members;
import dev.sealift.client.Space;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Says what a device may do. */
@Command(
    name = "role",
    description = {
      "Say what a device of the space may do from now on.",
      "A reader's edits stay on its device. Only owners may say so; there is always one."
    })
final class RoleCommand extends MemberCommand {
  @Parameters(
      index = "0",
      paramLabel = "DEVICE",
      description = "Its id as 'sealift members' shows it, or the beginning.")
  private String device = "";

  @Parameters(index = "1", paramLabel = "ROLE", description = "${COMPLETION-CANDIDATES}.")
  private MemberRole role = MemberRole.WRITER;

  RoleCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  Members change(Space space, Members now) throws Refusal {
    String id =
        MembersCommand.resolve(List.of(device), MembersCommand.devices(now)).get(0);
    return space.changeRole(id, role);
  }

  @Override
  String sentence(Members after) {
    return "The device is a " + MembersCommand.name(role) + " now.";
  }

  @Override
  String done() {
    return "role";
  }
}
