package dev.sealift.merge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RecoveryWindowsTest {
  private final RecoveryWindows windows = new RecoveryWindows(1000);

  private static Restorations mark(int number) {
    return new Restorations(number, List.of(), List.of());
  }

  private long left(int number) {
    return windows.leftMillis(mark(number), new Recovery(number));
  }

  @Test
  void aSpaceThatIsNotThereMayComeBackForADayAndHasItsTimeThen() {
    windows.see(mark(7));
    windows.elapsed(5_000);
    assertThat(windows.rebuildLeftMillis(mark(7))).isEqualTo(1000);
    windows.elapsed(RecoveryWindows.REBUILD_MILLIS - 300);
    assertThat(windows.rebuildLeftMillis(mark(7))).isEqualTo(300);

    Recovery back = new Recovery(7);
    back.comesBack(windows.endMonoOfRebuilt());
    windows.elapsed(RecoveryWindows.REBUILD_MILLIS);
    assertThat(windows.rebuildLeftMillis(mark(7))).isZero();
    assertThat(windows.leftMillis(mark(7), back)).isEqualTo(700);
  }

  @Test
  void eachMarkHasItsTimeFromWhenItWasSeenFirst() {
    windows.elapsed(5_000);
    windows.see(mark(7));
    windows.elapsed(5_400);
    windows.see(mark(8));
    windows.see(mark(7));

    assertThat(left(7)).isEqualTo(600);
    assertThat(left(8)).isEqualTo(1000);
    windows.elapsed(6_000);
    assertThat(left(7)).isZero();
    assertThat(left(8)).isEqualTo(400);
    windows.elapsed(9_000);
    assertThat(left(8)).isZero();
  }

  @Test
  void ofSoManyMarksTheTimesAreRemembered() {
    for (int i = 1; i <= RecoveryWindows.MAX_MARKS + 1; i++) {
      windows.see(mark(i));
    }
    windows.elapsed(1000);

    assertThat(left(2)).isZero();
    assertThat(left(1)).isEqualTo(1000);
  }
}
