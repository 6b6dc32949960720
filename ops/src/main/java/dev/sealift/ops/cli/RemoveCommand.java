package dev.sealift.ops.cli;

import dev.sealift.client.Members;
import dev.sealift.client.Removal;
import dev.sealift.client.Space;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Removes devices, members and invitations. */
@Command(
    name = "remove",
    description = {
      "Remove devices, members with all their devices, or invitations from the space.",
      "They get nothing more of it, nothing that they write is taken, and what is written from then on is sealed with a key that they do not have. What they have they keep. Owners remove anybody, others devices of their own.",
      "An owner's removal also withdraws all open invitations, unless --keep-invitations says otherwise."
    })
final class RemoveCommand extends MemberCommand {
  @Parameters(
      paramLabel = "ID",
      arity = "0..*",
      description =
          "Ids as 'sealift members' shows them, or their beginnings; none: withdraw all open invitations.")
  private List<String> ids = List.of();

  @Option(
      names = "--keep-invitations",
      description =
          "Let other invitations stay open: but those that the removed ones opened, or came by.")
  private boolean keepInvitations;

  RemoveCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  Members change(Space space, Members now) throws Refusal {
    Removal removal = ids.isEmpty()
        ? Removal.ofInvitations()
        : Removal.of(
            MembersCommand.resolve(ids, MembersCommand.everything(now)).toArray(String[]::new));
    return space.remove(keepInvitations ? removal.keepInvitations() : removal);
  }

  @Override
  String sentence(Members after) {
    return "Removed: " + after.devices().size() + " devices are in the space, and "
        + after.invitations().size() + " invitations are open.";
  }

  @Override
  String done() {
    return "remove";
  }
}
