package dev.sealift.client.vectors;

import dev.sealift.client.merge.Merged;
import dev.sealift.client.merge.RowMerge;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Seen;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.merge.Written;
import dev.sealift.client.value.InvalidValueException;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.RowKeys;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.vectors.BadVectorException;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.VectorFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

final class ValueVectors extends VectorFile {
  ValueVectors() {
    super(
        "values",
        "Sections 9 and 10: values in canonical form, the order of ranks, names and keys.");
  }

  @Override
  protected void cases(Cases to) {
    canonical(to, "null", Value.NULL);
    for (long number : new long[] {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
      canonical(to, "int " + number, Value.of(number));
    }
    for (double real : new double[] {
      0.0,
      1.0,
      -0.25,
      Math.PI,
      Double.MIN_VALUE,
      Double.MAX_VALUE,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY
    }) {
      canonical(to, "real " + real, Value.of(real));
    }
    for (String text : List.of("", "a", "Köln", "\uD83C\uDF0A", "a\0b", "\uFFFD", "e\u0301")) {
      canonical(to, "text " + text.replace("\0", "<00>"), Value.of(text));
    }
    canonical(to, "no bytes", Value.of(new byte[0]));
    canonical(to, "bytes", Value.of(new byte[] {0, (byte) 0xff}));
    refusedValues(to);
    ranks(to);
    names(to);
    keys(to);
  }

  private static void canonical(Cases to, String name, Value value) {
    to.add(name, Json.of("kind", "canonical").json("value", CellJson.toJson(value)));
  }

  private static void refusedValues(Cases to) {
    to.add("refused: NaN", real("7ff8000000000000"));
    to.add("refused: another NaN, with the sign", real("fff0000000000001"));
    to.add(
        "refused: half of a surrogate pair",
        Json.of("kind", "canonical").object("value", Json.of("utf16", "0061d83c")));
    to.add(
        "refused: the halves the wrong way round",
        Json.of("kind", "canonical").object("value", Json.of("utf16", "df0ad83c")));
  }

  private static Json real(String hex) {
    return Json.of("kind", "canonical").object("value", Json.of("real", hex));
  }

  private static void ranks(Cases to) {
    to.add(
        "ranks: by time first, unsigned",
        ranks(
            rank(1L << 63, 1, "a"),
            rank((1L << 63) - 1, 2, "b"),
            rank(5, 3, "c"),
            rank(-1, 0, "d")));
    to.add(
        "ranks: of one time by device, as unsigned bytes",
        ranks(rank(7, 0x80, "a"), rank(7, 0x7f, "b"), rank(7, 0xff, "c"), rank(7, 0x00, "d")));
    to.add(
        "ranks: of one time and device by the hash of the value",
        ranks(
            rank(7, 1, "a"),
            rank(7, 1, "b"),
            rank(7, 1, null),
            rank(7, 1, 1),
            rank(7, 1, 1.0),
            rank(7, 1, new byte[] {'a'}),
            rank(7, 1, "c")));
  }

  private record Rank(HybridTime time, DeviceId device, Value value) {
    Json json() {
      return Json.object()
          .u64("hybrid_time", time.bits())
          .text("device", device.toString())
          .json("value", CellJson.toJson(value));
    }

    Json hashed() {
      return Json.object()
          .u64("hybrid_time", time.bits())
          .text("device", device.toString())
          .text("value_sha256", value.hash().toString());
    }
  }

  private static Rank rank(long time, int device, Object value) {
    return new Rank(new HybridTime(time), Story.device(device), Story.value(value));
  }

  private static Json ranks(Rank... ranks) {
    return Json.of("kind", "ranks")
        .list("ranks", List.of(ranks), rank -> rank.json().get());
  }

  private static void names(Cases to) {
    for (String name : List.of(
        "a",
        "cities",
        "Straße_2",
        "東京",
        "a٣",
        "sealift_schema",
        "SEALIFT_x",
        "sealiftx",
        "select",
        "sqlite",
        "a\uD83C\uDF0A",
        "e\u0301",
        "½",
        "Ⅷ",
        "\u00a0",
        "\uD838\uDCD0",
        "a".repeat(128),
        "ä".repeat(64))) {
      to.add("name " + name, Json.of("kind", "name").text("text", name));
    }
    for (String name : List.of(
        "",
        "_a",
        "1a",
        "a-b",
        "a b",
        "a.b",
        "sqlite_a",
        "SQLite_a",
        "a\u007f",
        "a\u009f",
        "a".repeat(129),
        "ä".repeat(65))) {
      to.add("refused: name '" + name + "'", Json.of("kind", "name").text("text", name));
    }
  }

  private static void keys(Cases to) {
    to.add("key of one character", Json.of("kind", "key").text("key", " "));
    to.add("key of 1,024 bytes", Json.of("kind", "key").text("key", "ä".repeat(512)));
    to.add("refused: key without characters", Json.of("kind", "key").text("key", ""));
    to.add(
        "refused: key of 1,025 bytes", Json.of("kind", "key").text("key", "a" + "ä".repeat(512)));
  }

  @Override
  protected Json expect(Inputs in) throws FormatException {
    return switch (in.text("kind")) {
      case "canonical" -> canonical(CellJson.fromJson(in.json("value")));
      case "ranks" -> sorted(in.objects("ranks"));
      case "name" -> name(in.text("text"));
      case "key" -> key(in.text("key"));
      default -> throw new BadVectorException("an unknown kind");
    };
  }

  private static Json canonical(Value value) {
    return Json.object()
        .hex("canonical", value.canonical())
        .text("sha256", value.hash().toString());
  }

  /** In the order in which production code prefers one to the other, asked for each pair. */
  private static Json sorted(List<Inputs> inputs) throws FormatException {
    List<Rank> ranks = new ArrayList<>();
    for (Inputs in : inputs) {
      ranks.add(new Rank(
          new HybridTime(in.u64("hybrid_time")),
          DeviceId.of(in.hex("device")),
          CellJson.fromJson(in.json("value"))));
    }
    List<Rank> sorted =
        ranks.stream().sorted((a, b) -> a.equals(b) ? 0 : wins(a, b) ? 1 : -1).toList();
    return Json.object().list("sorted", sorted, rank -> rank.hashed().get());
  }

  private static boolean wins(Rank arriving, Rank held) {
    RowMerge merge = new RowMerge(
        (a, b) -> a == 0
            ? arriving.device().compareTo(held.device())
            : held.device().compareTo(arriving.device()),
        SpaceRules.defaults()::cutOffMillis);
    int heldDevice = arriving.device().equals(held.device()) ? 0 : 1;
    RowState row = merge
        .patch(
            RowState.ABSENT,
            Stamp.of(held.time(), heldDevice, 1),
            Seen.EVERYTHING,
            Written.of(new int[] {1}, List.of(held.value())),
            cell -> Value.NULL)
        .state();
    Merged merged = merge.patch(
        row,
        Stamp.of(arriving.time(), 0, 1),
        Seen.EVERYTHING,
        Written.of(new int[] {1}, List.of(arriving.value())),
        cell -> held.value());
    return merged.takes(0);
  }

  private static Json name(String name) throws FormatException {
    if (!Names.isWellFormed(name)) {
      throw new FormatException("no name");
    }
    return Json.object()
        .hex("utf8", name.getBytes(StandardCharsets.UTF_8))
        .bool("reserved", Names.isReserved(name));
  }

  private static Json key(String key) throws FormatException {
    try {
      RowKeys.requireValid(key);
    } catch (InvalidValueException e) {
      throw new FormatException("no key", e);
    }
    return Json.object().hex("utf8", key.getBytes(StandardCharsets.UTF_8));
  }
}
