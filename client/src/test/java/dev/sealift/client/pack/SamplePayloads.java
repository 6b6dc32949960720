package dev.sealift.client.pack;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.EventsPayload;
import dev.sealift.protocol.proto.Run;
import dev.sealift.protocol.proto.RunColumn;
import dev.sealift.protocol.proto.RunKind;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Json;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.zip.Deflater;

/** Payloads, good and with one thing wrong. */
final class SamplePayloads {
  /** Those of GoldenBytesTest. */
  private static final String CONTENT = "0801"
      + "12a0010801120663697469657318112246"
      + "0a20" + "ab".repeat(32) + "1003" + "1a20" + "ab".repeat(32)
      + "2802320b1080808080988be49903023a120408c75b706e24360860b38098cbfab26800"
      + "42160a046e616d65120e021008045" + "6696c614f7264696e6f"
      + "420f0a07636f756e7472791204010341441226080312066369746965731812" + "2801"
      + "320a0080808880988be499033a0a0408c75b706e24360860";

  private static final String PLAINTEXT = "00000080"
      + "e360145ac0c8c128c4969c5992995a2c21a8e4c6a5b09a0010609622a84683c9885ba0010866743f99c9cc64"
      + "25c4c2713cba204fc58c236173c38cd3bf366530388971b1e425e6a60af1310970b08465e624fa17a564e6e5"
      + "3bf173b127e797e69514550ab130323bba08a97130c35d28a4c168c4c5d0d0d00131d98a0b61"
      + "3000000000000000000000000000";

  private static final byte[] GOLDEN = bytes(CONTENT);

  private final Cases to;

  private SamplePayloads(Cases to) {
    this.to = to;
  }

  static void add(Cases to) {
    SamplePayloads payloads = new SamplePayloads(to);
    payloads.contents();
    payloads.messages();
    payloads.shapes();
    payloads.parts();
    payloads.groups();
    payloads.transactions();
    payloads.columns();
    payloads.plaintexts();
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  private static ByteString string(String hex) {
    return ByteString.copyFrom(bytes(hex));
  }

  private void content(String name, byte[] content) {
    to.add(name, Json.of("kind", "content").hex("content", content));
  }

  private void content(String name, Run.Builder run) {
    content(name, payload(run).build().toByteArray());
  }

  private void plaintext(String name, byte[] plaintext) {
    to.add(name, Json.of("kind", "plaintext").hex("plaintext", plaintext));
  }

  private static EventsPayload.Builder payload(Run.Builder run) {
    int version = run.getTransaction() == 0 ? 1 : 2;
    return EventsPayload.newBuilder().setVersion(version).addRuns(run);
  }

  /** Two rows put, with one column. */
  private static Run.Builder put() {
    return Run.newBuilder()
        .setKind(RunKind.RUN_KIND_PUT)
        .setTable("cities")
        .setRows(2)
        .setTimes(string("10 02 02"))
        .setKeys(string("02 00 02 6162"))
        .addColumns(column("name", "02 00 02 5859"));
  }

  private static Run.Builder removal() {
    return put().setKind(RunKind.RUN_KIND_REMOVE).clearColumns();
  }

  private static RunColumn.Builder column(String name, String hex) {
    return RunColumn.newBuilder().setName(name).setValues(string(hex));
  }

  private void contents() {
    content("a put of two rows and a removal", GOLDEN);
    content("two rows put", put());
    content("a patch", put().setKind(RunKind.RUN_KIND_PATCH));
    content("a removal", removal());
    content("a put without columns", put().clearColumns());
    content("no runs", EventsPayload.newBuilder().setVersion(1).build().toByteArray());
    content(
        "an unknown field",
        put()
            .setUnknownFields(UnknownFieldSet.newBuilder()
                .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
                .build()));
    content("one of Sealift's tables", put().setTable("sealift_schema"));
    content("all seen that there can be", put().setSeenSequence(1L << 62));
    content(
        "the version at the end",
        EventsPayload.newBuilder()
            .addRuns(removal())
            .build()
            .toByteString()
            .concat(string("0801"))
            .toByteArray());
  }

  private void messages() {
    content(
        "version 2 without a transaction", payload(put()).setVersion(2).build().toByteArray());
    content("newer: version 3", payload(put()).setVersion(3).build().toByteArray());
    content(
        "newer: version 3 with nothing else that this version could read", bytes("12010 1 0803"));
    content("malformed: no version", payload(put()).clearVersion().build().toByteArray());
    content("malformed: empty", new byte[0]);
    content("malformed: cut short", Arrays.copyOf(GOLDEN, GOLDEN.length - 1));
    content("malformed: a group's end without its beginning", bytes("0801 0c"));
  }

  private void shapes() {
    content("malformed: no kind", put().clearKind());
    content("malformed: kind 12", put().setKindValue(12));
    content("malformed: a dismissal of another column", put().setKindValue(4));
    content("malformed: no table", put().clearTable());
    content("malformed: a table that is no name", put().setTable("1a"));
    content("malformed: a table named as SQLite's", put().setTable("Sqlite_x"));
    content("malformed: a table of 129 characters", put().setTable("a".repeat(129)));
    content("malformed: seen beyond 2^62", put().setSeenSequence((1L << 62) + 1));
    content("malformed: seen 2^64 - 1", put().setSeenSequence(-1));
    content("malformed: no rows", put().clearRows());
    content("malformed: 65,537 rows", removal().setRows(65_537).setTimes(string("00 02")));
    content("malformed: a row without a time", put().setTimes(string("10 00 02")));
    content("malformed: fewer times than rows", put().setTimes(string("01 02 00")));
    content("malformed: a byte behind the times", put().setTimes(string("10 02 02 00")));
    content("malformed: fewer keys than rows", put().setKeys(string("02 00 02 61")));
    content("malformed: an empty key", put().setKeys(string("02 11 00 02 61")));
    content("malformed: 65 seen files", withDots(65, dot()));
    content("malformed: a seen file of counter 0", withDots(1, dot().clearCounter()));
    content(
        "malformed: a seen file of a device of 31 bytes",
        withDots(1, dot().setDevice(string("01".repeat(31)))));
    content(
        "malformed: a seen file of 33 bytes", withDots(1, dot().setFile(string("01".repeat(33)))));
  }

  /** Columns that are judged as one. */
  private void groups() {
    Run.Builder two = put().clearColumns();
    RunColumn.Builder place = column("place", "02 00 02 5859");
    content(
        "two columns in a group",
        two.clone()
            .addColumns(column("lat", "02 00 02 5859").setGroup(1))
            .addColumns(column("lon", "02 00 02 5859").setGroup(1))
            .addColumns(place));
    content(
        "a group of one, and one of the highest number",
        two.clone().addColumns(column("lat", "02 00 02 5859").setGroup(256)).addColumns(place));
    content("malformed: group 257", two.clone().addColumns(place.clone().setGroup(257)));
    content("malformed: group 2^32 - 1", two.clone().addColumns(place.clone().setGroup(-1)));
    content(
        "malformed: a part operation in a group",
        two.clone().setKindValue(5).addColumns(place.clone().setGroup(1)));
  }

  /** Writes that belong together, and what they were decided by. */
  private void transactions() {
    Value device = Value.of(bytes("01".repeat(32)));
    Run.Builder write = put().setTransaction(1).setTimes(string("10 02 02"));
    Run.Builder register = guard(Value.of(0), Value.of("name"), Value.of(7), device);
    content("a transaction without guards", write);
    content(
        "a transaction of each kind of guards",
        payload(register)
            .addRuns(guard(Value.of(0), Value.of("more"), Value.NULL, Value.NULL))
            .addRuns(guard(Value.of(1), Value.of(""), Value.NULL, Value.NULL))
            .addRuns(guard(Value.of(2), Value.of(""), Value.NULL, Value.NULL))
            .addRuns(guard(Value.of(3), Value.of("tags"), Value.of(-7), device))
            .addRuns(guard(Value.of(3), Value.of("more"), Value.NULL, Value.NULL))
            .addRuns(removal().setTransaction(1))
            .build()
            .toByteArray());
    content(
        "two transactions, and events of none between them",
        payload(write).addRuns(put()).addRuns(later()).build().toByteArray());
    content("a transaction of guards alone", register);
    content("malformed: guards without a transaction", register.clone().clearTransaction());
    content(
        "malformed: guards behind a write of their transaction",
        payload(write).addRuns(register).build().toByteArray());
    content(
        "malformed: a torn transaction",
        payload(write).addRuns(put()).addRuns(write).build().toByteArray());
    content(
        "a transaction's number in version 1 is an unknown field",
        payload(write).setVersion(1).build().toByteArray());
    content(
        "malformed: guards in version 1",
        payload(register).setVersion(1).build().toByteArray());
    content(
        "malformed: an event earlier than its transaction",
        put().setTransaction(2).setTimes(string("10 04 01")));
    content("malformed: another number than the first event's time", put().setTransaction(2));
    content(
        "malformed: another number than the first guard's time",
        register.clone().setTransaction(2));
    refusedGuard("of a kind that is none", Value.of(4), Value.of("a"), Value.NULL, Value.NULL);
    refusedGuard("of kind -1", Value.of(-1), Value.of("a"), Value.NULL, Value.NULL);
    refusedGuard("of a kind as text", Value.of("0"), Value.of("a"), Value.NULL, Value.NULL);
    refusedGuard("of a register without a name", Value.of(0), Value.of(""), Value.NULL, Value.NULL);
    refusedGuard(
        "of a column that is no name", Value.of(3), Value.of("1a"), Value.NULL, Value.NULL);
    refusedGuard("of a row, with a column", Value.of(1), Value.of("a"), Value.NULL, Value.NULL);
    refusedGuard("of a row, with an event", Value.of(1), Value.of(""), Value.of(7), device);
    refusedGuard("of no row, with an event", Value.of(2), Value.of(""), Value.of(7), device);
    refusedGuard("with a time alone", Value.of(0), Value.of("a"), Value.of(7), Value.NULL);
    refusedGuard("with a device alone", Value.of(0), Value.of("a"), Value.NULL, device);
    refusedGuard("with time 0", Value.of(0), Value.of("a"), Value.of(0), device);
    refusedGuard(
        "with a device of 31 bytes",
        Value.of(0),
        Value.of("a"),
        Value.of(7),
        Value.of(bytes("01".repeat(31))));
  }

  /** A transaction of other times. */
  private static Run.Builder later() {
    return put().setTransaction(5).setTimes(string("10 0a 02"));
  }

  private void refusedGuard(String name, Value... values) {
    content("malformed: a guard " + name, guard(values));
  }

  /** One guard. */
  private static Run.Builder guard(Value... values) {
    Run.Builder run = Run.newBuilder()
        .setKind(RunKind.RUN_KIND_GUARD)
        .setTable("cities")
        .setRows(1)
        .setTransaction(1)
        .setTimes(string("00 02"))
        .setKeys(ByteString.copyFrom(ColumnWriter.write(new String[] {"a"})));
    for (int i = 0; i < values.length; i++) {
      String hex = HexFormat.of().formatHex(ColumnWriter.write(new Value[] {values[i]}));
      run.addColumns(column(dev.sealift.client.pack.RunKind.GUARD_COLUMNS.get(i), hex));
    }
    return run;
  }

  /** Operations on compound cells: runs of one column. */
  private void parts() {
    content("assign", part(RunKind.RUN_KIND_ASSIGN, "02 00 02 5859"));
    content("assign: null", part(RunKind.RUN_KIND_ASSIGN, "00"));
    content("add", part(RunKind.RUN_KIND_ADD, "02 00 02 5859"));
    content("discard", part(RunKind.RUN_KIND_DISCARD, "02 00 02 5859"));
    for (Value value : List.of(Value.of(3), Value.of(new byte[] {1, 2}), Value.of(1.5))) {
      String hex = HexFormat.of().formatHex(ColumnWriter.write(new Value[] {value, value}));
      for (RunKind kind :
          List.of(RunKind.RUN_KIND_COUNT, RunKind.RUN_KIND_APPEND, RunKind.RUN_KIND_COLLAPSE)) {
        boolean suits =
            value.kind() == (kind == RunKind.RUN_KIND_COUNT ? Value.Kind.INT : Value.Kind.BLOB);
        String name = kind.name().substring("RUN_KIND_".length()).toLowerCase(Locale.ROOT);
        content((suits ? "" : "malformed: ") + name + ": " + value.kind().name(), part(kind, hex));
      }
    }
    content("malformed: a null added", part(RunKind.RUN_KIND_ADD, "00"));
    content("malformed: a null discarded", part(RunKind.RUN_KIND_DISCARD, "00"));
    content("malformed: an assign without a column", put().setKindValue(5).clearColumns());
    content(
        "malformed: an assign of two columns",
        put().setKindValue(5).addColumns(column("more", "00")));
  }

  private static Run.Builder part(RunKind kind, String values) {
    return put().setKind(kind).clearColumns().addColumns(column("cell", values));
  }

  private static Dot.Builder dot() {
    return Dot.newBuilder()
        .setDevice(string("01".repeat(32)))
        .setCounter(1)
        .setFile(string("02".repeat(32)));
  }

  private static Run.Builder withDots(int count, Dot.Builder dot) {
    Run.Builder run = put();
    for (int i = 0; i < count; i++) {
      run.addSeenFiles(dot);
    }
    return run;
  }

  private void columns() {
    content("malformed: a removal with a column", put().setKind(RunKind.RUN_KIND_REMOVE));
    content("malformed: a patch without columns", removal().setKind(RunKind.RUN_KIND_PATCH));
    content("malformed: a column twice", put().addColumns(column("name", "00")));
    content("malformed: a column without a name", put().addColumns(column("", "00")));
    content("malformed: a column that is no name", put().addColumns(column("a-b", "00")));
    content("malformed: a column without values", put().addColumns(column("b", "")));
    content(
        "malformed: a column with a value too many",
        put().addColumns(column("b", "02 00 02 585900")));
    Run.Builder many = put().clearColumns();
    for (int i = 0; i < 257; i++) {
      many.addColumns(column("c" + i, "00"));
    }
    content("malformed: 257 columns", many);
    Run.Builder cells = removal()
        .setKind(RunKind.RUN_KIND_PUT)
        .setRows(65_536)
        .setTimes(string("10 02 02"))
        .setKeys(string("06 00 10 02 02"));
    for (int i = 0; i < 17; i++) {
      cells.addColumns(column("c" + i, "00"));
    }
    content("malformed: 65,536 rows of 17 columns are too many values", cells);
  }

  private void plaintexts() {
    byte[] golden = bytes(PLAINTEXT);
    plaintext("a whole plaintext", golden);
    plaintext("content that is stored, not deflated", wrapped(stored(GOLDEN)));
    plaintext("malformed: three bytes", new byte[3]);
    plaintext("malformed: a length beyond the end", withLength(golden, golden.length - 3));
    plaintext("malformed: a length of 2^32 - 1", withLength(golden, -1));
    plaintext("malformed: a deflated stream cut short", withLength(golden, 0x7f));
    plaintext("malformed: a byte behind the deflated stream", withLength(golden, 0x81));
    plaintext("malformed: no padding", Arrays.copyOf(golden, 0x84));
    plaintext("malformed: padding of a larger size", Arrays.copyOf(golden, golden.length + 8));
    byte[] padded = golden.clone();
    padded[golden.length - 1] = 1;
    plaintext("malformed: padding that is not zero", padded);
    plaintext("malformed: a zlib frame", wrapped(deflated(GOLDEN, false)));
    plaintext("malformed: not deflated", wrapped(GOLDEN));
    plaintext(
        "malformed: 2^24 + 1 bytes unfolded", wrapped(deflated(new byte[(16 << 20) + 1], true)));
  }

  private static byte[] withLength(byte[] plaintext, int length) {
    byte[] changed = plaintext.clone();
    ByteBuffer.wrap(changed).putInt(length);
    return changed;
  }

  private static byte[] wrapped(byte[] deflated) {
    int length = Padme.size(4 + deflated.length);
    return ByteBuffer.allocate(length).putInt(deflated.length).put(deflated).array();
  }

  /** One stored block: RFC 1951, section 3.2.4. */
  private static byte[] stored(byte[] content) {
    ByteBuffer block =
        ByteBuffer.allocate(5 + content.length).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    return block
        .put((byte) 1)
        .putShort((short) content.length)
        .putShort((short) ~content.length)
        .put(content)
        .array();
  }

  private static byte[] deflated(byte[] content, boolean raw) {
    Deflater deflater = new Deflater(9, raw);
    deflater.setInput(content);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[1 << 12];
    while (!deflater.finished()) {
      out.write(buffer, 0, deflater.deflate(buffer));
    }
    deflater.end();
    return out.toByteArray();
  }
}
