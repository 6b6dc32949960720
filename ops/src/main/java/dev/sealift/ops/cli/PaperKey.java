package dev.sealift.ops.cli;

import dev.sealift.client.Coverage;
import dev.sealift.client.NewPaperKey;
import dev.sealift.client.Recovery;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.client.error.SealiftException;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Printable;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What commands say and do of a home's paper key. */
final class PaperKey {
  private static final int WORDS_A_LINE = 4;

  private PaperKey() {}

  /** Beside what a command is for: a paper key that does not cover the space is made to. What does not work now is said, and is no failure. */
  static void keepGood(Console console, Sealift sealift, Space space) {
    Recovery recovery = sealift.recovery();
    try {
      boolean isDue =
          recovery.isThere() && space.status().member() && !isCovered(recovery, space.name());
      if (isDue) {
        recovery.cover(space.name()).problem().ifPresent(problem -> console.note(notYet(problem)));
      }
    } catch (SealiftException e) {
      console.note(notYet(e));
    }
  }

  private static boolean isCovered(Recovery recovery, String space) {
    return recovery.coverage().stream()
        .anyMatch(one -> one.space().equals(space) && one.isCovered());
  }

  private static String notYet(SealiftException problem) {
    return "The paper key of this home does not cover the space yet: " + problem.getMessage();
  }

  /** The mesh that is named, or that of the home's first space, or the usual one. */
  static URI mesh(Configuration settings, Sealift sealift) throws Refusal {
    Optional<URI> first = settings.isSet(Setting.CLIENT_MESH)
        ? Optional.empty()
        : sealift.spaces().stream()
            .flatMap(name -> sealift.space(name).status().mesh().stream())
            .findFirst();
    return first.isPresent() ? first.get() : ClientCommand.mesh(settings);
  }

  /** What the operator of the mesh gave, where it asks for it. */
  static Optional<String> token(Configuration settings) throws Refusal {
    Optional<Path> file = settings.path(Setting.CLIENT_TOKEN_FILE);
    try {
      return file.isEmpty()
          ? Optional.empty()
          : Optional.of(Files.readString(file.get()).lines().findFirst().orElse(""));
    } catch (IOException e) {
      throw new Refusal("bad-token-file", "The token file " + file.get() + " cannot be read.");
    }
  }

  /** The one time that the words are shown. */
  static void show(Console console, NewPaperKey made, String done) {
    List<String> words = made.words().words();
    console.json(new JsonObject()
        .put("done", done)
        .put("words", new JsonArray(words))
        .put("mesh", made.mesh().toString())
        .put("spaces", json(made.coverage())));
    if (console.isJson()) {
      return;
    }
    console.say(
        "The paper key of this home. Write these words and the address down now: they are shown this once.");
    console.say("");
    for (int from = 0; from < words.size(); from += WORDS_A_LINE) {
      StringBuilder line = new StringBuilder();
      for (int at = from; at < Math.min(from + WORDS_A_LINE, words.size()); at++) {
        line.append(String.format(Locale.ROOT, "  %2d. %-10s", at + 1, words.get(at)));
      }
      console.say(line.toString().stripTrailing());
    }
    console.say("");
    console.say("  Address: " + made.mesh());
    console.say("");
    console.say("On a new machine: sealift recovery use --mesh " + made.mesh());
    console.say(
        "Whoever has the words can read all that the paper key covers: keep the paper where you keep your passport.");
    say(console, made.coverage());
  }

  static void say(Console console, List<Coverage> coverage) {
    String covered = coverage.stream()
        .filter(Coverage::isCovered)
        .map(one -> Printable.of(one.space()))
        .collect(Collectors.joining(", "));
    console.say(covered.isEmpty() ? "It covers no space yet." : "It covers: " + covered + ".");
    for (Coverage one : coverage) {
      one.problem()
          .ifPresent(problem -> console.say(
              "Not covered: " + Printable.of(one.space()) + ". " + problem.getMessage()));
    }
  }

  static JsonArray json(List<Coverage> coverage) {
    JsonArray all = new JsonArray();
    for (Coverage one : coverage) {
      JsonObject object =
          new JsonObject().put("space", one.space()).put("covered", one.isCovered());
      one.problem().ifPresent(problem -> put(object, problem));
      all.add(object);
    }
    return all;
  }

  static void put(JsonObject object, SealiftException problem) {
    object
        .put("problem", problem.code().name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .put("message", problem.getMessage());
  }

  /** Says what of an old paper key is still good, or that nothing is. */
  static void sayWithdrawn(Console console, List<Coverage> left) {
    if (left.isEmpty()) {
      console.say(
          "The old words are good for nothing any more. Whoever has come in by them is still in: see 'sealift members' of each space.");
      return;
    }
    for (Coverage one : left) {
      one.problem()
          .ifPresent(problem -> console.say("Still good for the old words: "
              + Printable.of(one.space()) + ". " + problem.getMessage()));
    }
    console.say("'sealift recovery status' tries again.");
  }
}
