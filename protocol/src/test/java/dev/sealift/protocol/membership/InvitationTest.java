package dev.sealift.protocol.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.membership.Invitation.Standing;
import dev.sealift.protocol.proto.Role;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InvitationTest {
  private final Invitation once = new Invitation(
      SampleDevice.number(2).id(),
      SampleDevice.number(1).keys(),
      Role.ROLE_READER,
      100,
      1,
      Optional.empty(),
      false);

  @Test
  void isOpenUntilTheMillisecondBeforeItExpires() {
    assertThat(once.standing(0)).isEqualTo(Standing.OPEN);
    assertThat(once.standing(99)).isEqualTo(Standing.OPEN);
    assertThat(once.standing(100)).isEqualTo(Standing.EXPIRED);
  }

  @Test
  void isUsedUpByItsLastUse() {
    assertThat(once.usedOnce().standing(0)).isEqualTo(Standing.USED_UP);
    assertThat(once.usedOnce().standing(100)).isEqualTo(Standing.USED_UP);
    assertThat(once.usesLeft()).isEqualTo(1);
  }

  @Test
  void isOverOnceItIsWithdrawn() {
    assertThat(once.withdrawn().standing(0)).isEqualTo(Standing.WITHDRAWN);
    assertThat(once.usedOnce().withdrawn().standing(100)).isEqualTo(Standing.WITHDRAWN);
  }
}
