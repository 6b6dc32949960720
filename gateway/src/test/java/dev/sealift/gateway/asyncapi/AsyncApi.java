package dev.sealift.gateway.asyncapi;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.resource.DisallowSchemaLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** The AsyncAPI document of the protocol, read from its file, and JSON schemas that are never fetched from anywhere. */
public final class AsyncApi {
  private static final Path FILE = Path.of("../protocol/asyncapi.yaml");
  private static final ObjectMapper YAML =
      new ObjectMapper(new YAMLFactory()).enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectNode DOCUMENT = read();
  private static final Map<String, JsonSchema> PAYLOADS = new ConcurrentHashMap<>();

  private AsyncApi() {}

  /** A copy, to be broken at will. */
  static ObjectNode document() {
    return DOCUMENT.deepCopy();
  }

  private static ObjectNode read() {
    try {
      return (ObjectNode) YAML.readTree(FILE.toFile());
    } catch (IOException e) {
      throw new AssertionError("tests run in the module's folder", e);
    }
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static JsonSchema schema(JsonNode schema) {
    return JsonSchemaFactory.getInstance(
            SpecVersion.VersionFlag.V7,
            factory -> factory.schemaLoaders(
                loaders -> loaders.values(all -> all.add(0, DisallowSchemaLoader.getInstance()))))
        .getSchema(schema);
  }

  static Map<String, JsonNode> fields(JsonNode object) {
    Map<String, JsonNode> fields = new TreeMap<>();
    object.fields().forEachRemaining(field -> fields.put(field.getKey(), field.getValue()));
    return fields;
  }

  /** That this is a frame of that name, as the document says, with nothing that it does not name. */
  public static void assertFrame(String name, String text) {
    var violations = PAYLOADS.computeIfAbsent(name, AsyncApi::closedPayload).validate(json(text));
    if (!violations.isEmpty()) {
      throw new AssertionError(name + " is not as the document says: " + violations);
    }
  }

  private static JsonSchema closedPayload(String message) {
    ObjectNode document = document();
    JsonNode payload = document.at("/components/messages/" + message + "/payload");
    close(payload);
    document.at("/components/schemas").forEach(AsyncApi::close);
    ObjectNode schema = payload.deepCopy();
    schema.set("components", document.get("components"));
    return schema(schema);
  }

  private static void close(JsonNode schema) {
    if (schema.has("properties")) {
      ((ObjectNode) schema).put("additionalProperties", false);
    }
  }
}
