package dev.sealift.client.pack;

import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Columns and runs of every kind. */
final class Samples {
  private Samples() {}

  /** Text that UTF-8 has a form for. */
  static Arbitrary<String> texts() {
    return Arbitraries.strings()
        .ofMaxLength(12)
        .map(text -> new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
  }

  static Arbitrary<String> hexTexts() {
    return Arbitraries.strings().withChars("0123456789abcdef").ofLength(16);
  }

  static Arbitrary<String> uuids() {
    return Combinators.combine(Arbitraries.longs(), Arbitraries.longs())
        .as((high, low) -> new UUID(high, low).toString());
  }

  static Arbitrary<String> numerals() {
    return Combinators.combine(Arbitraries.longs(), Arbitraries.integers().between(-3, 19))
        .as((unscaled, places) -> new BigDecimal(BigInteger.valueOf(unscaled), places))
        .map(decimal -> decimal.toPlainString());
  }

  static Arbitrary<Double> decimals() {
    return Combinators.combine(
            Arbitraries.longs().between(-90_000_000L, 90_000_000L),
            Arbitraries.integers().between(0, 6))
        .as((unscaled, places) -> unscaled / Math.pow(10, places));
  }

  static Arbitrary<Value> values() {
    return Arbitraries.oneOf(
        Arbitraries.just(Value.NULL),
        Arbitraries.longs().map(Value::of),
        Arbitraries.doubles().filter(real -> !Double.isNaN(real)).map(Value::of),
        decimals().map(Value::of),
        texts().map(Value::of),
        numerals().map(Value::of),
        Arbitraries.bytes().array(byte[].class).ofMaxSize(20).map(Value::of));
  }

  /**
   * Columns as apps have them: of one kind, of few values, with some nulls; and of everything
   * mixed.
   */
  static Arbitrary<List<Value>> columns() {
    Arbitrary<List<Value>> alike = Arbitraries.oneOf(
        column(Arbitraries.longs().map(Value::of)),
        column(Arbitraries.longs().between(0, 300).map(Value::of)),
        column(Arbitraries.doubles().filter(real -> !Double.isNaN(real)).map(Value::of)),
        column(decimals().map(Value::of)),
        column(texts().map(Value::of)),
        column(Arbitraries.of("AU", "NZ", "").map(Value::of)),
        column(hexTexts().map(Value::of)),
        column(uuids().map(Value::of)),
        column(numerals().map(Value::of)),
        column(Arbitraries.bytes().array(byte[].class).ofMaxSize(20).map(Value::of)));
    return Arbitraries.oneOf(alike, column(values()), alike.flatMap(Samples::withNulls));
  }

  private static Arbitrary<List<Value>> column(Arbitrary<Value> values) {
    return values.list().ofMinSize(1).ofMaxSize(40);
  }

  private static Arbitrary<List<Value>> withNulls(List<Value> column) {
    return Arbitraries.of(true, false).list().ofSize(column.size()).map(present -> {
      List<Value> sparse = new ArrayList<>();
      for (int i = 0; i < column.size(); i++) {
        sparse.add(present.get(i) ? column.get(i) : Value.NULL);
      }
      return sparse;
    });
  }

  static Arbitrary<List<EventRun>> runs() {
    return run().list().ofMaxSize(4);
  }

  private static Arbitrary<EventRun> run() {
    return Combinators.combine(
            Arbitraries.of(RunKind.class).filter(kind -> kind != RunKind.GUARD),
            Arbitraries.of("cities", "sealift_schema", "städte"),
            Arbitraries.longs().between(0, 1L << 62),
            dot().list().ofMaxSize(2),
            Arbitraries.of("name", "country", "población").set().ofMinSize(1))
        .flatAs((kind, table, seen, dots, names) -> {
          List<String> columns = switch (kind) {
            case PUT, PATCH -> List.copyOf(names);
            case REMOVE -> List.of();
            case DISMISS -> RunKind.LOSER_COLUMNS;
            default -> List.of(names.iterator().next());
          };
          return event(columns.size(), values(kind))
              .list()
              .ofMinSize(1)
              .ofMaxSize(20)
              .map(rows -> new EventRun(kind, table, seen, dots, columns, rows));
        });
  }

  private static Arbitrary<DotRef> dot() {
    return Combinators.combine(Arbitraries.integers(), Arbitraries.longs().between(1, 1L << 62))
        .as((seed, counter) -> {
          Hash hash = Hash.of(new byte[] {seed.byteValue()});
          return new DotRef(DeviceId.of(hash), counter, FileId.of(hash));
        });
  }

  private static Arbitrary<Value> values(RunKind kind) {
    return switch (kind) {
      case COUNT -> Arbitraries.longs().map(Value::of);
      case ADD, DISCARD -> values().filter(value -> value != Value.NULL);
      case APPEND, COLLAPSE ->
        Arbitraries.bytes().array(byte[].class).ofMaxSize(20).map(Value::of);
      default -> values();
    };
  }

  private static Arbitrary<RowEvent> event(int columns, Arbitrary<Value> values) {
    Arbitrary<String> keys =
        Arbitraries.oneOf(hexTexts(), uuids(), numerals(), texts().filter(text -> !text.isEmpty()));
    return Combinators.combine(
            keys, Arbitraries.longs().filter(time -> time != 0), values.list().ofSize(columns))
        .as((key, time, row) -> new RowEvent(key, new HybridTime(time), row));
  }
}
