package dev.sealift.gateway.asyncapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Breaks a document in one place. */
final class Breaking {
  private Breaking() {}

  /** Puts a value there, or takes away what is there. */
  static void at(ObjectNode document, String path, @Nullable String value) {
    JsonNode before = document.deepCopy();
    JsonPointer pointer = JsonPointer.compile(path);
    JsonNode parent = document.at(pointer.head());
    String last = pointer.last().getMatchingProperty();
    if (parent instanceof ArrayNode array) {
      inArray(array, Integer.parseInt(last), value);
    } else if (value == null) {
      ((ObjectNode) parent).remove(last);
    } else {
      ((ObjectNode) parent).set(last, AsyncApi.json(value));
    }
    assertThat(document).isNotEqualTo(before);
  }

  private static void inArray(ArrayNode array, int index, @Nullable String value) {
    if (value == null) {
      array.remove(index);
    } else {
      array.set(index, AsyncApi.json(value));
    }
  }
}
