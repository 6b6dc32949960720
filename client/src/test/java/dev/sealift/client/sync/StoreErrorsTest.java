package dev.sealift.client.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.StoreException;
import dev.sealift.client.store.StoreException.Code;
import org.junit.jupiter.api.Test;

/** What the store throws reaches the app as something that it can act on. */
class StoreErrorsTest {
  @Test
  void thatAStepIsUnfinishedIsToldAsSomethingThatPasses() {
    SealiftException told = StoreErrors.toSealift(
        new StoreException(Code.STEP_UNFINISHED, "a part of it is there: reading goes on"));
    assertThat(told.code()).isEqualTo(ErrorCode.CATCHING_UP);
    assertThat(told).hasMessage("A part of it is there: reading goes on.");
  }
}
