package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.compact.CarriedRow;
import dev.sealift.client.compact.CarriedRow.Held;
import dev.sealift.client.compact.CarriedRow.Loser;
import dev.sealift.client.compact.CellName;
import dev.sealift.client.compact.Origin;
import dev.sealift.client.store.RowComparison.Since;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What may be claimed of a row that something came to behind the base. */
class RowComparisonTest {
  private static final CellName NAME = new CellName("name", null);

  /** The base is at 1,000 ms and file 10; what was removed before 500 has died since, before 300 it was dead there. Losers from before 400 are over, from before 200 they were there. */
  private static final Since SINCE =
      new Since(10, 1_000, 400, 0, 500, 300, 200, Lifetimes.Over.NOTHING);

  private static Origin at(long millis, long sequence) {
    byte[] id = new byte[DeviceId.BYTES];
    try {
      return new Origin(0, HybridTime.of(millis, 0).bits(), DeviceId.of(id), sequence);
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  private static CarriedRow row(
      @Nullable Origin removal, List<Held> registers, List<Loser> losers) {
    return new CarriedRow(
        "t", "k", null, removal, null, registers, List.of(), List.of(), losers, List.of(), null);
  }

  private static Held name(long millis, long sequence) {
    return new Held(NAME, at(millis, sequence), Value.of(millis));
  }

  private static void compare(CarriedRow mine, boolean touched, CarriedRow carried)
      throws DifferenceException {
    RowComparison comparison = new RowComparison(mine, touched, SINCE);
    comparison.take(carried, true);
    comparison.end();
  }

  private static void requireRight(CarriedRow mine, CarriedRow carried) {
    assertThatCode(() -> compare(mine, true, carried)).doesNotThrowAnyException();
  }

  private static void requireWrong(CarriedRow mine, CarriedRow carried) {
    assertThatThrownBy(() -> compare(mine, true, carried)).isInstanceOf(DifferenceException.class);
  }

  @Test
  void whatARemovalHidWentWithIt() {
    CarriedRow carried = row(at(450, 5), List.of(name(440, 4)), List.of());
    requireRight(row(null, List.of(), List.of()), carried);
    requireRight(row(null, List.of(name(990, 11)), List.of()), carried);
  }

  /** Else a removal that was never there could take away what has not changed for long, with an event that does nothing. */
  @Test
  void aRemovalThatWouldHideWhatIsHeldWasNotThere() {
    CarriedRow carried = row(at(450, 5), List.of(name(440, 4)), List.of());
    requireWrong(row(null, List.of(name(440, 4)), List.of()), carried);
  }

  @Test
  void aRemovalExcusesNothingThatOutranksIt() {
    CarriedRow carried = row(at(450, 5), List.of(name(460, 6)), List.of());
    requireWrong(row(null, List.of(), List.of()), carried);
  }

  @Test
  void whatWasDeadAtTheBaseIsNotCarried() {
    CarriedRow carried = row(at(250, 3), List.of(name(240, 2)), List.of());
    requireWrong(row(null, List.of(), List.of()), carried);
  }

  private static Loser loser(long since) {
    return new Loser(
        NAME,
        at(100, 1).time(),
        at(100, 1).device(),
        1,
        Value.NULL,
        1,
        at(1, 1).device(),
        since,
        0);
  }

  @Test
  void whatIsOverMayBeCarriedIfItWasNotAtTheBase() {
    CarriedRow mine = row(null, List.of(), List.of());
    requireRight(mine, row(null, List.of(), List.of(loser(300))));
    requireWrong(mine, row(null, List.of(), List.of(loser(150))));
    assertThatThrownBy(() -> compare(mine, false, row(null, List.of(), List.of(loser(450)))))
        .isInstanceOf(DifferenceException.class);
  }
}
