package dev.sealift.gateway.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.DiscardUnknownFieldsParser;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.proto.Fetch;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.PayloadAbsence;
import dev.sealift.protocol.proto.Problem;
import dev.sealift.protocol.proto.Put;
import dev.sealift.protocol.proto.PutFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCodecTest {
  private static final Path VECTORS = Path.of("../protocol/vectors/frames.json");
  private static final FrameCodec CODEC = Subprotocol.JSON.codec();

  private static String encode(Frame frame) {
    return new String(CODEC.encode(frame), UTF_8);
  }

  private static Frame decode(String text) throws FormatException {
    return CODEC.decode(text.getBytes(UTF_8));
  }

  private static Fetch decodeFetch(String fields) throws FormatException {
    return decode("{\"fetch\":{" + fields + "}}").getFetch();
  }

  private static PutFile decodeFile(String fields) throws FormatException {
    return decode("{\"put\":{\"files\":[{" + fields + "}]}}").getPut().getFiles(0);
  }

  private static void assertRefused(String text) {
    assertRefused(text.getBytes(UTF_8));
  }

  private static void assertRefused(byte[] text) {
    assertThatExceptionOfType(FormatException.class).isThrownBy(() -> CODEC.decode(text));
  }

  @Test
  void namesAreInCamelCaseAndLongNumbersAreStringsAndWhatIsDefaultIsLeftOut() {
    LogEntry entry = LogEntry.newBuilder()
        .setSignedHeader(ByteString.copyFrom(new byte[] {-5, -1, 0, 62}))
        .setServerTimeMillis(1_767_225_600_000L)
        .setBase(-1)
        .setAbsence(PayloadAbsence.PAYLOAD_ABSENCE_OWN)
        .build();
    Files files = Files.newBuilder().setFirstSequence(7).addEntries(entry).build();
    assertThat(encode(Frame.newBuilder().setFiles(files).build()))
        .isEqualTo(
            "{\"files\":{\"firstSequence\":\"7\",\"entries\":[{\"signedHeader\":\"+/8APg==\","
                + "\"serverTimeMillis\":\"1767225600000\",\"base\":\"18446744073709551615\","
                + "\"absence\":\"PAYLOAD_ABSENCE_OWN\"}]}}");
  }

  @Test
  void shortNumbersAreNumbersAndNothingIsAnEmptyObject() {
    Fetch fetch = Fetch.newBuilder().setMaxBytes(-1).build();
    assertThat(encode(Frame.newBuilder().setFetch(fetch).build()))
        .isEqualTo("{\"fetch\":{\"maxBytes\":4294967295}}");
    assertThat(encode(Frame.newBuilder().setPut(Put.getDefaultInstance()).build()))
        .isEqualTo("{\"put\":{}}");
    assertThat(encode(Frame.getDefaultInstance())).isEqualTo("{}");
  }

  @Test
  void aCodeWithoutANameHereIsANumber() {
    Frame newer =
        Frame.newBuilder().setProblem(Problem.newBuilder().setCodeValue(99)).build();
    assertThat(encode(newer)).isEqualTo("{\"problem\":{\"code\":99}}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "\"7\"", "7.0", "\"7\"", "0.7e1", "\"70e-1\"", "700E-2"})
  void aNumberMayBeWrittenInEachWayThatProtoJsonKnows(String number) throws FormatException {
    assertThat(decodeFetch("\"request\":" + number).getRequest()).isEqualTo(7);
    assertThat(decodeFetch("\"maxBytes\":" + number).getMaxBytes()).isEqualTo(7);
  }

  /** With a bound on time, since 12 characters could ask for a hundred million digits. */
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  @ParameterizedTest
  @CsvSource({
    "request, 18446744073709551615, 18446744073709551616",
    "maxFiles, 4294967295, 4294967296",
    "request, 0, -1",
    "request, -0, -0.5",
    "request, 1e19, 1e20",
    "request, 0e99, 1e999999999",
    "request, 0.0, 1e-999999999",
    "request, 0, 1e99999999999999999999",
    "request, 1, 1.5",
  })
  void aNumberIsHeldToItsBounds(String field, String good, String bad) throws FormatException {
    for (String quote : List.of("", "\"")) {
      decodeFetch('"' + field + "\":" + quote + good + quote);
      assertRefused("{\"fetch\":{\"" + field + "\":" + quote + bad + quote + "}}");
    }
    assertThat(decodeFetch("\"request\":18446744073709551615").getRequest()).isEqualTo(-1);
    assertThat(decodeFetch("\"maxFiles\":\"4294967295\"").getMaxFiles()).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NaN",
        "Infinity",
        "-Infinity",
        "\"NaN\"",
        "01",
        "+1",
        ".5",
        "5.",
        "0x1",
        "true",
        "{}",
        "[]",
        "[1]",
        "\"\"",
        "\" 1\"",
        "\"1 \"",
        "\"01\"",
        "\"+1\"",
        "\".5\"",
        "\"1.\"",
        "\"0x1\"",
        "\"\u0661\"",
        "1e",
        "-",
        "1_000",
        "'1'",
        "\"0000000000000000000000000000000000000000000000000000\"",
        "0.00000000000000000000000000000000000000000"
      })
  void whatIsNoNumberIsRefused(String value) {
    assertRefused("{\"fetch\":{\"request\":" + value + "}}");
    assertRefused("{\"fetch\":{\"maxBytes\":" + value + "}}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"+/8APg==", "+/8APg", "-_8APg==", "-_8APg", "+\\/8\\u0041Pg=="})
  void bytesMayBeInEitherAlphabetWithPaddingOrWithout(String base64) throws FormatException {
    assertThat(decodeFile("\"payload\":\"" + base64 + "\"").getPayload())
        .isEqualTo(ByteString.copyFrom(new byte[] {-5, -1, 0, 62}));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"+/8AP\"", "\"-/8APg==\"", "\"+/8A Pg==\"", "\"+/8APg=\"", "\"+/8APg===\"", "\"A\"",
        "\"AA==AA==\"", "\"\u00e9\u00e9\u00e9\u00e9\"", "\"\\ud800AAA\"", "1", "true", "[]",
        "[0,1]", "{}"
      })
  void whatIsNoBase64IsRefused(String value) {
    assertRefused("{\"put\":{\"files\":[{\"payload\":" + value + "}]}}");
  }

  @Test
  void aFieldMayBeNamedAsInTheProto() throws FormatException {
    assertThat(decodeFetch("\"after_sequence\":\"3\"").getAfterSequence()).isEqualTo(3);
  }

  @Test
  void nullIsAsThoughItWereLeftOut() throws FormatException {
    assertThat(decodeFetch("\"request\":null,\"maxBytes\":3").getMaxBytes()).isEqualTo(3);
    assertThat(decode("{\"put\":{\"files\":null}}").getPut().getFilesCount()).isZero();
    assertThat(decode("{\"put\":null,\"fetch\":{}}").hasFetch()).isTrue();
    assertRefused("{\"put\":{\"files\":[null]}}");
  }

  @Test
  void fieldsOfANewerVersionArePassedOver() throws FormatException {
    String newer = "\"new\":{\"a\":[1,{\"b\":null}],\"c\":\"\\ud83d\\ude00 \u00e9\"},";
    Frame read = decode("{" + newer + "\"fetch\":{" + newer + "\"request\":\"7\"},\"z\":[]}");
    assertThat(read.getFetch().getRequest()).isEqualTo(7);
    assertThat(read.getFetch().getUnknownFields().getSerializedSize()).isZero();
  }

  @Test
  void aCodeMayBeANameOrANumber() throws FormatException {
    assertThat(decode("{\"problem\":{\"code\":\"PROBLEM_CODE_BUSY\"}}")
            .getProblem()
            .getCodeValue())
        .isEqualTo(11);
    assertThat(decode("{\"problem\":{\"code\":99}}").getProblem().getCodeValue())
        .isEqualTo(99);
    assertRefused("{\"problem\":{\"code\":\"BUSY\"}}");
    assertRefused("{\"problem\":{\"code\":2147483648}}");
    assertRefused("{\"problem\":{\"code\":true}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // no object, or not one alone
        "",
        " ",
        "null",
        "[]",
        "\"put\"",
        "7",
        "{",
        "}",
        "{}{}",
        "{} x",
        "{},",
        "[{}]",
        "{}\u0000",
        // not JSON, though some readers take it
        "{'put':{}}",
        "{put:{}}",
        "{\"put\":{},}",
        "{\"put\" {}}",
        "{\"put\"={}}",
        "{/**/\"put\":{}}",
        "{\"put\":{}}//",
        "{\"new\":NaN}",
        "{\"new\":'x'}",
        "{\"new\":[1,]}",
        "{\"new\":01}",
        "{\"new\":\"\t\"}",
        "{\"new\":\"\\x\"}",
        "{\"new\":undefined}",
        "\ufeff{}",
        // a name twice
        "{\"put\":{},\"put\":{}}",
        "{\"fetch\":{\"request\":1,\"request\":1}}",
        "{\"fetch\":{\"maxBytes\":1,\"max_bytes\":1}}",
        "{\"new\":1,\"new\":1}",
        "{\"new\":{\"a\":1,\"\\u0061\":1}}",
        "{\"fetch\":{\"request\":null,\"request\":1}}",
        // two bodies
        "{\"put\":{},\"fetch\":{}}",
        "{\"put\":{},\"credit\":{\"bytes\":0}}",
        // half characters
        "{\"new\":\"\\ud800\"}",
        "{\"new\":\"\\ude00\\ud83d\"}",
        "{\"\\ud800\":1}",
        "{\"new\":[\"\\ud800x\"]}",
        "{\"new\":{\"\\udfff\":1}}",
        // values of another kind
        "{\"put\":1}",
        "{\"put\":\"\"}",
        "{\"put\":[]}",
        "{\"put\":true}",
        "{\"put\":{\"files\":{}}}",
        "{\"put\":{\"files\":[[]]}}",
        "{\"put\":{\"files\":\"\"}}",
        "{\"subscribe\":{\"omitOwnPayloads\":1}}",
        "{\"subscribe\":{\"omitOwnPayloads\":\"true\"}}"
      })
  void whatIsNoFrameIsRefused(String text) {
    assertRefused(text);
  }

  @Test
  void onlyGoodUtf8IsRead() {
    for (String hex : List.of(
        "ff", // no UTF-8 at all
        "c3", // cut off
        "c0af", // longer than need be
        "eda080", // a surrogate
        "f4908080")) { // beyond Unicode
      byte[] bad = HexFormat.of().parseHex(hex);
      assertRefused(join("{\"new\":\"".getBytes(UTF_8), bad, "\"}".getBytes(UTF_8)));
      assertRefused(join("{\"".getBytes(UTF_8), bad, "\":1}".getBytes(UTF_8)));
    }
    assertRefused("{\"put\":{}}".getBytes(StandardCharsets.UTF_16LE));
    assertRefused("{\"put\":{}}".getBytes(StandardCharsets.UTF_16BE));
  }

  private static byte[] join(byte[]... parts) {
    return ByteString.copyFrom(Arrays.stream(parts).map(ByteString::copyFrom).toList())
        .toByteArray();
  }

  @Test
  void depthIsBounded() throws FormatException {
    int inside = JsonFrameReader.MAX_DEPTH - 1; // the frame itself is one
    assertThat(decode(nested("[", "]", inside)).getBodyCase())
        .isEqualTo(Frame.BodyCase.BODY_NOT_SET);
    assertRefused(nested("[", "]", inside + 1));
    assertRefused(nested("{\"a\":", "}", inside + 1));
    assertRefused("{\"new\":" + "[".repeat(Limits.MAX_JSON_FRAME_BYTES / 2));
    assertRefused("{\"put\":".repeat(Limits.MAX_JSON_FRAME_BYTES / 8));
  }

  private static String nested(String open, String close, int depth) {
    return "{\"new\":" + open.repeat(depth) + (open.equals("[") ? "" : "1") + close.repeat(depth)
        + "}";
  }

  @Test
  void namesAndNumbersAreBounded() throws FormatException {
    decode("{\"" + "n".repeat(256) + "\":" + "7".repeat(256) + "}");
    assertRefused("{\"" + "n".repeat(257) + "\":7}");
    assertRefused("{\"new\":" + "7".repeat(257) + "}");
  }

  @Test
  void tokensAreBounded() throws FormatException {
    int others = 5; // both braces and brackets, and the name
    int most = JsonFrameReader.MAX_TOKENS - others;
    decode(manyUnknown(most));
    assertRefused(manyUnknown(most + 1));
    assertRefused("{\"put\":{\"files\":[" + "{},".repeat(most) + "{}]}}");
  }

  private static String manyUnknown(int values) {
    return "{\"new\":[" + "1,".repeat(values - 1) + "1]}";
  }

  @Test
  void anHonestFrameOfAnyKindHasRoom() throws FormatException {
    assertFits(largestPut(1));
    assertFits(largestPut(Limits.MAX_PUT_FILES));
    assertFits(largestFiles(1));
    assertFits(largestFiles(Limits.MAX_FILES_ENTRIES));
  }

  private static void assertFits(Frame frame) throws FormatException {
    assertThat(frame.getSerializedSize())
        .isBetween(Limits.MAX_FRAME_BYTES - 2_000, Limits.MAX_FRAME_BYTES);
    byte[] text = CODEC.encode(frame);
    assertThat(text.length).isLessThanOrEqualTo(Limits.MAX_JSON_FRAME_BYTES);
    assertThat(CODEC.decode(text)).isEqualTo(frame);
  }

  private static Frame largestPut(int files) {
    return largest(files, each -> {
      PutFile file = PutFile.newBuilder().setPayload(zeros(each)).build();
      Put.Builder put =
          Put.newBuilder().setRequest(-1).addAllFiles(Collections.nCopies(files, file));
      return Frame.newBuilder().setPut(put).build();
    });
  }

  private static Frame largestFiles(int entries) {
    List<ByteString> proof = Collections.nCopies(Limits.MAX_PROOF_HASHES, zeros(32));
    return largest(entries, each -> {
      LogEntry entry = LogEntry.newBuilder()
          .setSignedHeader(zeros(each))
          .setServerTimeMillis(-1)
          .setBase(-1)
          .setAbsence(PayloadAbsence.PAYLOAD_ABSENCE_RECLAIMED)
          .setFile(zeros(32))
          .setPayload(zeros(1))
          .build();
      Files.Builder files = Files.newBuilder()
          .setRequest(-1)
          .setFirstSequence(-1)
          .addAllEntries(Collections.nCopies(entries, entry))
          .addAllConsistency(proof);
      return Frame.newBuilder().setFiles(files).build();
    });
  }

  /** The largest frame of so many equal parts. */
  private static Frame largest(int parts, IntFunction<Frame> ofPartBytes) {
    int each = Limits.MAX_FRAME_BYTES / parts;
    int over;
    do {
      over = ofPartBytes.apply(each).getSerializedSize() - Limits.MAX_FRAME_BYTES;
      each -= over > 0 ? over / parts + 1 : 0;
    } while (over > 0);
    return ofPartBytes.apply(each);
  }

  private static ByteString zeros(int length) {
    return ByteString.copyFrom(new byte[length]);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"put\":{}}|PUT",
        " \t{ \"put_result\" :|PUT_RESULT",
        "{\"goAway\":{}}|GO_AWAY",
        "{\"new\":1,\"put\":{}}|BODY_NOT_SET",
        "{}|BODY_NOT_SET",
        "{|BODY_NOT_SET",
        "{\"|BODY_NOT_SET",
        "{\"put|PUT",
        "x|BODY_NOT_SET",
      })
  void theTypeIsTheFirstName(String text, Frame.BodyCase type) {
    assertThat(CODEC.typeOf(text.getBytes(UTF_8))).isEqualTo(type);
  }

  @Test
  void theVectorsAreWhatIsWritten() throws Exception {
    int written = 0;
    for (JsonNode vector : new ObjectMapper().readTree(VECTORS.toFile()).get("cases")) {
      JsonNode json = vector.get("expect").get("proto_json");
      if (json != null) {
        Frame frame = DiscardUnknownFieldsParser.wrap(Frame.parser())
            .parseFrom(HexFormat.of().parseHex(vector.get("frame").asText()));
        assertThat(encode(frame)).isEqualTo(json.toString());
        assertThat(decode(json.toString())).isEqualTo(frame);
        written++;
      }
    }
    assertThat(written).isGreaterThan(15);
  }

  @Test
  void theSpecificationsExamplesAreWhatIsWritten() throws Exception {
    List<String> examples =
        java.nio.file.Files.readAllLines(Path.of("../protocol/README.md")).stream()
            .filter(line -> line.startsWith("{\""))
            .toList();
    assertThat(examples).hasSizeGreaterThanOrEqualTo(3);
    for (String example : examples) {
      assertThat(encode(decode(example))).isEqualTo(example);
    }
  }

  @Test
  void nothingOfWhatCameIsInTheRefusal() {
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> decode("{\"put\":{\"secret\":secret}}"))
        .satisfies(refusal -> assertThat(refusal.toString()).doesNotContain("secret"))
        .withNoCause();
  }
}
