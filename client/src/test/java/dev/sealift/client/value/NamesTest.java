package dev.sealift.client.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NamesTest {
  @Test
  void letters_of_any_script_digits_and_underscores_make_a_name() {
    for (String name :
        new String[] {"a", "cities", "countryCode2", "straße_1", "città", "市", "select"}) {
      assertThat(Names.requireTable(name)).isEqualTo(name);
      assertThat(Names.requireColumn(name)).isEqualTo(name);
    }
  }

  @Test
  void what_would_need_quoting_or_hides_something_is_no_name() {
    for (String name :
        new String[] {"", "_a", "1a", "a b", "a-b", "a.b", "a\"", "a\0", "a\u009f", "\ud83d"}) {
      assertThat(Names.isWellFormed(name)).as(name).isFalse();
    }
  }

  @Test
  void what_a_payload_may_name_does_not_depend_on_a_version_of_unicode() {
    String letterOfUnicode15 = "\ud838\udcd0"; // U+1E4D0, unknown to JDK 17
    for (String name : new String[] {letterOfUnicode15, "a\u0301", "😀", "\u00a0"}) {
      assertThat(Names.isWellFormed(name)).as(name).isTrue();
    }
  }

  @Test
  void an_app_gets_names_of_letters_and_digits_only() {
    for (String name : new String[] {"a\u0301", "😀", "\u00a0", "a€"}) {
      assertThatThrownBy(() -> Names.requireColumn(name))
          .as(name)
          .isInstanceOf(InvalidValueException.class);
    }
  }

  @Test
  void reserved_beginnings_are_refused_whatever_their_case() {
    for (String name : new String[] {"sealift_schema", "Sealift_x", "sqlite_master", "SQLite_x"}) {
      assertThatThrownBy(() -> Names.requireTable(name))
          .isInstanceOf(InvalidValueException.class)
          .hasMessageContaining("choose another name");
    }
  }

  @Test
  void sealifts_own_tables_may_travel_and_sqlites_may_not() {
    assertThat(Names.isWellFormed("sealift_schema")).isTrue();
    assertThat(Names.isReserved("sealift_schema")).isTrue();
    assertThat(Names.isWellFormed("sqlite_master")).isFalse();
  }

  @Test
  void names_are_bounded_by_their_bytes() {
    assertThat(Names.isWellFormed("é".repeat(64))).isTrue();
    assertThat(Names.isWellFormed("é".repeat(64) + "a")).isFalse();
    assertThat(Names.isWellFormed("a".repeat(129))).isFalse();
  }

  @Test
  void names_are_folded_as_sqlite_compares_them() {
    assertThat(Names.folded("Straße")).isEqualTo("straße");
    assertThat(Names.folded("ÄB")).isEqualTo("Äb");
    assertThat(Names.folded("CountryCode")).isEqualTo("countrycode");
  }
}
