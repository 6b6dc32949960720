package dev.sealift.client.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.value.Value;
import dev.sealift.protocol.clock.HybridTime;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowMergeTest {
  private static final int NAME = 1;
  private static final int COUNTRY = 2;
  private static final int[] ALL = {NAME, COUNTRY};
  private static final long CUT_OFF_MILLIS = 1_000;
  private static final List<Value> HOBART = List.of(Value.of("Hobart"), Value.of("AU"));

  private static final Written WHOLE = Written.of(ALL, HOBART);

  private final RowMerge merge = new RowMerge(RowEvents.ORDER, () -> CUT_OFF_MILLIS);

  private static Stamp at(long time) {
    return new Stamp(time, 0, time);
  }

  private static Value notAsked(int cell) {
    throw new AssertionError("the values of cell " + cell + " do not matter here");
  }

  private RowState put(RowState row, long time) {
    return merge
        .put(row, at(time), Seen.EVERYTHING, WHOLE, RowMergeTest::notAsked)
        .state();
  }

  private RowState patch(RowState row, int cell, long time) {
    return merge
        .patch(
            row,
            at(time),
            Seen.EVERYTHING,
            Written.of(new int[] {cell}, List.of(Value.of(time))),
            RowMergeTest::notAsked)
        .state();
  }

  private RowState remove(RowState row, long time) {
    return merge.remove(row, at(time), Seen.EVERYTHING, RowMergeTest::notAsked).state();
  }

  @Test
  void a_new_row_takes_everything_and_appears() {
    Merged merged =
        merge.put(RowState.ABSENT, at(1), Seen.EVERYTHING, WHOLE, RowMergeTest::notAsked);

    assertThat(merged.takes(NAME - 1) && merged.takes(COUNTRY - 1)).isTrue();
    assertThat(merged.visibilityChanged()).isTrue();
    assertThat(merged.state()).isEqualTo(RowState.uniform(3, at(1)));
  }

  @Test
  void a_patch_of_a_row_that_was_never_put_shows_it() {
    assertThat(merge.isVisible(patch(RowState.ABSENT, COUNTRY, 1))).isTrue();
  }

  @Test
  void an_older_put_fills_only_what_no_patch_has_written() {
    Merged merged =
        merge.put(patch(RowState.ABSENT, COUNTRY, 5), at(3), Seen.EVERYTHING, WHOLE, Value::of);

    assertThat(merged.takes(0)).isTrue();
    assertThat(merged.takes(1)).isFalse();
    assertThat(merged.state().cell(COUNTRY)).contains(at(5));
  }

  @Test
  void a_removal_hides_the_row_and_keeps_its_cells() {
    RowState row = remove(put(RowState.ABSENT, 1), 2);

    assertThat(merge.isVisible(row)).isFalse();
    assertThat(row.cell(NAME)).contains(at(1));
  }

  @Test
  void a_patch_after_a_removal_brings_the_row_back_whole() {
    RowState row = patch(remove(put(RowState.ABSENT, 1), 2), COUNTRY, 3);

    assertThat(merge.isVisible(row)).isTrue();
    assertThat(row.cell(NAME)).contains(at(1));
    assertThat(row.removal()).isEmpty();
  }

  @Test
  void a_put_after_a_removal_makes_it_forgotten() {
    assertThat(put(remove(put(RowState.ABSENT, 1), 2), 3)).isEqualTo(RowState.uniform(3, at(3)));
  }

  @Test
  void a_removal_that_arrives_first_hides_the_older_row_that_follows() {
    assertThat(merge.isVisible(put(remove(RowState.ABSENT, 2), 1))).isFalse();
  }

  @Test
  void a_removal_of_the_very_rank_of_a_write_wins() {
    assertThat(merge.isVisible(remove(put(RowState.ABSENT, 2), 2))).isFalse();
    assertThat(merge.isVisible(put(remove(RowState.ABSENT, 2), 2))).isFalse();
  }

  @Test
  void a_column_added_later_is_unset_until_it_is_written() {
    RowState row = patch(put(RowState.ABSENT, 1), 7, 2);

    assertThat(row.cells()).isEqualTo(8);
    assertThat(row.cell(5)).isEmpty();
    assertThat(row.cell(99)).isEmpty();
  }

  @Test
  void the_same_event_in_a_later_file_changes_nothing() {
    RowState row = put(RowState.ABSENT, 1);

    Merged merged =
        merge.put(row, new Stamp(1, 0, 9), Seen.EVERYTHING, WHOLE, cell -> HOBART.get(cell - 1));

    assertThat(merged.changed()).isFalse();
  }

  @Test
  void two_values_of_one_stamp_change_the_row_although_its_state_stays() {
    Value[] ordered = {Value.of(1), Value.of(2)};
    Arrays.sort(ordered, Comparator.comparing(Value::hash));
    RowState row = RowState.uniform(2, at(1));

    Merged higher = merge.patch(
        row,
        at(1),
        Seen.EVERYTHING,
        Written.of(new int[] {NAME}, List.of(ordered[1])),
        cell -> ordered[0]);
    Merged lower = merge.patch(
        row,
        at(1),
        Seen.EVERYTHING,
        Written.of(new int[] {NAME}, List.of(ordered[0])),
        cell -> ordered[1]);

    assertThat(higher.takes(0) && higher.changed()).isTrue();
    assertThat(higher.state()).isEqualTo(row);
    assertThat(lower.changed()).isFalse();
  }

  @Test
  void values_and_cells_must_be_parallel() {
    assertThatThrownBy(() -> merge.put(
            RowState.ABSENT,
            at(1),
            Seen.EVERYTHING,
            Written.of(ALL, List.of()),
            RowMergeTest::notAsked))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void the_marker_is_not_written_by_name() {
    assertThatThrownBy(() -> patch(RowState.ABSENT, RowState.MARKER, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** In milliseconds: the tests above count hybrid times by their counters. */
  private static long millis(long millis) {
    return millis << HybridTime.COUNTER_BITS;
  }

  @Test
  void a_removal_is_dead_above_twice_the_cut_off() {
    RowState removed = remove(put(RowState.ABSENT, millis(1)), millis(5));

    assertThat(merge.asOf(removed, 5 + 2 * CUT_OFF_MILLIS)).isSameAs(removed);
    assertThat(merge.asOf(removed, 6 + 2 * CUT_OFF_MILLIS)).isEqualTo(RowState.ABSENT);
  }

  @Test
  void of_a_row_that_began_anew_a_dead_removal_alone_goes() {
    RowState removed = remove(put(RowState.ABSENT, millis(1)), millis(5));
    long later = millis(6 + CUT_OFF_MILLIS);
    RowState anew = patch(removed, NAME, later);

    assertThat(anew.removal()).isPresent();
    assertThat(merge.asOf(anew, 5 + 2 * CUT_OFF_MILLIS)).isSameAs(anew);
    assertThat(merge.asOf(anew, 6 + 2 * CUT_OFF_MILLIS))
        .isEqualTo(patch(RowState.ABSENT, NAME, later));
  }

  @Test
  void a_row_without_a_removal_has_nothing_dead() {
    RowState row = put(RowState.ABSENT, millis(1));

    assertThat(merge.asOf(row, Long.MAX_VALUE)).isSameAs(row);
    assertThat(merge.asOf(RowState.ABSENT, Long.MAX_VALUE)).isSameAs(RowState.ABSENT);
  }
}
