package dev.sealift.client.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.value.Value;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RowMetaTest {
  private static final long TIME = HybridTime.of(1_760_000_000_000L, 3).bits();
  private static final RowMerge MERGE =
      new RowMerge(RowEvents.ORDER, () -> RowEvents.CUT_OFF_MILLIS);

  private static String hex(RowState row) {
    return HexFormat.of().formatHex(row.toBytes());
  }

  private static RowState patched(RowState row, int cell, Stamp stamp) {
    Written written = Written.of(new int[] {cell}, List.of(Value.NULL));
    return MERGE.patch(row, stamp, Seen.EVERYTHING, written, any -> Value.NULL).state();
  }

  @Test
  void golden_bytes_of_a_row_written_by_one_put() {
    RowState row = RowState.uniform(7, new Stamp(TIME, 2, 300));

    assertThat(hex(row)).isEqualTo("21" + "07" + "0199c82cc0000003" + "00000000012c" + "02");
    assertThat(RowMeta.uniform(7, TIME, 2, 300)).isEqualTo(row.toBytes());
  }

  @Test
  void golden_bytes_of_a_row_with_a_touch() {
    RowState row = MERGE
        .apply(
            RowState.uniform(1, new Stamp(TIME, 2, 300)),
            new Stamp(TIME + 1, 0, 0),
            Seen.EVERYTHING,
            -2,
            PartOp.ADD,
            Value.of(1),
            any -> Value.NULL)
        .state();

    assertThat(hex(row))
        .isEqualTo("24" + "01" + "02"
            + "00" + "0199c82cc0000003" + "02" + "ac02"
            + "00" + "0199c82cc0000004" + "00" + "00"
            + "01" + "00" + "02");
  }

  @Test
  void golden_bytes_of_a_row_with_a_patch_a_gap_and_a_removal() {
    RowState put = RowState.uniform(2, new Stamp(TIME, 0, 1));
    RowState row = MERGE
        .remove(
            patched(put, 3, new Stamp(TIME + 1, 1, 0)),
            new Stamp(TIME + 2, 0, 5),
            Seen.EVERYTHING,
            any -> Value.NULL)
        .state();

    assertThat(hex(row))
        .isEqualTo("22" + "04" + "03"
            + "0199c82cc0000003" + "00" + "01"
            + "0199c82cc0000004" + "01" + "00"
            + "0199c82cc0000005" + "00" + "05"
            + "01" + "01" + "00" + "02" + "03");
  }

  @Test
  void a_usual_row_takes_seventeen_bytes() {
    assertThat(RowMeta.uniform(100, TIME, 127, (1L << 48) - 1)).hasSize(17);
  }

  @Test
  void rows_of_the_first_version_are_read() throws Exception {
    byte[] uniform = HexFormat.of().parseHex("11" + "07" + "0199c82cc0000003" + "02" + "ac02");
    byte[] dictionary = HexFormat.of()
        .parseHex("12" + "02" + "02"
            + "0199c82cc0000003" + "00" + "01"
            + "0199c82cc0000005" + "00" + "05"
            + "01" + "00" + "02");

    assertThat(RowState.parse(uniform)).isEqualTo(RowState.uniform(7, new Stamp(TIME, 2, 300)));
    assertThat(RowState.parse(dictionary).removal()).contains(new Stamp(TIME + 2, 0, 5));
  }

  /** It had undone the removal, and the row is still what it was. */
  @Test
  void a_removal_below_a_patch_in_a_row_of_the_first_version_is_no_beginning() throws Exception {
    byte[] dictionary = HexFormat.of()
        .parseHex("12" + "02" + "02"
            + "0199c82cc0000005" + "00" + "01"
            + "0199c82cc0000003" + "00" + "05"
            + "00" + "01" + "02");

    assertThat(RowState.parse(dictionary).removal()).isEmpty();
    assertThat(RowState.parse(dictionary).cell(1)).contains(new Stamp(TIME + 2, 0, 1));
  }

  @Test
  void places_of_the_arrival_rule_come_back() throws Exception {
    RowState row = RowState.uniform(3, new Stamp(1_760_000_000_001L, TIME, 1, 7));

    assertThat(RowState.parse(row.toBytes())).isEqualTo(row);
  }

  @Test
  void an_unknown_form_is_refused() {
    assertThatThrownBy(() -> RowState.parse(new byte[] {0x31, 1}))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("newer version");
  }

  @Property
  void damaged_bytes_are_refused_and_nothing_else_happens(
      @ForAll byte[] bytes, @ForAll @IntRange(min = 0, max = 4) int form) {
    if (bytes.length > 0) {
      bytes[0] = new byte[] {0x11, 0x12, 0x21, 0x22, 0x23}[form];
    }
    parseOrRefuse(bytes);
  }

  @Property
  void a_bit_flipped_in_real_bytes_is_refused_or_read_as_something_else(
      @ForAll int position, @ForAll byte value) {
    byte[] bytes = patched(RowState.uniform(3, new Stamp(TIME, 0, 1)), 2, new Stamp(TIME + 1, 1, 2))
        .toBytes();
    bytes[Math.floorMod(position, bytes.length)] = value;
    parseOrRefuse(bytes);
  }

  private static void parseOrRefuse(byte[] bytes) {
    try {
      assertThat(RowState.parse(bytes).cells()).isLessThanOrEqualTo(1 << 12);
    } catch (FormatException refused) {
      assertThat(refused).hasMessageContaining("row's state");
    }
  }
}
