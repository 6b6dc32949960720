package dev.sealift.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.ops.config.Setting;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.UnmatchedArgumentException;

/** Options that are settings of two values. */
class FlagsTest {
  private static UpCommand up() {
    PrintStream nowhere =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    return new UpCommand(new Surroundings(
        Map.of(),
        Path.of("nowhere"),
        new ByteArrayInputStream(new byte[0]),
        nowhere,
        nowhere,
        false));
  }

  private static Map<Setting, String> options(String... arguments) {
    UpCommand up = up();
    CommandLine line = new CommandLine(up);
    up.addSettings(line.getCommandSpec());
    line.parseArgs(arguments);
    return up.said();
  }

  static Stream<Setting> flags() {
    return Setting.of(Setting.Scope.MESH).stream()
        .filter(setting -> setting.kind() == Setting.Kind.FLAG);
  }

  @ParameterizedTest
  @MethodSource("flags")
  void whatIsOnByDefaultCanBeTurnedOffAndNothingElse(Setting setting) {
    String off = "--no-" + setting.option().substring(2);
    assertThat(options(setting.option())).isEqualTo(Map.of(setting, "true"));
    if (setting.isOnByDefault()) {
      assertThat(options(off)).isEqualTo(Map.of(setting, "false"));
    } else {
      assertThatThrownBy(() -> options(off)).isInstanceOf(UnmatchedArgumentException.class);
    }
  }

  @Test
  void helpSaysWhatIsOnByDefault() {
    UpCommand up = up();
    CommandLine line = new CommandLine(up);
    up.addSettings(line.getCommandSpec());
    assertThat(line.getUsageMessage().replaceAll("\\s+", ""))
        .contains("[mesh.compactions;defaulttrue]")
        .contains("[log.json]");
  }

  @Test
  void whatNobodySaysIsLeftToOtherPlaces() {
    assertThat(options()).isEmpty();
  }

  @Test
  void compactionsAreOnByDefault() {
    assertThat(Setting.MESH_COMPACTIONS.isOnByDefault()).isTrue();
  }
}
