package dev.sealift.ops.cli;

import dev.sealift.client.InboxItem;
import dev.sealift.client.Space;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Printable;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What the commands about a space's inbox share. */
final class Inboxes {
  private Inboxes() {}

  /** The item that an id begins like, if there is one and only one. */
  static InboxItem require(Space space, String id) throws Refusal {
    List<InboxItem> found =
        space.inbox().stream().filter(item -> item.id().startsWith(id)).toList();
    if (found.isEmpty()) {
      throw new Refusal(
          "no-such-item",
          "The inbox has nothing of the id " + Printable.of(id) + ". See: ops/sealift inbox");
    }
    if (found.size() > 1) {
      throw new Refusal(
          "ambiguous-item",
          found.size() + " things in the inbox have ids that begin with " + Printable.of(id)
              + "; give more of it.");
    }
    return found.get(0);
  }

  /** What was done about an item: the command, and its past. */
  static void tell(Console console, String command, String done, InboxItem item) {
    console.result(
        done + " what was lost of " + Printable.of(item.key()) + " of " + item.table() + ".",
        new JsonObject()
            .put("done", command)
            .put("id", item.id())
            .put("table", item.table())
            .put("key", item.key()));
  }
}
