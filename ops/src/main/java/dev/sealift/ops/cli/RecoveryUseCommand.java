package dev.sealift.ops.cli;

import dev.sealift.client.RestoreListener;
import dev.sealift.client.Restored;
import dev.sealift.client.Sealift;
import dev.sealift.client.recovery.RecoveryWords;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Printable;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;

/** Restores from a paper key. */
@Command(
    name = "use",
    description = {
      "Bring back every space of a paper key, with all that is in it, as another device of yours. Asks for the words, or reads them from standard input: never from the command line, which others can see.",
      "The first four letters of a word are enough. Can be done again after an interruption, and on a home that is in use: spaces that are here stay as they are.",
      "Ends with 1 when a space did not come."
    })
final class RecoveryUseCommand extends ClientCommand {
  /** The longest words, with numbers and much white space. */
  private static final int MAX_TYPED_BYTES = 4_096;

  private static final Pattern LETTERS = Pattern.compile("[a-zA-Z]+");

  private int exitCode = ExitCode.DONE;

  RecoveryUseCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Console console, Configuration settings, Sealift sealift) throws Refusal, IOException {
    if (!settings.isSet(Setting.CLIENT_MESH)) {
      throw new Refusal(
          Refusal.WRONG_USAGE, "Where? Name the address on the paper: --mesh ADDRESS.");
    }
    URI mesh = mesh(settings);
    if (surroundings().terminal()) {
      console.note("The 12 words of the paper key, then Enter:");
    }
    RecoveryWords words = RecoveryWords.parse(typed(surroundings().in()));
    List<Restored> restored = sealift.recovery().restore(words, mesh, telling(console));
    long failed = restored.stream().filter(one -> one.problem().isPresent()).count();
    console.result(
        failed == 0
            ? "Restored: all " + restored.size() + " spaces of the paper key are here."
            : failed + " of " + restored.size()
                + " spaces did not come. Do it again when what is in the way is gone.",
        new JsonObject()
            .put("done", "recovery-use")
            .put("spaces", restored.size())
            .put("failed", failed));
    exitCode = failed == 0 ? ExitCode.DONE : ExitCode.FAILED;
  }

  /** Lines, until there are words enough, or an empty one says that there are no more. */
  private static String typed(InputStream in) throws IOException {
    ByteArrayOutputStream typed = new ByteArrayOutputStream();
    int before = '\n';
    for (int next = in.read(); next >= 0 && typed.size() < MAX_TYPED_BYTES; next = in.read()) {
      typed.write(next);
      if (next == '\n' && (before == '\n' || isWhole(typed))) {
        break;
      }
      before = next;
    }
    return typed.toString(StandardCharsets.UTF_8);
  }

  private static boolean isWhole(ByteArrayOutputStream typed) {
    return LETTERS.splitAsStream(typed.toString(StandardCharsets.UTF_8)).count()
        > RecoveryWords.COUNT;
  }

  private static RestoreListener telling(Console console) {
    return new RestoreListener() {
      @Override
      public void restoring(String space, int number, int count) {
        console.note("Restoring " + Printable.of(space) + " (" + number + " of " + count + ") …");
      }

      @Override
      public void restored(Restored one) {
        JsonObject object = new JsonObject()
            .put("space", one.space())
            .put("restored", one.problem().isEmpty())
            .put("new", one.isNew());
        one.problem().ifPresent(problem -> PaperKey.put(object, problem));
        console.result(line(one), object);
      }
    };
  }

  private static String line(Restored one) {
    String name = Printable.of(one.space());
    return one.problem()
        .map(problem -> "Not restored: " + name + ". " + problem.getMessage())
        .orElse(one.isNew() ? "Restored: " + name : "Here already: " + name);
  }

  @Override
  int exitCode() {
    return exitCode;
  }
}
