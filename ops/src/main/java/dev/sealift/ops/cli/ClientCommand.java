package dev.sealift.ops.cli;

import dev.sealift.client.Options;
import dev.sealift.client.Sealift;
import dev.sealift.client.Space;
import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.ConfigurationException;
import dev.sealift.ops.config.Setting;
import dev.sealift.ops.exchange.Exchange;
import dev.sealift.ops.terminal.Console;
import dev.sealift.ops.terminal.Printable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A command that works in a home: opens it, does its part, closes it. */
abstract class ClientCommand extends SealiftCommand {
  ClientCommand(Surroundings surroundings) {
    super(surroundings);
  }

  abstract void run(Console console, Configuration settings, Sealift sealift) throws Exception;

  @Override
  final Optional<Setting.Scope> scope() {
    return Optional.of(Setting.Scope.CLIENT);
  }

  @Override
  final void run(Console console, Configuration settings) throws Exception {
    try (Sealift sealift = open(settings)) {
      run(console, settings, sealift);
    }
  }

  /** The home that is named. */
  static Sealift open(Configuration settings) throws Refusal, ConfigurationException {
    Path home = settings.path(Setting.CLIENT_HOME).orElseThrow();
    Optional<Path> file = settings.path(Setting.CLIENT_PASSPHRASE_FILE);
    if (file.isEmpty()) {
      return Sealift.open(home);
    }
    char[] passphrase = passphrase(file.get());
    try {
      return Sealift.open(home, Options.defaults().passphrase(passphrase));
    } finally {
      Arrays.fill(passphrase, '\0');
    }
  }

  private static char[] passphrase(Path file) throws Refusal {
    try {
      String first = Files.readString(file).lines().findFirst().orElse("");
      if (first.isEmpty()) {
        throw new Refusal(
            "bad-passphrase-file",
            "The first line of " + file + " is empty; it must be the passphrase.");
      }
      return first.toCharArray();
    } catch (IOException e) {
      throw new Refusal("bad-passphrase-file", "The passphrase file " + file + " cannot be read.");
    }
  }

  /** Refuses what has no name of a file; nothing is put in the place of a folder. */
  static void requireNoFolder(Path file) throws Refusal {
    if (Files.isDirectory(file)) {
      throw new Refusal(
          "not-a-file",
          "The path '" + Printable.of(file.toString()) + "' is a folder: name a file.");
    }
  }

  /** The space that is named, or the only one. */
  static Space space(Sealift sealift, Configuration settings) throws Refusal {
    Optional<String> named = settings.optionalText(Setting.CLIENT_SPACE);
    return sealift.space(named.isPresent() ? named.get() : onlySpace(sealift));
  }

  private static String onlySpace(Sealift sealift) throws Refusal {
    List<String> names = sealift.spaces();
    if (names.size() == 1) {
      return names.get(0);
    }
    if (names.isEmpty()) {
      throw new Refusal(
          "no-such-space",
          "This home has no space yet: make one with 'sealift create', or enter one with 'sealift join LINK'.");
    }
    String list = names.stream().map(Printable::of).collect(Collectors.joining(", "));
    throw new Refusal(
        "which-space", "This home has several spaces (" + list + "): name one with --space.");
  }

  /** Connects to the mesh that is named, or to the one of the last time, or to the default. */
  static Exchange connect(Space space, Configuration settings) throws Refusal {
    presentToken(space, settings);
    if (!settings.isSet(Setting.CLIENT_MESH) && space.status().mesh().isPresent()) {
      space.connect();
    } else {
      space.connect(mesh(settings));
    }
    return new Exchange(space);
  }

  /** The admission token that is named, if one is. */
  static void presentToken(Space space, Configuration settings) throws Refusal {
    Optional<Path> file = settings.path(Setting.CLIENT_TOKEN_FILE);
    if (file.isPresent()) {
      try {
        space.presentToken(Files.readString(file.get()).lines().findFirst().orElse(""));
      } catch (IOException e) {
        throw new Refusal("bad-token-file", "The token file " + file.get() + " cannot be read.");
      }
    }
  }

  static URI mesh(Configuration settings) throws Refusal {
    try {
      return URI.create(settings.text(Setting.CLIENT_MESH));
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          "invalid-input",
          settings.place(Setting.CLIENT_MESH)
              + " is no address; a mesh's looks like ws://localhost:7400.");
    }
  }
}
