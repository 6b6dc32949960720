package dev.sealift.ops.cli;

import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.store.Misfit;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Printable;
import dev.sealift.ops.terminal.Values;
import io.vertx.core.json.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;

/** Lists values that do not fit their columns. */
@Command(
    name = "misfits",
    description =
        "List values that do not fit the types of their columns: another version of an app wrote them. They are kept, and shown as they are.")
final class MisfitsCommand extends ClientCommand {
  private static final int PAGE = 1_000;

  MisfitsCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal {
    Space space = space(sealift, settings);
    List<Misfit> page = space.misfits(PAGE);
    if (page.isEmpty() && !console.isJson()) {
      console.say("Every value fits its column.");
    }
    while (!page.isEmpty() && !console.isDeaf()) {
      page.forEach(misfit -> print(console, misfit));
      page = space.misfits(page.get(page.size() - 1), PAGE);
    }
  }

  private static void print(Console console, Misfit misfit) {
    console.json(new JsonObject()
        .put("table", misfit.table())
        .put("key", misfit.key())
        .put("column", misfit.column())
        .put("value", Values.json(misfit.value())));
    if (!console.isJson()) {
      console.say(misfit.table() + " " + Printable.of(misfit.key()) + " " + misfit.column() + ": "
          + Printable.of(Values.shown(misfit.value())));
    }
  }
}
