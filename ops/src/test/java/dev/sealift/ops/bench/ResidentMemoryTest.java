package dev.sealift.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResidentMemoryTest {
  @Test
  void theKernelCountsKibibytes() throws Exception {
    List<String> status =
        List.of("Name:\tjava", "VmPeak:\t 4000000 kB", "VmHWM:\t  204800 kB", "VmRSS:\t 1024 kB");
    assertThat(ResidentMemory.peakBytes(status)).isEqualTo(200L << 20);
  }

  @Test
  void aProcessThatIsGoneHasNone() {
    assertThatExceptionOfType(BenchFailedException.class)
        .isThrownBy(() -> ResidentMemory.peakBytes(List.of("Name:\tjava")));
  }
}
