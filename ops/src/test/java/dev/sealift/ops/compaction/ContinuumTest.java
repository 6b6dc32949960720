package dev.sealift.ops.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.mesh.proto.InspectReply;
import dev.sealift.protocol.mesh.proto.InspectedDevice;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContinuumTest {
  private static List<String> drawn(long lower, long upper, long live, long... places) {
    InspectReply.Builder space = InspectReply.newBuilder().setLower(lower).setUpper(upper);
    for (long place : places) {
      space.addDevices(InspectedDevice.newBuilder().setPlace(place));
    }
    return new Continuum(space.build(), live).lines();
  }

  @Test
  void placesStandBetweenTheThresholdsAndTheCountBelow() {
    assertThat(drawn(250, 1_000, 500, 250, 500, 750))
        .containsExactly(
            "               250 lower                                    1000 upper",
            "...............1--------------2--------------3--------------|",
            "                              ^ 500 live");
  }

  @Test
  void aCountBeyondTheUpperThresholdStretchesTheLine() {
    assertThat(drawn(250, 1_000, 2_000))
        .containsExactly(
            "       250 lower              1000 upper",
            ".......|----------------------|..............................",
            "                                                            ^ 2000 live");
  }

  @Test
  void textsThatWouldMeetStandBesideEachOther() {
    assertThat(drawn(16, 64, 1_000_000).get(0)).isEqualTo("16 lower  64 upper");
  }

  @Test
  void ofSeveralAtOnePlaceTheFirstShowsAndFarOnesHaveNoNumber() {
    long[] places = new long[12];
    java.util.Arrays.setAll(places, i -> i < 2 ? 250 : 300 + i * 50L);
    assertThat(drawn(250, 1_000, 0, places).get(1))
        .contains("1")
        .doesNotContain("2")
        .contains("9--+--+--+");
  }

  @Test
  void anEmptySpaceIsDrawnToo() {
    assertThat(drawn(0, 0, 0)).hasSize(3);
  }

  /** Whoever answers may be anybody. */
  @Test
  void numbersThatCannotBeAreDrawnAllTheSame() {
    assertThat(drawn(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE))
        .hasSize(3);
    assertThat(drawn(1L << 58, 1L << 58, 1L << 58)).hasSize(3);
    assertThat(drawn(-1, -1, -1, 1)).hasSize(3);
    assertThat(drawn(1_000, 10, 5, 1_000)).hasSize(3);
  }
}
