package dev.sealift.client.pack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.value.Value;
import dev.sealift.protocol.FormatException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/**
 * decode(encode(x)) = x for every part of a payload, to the bit; and damage is refused, whatever it
 * is.
 */
class ColumnProperties {
  @Provide
  Arbitrary<List<Value>> columns() {
    return Samples.columns();
  }

  @Provide
  Arbitrary<List<String>> keys() {
    Arbitrary<String> mixed =
        Arbitraries.oneOf(Samples.texts(), Samples.hexTexts(), Samples.numerals());
    return Arbitraries.of(
            mixed,
            Samples.hexTexts(),
            Samples.uuids(),
            Samples.numerals(),
            Arbitraries.of("a", "b"))
        .flatMap(
            texts -> texts.filter(text -> !text.isEmpty()).list().ofMinSize(1).ofMaxSize(40));
  }

  /** Series with every width, steps and jumps. */
  @Provide
  Arbitrary<long[]> numbers() {
    return Arbitraries.integers()
        .between(0, 63)
        .flatMap(bits -> Arbitraries.longs()
            .map(number -> number >> bits)
            .array(long[].class)
            .ofMaxSize(100));
  }

  @Property
  void a_column_comes_back(@ForAll("columns") List<Value> column) throws FormatException {
    byte[] bytes = ColumnWriter.write(column.toArray(Value[]::new));

    assertThat(ColumnReader.readValues(new ByteReader(bytes), column.size()))
        .containsExactlyElementsOf(column);
  }

  @Property
  void keys_come_back(@ForAll("keys") List<String> keys) throws FormatException {
    byte[] bytes = ColumnWriter.write(keys.toArray(String[]::new));

    assertThat(ColumnReader.readKeys(new ByteReader(bytes), keys.size()))
        .containsExactlyElementsOf(keys);
  }

  @Property
  void a_series_comes_back(@ForAll("numbers") long[] numbers) throws FormatException {
    ByteWriter out = new ByteWriter(0);
    IntegerSeries.write(out, numbers);
    ByteReader in = new ByteReader(out.toByteArray());

    assertThat(IntegerSeries.read(in, numbers.length)).isEqualTo(numbers);
    assertThat(in.remaining()).isZero();
  }

  @Property
  void a_damaged_column_is_refused_or_read_as_another_one(
      @ForAll("columns") List<Value> column, @ForAll int position, @ForAll byte replacement) {
    byte[] bytes = ColumnWriter.write(column.toArray(Value[]::new));
    bytes[Math.floorMod(position, bytes.length)] = replacement;

    readOrRefuse(bytes, column.size());
  }

  @Property
  void random_bytes_are_refused_or_read(@ForAll @Size(min = 1, max = 64) byte[] bytes) {
    bytes[0] = (byte) Math.floorMod(bytes[0], Encoding.NULLABLE + 2);

    readOrRefuse(bytes, 3);
    readOrRefuse(bytes, 50_000);
  }

  private static void readOrRefuse(byte[] bytes, int count) {
    try {
      Value[] values = ColumnReader.readValues(new ByteReader(bytes), count);
      assertThat(values).hasSize(count).doesNotContainNull();
      byte[] again = ColumnWriter.write(values);
      assertThat(ColumnReader.readValues(new ByteReader(again), count)).isEqualTo(values);
    } catch (FormatException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }
}
