package dev.sealift.gateway.asyncapi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.sealift.gateway.codec.AnyFrame;
import dev.sealift.gateway.codec.FrameCodec;
import dev.sealift.gateway.codec.Subprotocol;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.proto.Frame;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** That the AsyncAPI document is true: to the message definitions, the specification and the JSON that is spoken. */
class AsyncApiTest {
  private static final FrameCodec JSON = Subprotocol.JSON.codec();

  @Test
  void theDocumentIsOfThisProtocolAndHangsTogether() {
    assertThat(AsyncApiRules.broken(AsyncApi.document())).isEmpty();
  }

  /** A path in the document, a JSON value to put there, or nothing to take away what is there. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "/operations/put/messages/0/$ref; \"#/channels/sync/messages/gone\"",
        "/channels/sync/servers/0/$ref; \"#/servers/gone\"",
        "/components/schemas/Put/properties/files/items/$ref; \"#/components/schemas/Gone\"",
        "/operations/fetch;",
        "/operations/fetch/action; \"send\"",
        "/operations/hello/reply; {}",
        "/operations/push/messages/1;",
        "/components/messages/goAway;",
        "/components/messages/another; {\"name\":\"another\"}",
        "/components/messages/put/name; \"push\"",
        "/components/messages/put/contentType; \"text/plain\"",
        "/components/messages/put/payload/required;",
        "/channels/sync/messages/put;",
        "/components/schemas/Put/properties/request;",
        "/components/schemas/Put/properties/another; {\"type\":\"boolean\"}",
        "/components/schemas/Fetch/properties/request/allOf/0/$ref; \"#/components/schemas/Uint32\"",
        "/components/schemas/Fetch/properties/request/description; \"any number\"",
        "/components/schemas/Put/properties/files/type; \"object\"",
        "/components/schemas/RefusalCode/enum/3;",
        "/components/schemas/RefusalCode/enum/3; \"REFUSAL_CODE_OTHER\"",
        "/components/schemas/Another; {\"type\":\"object\"}",
        "/channels/sync/address; \"/v2/sync\"",
        "/channels/sync/bindings/ws/headers/properties/Sec-WebSocket-Protocol/enum/0;",
      })
  void whateverIsNotTrueIsNoticed(String path, String value) {
    ObjectNode document = AsyncApi.document();
    Breaking.at(document, path, value);
    assertThat(AsyncApiRules.broken(document)).isNotEmpty();
  }

  @Test
  void itsExamplesAreWhatIsWritten() throws FormatException {
    for (FieldDescriptor frame : Frame.getDescriptor().getFields()) {
      String name = frame.getJsonName();
      JsonNode examples = AsyncApi.document().at("/components/messages/" + name + "/examples");
      assertThat(examples).isNotEmpty();
      for (JsonNode example : examples) {
        String text = example.get("payload").toString();
        Frame read = JSON.decode(text.getBytes(UTF_8));
        assertThat(read.getBodyCase().getNumber()).isEqualTo(frame.getNumber());
        assertThat(new String(JSON.encode(read), UTF_8)).isEqualTo(text);
        AsyncApi.assertFrame(name, text);
      }
    }
  }

  @Test
  void anyFrameThatIsWrittenIsAsTheDocumentSays() {
    for (FieldDescriptor frame : Frame.getDescriptor().getFields()) {
      for (int seed = 0; seed < 200; seed++) {
        Frame any = AnyFrame.ofThisVersion(frame, new Random(seed));
        AsyncApi.assertFrame(frame.getJsonName(), new String(JSON.encode(any), UTF_8));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"put\":{}}",
        "{\"fetch\":{},\"put\":{}}",
        "{\"fetch\":[]}",
        "{\"fetch\":{\"request\":1}}",
        "{\"fetch\":{\"request\":\"01\"}}",
        "{\"fetch\":{\"request\":\"-1\"}}",
        "{\"fetch\":{\"maxBytes\":\"1\"}}",
        "{\"fetch\":{\"maxBytes\":4294967296}}",
        "{\"fetch\":{\"max_bytes\":1}}",
      })
  void whatIsWrittenOtherwiseIsNoticed(String text) {
    assertThatThrownBy(() -> AsyncApi.assertFrame("fetch", text))
        .isInstanceOf(AssertionError.class);
  }
}
