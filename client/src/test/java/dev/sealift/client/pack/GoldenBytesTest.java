package dev.sealift.client.pack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The payload's format, pinned. What is written here is in files for ever: a change of these bytes
 * is a new version of the format, and the old ones must still be read. Spaces in the hexadecimal
 * separate the parts.
 */
class GoldenBytesTest {
  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  private static Value value(Object value) {
    if (value instanceof String text) {
      return Value.of(text);
    } else if (value instanceof Double real) {
      return Value.of(real);
    } else if (value instanceof byte[] blob) {
      return Value.of(blob);
    }
    return value instanceof Integer integer ? Value.of(integer) : Value.NULL;
  }

  private static void assertColumn(String hex, Object... values) throws Exception {
    Value[] column = Arrays.stream(values).map(GoldenBytesTest::value).toArray(Value[]::new);

    assertThat(ColumnWriter.write(column)).isEqualTo(bytes(hex));
    assertThat(ColumnReader.readValues(new ByteReader(bytes(hex)), column.length))
        .isEqualTo(column);
  }

  private static void assertSeries(String hex, long... numbers) throws Exception {
    ByteWriter out = new ByteWriter(16);
    IntegerSeries.write(out, numbers);

    assertThat(out.toByteArray()).isEqualTo(bytes(hex));
    assertThat(IntegerSeries.read(new ByteReader(bytes(hex)), numbers.length)).isEqualTo(numbers);
  }

  @Test
  void series_of_numbers() throws Exception {
    assertSeries("");
    assertSeries("00 05", -3);
    assertSeries("10 d00f 02", 1000, 1001, 1002, 1003);
    assertSeries("13 00 02 000001 000010 fe006f", 0, 255, 256, 70_000);
    assertSeries("01 00 00ff00ff", 0, 255, 0, 255);
    assertSeries("10 ffffffffffffffffff01 01", Long.MIN_VALUE, Long.MAX_VALUE);
  }

  @Test
  void columns_of_nulls_and_constants() throws Exception {
    assertColumn("00", null, null);
    assertColumn("01 03 4155", "AU", "AU", "AU");
    assertColumn("01 01 0000000000000007", 7);
  }

  @Test
  void columns_of_text() throws Exception {
    assertColumn("02 11 06 09 0700 556c6d 4bc3b66c6e", "Ulm", "Köln", "");
    assertColumn("03 02 00 02 6261 11 00 01 0200 01", "b", "a", "b", "b");
    assertColumn("04 02 00ff c0de", "00ff", "c0de");
    assertColumn(
        "05 123e4567e89b12d3a456426614174000 00000000000000000000000000000001",
        "123e4567-e89b-12d3-a456-426614174000",
        "00000000-0000-0000-0000-000000000001");
    assertColumn("06 02 12 ac02 dd02 0005 0078", "1.5", "-0.25", "12");
    assertColumn("06 82 12 ac02 dd02 0005 0078", "1.50", "-0.25", "12.00");
  }

  @Test
  void columns_of_numbers() throws Exception {
    assertColumn("07 12 0a dd04 0100 2d00", 5, 3, -300);
    assertColumn("08 02 12 ac02 dd02 0005 0078", 1.5, -0.25, 12.0);
    assertColumn("09 1f40 ff09 0021 00fb 0054 0044 002d 0018", 0x1.fp-512, Math.PI);
  }

  @Test
  void columns_of_bytes() throws Exception {
    assertColumn("0a 10 04 03 0102", new byte[] {1, 2}, new byte[0]);
  }

  @Test
  void columns_of_several_kinds_and_with_nulls() throws Exception {
    assertColumn(
        "0b 11 02 05 05 02 04 04 00 0a 01010000000000000007 0a 01023ff8000000000000 05 0200027879 03 010409",
        7,
        "x",
        1.5,
        "y",
        new byte[] {9},
        7);
    assertColumn("0c 0a01 02 00 02 787978", null, "x", null, "y", null, null, null, null, "x");
  }

  private static final String CONTENT = "0801"
      + " 12a001 0801 1206636974696573 1811"
      + " 2246 0a20 abababababababababababababababababababababababababababababababab 1003"
      + " 1a20 abababababababababababababababababababababababababababababababab"
      + " 2802 320b 10 80808080988be49903 02"
      + " 3a12 04 08 c75b706e24360860 b38098cbfab26800"
      + " 4216 0a046e616d65 120e 02 10 08 04 56696c61 4f7264696e6f"
      + " 420f 0a07636f756e747279 1204 01 03 4144"
      + " 1226 0803 1206636974696573 1812 2801"
      + " 320a 00 80808880988be49903 3a0a 04 08 c75b706e24360860";

  /** As one deflate library made it; another may make other bytes, which unfold to the same. */
  private static final String PLAINTEXT = "00000080"
      + "e360145ac0c8c128c4969c5992995a2c21a8e4c6a5b09a0010609622a84683c9885ba0010866743f99c9cc64"
      + "25c4c2713cba204fc58c236173c38cd3bf366530388971b1e425e6a60af1310970b08465e624fa17a564e6e5"
      + "3bf173b127e797e69514550ab130323bba08a97130c35d28a4c168c4c5d0d0d00131d98a0b61"
      + "3000000000000000000000000000";

  private static List<EventRun> runs() throws Exception {
    byte[] id = bytes("ab".repeat(32));
    EventRun put = new EventRun(
        RunKind.PUT,
        "cities",
        17,
        List.of(new DotRef(DeviceId.of(id), 3, FileId.of(id))),
        List.of("name", "country"),
        List.of(
            new RowEvent(
                "c75b706e24360860",
                HybridTime.of(1_760_000_000_000L, 0),
                List.of(Value.of("Vila"), Value.of("AD"))),
            new RowEvent(
                "b38098cbfab26800",
                HybridTime.of(1_760_000_000_000L, 1),
                List.of(Value.of("Ordino"), Value.of("AD")))));
    RowEvent removal =
        new RowEvent("c75b706e24360860", HybridTime.of(1_760_000_000_001L, 0), List.of());
    return List.of(
        put, new EventRun(RunKind.REMOVE, "cities", 18, List.of(), List.of(), List.of(removal)));
  }

  @Test
  void the_content_of_a_payload() throws Exception {
    assertThat(RunsWriter.write(runs())).isEqualTo(bytes(CONTENT));
  }

  @Test
  void a_whole_plaintext() throws Exception {
    assertThat(Deflated.unwrap(bytes(PLAINTEXT))).isEqualTo(bytes(CONTENT));
    assertThat(PayloadCodec.decode(bytes(PLAINTEXT))).isEqualTo(runs());
  }
}
