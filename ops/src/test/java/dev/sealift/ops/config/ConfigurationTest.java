package dev.sealift.ops.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
  @TempDir
  Path home;

  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = home.resolve("sealift.conf");
  }

  @Test
  void withoutAnyWordTheDefaultsHold() throws Exception {
    Configuration settings = configuration(Map.of(), Map.of());

    assertThat(settings.port(Setting.GATEWAY_PORT)).contains(7400);
    assertThat(settings.path(Setting.MESH_DATA)).contains(home.resolve(".sealift-mesh"));
    assertThat(settings.port(Setting.HTTP_PORT)).isEmpty();
    assertThat(settings.isSet(Setting.GATEWAY_PORT)).isFalse();
  }

  @Test
  void anOptionGoesBeforeTheEnvironmentAndThatBeforeTheFile() throws Exception {
    write("gateway.port = 1001\ngateway.host = file\nmesh.data = /file\n");

    Configuration settings = Configuration.of(
        Map.of(Setting.GATEWAY_PORT, "1003"),
        Optional.of(file),
        Map.of("SEALIFT_GATEWAY_PORT", "1002", "SEALIFT_GATEWAY_HOST", "environment"),
        home);

    assertThat(settings.port(Setting.GATEWAY_PORT)).contains(1003);
    assertThat(settings.text(Setting.GATEWAY_HOST)).isEqualTo("environment");
    assertThat(settings.path(Setting.MESH_DATA)).contains(Path.of("/file"));
  }

  @Test
  void theEnvironmentCanNameTheFile() throws Exception {
    write("log.json = true\n");

    Configuration settings = configuration(Map.of(), Map.of("SEALIFT_CONFIG", file.toString()));

    assertThat(settings.flag(Setting.LOG_JSON)).isTrue();
  }

  @Test
  void theUsualFileIsReadIfItIsThere() throws Exception {
    file = Files.createDirectories(home.resolve(".config/sealift")).resolve("sealift.conf");
    write("gateway.port = 0\n");

    assertThat(configuration(Map.of(), Map.of()).port(Setting.GATEWAY_PORT)).contains(0);
  }

  @Test
  void anUnknownKeyIsRefusedByNameWithTheNearestKnownOne() throws Exception {
    write("gateway.prot = 7400\n");

    assertRefused("gateway.prot, which is no setting. Did you mean gateway.port?");
  }

  @Test
  void anUnknownKeyNearNoOtherIsRefusedWithoutASuggestion() throws Exception {
    write("colour = blue\n");

    assertRefused("sets colour, which is no setting.");
  }

  @Test
  void anUnknownVariableIsRefusedByName() {
    assertThatThrownBy(() -> configuration(Map.of(), Map.of("SEALIFT_GATEWAY_PROT", "1")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "The environment variable SEALIFT_GATEWAY_PROT is no setting. Did you mean SEALIFT_GATEWAY_PORT?");
  }

  @Test
  void theLaunchersVariableIsNoneOfOurs() throws Exception {
    configuration(Map.of(), Map.of("SEALIFT_JAVA_OPTS", "-Xmx1g", "PATH", "/bin"));
  }

  @Test
  void secondsAreWholeAndAtMostAnHour() throws Exception {
    Configuration settings = configuration(Map.of(Setting.MESH_DRAIN_SECONDS, "3600"), Map.of());
    assertThat(settings.duration(Setting.MESH_DRAIN_SECONDS)).isEqualTo(Duration.ofHours(1));

    write("mesh.drain-seconds = 3601\n");
    assertRefused("must be whole seconds, 0 to 3600, not '3601'");
    write("mesh.drain-seconds = 1.5\n");
    assertRefused("must be whole seconds, 0 to 3600, not '1.5'");
  }

  @Test
  void aCountMayBeNoneWhereANumberMayNot() throws Exception {
    Configuration settings = configuration(Map.of(Setting.RECLAIM_GRACE_HOURS, "0"), Map.of());
    assertThat(settings.number(Setting.RECLAIM_GRACE_HOURS)).isZero();

    write("reclaim.grace-hours = -1\n");
    assertRefused("must be a whole number of 1 to 18 digits, not '-1'");
    write("reclaim.seen-days = 0\n");
    assertRefused("must be a whole number of 1 to 18 digits, more than 0, not '0'");
  }

  @Test
  void aKeySetTwiceIsRefused() throws Exception {
    write("gateway.port = 1\nlog.json = true\ngateway.port = 2\n");

    assertRefused("sets gateway.port twice");
  }

  @Test
  void aMissingFileIsRefused() {
    assertThatThrownBy(() ->
            Configuration.of(Map.of(), Optional.of(home.resolve("none.conf")), Map.of(), home))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("There is no configuration file");
  }

  @Test
  void aFileThatIsNotUtf8IsRefused() throws Exception {
    Files.write(file, "gateway.host = caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));

    assertRefused("is not UTF-8");
  }

  @Test
  void aPortMustBeANumberThatAPortCanHave() throws Exception {
    assertPortRefused("65536");
    assertPortRefused("-1");
    assertPortRefused("http");
    assertPortRefused("99999999999");
    assertThat(configuration(Map.of(Setting.GATEWAY_PORT, "65535"), Map.of())
            .port(Setting.GATEWAY_PORT))
        .contains(65_535);
  }

  @Test
  void aRefusalNamesThePlaceOfTheValue() {
    assertThatThrownBy(() -> configuration(Map.of(), Map.of("SEALIFT_LOG_JSON", "yes")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("SEALIFT_LOG_JSON must be true or false, not 'yes'.");
  }

  @Test
  void everySettingStandsInTheReadme() throws Exception {
    String readme = Files.readString(Path.of("README.md"));

    for (Setting setting : Setting.values()) {
      assertThat(readme)
          .contains(
              "`" + setting.key() + "`", "`" + setting.variable() + "`", "`" + setting.option());
    }
  }

  private void assertPortRefused(String text) {
    assertThatThrownBy(() -> configuration(Map.of(Setting.GATEWAY_PORT, text), Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("--port must be a port, 0 to 65535, not '" + text + "'.");
  }

  private void assertRefused(String part) {
    assertThatThrownBy(() -> Configuration.of(Map.of(), Optional.of(file), Map.of(), home))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(part);
  }

  private Configuration configuration(Map<Setting, String> options, Map<String, String> environment)
      throws ConfigurationException {
    return Configuration.of(options, Optional.empty(), environment, home);
  }

  private void write(String text) throws IOException {
    Files.writeString(file, text);
  }
}
