package dev.sealift.client.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sealift.client.value.Value;
import dev.sealift.client.value.ValueLimits;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.proto.EventsPayload;
import dev.sealift.protocol.proto.Run;
import dev.sealift.protocol.proto.RunColumn;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Small payloads that unfold to much are refused before they do. */
class PayloadLimitsTest {
  private static ByteString hex(String hex) {
    return ByteString.copyFrom(HexFormat.of().parseHex(hex));
  }

  private static void assertRefused(byte[] content, String why) {
    assertThatThrownBy(() -> PayloadCodec.decode(Deflated.wrap(content)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(why);
  }

  private static void assertRefused(EventsPayload.Builder payload, String why) {
    assertRefused(payload.build().toByteArray(), why);
  }

  private static EventsPayload.Builder payload(Run.Builder... runs) {
    EventsPayload.Builder payload = EventsPayload.newBuilder().setVersion(1);
    for (Run.Builder run : runs) {
      payload.addRuns(run);
    }
    return payload;
  }

  /** So many events of one key, a time apart, in a few bytes. */
  private static Run.Builder run(int rows) {
    return Run.newBuilder()
        .setKindValue(RunKind.PUT.number())
        .setTable("t")
        .setRows(rows)
        .setTimes(hex(rows == 1 ? "0002" : "100202"))
        .setKeys(hex("03" + "01" + "0002" + "6b" + "0000"));
  }

  private static RunColumn.Builder column(String name, String hex) {
    return RunColumn.newBuilder().setName(name).setValues(hex(hex));
  }

  @Test
  void as_many_events_as_are_allowed_are_read() throws Exception {
    byte[] content = payload(run(PayloadLimits.MAX_ROWS)).build().toByteArray();

    List<EventRun> runs = PayloadCodec.decode(Deflated.wrap(content));

    assertThat(runs.get(0).rows()).hasSize(PayloadLimits.MAX_ROWS);
  }

  @Test
  void too_many_events_are_refused_in_one_run_and_in_several() {
    assertRefused(payload(run(PayloadLimits.MAX_ROWS + 1)), "too many");
    assertRefused(payload(run(PayloadLimits.MAX_ROWS), run(1)), "too many");
    assertRefused(payload(run(-1)), "too many");
    assertRefused(payload(run(0)), "no event");
  }

  @Test
  void too_many_values_are_refused() {
    Run.Builder run = run(PayloadLimits.MAX_ROWS);
    for (int i = 0; i <= PayloadLimits.MAX_CELLS / PayloadLimits.MAX_ROWS; i++) {
      run.addColumns(column("c" + i, "00"));
    }
    assertRefused(payload(run), "too many");
  }

  @Test
  void too_many_runs_are_refused() {
    EventsPayload.Builder payload = EventsPayload.newBuilder().setVersion(1);
    payload.addAllRuns(Collections.nCopies(PayloadLimits.MAX_RUNS + 1, run(1).build()));

    assertRefused(payload, "too many runs");
  }

  @Test
  void a_payload_of_empty_messages_is_refused_by_its_first() {
    byte[] content = new byte[8 << 20];
    for (int i = 0; i < content.length; i += 2) {
      content[i] = EventsPayload.RUNS_FIELD_NUMBER << 3 | 2;
    }
    content[0] = EventsPayload.VERSION_FIELD_NUMBER << 3;
    content[1] = 1;

    assertRefused(content, "unknown kind");
  }

  @Test
  void a_large_constant_in_many_rows_is_refused() {
    String large = "03" + "61".repeat(ValueLimits.MAX_VALUE_BYTES - 10);

    assertRefused(payload(run(1000).addColumns(column("c", "01" + large))), "too large");
  }

  @Test
  void a_row_larger_than_any_device_writes_is_refused() {
    String large = "01" + "03" + "61".repeat(ValueLimits.MAX_ROW_BYTES / 2);

    assertRefused(
        payload(run(1).addColumns(column("a", large)).addColumns(column("b", large))), "too large");
  }

  @Test
  void too_many_columns_and_columns_twice_are_refused() {
    Run.Builder many = run(1);
    for (int i = 0; i <= ValueLimits.MAX_COLUMNS; i++) {
      many.addColumns(column("c" + i, "00"));
    }
    assertRefused(payload(many), "too many columns");
    assertRefused(
        payload(run(1).addColumns(column("c", "00")).addColumns(column("c", "00"))), "twice");
  }

  @Test
  void columns_that_do_not_suit_the_kind_are_refused() {
    assertRefused(payload(run(1).setKindValue(RunKind.PATCH.number())), "suit");
    assertRefused(
        payload(run(1).setKindValue(RunKind.REMOVE.number()).addColumns(column("c", "00"))),
        "suit");
    assertRefused(payload(run(1).setKindValue(RunKind.DISMISS.number())), "suit");
    assertRefused(payload(run(1).setKindValue(RunKind.COUNT.number())), "suit");
    assertRefused(
        payload(run(1)
            .setKindValue(RunKind.ADD.number())
            .addColumns(column("c", "00"))
            .addColumns(column("d", "00"))),
        "suit");
    assertRefused(payload(run(1).setKindValue(12)), "unknown kind");
  }

  @Test
  void values_that_do_not_suit_the_kind_are_refused() {
    for (RunKind kind :
        List.of(RunKind.COUNT, RunKind.ADD, RunKind.DISCARD, RunKind.APPEND, RunKind.COLLAPSE)) {
      assertRefused(
          payload(run(1).setKindValue(kind.number()).addColumns(column("c", "00"))),
          "value that does not suit");
    }
  }

  @Test
  void names_that_are_none_are_refused() {
    assertRefused(payload(run(1).setTable("a b")), "name");
    assertRefused(payload(run(1).setTable("sqlite_master")), "name");
    assertRefused(payload(run(1).clearTable()), "no table");
  }

  @Test
  void what_cannot_have_been_seen_is_refused() {
    assertRefused(payload(run(1).setSeenSequence(-1)), "seen");
    assertRefused(payload(run(1).setSeenSequence(Limits.MAX_SEQUENCE + 1)), "seen");
  }

  @Test
  void an_event_without_a_time_or_key_is_refused() {
    assertRefused(payload(run(1).setTimes(hex("0000"))), "no time");
    assertRefused(payload(run(1).setKeys(hex("02" + "0000"))), "empty key");
  }

  @Test
  void a_bomb_is_refused() {
    assertRefused(new byte[Limits.MAX_UNPACKED_PAYLOAD_BYTES + 1], "unfolds");
    assertRefused(new byte[4 * Limits.MAX_UNPACKED_PAYLOAD_BYTES], "unfolds");
  }

  @Test
  void a_payload_of_a_newer_version_is_told_apart_from_a_broken_one() {
    byte[] newer = payload(run(0)).setVersion(3).build().toByteArray();

    assertThatThrownBy(() -> PayloadCodec.decode(Deflated.wrap(newer)))
        .isInstanceOfSatisfying(
            UnknownPayloadVersionException.class, e -> assertThat(e.version()).isEqualTo(3));
    assertRefused(payload(run(1)).clearVersion(), "no version");
  }

  @Test
  void padding_is_checked() throws Exception {
    byte[] incompressible = new byte[250];
    new Random(1).nextBytes(incompressible);
    byte[] wide = Deflated.wrap(incompressible);
    byte[] longer = Arrays.copyOf(wide, wide.length + 1);
    assertThat(Deflated.unwrap(wide)).isEqualTo(incompressible);
    assertThat(wide[wide.length - 1]).isZero();
    wide[wide.length - 1] = 1;

    assertThatThrownBy(() -> Deflated.unwrap(longer)).hasMessageContaining("padded");
    assertThatThrownBy(() -> Deflated.unwrap(wide)).hasMessageContaining("padded");
    assertThatThrownBy(() -> Deflated.unwrap(new byte[3])).hasMessageContaining("too short");
    assertThatThrownBy(() -> Deflated.unwrap(new byte[Limits.MAX_PAYLOAD_BYTES + 1]))
        .hasMessageContaining("too long");
  }

  @Test
  void encoding_refuses_what_decoding_would_refuse() {
    RowEvent row = new RowEvent("k", new HybridTime(1), List.of(Value.NULL));
    EventRun full = new EventRun(
        RunKind.PUT,
        "t",
        0,
        List.of(),
        List.of("c"),
        Collections.nCopies(PayloadLimits.MAX_ROWS, row));
    EventRun one = new EventRun(RunKind.PUT, "t", 0, List.of(), List.of("c"), List.of(row));

    assertThat(PayloadCodec.encode(List.of(full))).hasSizeLessThan(2000);
    assertThatThrownBy(() -> PayloadCodec.encode(List.of(full, one)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_transaction_has_a_bounded_number_of_events() throws Exception {
    int most = PayloadLimits.MAX_TRANSACTION_EVENTS;
    assertThat(PayloadCodec.decode(PayloadCodec.encode(transaction(most)))).hasSize(2);
    byte[] more = PayloadCodec.encode(transaction(most + 1));

    assertThatThrownBy(() -> PayloadCodec.decode(more))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("too many events");
  }

  /** Of two runs. */
  private static List<EventRun> transaction(int events) {
    RowEvent row = new RowEvent("k", new HybridTime(1), List.of());
    return List.of(
        removals("a", List.of(row)), removals("b", Collections.nCopies(events - 1, row)));
  }

  private static EventRun removals(String table, List<RowEvent> rows) {
    return new EventRun(RunKind.REMOVE, table, 0, List.of(), List.of(), List.of(), 1, rows);
  }
}
