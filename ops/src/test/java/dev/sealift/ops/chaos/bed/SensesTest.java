package dev.sealift.ops.chaos.bed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the system's programs print, as they print it. */
class SensesTest {
  @Test
  void packetsAreCountedWhereTheyAreThrownAway() {
    String listing = """
        Chain INPUT (policy ACCEPT 103 packets, 9000 bytes)
            pkts      bytes target     prot opt in     out     source               destination
              17     1020 DROP       0    --  !lo    *       0.0.0.0/0            0.0.0.0/0            statistic mode random probability 0.10000000009
             900    90000 ACCEPT     0    --  lo     *       0.0.0.0/0            0.0.0.0/0

        Chain OUTPUT (policy ACCEPT 5 packets, 300 bytes)
            pkts      bytes target     prot opt in     out     source               destination
               4      240 DROP       0    --  *      !lo     0.0.0.0/0            0.0.0.0/0
        """;
    assertThat(Senses.thrownAway(listing)).isEqualTo(21);
    assertThat(Senses.thrownAway("Chain INPUT (policy ACCEPT 1 packets, 2 bytes)"))
        .isZero();
  }

  private static String queue(int dropped, int overlimits, int backlog) {
    return """
        qdisc tbf 8001: root refcnt 3 rate 64Kbit burst 2Kb lat 500ms
         Sent 90 bytes 1 pkt (dropped %d, overlimits %d requeues 0)
         backlog %db 0p requeues 0
        """.formatted(dropped, overlimits, backlog);
  }

  @Test
  void aLinkIsNarrowOnceSomethingWaitedOrWasThrownAway() {
    assertThat(Senses.isHeldUp(queue(0, 0, 0))).isFalse();
    assertThat(Senses.isHeldUp(queue(1, 0, 0))).isTrue();
    assertThat(Senses.isHeldUp(queue(0, 1, 0))).isTrue();
    assertThat(Senses.isHeldUp(queue(0, 0, 1))).isTrue();
  }

  @Test
  void aClockIsOffByWhatCannotBeTheTimeThatTheQuestionTook() {
    assertThat(Senses.outside(100, 102, 101)).isZero();
    assertThat(Senses.outside(100, 102, 105)).isEqualTo(3);
    assertThat(Senses.outside(100, 102, 96)).isEqualTo(-4);
  }

  @Test
  void aMetricIsSummedOverItsLabels() {
    String page = """
        # TYPE sealift_x_total counter
        sealift_x_total{reason="full"} 2.0
        sealift_x_total{reason="other"} 1.0
        sealift_x_total_more 50.0
        sealift_clock 1.79E9
        """;
    assertThat(Senses.sum(page, "sealift_x_total")).hasValue(3);
    assertThat(Senses.sum(page, "sealift_clock")).hasValue(1.79e9);
    assertThat(Senses.sum("", "sealift_clock")).isEmpty();
  }
}
