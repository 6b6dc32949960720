package dev.sealift.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.SpaceId;
import org.junit.jupiter.api.Test;

class CrowdTest {
  private final Crowd<String> crowd = new Crowd<>();
  private final SpaceId space = TestDevice.space(1);
  private final DeviceId one = new TestDevice(1).id();
  private final DeviceId two = new TestDevice(2).id();

  @Test
  void aDevicesOldestConnectionIsTooManyAndNoOtherDevices() {
    assertThat(crowd.enter(space, two, "other", 2)).isEmpty();
    assertThat(crowd.enter(space, one, "a", 2)).isEmpty();
    assertThat(crowd.enter(space, one, "b", 2)).isEmpty();
    assertThat(crowd.enter(space, one, "c", 2)).containsExactly("a");
    crowd.leave(space, one, "a");
    assertThat(crowd.enter(space, one, "d", 2)).containsExactly("b");
  }

  @Test
  void theNewestConnectionAlwaysStays() {
    assertThat(crowd.enter(space, one, "a", 0)).isEmpty();
    assertThat(crowd.enter(space, one, "b", 0)).containsExactly("a");
  }

  @Test
  void spacesAreCountedApartAndLeavingTwiceCountsOnce() {
    crowd.enter(space, one, "a", 9);
    crowd.enter(space, two, "b", 9);
    crowd.enter(TestDevice.space(2), one, "c", 9);
    assertThat(crowd.in(space)).isEqualTo(2);
    crowd.leave(space, one, "a");
    crowd.leave(space, one, "a");
    assertThat(crowd.in(space)).isEqualTo(1);
    crowd.leave(space, two, "b");
    assertThat(crowd.in(space)).isZero();
    crowd.leave(space, two, "b");
    assertThat(crowd.in(TestDevice.space(2))).isEqualTo(1);
  }
}
