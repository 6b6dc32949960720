package dev.sealift.client.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.value.InvalidValueException.Code;
import java.util.HexFormat;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ValueTest {
  private static String hex(Value value) {
    assertThat(value.canonical()).hasSize(value.canonicalLength());
    return HexFormat.of().formatHex(value.canonical());
  }

  private static void assertRefused(Code code, ThrowingCallable making) {
    assertThatThrownBy(making)
        .isInstanceOfSatisfying(
            InvalidValueException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void golden_canonical_bytes() {
    assertThat(hex(Value.NULL)).isEqualTo("00");
    assertThat(hex(Value.of(-2))).isEqualTo("01" + "fffffffffffffffe");
    assertThat(hex(Value.of(1.5))).isEqualTo("02" + "3ff8000000000000");
    assertThat(hex(Value.of("é😀"))).isEqualTo("03" + "c3a9" + "f09f9880");
    assertThat(hex(Value.of(new byte[] {0, (byte) 255}))).isEqualTo("04" + "00ff");
  }

  @Test
  void the_hash_is_that_of_the_canonical_bytes() {
    assertThat(Value.NULL.hash().toString())
        .isEqualTo("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  }

  @Test
  void an_integer_is_not_the_real_of_the_same_size() {
    assertThat(Value.of(1)).isNotEqualTo(Value.of(1.0));
  }

  @Test
  void blobs_are_equal_by_content_and_do_not_change_with_their_source() {
    byte[] source = {1, 2};
    Value blob = Value.of(source);
    source[0] = 9;

    assertThat(blob)
        .isEqualTo(Value.of(new byte[] {1, 2}))
        .hasSameHashCodeAs(Value.of(new byte[] {1, 2}));
  }

  @Test
  void minus_zero_becomes_zero() {
    assertThat(Value.of(-0.0)).isEqualTo(Value.of(0.0));
    assertThat(hex(Value.of(-0.0))).isEqualTo("02" + "0000000000000000");
  }

  @Test
  void infinities_are_reals() {
    assertThat(hex(Value.of(Double.NEGATIVE_INFINITY))).isEqualTo("02" + "fff0000000000000");
  }

  @Test
  void nan_is_refused() {
    assertRefused(Code.NOT_A_NUMBER, () -> Value.of(Double.NaN));
  }

  @Test
  void unpaired_surrogates_are_refused_wherever_they_stand() {
    for (String text :
        new String[] {"\ud83d", "a\ud83d", "\ud83da", "\ude00", "\ud83d\ud83d\ude00"}) {
      assertRefused(Code.UNPAIRED_SURROGATE, () -> Value.of(text));
    }
  }

  @Test
  void text_is_bounded_by_its_bytes_and_not_its_characters() {
    String fits = "é".repeat(ValueLimits.MAX_VALUE_BYTES / 2);

    assertThat(Value.of(fits).canonicalLength()).isEqualTo(ValueLimits.MAX_VALUE_BYTES + 1);
    assertRefused(Code.VALUE_TOO_LARGE, () -> Value.of(fits + "a"));
  }

  @Test
  void blobs_are_bounded() {
    Value.of(new byte[ValueLimits.MAX_VALUE_BYTES]);

    assertRefused(Code.VALUE_TOO_LARGE, () -> Value.of(new byte[ValueLimits.MAX_VALUE_BYTES + 1]));
  }

  @Test
  void a_key_has_from_one_to_a_thousand_and_some_bytes() {
    assertThat(RowKeys.requireValid("é")).isEqualTo(2);
    RowKeys.requireValid("k".repeat(ValueLimits.MAX_KEY_BYTES));

    assertRefused(Code.EMPTY_KEY, () -> RowKeys.requireValid(""));
    assertRefused(
        Code.KEY_TOO_LARGE, () -> RowKeys.requireValid("k".repeat(ValueLimits.MAX_KEY_BYTES + 1)));
  }

  @Test
  void a_row_is_bounded_as_a_whole() {
    Value half = Value.of(new byte[ValueLimits.MAX_ROW_BYTES / 2 - 2]);

    ValueLimits.requireRow("kk", List.of(half, half));
    assertRefused(Code.ROW_TOO_LARGE, () -> ValueLimits.requireRow("kkk", List.of(half, half)));
  }

  @Test
  void long_blobs_are_shown_short() {
    assertThat(Bytes.of(new byte[100])).hasToString("0000000000000000… (100 bytes)");
  }
}
