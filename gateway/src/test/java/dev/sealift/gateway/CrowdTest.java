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
  private final DeviceId three = new TestDevice(3).id();

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
    assertThat(crowd.ofOthers(space, three)).isEqualTo(2);
    assertThat(crowd.ofOthers(space, one)).isEqualTo(1);
    crowd.leave(space, one, "a");
    crowd.leave(space, one, "a");
    assertThat(crowd.ofOthers(space, three)).isEqualTo(1);
    crowd.leave(space, two, "b");
    assertThat(crowd.ofOthers(space, three)).isZero();
    crowd.leave(space, two, "b");
    assertThat(crowd.ofOthers(TestDevice.space(2), three)).isEqualTo(1);
    assertThat(crowd.ofOthers(TestDevice.space(2), one)).isZero();
  }
}
