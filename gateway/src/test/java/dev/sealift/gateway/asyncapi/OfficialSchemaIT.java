package dev.sealift.gateway.asyncapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * That the document is AsyncAPI, by the schema of AsyncAPI's own makers. They publish it by npm, so npm brings it, once, into
 * {@code target}; its hash is fixed here.
 */
class OfficialSchemaIT {
  private static final String PACKAGE = "@asyncapi/specs@6.11.1";
  private static final Path FOLDER = Path.of("target", "asyncapi-specs");
  private static final Path FILE =
      FOLDER.resolve("node_modules/@asyncapi/specs/schemas/3.0.0-without-$id.json");
  private static final String SHA_256 =
      "abe96881dbfaad495ccbb6bd8d3fb43ca18a13b9d7564849ccb66f39d5e5b20f";
  private static final int FETCHING_SECONDS = 120;

  private static JsonSchema schema = AsyncApi.schema(AsyncApi.json("false"));

  @BeforeAll
  static void loadSchema() throws Exception {
    assertThat(Files.exists(FILE) || fetch())
        .as(
            "npm must bring %s, once: it comes with Node.js and needs the network; see %s/npm.log",
            PACKAGE, FOLDER)
        .isTrue();
    byte[] text = Files.readAllBytes(FILE);
    assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text)))
        .isEqualTo(SHA_256);
    schema = AsyncApi.schema(AsyncApi.json(Files.readString(FILE)));
  }

  private static boolean fetch() throws InterruptedException {
    try {
      Files.createDirectories(FOLDER);
      Process npm = new ProcessBuilder(
              "npm",
              "install",
              "--prefix",
              FOLDER.toString(),
              "--ignore-scripts",
              "--prefer-offline",
              "--no-save",
              "--no-audit",
              "--no-fund",
              PACKAGE)
          .redirectErrorStream(true)
          .redirectOutput(FOLDER.resolve("npm.log").toFile())
          .start();
      boolean ended = npm.waitFor(FETCHING_SECONDS, TimeUnit.SECONDS);
      npm.destroyForcibly();
      return ended && Files.exists(FILE);
    } catch (IOException e) {
      return false; // there is no npm
    }
  }

  @Test
  void theDocumentIsAsyncApi() {
    assertThat(schema.validate(AsyncApi.document())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "/another; {}",
        "/asyncapi; \"3.9.0\"",
        "/info/another; \"x\"",
        "/info/version;",
        "/servers/mesh/host;",
        "/servers/mesh/protocol;",
        "/operations/put/action; \"write\"",
        "/operations/put/channel;",
        "/operations/put/another; true",
        "/channels/sync/messages; []",
        "/channels/sync/bindings/ws/method; \"PUT\"",
        "/components/messages/put/contentType; 7",
        "/components/messages/put/examples/0; {\"name\":\"empty\"}",
        "/components/schemas/Put/type; \"message\"",
        "/components/schemas/Uint32/minimum; \"0\"",
      })
  void whatIsNotAsyncApiIsNoticed(String path, String value) {
    ObjectNode document = AsyncApi.document();
    Breaking.at(document, path, value);
    assertThat(schema.validate(document)).isNotEmpty();
  }
}
