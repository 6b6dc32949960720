package dev.sealift.protocol.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private static final List<DeviceId> DEVICES =
      IntStream.range(0, 6).mapToObj(TurnsTest::device).toList();

  private static DeviceId device(int number) {
    byte[] id = new byte[DeviceId.BYTES];
    id[0] = (byte) number;
    try {
      return DeviceId.of(id);
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  private static List<DeviceId> order(long base) {
    return DEVICES.stream().sorted(Turns.order(base)).toList();
  }

  @Test
  void theOrderIsThatOfTheHashesAsTheSpecificationHasThem() {
    byte[] base = {0, 0, 0, 0, 0, 0, 1, 2};
    List<Hash> hashes =
        order(0x102).stream().map(device -> Hash.of(device.toByteArray(), base)).toList();
    assertThat(hashes).isSorted();
  }

  @Test
  void theFirstTurnGoesRoundFromCompactionToCompaction() {
    Set<DeviceId> first =
        LongStream.range(0, 100).mapToObj(base -> order(base).get(0)).collect(Collectors.toSet());
    assertThat(first).hasSize(DEVICES.size());
  }
}
