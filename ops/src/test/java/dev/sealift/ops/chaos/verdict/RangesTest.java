package dev.sealift.ops.chaos.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RangesTest {
  @Property
  void countsWhatASetWouldCount(
      @ForAll @Size(max = 30) List<@LongRange(min = 1, max = 40) Long> numbers,
      @ForAll @LongRange(min = 0, max = 45) long last) {
    TreeSet<Long> set = new TreeSet<>(numbers);
    Ranges ranges = Ranges.of(set);
    long present = set.stream().filter(number -> number <= last).count();
    assertThat(ranges.missingUpTo(last)).isEqualTo(last - present);
    assertThat(Ranges.parse(ranges.text())).isEqualTo(ranges);
  }

  @Property
  void theLastWriteInASlotIsTheLastThatWentThere(
      @ForAll @LongRange(min = 0, max = 60) long upTo,
      @ForAll @IntRange(min = 0, max = Values.SLOTS - 1) int slot) {
    long expected = 0;
    for (long number = 1; number <= upTo; number++) {
      expected = Values.slot(number) == slot ? number : expected;
    }
    assertThat(Values.lastInSlot(upTo, slot)).isEqualTo(expected);
  }

  @Test
  void nothingIsAnEmptyText() {
    assertThat(Ranges.of(List.of()).text()).isEmpty();
    assertThat(Ranges.parse("")).isEqualTo(Ranges.of(List.of()));
  }
}
