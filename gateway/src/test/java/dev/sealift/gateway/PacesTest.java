package dev.sealift.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.gateway.session.Taken;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.SpaceId;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class PacesTest {
  private final Paces paces = new Paces();

  private static SpaceId space(int number) {
    try {
      return SpaceId.of(ByteBuffer.allocate(SpaceId.BYTES).putInt(number).array());
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatWasMeasuredIsToldOnce() {
    paces.add(space(1), new Taken(1, 20, 300));
    paces.add(space(1), new Taken(1, 30, 200));
    paces.add(space(2), new Taken(1, 1, 1));
    assertThat(paces.take(space(1))).isEqualTo(new Taken(2, 50, 500));
    assertThat(paces.take(space(1))).isEqualTo(Taken.NOTHING);
  }

  @Test
  void theSpaceThatWasMeasuredFirstMakesRoom() {
    for (int number = 0; number <= Paces.MAX_SPACES; number++) {
      paces.add(space(number), new Taken(1, 1, 1));
    }
    assertThat(paces.take(space(0))).isEqualTo(Taken.NOTHING);
    assertThat(paces.take(space(1))).isEqualTo(new Taken(1, 1, 1));
  }
}
