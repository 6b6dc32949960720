package dev.sealift.ops.cli;

import dev.sealift.client.Members;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.exchange.Exchange;
import dev.sealift.ops.terminal.Console;
import java.time.Duration;

/** Changes who is in a space: connects, takes in what there is, and waits until the change stands in the log. */
abstract class MemberCommand extends ClientCommand {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  MemberCommand(Surroundings surroundings) {
    super(surroundings);
  }

  private static boolean isIn(Members members) {
    return members.devices().stream().anyMatch(Members.Device::isThis);
  }

  /** Makes the change. */
  abstract Members change(Space space, Members now) throws Refusal;

  /** What was done, in one sentence. */
  abstract String sentence(Members after);

  abstract String done();

  @Override
  final void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    Space space = space(sealift, settings);
    Exchange exchange = connect(space, settings);
    exchange.awaitUpToDate(console, PATIENCE);
    Members after = change(space, MembersCommand.require(space));
    if (sealift.recovery().isThere() && isIn(after)) {
      exchange.awaitUpToDate(
          console, PATIENCE); // the change may have withdrawn what the paper key has
      PaperKey.keepGood(console, sealift, space);
    }
    console.result(
        sentence(after), MembersCommand.json(after).put("done", done()).put("space", space.name()));
  }
}
