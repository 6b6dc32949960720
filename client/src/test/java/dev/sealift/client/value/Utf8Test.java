package dev.sealift.client.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.protocol.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class Utf8Test {
  private static String decode(byte[] bytes) throws FormatException {
    return Utf8.decode(bytes, 0, bytes.length);
  }

  @Property
  void text_comes_back_and_its_length_is_known(@ForAll String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    String clean = new String(bytes, StandardCharsets.UTF_8);

    assertThat(Utf8.length(clean)).isEqualTo(bytes.length);
    assertThat(decode(bytes)).isEqualTo(clean);
  }

  @Property
  void bytes_are_decoded_exactly_or_refused(@ForAll byte[] bytes) {
    try {
      assertThat(decode(bytes).getBytes(StandardCharsets.UTF_8)).isEqualTo(bytes);
    } catch (FormatException refused) {
      assertThat(new String(bytes, StandardCharsets.UTF_8)).contains("\ufffd");
    }
  }

  @Test
  void overlong_forms_surrogates_and_cut_sequences_are_refused() {
    for (String hex : new String[] {"c080", "eda080", "f4908080", "e282", "80", "ff"}) {
      assertThatThrownBy(() -> decode(HexFormat.of().parseHex(hex)))
          .isInstanceOf(FormatException.class);
    }
  }

  @Test
  void the_replacement_character_itself_is_text() throws Exception {
    assertThat(decode(HexFormat.of().parseHex("efbfbd"))).isEqualTo("\ufffd");
  }
}
