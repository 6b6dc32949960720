package dev.sealift.client.pack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.value.Value;
import dev.sealift.client.value.ValueLimits;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.clock.HybridTime;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PayloadPackerTest {
  private static final Random RANDOM = new Random(42);

  private static List<PackedPayload> packAll(PayloadPacker packer) {
    List<PackedPayload> packed = new ArrayList<>();
    for (Optional<PackedPayload> next = packer.next(); next.isPresent(); next = packer.next()) {
      packed.add(next.get());
    }
    return packed;
  }

  private static List<PackedPayload> packAll(Iterator<EventRun> source) {
    List<PackedPayload> packed = packAll(new PayloadPacker(source));
    assertThat(packed).allSatisfy(payload -> {
      assertThat(payload.plaintext()).hasSizeLessThanOrEqualTo(PayloadLimits.MAX_PLAINTEXT_BYTES);
      assertThat(PayloadCodec.decode(payload.plaintext())).isEqualTo(payload.runs());
    });
    return packed;
  }

  private static List<RowEvent> rows(List<EventRun> runs) {
    return runs.stream().flatMap(run -> run.rows().stream()).toList();
  }

  private static List<RowEvent> packedRows(List<PackedPayload> packed) {
    return packed.stream().flatMap(payload -> rows(payload.runs()).stream()).toList();
  }

  private static EventRun run(long seen, List<RowEvent> rows) {
    List<String> columns =
        IntStream.range(0, rows.get(0).values().size()).mapToObj(i -> "c" + i).toList();
    return new EventRun(RunKind.PUT, "places", seen, List.of(), columns, rows);
  }

  private static Value bytes(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return Value.of(bytes);
  }

  private static RowEvent row(int number, Value... values) {
    return new RowEvent("key " + number, new HybridTime(number + 1L), List.of(values));
  }

  /** Rows of places: random keys, words of a language, few countries, coordinates. */
  private static EventRun places(int from, int count) {
    List<RowEvent> rows = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      StringBuilder name = new StringBuilder();
      RANDOM.ints(8, 'a', 'i').forEach(name::appendCodePoint);
      rows.add(row(
          i,
          Value.of(name.toString()),
          Value.of("country " + i / 1000),
          Value.of(RANDOM.nextInt(18_000_000) / 1e5)));
    }
    return run(7, rows);
  }

  @Test
  void nothing_is_packed_into_nothing() {
    assertThat(packAll(List.<EventRun>of().iterator())).isEmpty();
  }

  @Test
  void payloads_hold_all_events_in_order_and_are_well_filled() {
    List<EventRun> runs =
        IntStream.range(0, 40).mapToObj(i -> places(5000 * i, 5000)).toList();

    List<PackedPayload> packed = packAll(runs.iterator());

    assertThat(packedRows(packed)).isEqualTo(rows(runs));
    assertThat(packed).hasSizeGreaterThan(2);
    assertThat(packed.subList(0, packed.size() - 1))
        .allMatch(payload -> payload.plaintext().length > 0.8 * PayloadLimits.MAX_PLAINTEXT_BYTES
            || payload.rows() == PayloadLimits.MAX_ROWS);
    assertThat(packed).allMatch(payload -> payload.runs().size() == 1);
    PackedPayload last = packed.get(packed.size() - 1);
    assertThat(last.newest()).isEqualTo(new HybridTime(200_000));
  }

  @Test
  void the_largest_row_fits_whatever_it_holds() {
    String key = "k".repeat(ValueLimits.MAX_KEY_BYTES);
    List<Value> values = new ArrayList<>();
    List<String> columns = new ArrayList<>();
    int rest = ValueLimits.MAX_ROW_BYTES - key.length() - ValueLimits.MAX_COLUMNS + 1;
    for (int i = 0; i < ValueLimits.MAX_COLUMNS; i++) {
      columns.add(("ü".repeat(60) + "column").substring(0, 60) + i);
      values.add(i < 2 ? bytes(rest / 2 - 1) : Value.NULL);
    }
    RowEvent row = new RowEvent(key, new HybridTime(-1), values);
    EventRun run =
        new EventRun(RunKind.PUT, "t", Limits.MAX_SEQUENCE, List.of(), columns, List.of(row));

    assertThat(packAll(List.of(run).iterator())).hasSize(1);
  }

  @Test
  void large_incompressible_rows_go_into_payloads_of_their_own() {
    List<EventRun> runs = IntStream.range(0, 4)
        .mapToObj(i -> run(1, List.of(row(i, bytes(700_000)))))
        .toList();

    assertThat(packAll(runs.iterator())).hasSize(4);
  }

  @Test
  void a_sudden_change_of_compressibility_is_coped_with() {
    List<RowEvent> rows = new ArrayList<>();
    IntStream.range(0, 20_000).forEach(i -> rows.add(row(i, Value.of("always the same words"))));
    IntStream.range(20_000, 20_200).forEach(i -> rows.add(row(i, bytes(30_000))));
    IntStream.range(20_200, 30_000)
        .forEach(i -> rows.add(row(i, Value.of("x".repeat(500) + i % 10))));

    assertThat(packedRows(packAll(List.of(run(1, rows)).iterator()))).isEqualTo(rows);
  }

  @Test
  void text_that_nearly_vanishes_is_bounded_by_what_it_unfolds_to() {
    List<RowEvent> rows = IntStream.range(0, 400)
        .mapToObj(i -> row(i, Value.of("x".repeat(100_000) + i)))
        .toList();

    List<PackedPayload> packed = packAll(List.of(run(1, rows)).iterator());

    assertThat(packedRows(packed)).isEqualTo(rows);
    assertThat(packed).hasSizeBetween(3, 5);
  }

  @Test
  void many_short_runs_are_bounded_by_their_number() {
    List<EventRun> runs = IntStream.range(0, PayloadLimits.MAX_RUNS + 10)
        .mapToObj(i -> run(i, List.of(row(i, Value.NULL))))
        .toList();

    List<PackedPayload> packed = packAll(runs.iterator());

    assertThat(packed).hasSize(2);
    assertThat(packed.get(0).runs()).hasSize(PayloadLimits.MAX_RUNS);
  }

  /** Runs of one row each: of transactions of so many rows, or of none. */
  private static List<EventRun> transactions(List<Integer> rows) {
    List<EventRun> runs = new ArrayList<>();
    int number = 0;
    for (int count : rows) {
      long transaction = count == 1 ? 0 : number + 1;
      for (int i = 0; i < count; i++) {
        RowEvent row = row(number++, bytes(50));
        runs.add(new EventRun(
            i % 3 == 0 ? RunKind.PATCH : RunKind.PUT,
            "places",
            7,
            List.of(),
            List.of("c0"),
            List.of(),
            transaction,
            List.of(row)));
      }
    }
    return runs;
  }

  @Property(tries = 200)
  void transactions_are_whole_in_one_payload(
      @ForAll List<@IntRange(min = 1, max = 9) Integer> rows,
      @ForAll @IntRange(min = 1000, max = 4000) int maxBytes)
      throws Exception {
    List<EventRun> runs = transactions(rows);

    List<PackedPayload> packed = packAll(new PayloadPacker(runs.iterator(), maxBytes));

    assertThat(packedRows(packed)).isEqualTo(rows(runs));
    for (PackedPayload payload : packed) {
      assertThat(payload.plaintext().length).isLessThanOrEqualTo(maxBytes);
      assertThat(PayloadCodec.decode(payload.plaintext())).isEqualTo(payload.runs());
    }
    assertThat(packed.stream()
            .flatMap(payload -> payload.runs().stream()
                .filter(EventRun::isOfTransaction)
                .map(EventRun::transaction)
                .distinct()))
        .doesNotHaveDuplicates();
  }

  @Provide
  Arbitrary<List<EventRun>> runs() {
    return Samples.runs();
  }

  @Property(tries = 200)
  void whatever_the_size_all_events_come_out_in_order(
      @ForAll("runs") List<EventRun> runs, @ForAll @IntRange(min = 1000, max = 4000) int maxBytes) {
    List<PackedPayload> packed = packAll(new PayloadPacker(runs.iterator(), maxBytes));

    assertThat(packedRows(packed)).isEqualTo(rows(runs));
    assertThat(packed).allMatch(payload -> payload.plaintext().length <= maxBytes);
  }
}
