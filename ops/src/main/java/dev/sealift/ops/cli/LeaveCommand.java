package dev.sealift.ops.cli;

import dev.sealift.client.Members;
import dev.sealift.client.Space;
import picocli.CommandLine.Command;

/** Leaves a space. */
@Command(
    name = "leave",
    description = {
      "Leave the space with this device, once all that was written here is in the mesh.",
      "What is here stays, and can be read; nothing comes any more. The last owner cannot leave: make another one with 'sealift role' first."
    })
final class LeaveCommand extends MemberCommand {
  LeaveCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  Members change(Space space, Members now) {
    return space.leave();
  }

  @Override
  String sentence(Members after) {
    return "Left: this device gets nothing more of the space. What is here stays.";
  }

  @Override
  String done() {
    return "leave";
  }
}
