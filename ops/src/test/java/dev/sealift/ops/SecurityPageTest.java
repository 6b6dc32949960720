package dev.sealift.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each test that SECURITY.md names for a claim is there. */
class SecurityPageTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern NAME =
      Pattern.compile("`(\\w+(?:Test|IT|Properties))(?:\\.(\\w+))?`");

  @Test
  void everyTestThatItNamesIsThere() throws IOException {
    List<String> missing = new ArrayList<>();
    int named = 0;
    Matcher names = NAME.matcher(Files.readString(ROOT.resolve("SECURITY.md")));
    while (names.find()) {
      named++;
      if (!isThere(names.group(1), Optional.ofNullable(names.group(2)))) {
        missing.add(names.group());
      }
    }
    assertThat(named).isGreaterThan(30);
    assertThat(missing).isEmpty();
  }

  private static boolean isThere(String test, Optional<String> method) throws IOException {
    for (Path source : sources(test)) {
      if (method.isEmpty() || Files.readString(source).contains("void " + method.get() + "(")) {
        return true;
      }
    }
    return false;
  }

  /** Two modules may have tests of one name. */
  private static List<Path> sources(String test) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path tests : modules
          .map(module -> module.resolve("src/test/java"))
          .filter(Files::isDirectory)
          .toList()) {
        try (Stream<Path> sources = Files.walk(tests)) {
          sources.filter(path -> path.endsWith(test + ".java")).forEach(found::add);
        }
      }
    }
    return found;
  }
}
