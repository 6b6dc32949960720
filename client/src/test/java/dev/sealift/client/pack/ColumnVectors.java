package dev.sealift.client.pack;

import dev.sealift.client.value.Value;
import dev.sealift.client.vectors.CellJson;
import dev.sealift.protocol.FormatException;
import dev.sealift.vectors.BadVectorException;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.VectorFile;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

public final class ColumnVectors extends VectorFile {
  public ColumnVectors() {
    super("payload-columns", "Section 10: columns of values, every tag, and of row keys.");
  }

  @Override
  protected void cases(Cases to) {
    texts(to);
    numbers(to);
    mixed(to);
    written(to);
    keys(to);
    MalformedColumns.add(to);
  }

  private static void texts(Cases to) {
    values(to, "0 nulls", 2, "00");
    values(to, "1 constant text", 3, "01 03 4155");
    values(to, "1 constant, an empty text", 3, "01 03");
    values(to, "1 constant int", 1, "01 01 0000000000000007");
    values(to, "1 constant real", 2, "01 02 3ff8000000000000");
    values(to, "1 constant bytes", 2, "01 04 00ff");
    values(to, "2 text", 3, "02 11 06 09 0700 556c6d 4bc3b66c6e");
    values(to, "3 dictionary", 4, "03 02 00 02 6261 11 00 01 0200 01");
    values(to, "3 dictionary with a word that nobody uses", 3, "03 03 00 02 626178 01 00 000100");
    values(to, "3 dictionary with a word twice", 2, "03 02 00 02 6161 01 00 0001");
    values(to, "4 hex", 2, "04 02 00ff c0de");
    values(to, "5 uuid", 2, "05 123e4567e89b12d3a456426614174000 00000000000000000000000000000001");
    values(to, "6 numerals, not fixed", 3, "06 02 12 ac02 dd02 0005 0078");
    values(to, "6 numerals, fixed", 3, "06 82 12 ac02 dd02 0005 0078");
    values(to, "6 numerals without places", 3, "06 00 01 01 000102");
    values(to, "6 numerals, zero and below one, fixed", 3, "06 82 01 31 001900");
    values(to, "6 numerals, zero and below one, not fixed", 3, "06 02 01 31 001900");
    values(to, "6 numerals of 18 places", 2, "06 92 10 feffc8cd8fb6c6c41b 02");
  }

  private static void numbers(Cases to) {
    values(to, "7 integers", 3, "07 12 0a dd04 0100 2d00");
    values(to, "8 decimals", 3, "08 02 12 ac02 dd02 0005 0078");
    values(to, "8 decimals of 15 places", 2, "08 0f 00 02");
    values(to, "8 decimals at 2^53", 1, "08 01 00 80808080808080 20");
    values(to, "9 reals", 2, "09 1f40 ff09 0021 00fb 0054 0044 002d 0018");
    values(to, "9 reals, infinite", 2, "09 7fff f0f0" + "0000".repeat(6));
    values(to, "10 blobs", 2, "0a 10 04 03 0102");
    values(to, "10 blobs, all empty", 2, "0a 00 00");
  }

  private static void mixed(Cases to) {
    values(
        to,
        "11 mixed",
        6,
        "0b 11 02 05 05 02 04 04 00 0a 01010000000000000007 0a 01023ff8000000000000 05 0200027879 03 010409");
    values(to, "11 mixed of one kind", 2, "0b 00 02 04 07 10 0a 02");
    values(to, "12 nullable", 9, "0c 0a01 02 00 02 787978");
    values(to, "12 nullable without a null", 1, "0c 01 01 03 61");
    values(to, "12 nullable over mixed", 3, "0c 05 0b 10 02 04 0a 01010000000000000001 03 010361");
  }

  /** Long enough for planes and dictionaries to be chosen. */
  private static void written(Cases to) {
    written(to, "a hundred integers", i -> Value.of(i * 1_000_003L));
    written(to, "a hundred prices", i -> Value.of(i % 7 + ".50"));
    written(
        to,
        "a hundred of three words",
        i -> Value.of(List.of("red", "green", "blau").get(i % 3)));
    written(to, "a hundred reals", i -> Value.of(Math.sqrt(i + 2)));
    written(to, "a hundred, every third null", i -> i % 3 == 0 ? Value.NULL : Value.of("row " + i));
  }

  private static void written(Cases to, String name, java.util.function.IntFunction<Value> value) {
    Value[] values = IntStream.range(0, 100).mapToObj(value).toArray(Value[]::new);
    values(to, name, 100, HexFormat.of().formatHex(ColumnWriter.write(values)));
  }

  private static void keys(Cases to) {
    add(to, "keys", "keys as text", 2, "02 00 02 6162");
    add(to, "keys", "keys as hex", 2, "04 02 00ff c0de");
    add(to, "keys", "keys as uuid", 1, "05 123e4567e89b12d3a456426614174000");
    add(to, "keys", "keys as numerals", 3, "06 00 10 02 02");
    add(to, "keys", "keys as a dictionary", 2, "03 01 00 02 61 00 00");
    add(to, "keys", "a key of 1,024 bytes", 1, "02 00 8010" + "61".repeat(1_024));
    add(to, "keys", "malformed: a key of 1,025 bytes", 1, "02 00 8210" + "61".repeat(1_025));
    add(to, "keys", "malformed: an empty key", 2, "02 11 00 02 61");
    add(to, "keys", "malformed: a constant as keys", 2, "01 03 61");
    add(to, "keys", "malformed: integers as keys", 2, "07 00 02");
    add(to, "keys", "malformed: nulls as keys", 2, "00");
  }

  static void values(Cases to, String name, int count, String hex) {
    add(to, "values", name, count, hex);
  }

  private static void add(Cases to, String kind, String name, int count, String hex) {
    to.add(
        name,
        Json.of("kind", kind)
            .u32("count", count)
            .hex("column", HexFormat.of().parseHex(hex.replace(" ", ""))));
  }

  /** A word that nobody uses does not show; nor does it whether numerals are fixed where none ends in a zero. */
  @Override
  protected boolean isGuarded(Inputs in) {
    byte[] column = in.hex("column");
    return column.length > 0
        && (column[0] == Encoding.DICTIONARY || column[0] == Encoding.NUMERALS);
  }

  @Override
  protected Json expect(Inputs in) throws FormatException {
    ByteReader reader = new ByteReader(in.hex("column"));
    int count = in.u32("count");
    return switch (in.text("kind")) {
      case "values" ->
        Json.object()
            .list("values", List.of(ColumnReader.readValues(reader, count)), CellJson::toJson);
      case "keys" ->
        Json.object().list("keys", List.of(ColumnReader.readKeys(reader, count)), Json::text);
      default -> throw new BadVectorException("an unknown kind");
    };
  }
}
