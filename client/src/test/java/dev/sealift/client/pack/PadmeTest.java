package dev.sealift.client.pack;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PadmeTest {
  @Test
  void known_sizes() {
    int[][] known = {
      {0, 0}, {1, 1}, {8, 8}, {9, 10}, {100, 104}, {1000, 1024}, {1025, 1088}, {1 << 20, 1 << 20}
    };
    for (int[] pair : known) {
      assertThat(Padme.size(pair[0])).as("of %d", pair[0]).isEqualTo(pair[1]);
    }
  }

  @Test
  void the_largest_plaintext_can_be_sealed_within_a_mebibyte() {
    assertThat(PayloadLimits.MAX_PLAINTEXT_BYTES).isEqualTo((1 << 20) - (1 << 14));
  }

  @Property
  void is_a_fixed_point_above_the_length_and_at_most_an_eighth_more(
      @ForAll @IntRange(min = 2, max = 1 << 24) int length) {
    int size = Padme.size(length);

    assertThat(size).isBetween(length, length + length / 8 + 1);
    assertThat(Padme.size(size)).isEqualTo(size);
  }
}
