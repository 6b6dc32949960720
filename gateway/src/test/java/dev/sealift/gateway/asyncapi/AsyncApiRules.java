package dev.sealift.gateway.asyncapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.sealift.gateway.codec.Subprotocol;
import dev.sealift.protocol.proto.Frame;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a schema of AsyncAPI cannot say: that the document is of this protocol, whole, and hangs together. */
final class AsyncApiRules {
  private static final String BINARY = "binaryFrame";

  private final JsonNode document;
  private final List<String> broken = new ArrayList<>();

  private AsyncApiRules(JsonNode document) {
    this.document = document;
  }

  /** What is wrong with it, in words. */
  static List<String> broken(JsonNode document) {
    AsyncApiRules rules = new AsyncApiRules(document);
    rules.references(document);
    rules.messages();
    rules.schemas();
    rules.directions();
    rules.subprotocols();
    return rules.broken;
  }

  private void require(boolean rule, String otherwise) {
    if (!rule) {
      broken.add(otherwise);
    }
  }

  private void same(Object expected, Object actual, String what) {
    require(expected.equals(actual), what + " should be " + expected + " and is " + actual);
  }

  private void references(JsonNode node) {
    JsonNode reference = node.get("$ref");
    if (reference != null) {
      require(isFound(reference.asText()), "nothing is at " + reference);
    }
    node.forEach(this::references);
  }

  private boolean isFound(String reference) {
    return reference.startsWith("#/") && !document.at(reference.substring(1)).isMissingNode();
  }

  private static Map<String, FieldDescriptor> frames() {
    return Frame.getDescriptor().getFields().stream()
        .collect(Collectors.toMap(FieldDescriptor::getJsonName, frame -> frame));
  }

  private void messages() {
    Set<String> names = new TreeSet<>(frames().keySet());
    names.add(BINARY);
    Map<String, JsonNode> messages = AsyncApi.fields(document.at("/components/messages"));
    same(names, messages.keySet(), "the messages");
    Map<String, JsonNode> channel = AsyncApi.fields(document.at("/channels/sync/messages"));
    same(names, channel.keySet(), "the channel's messages");
    channel.forEach((name, message) ->
        same("#/components/messages/" + name, message.path("$ref").asText(), name));
    messages.forEach((name, message) -> same(name, message.path("name").asText(), "its name"));
    frames().forEach((name, frame) -> payload(frame, messages.get(name)));
  }

  private void payload(FieldDescriptor frame, JsonNode message) {
    if (message != null) {
      String name = frame.getJsonName();
      String type = "#/components/schemas/" + frame.getMessageType().getName();
      JsonNode payload =
          AsyncApi.json("{'type':'object','required':['%s'],'properties':{'%s':{'$ref':'%s'}}}"
              .formatted(name, name, type)
              .replace('\'', '"'));
      same(payload, message.path("payload"), "the payload of " + name);
      same("application/json", message.path("contentType").asText(), "the content of " + name);
    }
  }

  private void schemas() {
    Map<String, JsonNode> schemas = AsyncApi.fields(document.at("/components/schemas"));
    Map<String, JsonNode> expected = ProtoSchemas.all();
    expected.forEach((name, schema) -> same(schema, withoutOwnWords(schemas.get(name)), name));
    Set<String> names = new TreeSet<>(expected.keySet());
    names.addAll(List.of("Uint32", "Uint64", "Bytes"));
    same(names, schemas.keySet(), "the schemas");
  }

  /** What a schema says of itself is the document's own; what it says of a field is the specification's. */
  private static Object withoutOwnWords(JsonNode schema) {
    if (schema == null) {
      return "missing";
    }
    com.fasterxml.jackson.databind.node.ObjectNode bare = schema.deepCopy();
    bare.remove("description");
    return bare;
  }

  private void directions() {
    Set<String> toGateway = new HashSet<>(Set.of(BINARY));
    Set<String> toDevice = new HashSet<>(Set.of(BINARY));
    frames()
        .forEach(
            (name, frame) -> (Specification.isToGateway(frame) ? toGateway : toDevice).add(name));
    Set<String> received = new HashSet<>();
    Set<String> sent = new HashSet<>();
    for (JsonNode operation : document.path("operations")) {
      boolean receives = operation.path("action").asText().equals("receive");
      (receives ? received : sent).addAll(messagesOf(operation));
      sent.addAll(messagesOf(operation.path("reply")));
    }
    same(toGateway, received, "what a gateway receives");
    same(toDevice, sent, "what a gateway sends");
  }

  private static Set<String> messagesOf(JsonNode operation) {
    Set<String> names = new HashSet<>();
    operation
        .path("messages")
        .forEach(message ->
            names.add(message.path("$ref").asText().replace("#/channels/sync/messages/", "")));
    return names;
  }

  private void subprotocols() {
    Set<String> ids = new HashSet<>();
    document
        .at("/channels/sync/bindings/ws/headers/properties/Sec-WebSocket-Protocol/enum")
        .forEach(id -> ids.add(id.asText()));
    same(Set.copyOf(Subprotocol.ids()), ids, "the subprotocols");
    same(
        "/v1/sync",
        Objects.requireNonNullElse(document.at("/channels/sync/address").textValue(), ""),
        "the address");
  }
}
