package dev.sealift.ops.cli;

import dev.sealift.client.Members;
import dev.sealift.client.Space;
import picocli.CommandLine.Command;

/** Starts a new epoch. */
@Command(
    name = "rotate",
    description = {
      "Seal what is written from now on with a new key, which everybody in the space gets.",
      "A removal does that by itself: this is for when a key may have become known otherwise."
    })
final class RotateCommand extends MemberCommand {
  RotateCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  Members change(Space space, Members now) {
    return space.rotate();
  }

  @Override
  String sentence(Members after) {
    return "Key number " + after.epoch() + " seals what is written from now on.";
  }

  @Override
  String done() {
    return "rotate";
  }
}
