package dev.sealift.ops.csv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.value.Value;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class ColumnKindProperties {
  @Property
  void everyIntegerIsKeptAsOne(@ForAll long number) {
    assertThat(ColumnKind.INTEGER.keeps(Long.toString(number))).isTrue();
    assertThat(ColumnKind.INTEGER.value(Long.toString(number))).isEqualTo(Value.of(number));
  }

  @Property
  void everyRealIsKeptAsTheTextItPrintsAs(@ForAll double number) {
    String text = RealText.of(number);

    assertThat(ColumnKind.REAL.keeps(text)).isTrue();
    assertThat(ColumnKind.REAL.value(text)).isEqualTo(Value.of(number));
  }

  @Property
  void whateverKindATextWidensToGivesTheTextBack(@ForAll String text) {
    if (text.isEmpty() || text.chars().anyMatch(c -> Character.isSurrogate((char) c))) {
      return;
    }
    ColumnKind kind = ColumnKind.INTEGER.widenedFor(text);

    assertThat(printed(kind.value(text))).isEqualTo(text);
  }

  @Example
  void textsThatOnlyLookLikeNumbersStayText() {
    for (String text : new String[] {
      "007", "+1", "1.50", "1.0", "-0", "NaN", "Infinity", "0x1p3", "1d", " 1", "1e3"
    }) {
      assertThat(ColumnKind.INTEGER.widenedFor(text)).as(text).isEqualTo(ColumnKind.TEXT);
    }
  }

  @Example
  void everydayNumbersAreNumbers() {
    assertThat(ColumnKind.INTEGER.widenedFor("-42")).isEqualTo(ColumnKind.INTEGER);
    assertThat(ColumnKind.INTEGER.widenedFor("42.53176")).isEqualTo(ColumnKind.REAL);
    assertThat(ColumnKind.INTEGER.widenedFor("-0.00012")).isEqualTo(ColumnKind.REAL);
    assertThat(ColumnKind.REAL.widenedFor("42")).isEqualTo(ColumnKind.REAL);
  }

  private static String printed(Value value) {
    if (value instanceof Value.Int number) {
      return Long.toString(number.value());
    }
    if (value instanceof Value.Real number) {
      return RealText.of(number.value());
    }
    return ((Value.Text) value).value();
  }
}
