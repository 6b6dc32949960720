package dev.sealift.protocol.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestIdTest {
  @Test
  void aNewOneIsSixteenHexadecimalDigitsAndLikeNoOther() {
    String id = RequestId.next();

    assertThat(id).matches("[0-9a-f]{16}").isNotEqualTo(RequestId.next());
    assertThat(RequestId.parse(id)).isEqualTo(id);
  }

  @Test
  void aHeaderThatIsNotThereIsUnknown() {
    assertThat(RequestId.parse(null)).isEqualTo(RequestId.UNKNOWN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0123456789abcde",
        "0123456789abcdef0",
        "0123456789abcdeF",
        "0123456789abcde\n",
        "0123456789abcdeg"
      })
  void whatIsNoIdNeverGetsIntoALog(String header) {
    assertThat(RequestId.parse(header)).isEqualTo(RequestId.UNKNOWN);
  }
}
