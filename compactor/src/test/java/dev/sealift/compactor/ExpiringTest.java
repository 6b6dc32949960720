package dev.sealift.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.mesh.proto.ExpireReply;
import org.junit.jupiter.api.Test;

class ExpiringTest {
  private final Expiring expiring = new Expiring();

  private void answered(long files, boolean more, long expiresAt, long now) {
    expiring.begin();
    ExpireReply reply = ExpireReply.newBuilder()
        .setFiles(files)
        .setMore(more)
        .setExpiresAtMillis(expiresAt)
        .build();
    expiring.answered(reply, now);
  }

  @Test
  void itIsDueInTheVeryMillisecond() {
    expiring.told(10, 9, 1);
    assertThat(expiring.dueAt()).isEqualTo(Expiring.NEVER);
    expiring.reached(10, 2);
    assertThat(expiring.isDue(2)).isTrue();
  }

  @Test
  void whereNothingExpiresItIsNeverDue() {
    expiring.told(0, 10, 1);
    expiring.reached(Long.MAX_VALUE, 2);
    assertThat(expiring.dueAt()).isEqualTo(Expiring.NEVER);
  }

  @Test
  void oneQuestionIsUnderWayAtATime() {
    expiring.told(10, 10, 1);
    expiring.begin();
    expiring.reached(11, 2);
    assertThat(expiring.dueAt()).isEqualTo(Expiring.NEVER);
  }

  /** Its log may have come further than was heard of here. */
  @Test
  void theStoreKnowsWhetherThereIsMore() {
    expiring.told(10, 10, 1);
    answered(1, true, 20, 2);
    assertThat(expiring.isDue(2)).isTrue();
  }

  @Test
  void newsThatCameMeanwhileCount() {
    expiring.told(10, 10, 1);
    expiring.begin();
    expiring.reached(30, 2);
    expiring.answered(
        ExpireReply.newBuilder().setFiles(1).setExpiresAtMillis(20).build(), 3);
    assertThat(expiring.dueAt()).isEqualTo(3 + CompactorLimits.EXPIRE_EVERY_MILLIS);
  }

  @Test
  void aStoreThatDoesNotGetOnIsNotAskedOnAndOn() {
    expiring.told(10, 10, 1);
    answered(0, true, 10, 2);
    assertThat(expiring.dueAt()).isEqualTo(2 + CompactorLimits.RECLAIM_AGAIN_MILLIS);
    answered(0, false, 10, 3); // the log was restored to an earlier time
    assertThat(expiring.dueAt()).isEqualTo(Expiring.NEVER);
    expiring.reached(10, 4);
    assertThat(expiring.dueAt()).isEqualTo(3 + CompactorLimits.RECLAIM_AGAIN_MILLIS);
  }
}
