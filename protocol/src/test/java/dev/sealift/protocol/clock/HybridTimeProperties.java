package dev.sealift.protocol.clock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class HybridTimeProperties {
  private static final Comparator<HybridTime> BY_PARTS =
      Comparator.comparingLong(HybridTime::millis).thenComparingInt(HybridTime::counter);

  @Property
  void partsRoundTrip(
      @ForAll @LongRange(min = 0, max = HybridTime.MAX_MILLIS) long millis,
      @ForAll @IntRange(min = 0, max = HybridTime.MAX_COUNTER) int counter) {
    HybridTime time = HybridTime.of(millis, counter);
    assertThat(time.millis()).isEqualTo(millis);
    assertThat(time.counter()).isEqualTo(counter);
  }

  @Property
  void orderIsThatOfTheParts(@ForAll long a, @ForAll long b) {
    HybridTime left = new HybridTime(a);
    HybridTime right = new HybridTime(b);
    assertThat(Integer.signum(left.compareTo(right)))
        .isEqualTo(Integer.signum(BY_PARTS.compare(left, right)));
  }

  @Property
  void theNextIsTheSmallestAbove(@ForAll long bits) {
    Assume.that(bits != -1L);
    HybridTime time = new HybridTime(bits);
    assertThat(time.next()).isGreaterThan(time);
    assertThat(time.next().bits() - time.bits()).isEqualTo(1);
  }
}
