package dev.sealift.ops.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.PayloadCodec;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.store.QueryResult;
import dev.sealift.client.value.Value;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.ops.simulate.Bed;
import dev.sealift.ops.simulate.BedDevice;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.proto.EventsPayload;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Run;
import dev.sealift.protocol.proto.RunColumn;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a member may seal with the space's own key, which no mesh can look into: every device passes over the same bytes, or takes them for what they are. */
class MaliciousContentTest {
  private static final long SEED = 5;
  private static final long STOPPING_MILLIS = 5_000;
  private static final int MEBIBYTE = 1 << 20;

  /** What no version of Sealift writes. */
  enum Content {
    NOTHING(new byte[0]),
    GARBAGE(new byte[] {0, 0, 0, 3, 1, 2, 3, 4}),
    A_BOMB(packed(new byte[40 * MEBIBYTE])),
    CUT_SHORT(cut(packed(payload(run(1)).toByteArray()))),
    MORE_BEHIND_IT(longer(packed(payload(run(1)).toByteArray()))),
    A_LENGTH_BEYOND_THE_END(ByteBuffer.allocate(8).putInt(Integer.MAX_VALUE).array()),
    MORE_EVENTS_THAN_BYTES(packed(payload(run(Integer.MAX_VALUE)).toByteArray())),
    NEGATIVE_COUNTS(packed(payload(run(-1)).toByteArray())),
    MANY_RUNS(packed(EventsPayload.newBuilder()
        .setVersion(1)
        .addAllRuns(Collections.nCopies(20_000, run(1).build()))
        .build()
        .toByteArray())),
    MANY_COLUMNS(packed(payload(run(1)
            .addAllColumns(
                IntStream.range(0, 300).mapToObj(i -> column("c" + i, "00")).toList()))
        .toByteArray())),
    ONE_LARGE_VALUE_OFTEN(packed(payload(
            run(1_000).addColumns(column("c", "01" + "03" + "61".repeat(700_000))))
        .toByteArray())),
    DEEPLY_NESTED(packed(nested(10_000))),
    NO_TEXT(packed(notUtf8(payload(run(1).setTable("~~")).toByteArray()))),
    SQL_FOR_A_NAME(packed(payload(run(1).setTable("x\"; drop table notes; --")).toByteArray())),
    SQLITES_OWN_TABLE(packed(payload(run(1).setTable("sqlite_master")).toByteArray())),
    THE_STORES_OWN_TABLE(packed(payload(run(1).setTable("_settings")).toByteArray())),
    AN_ESCAPE_SEQUENCE_FOR_A_NAME(packed(payload(run(1).setTable("x\u001b[2J")).toByteArray())),
    AN_ENDLESS_NAME(packed(payload(run(1).setTable("x".repeat(100_000))).toByteArray())),
    SEEN_BEYOND_ALL(packed(payload(run(1).setSeenSequence(-1)).toByteArray()));

    private final byte[] plaintext;

    Content(byte[] plaintext) {
      this.plaintext = plaintext;
    }
  }

  private static EventsPayload payload(Run.Builder run) {
    return EventsPayload.newBuilder().setVersion(1).addRuns(run).build();
  }

  /** So many puts of one key, which take a few bytes however many they are. */
  private static Run.Builder run(int rows) {
    return Run.newBuilder()
        .setKindValue(RunKind.PUT.number())
        .setTable("t")
        .setRows(rows)
        .setTimes(hex(rows == 1 ? "0002" : "100202"))
        .setKeys(hex("03" + "01" + "0002" + "6b" + "0000"));
  }

  private static RunColumn column(String name, String hex) {
    return RunColumn.newBuilder().setName(name).setValues(hex(hex)).build();
  }

  private static ByteString hex(String hex) {
    return ByteString.copyFrom(HexFormat.of().parseHex(hex));
  }

  /** Bytes that are none in the place of two tildes. */
  private static byte[] notUtf8(byte[] content) {
    for (int i = 0; i < content.length; i++) {
      if (content[i] == '~') {
        content[i] = (byte) 0xC3;
      }
    }
    return content;
  }

  /** Groups within groups, of a field that nobody knows. */
  private static byte[] nested(int depth) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes(payload(run(1)).toByteArray());
    content.writeBytes(tags(depth, 3));
    content.writeBytes(tags(depth, 4));
    return content.toByteArray();
  }

  /** Of field 100. */
  private static byte[] tags(int count, int wireType) {
    byte[] tags = new byte[2 * count];
    int tag = 100 << 3 | wireType;
    for (int i = 0; i < count; i++) {
      tags[2 * i] = (byte) (tag & 0x7f | 0x80);
      tags[2 * i + 1] = (byte) (tag >>> 7);
    }
    return tags;
  }

  /** Deflated and padded as it has to be. */
  private static byte[] packed(byte[] content) {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(content);
    deflater.finish();
    byte[] deflated = new byte[content.length + 100];
    int length = deflater.deflate(deflated);
    deflater.end();
    ByteBuffer plaintext = ByteBuffer.allocate(padded(Integer.BYTES + length));
    return plaintext.putInt(length).put(deflated, 0, length).array();
  }

  /** The size by Padmé. */
  private static int padded(int size) {
    int exponent = 31 - Integer.numberOfLeadingZeros(size);
    int mask = (1 << Math.max(0, exponent - (32 - Integer.numberOfLeadingZeros(exponent)))) - 1;
    return (size + mask) & ~mask;
  }

  private static byte[] cut(byte[] plaintext) {
    ByteBuffer.wrap(plaintext).putInt(ByteBuffer.wrap(plaintext).getInt() - 3);
    return plaintext;
  }

  private static byte[] longer(byte[] plaintext) {
    return Arrays.copyOf(plaintext, plaintext.length + 1);
  }

  // What nobody can read

  @ParameterizedTest
  @EnumSource
  void whatNoVersionWritesIsCountedAndPassedOverByAllAlike(Content content) {
    passedOver((pen, body) -> sealed(pen, body, pen.key(), content.plaintext));
  }

  @Test
  void whatIsSealedUnderAnotherKeyIsCountedAndPassedOverByAllAlike() {
    passedOver((pen, body) -> sealed(pen, body, EpochKey.generate(1), put("k", "v", body)));
  }

  @Test
  void aPayloadThatWasMovedToAnotherHeaderIsCountedAndPassedOverByAllAlike() {
    passedOver((pen, body) -> {
      Pen.Written elsewhere = sealed(pen, body, pen.key(), put("k", "v", body));
      body.setSalt(pen.pen().bytes(32));
      return pen.pen().sign(body, elsewhere.payload());
    });
  }

  @Test
  void eventsFromBehindTheirHeadersTimeAreCountedAndPassedOverByAllAlike() {
    passedOver((pen, body) -> {
      byte[] later = put("k", "v", body);
      body.setHybridTime(body.getHybridTime() - 1);
      return sealed(pen, body, pen.key(), later);
    });
  }

  // What is only strange

  @Test
  void namesAndValuesThatAttackWhoShowsThemAreDataEverywhere() {
    List<String> texts = List.of(
        "'; drop table notes; --",
        "\"; delete from notes; --",
        "\u001b]0;owned\u0007\u001b[2J",
        "\u202egnp.exe",
        "=cmd|'/C calc'!A0",
        "+1",
        "-1",
        "@SUM(1)",
        "line\r\nbreak\u2028and\u2029more",
        "zero\u0000byte",
        "k".repeat(1_024));
    List<String> names = List.of(
        "select",
        "Notes",
        "NOTES",
        "rowid",
        "sealift_log",
        "\u202ename",
        "x\u2028y",
        "\u00a0",
        "n".repeat(128));
    run(
        (pen, body) -> {
          HybridTime time = new HybridTime(body.getHybridTime());
          List<EventRun> runs = names.stream()
              .map(name -> new EventRun(
                  RunKind.PUT,
                  name,
                  0,
                  List.of(),
                  List.of(name.equals("select") ? "from" : name),
                  texts.stream()
                      .map(text -> new RowEvent(text, time, List.of(Value.of(text))))
                      .toList()))
              .toList();
          return sealed(pen, body, pen.key(), PayloadCodec.encode(runs));
        },
        device -> {
          assertThat(device.unreadable()).isZero();
          for (String text : texts) {
            assertThat(device.store().get("select", text))
                .hasValueSatisfying(row -> assertThat(row).containsEntry("from", Value.of(text)));
          }
          try (QueryResult rows =
              device.store().query("select count(*) from \"select\"", List.of())) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.row()).containsExactly(Value.of(texts.size()));
          }
        });
  }

  /** SQLite has no table with so many: what is written to none but such a table stops, and all alike (SECURITY.md says so). */
  @Test
  void moreColumnsThanATableCanHaveStopAllAlikeAndLoseNothing() {
    Bed.with(SEED, bed -> {
      Stage stage = new Stage(bed);
      Insider insider = new Insider(stage);
      List<BedDevice> all = List.of(stage.founder(), stage.victim(), stage.other());
      for (int from = 0; !isStopped(stage.founder()); from += 256) {
        assertThat(from).isLessThan(3_000);
        assertThat(insider.put(stage.other(), write(stage, columns(from))).hasReceipt())
            .isTrue();
        bed.pass(STOPPING_MILLIS);
      }
      bed.pass(STOPPING_MILLIS);
      for (BedDevice device : all) {
        assertThat(isStopped(device)).as(device.state()).isTrue();
        assertThat(device.position()).isEqualTo(bed.log().size() - 1);
        assertThat(device.mergeDigest()).isEqualTo(stage.founder().mergeDigest());
        device.write("kept", "here");
        assertThat(device.waiting()).isEqualTo(1);
      }
      return true;
    });
  }

  private static boolean isStopped(BedDevice device) {
    return device.met().stream()
        .anyMatch(one ->
            one.code() == ErrorCode.INVALID_INPUT && one.getMessage().contains("more columns"));
  }

  private static Writing columns(int from) {
    List<String> names =
        IntStream.range(from, from + 256).mapToObj(i -> "c" + i).toList();
    return (pen, body) -> {
      HybridTime time = new HybridTime(body.getHybridTime());
      RowEvent row = new RowEvent("k", time, Collections.nCopies(256, Value.of(1)));
      EventRun run = new EventRun(RunKind.PATCH, Bed.TABLE, 0, List.of(), names, List.of(row));
      return sealed(pen, body, pen.key(), PayloadCodec.encode(List.of(run)));
    };
  }

  // How it is done

  /** A member's pen, and the key of the space. */
  private record Member(Pen pen, EpochKey key) {}

  private interface Writing {
    Pen.Written write(Member pen, HeaderBody.Builder body);
  }

  private static byte[] put(String key, String text, HeaderBody.Builder body) {
    RowEvent row = new RowEvent(key, new HybridTime(body.getHybridTime()), List.of(Value.of(text)));
    return PayloadCodec.encode(List.of(
        new EventRun(RunKind.PUT, Bed.TABLE, 0, List.of(), List.of(Bed.COLUMN), List.of(row))));
  }

  private static Pen.Written sealed(
      Member pen, HeaderBody.Builder body, EpochKey key, byte[] plaintext) {
    byte[] bytes = body.build().toByteArray();
    return pen.pen()
        .sign(body, ByteString.copyFrom(key.seal(body.getSalt(), Plot.MAIN, bytes, plaintext)));
  }

  private static Pen.Written write(Stage stage, Writing writing) {
    Pen pen = new Pen(stage.other().keys(), stage.dice());
    return writing.write(
        new Member(pen, stage.other().epochKey(1)), pen.body(stage.log(), stage.nowMillis()));
  }

  private static void passedOver(Writing writing) {
    Bed.with(SEED, bed -> {
      Stage stage = new Stage(bed);
      Insider insider = new Insider(stage);
      Hash before = stage.founder().mergeDigest();
      assertThat(insider.put(stage.other(), write(stage, writing)).hasReceipt()).isTrue();
      stage.settle();
      for (BedDevice device : List.of(stage.founder(), stage.victim(), stage.other())) {
        assertThat(device.unreadable()).isEqualTo(1);
        assertThat(device.mergeDigest()).isEqualTo(before);
      }
      insider.assertGoesOn();
      return true;
    });
  }

  private static void run(Writing writing, Consumer<BedDevice> looks) {
    Bed.with(SEED, bed -> {
      Stage stage = new Stage(bed);
      Insider insider = new Insider(stage);
      assertThat(insider.put(stage.other(), write(stage, writing)).hasReceipt()).isTrue();
      stage.settle();
      insider.assertGoesOn();
      BedDevice late = stage.bed().newcomer("late", stage.bed().invite());
      late.connect();
      stage.settle();
      for (BedDevice device : List.of(stage.founder(), stage.victim(), stage.other(), late)) {
        looks.accept(device);
        assertThat(device.mergeDigest()).isEqualTo(stage.founder().mergeDigest());
      }
      return true;
    });
  }
}
