package dev.sealift.protocol.vectors;

import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.vectors.BadVectorException;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.VectorFile;
import java.nio.ByteBuffer;
import java.util.List;

final class HybridTimeVectors extends VectorFile {
  private static final long BEYOND_SIGNED = 1L << 47;

  HybridTimeVectors() {
    super("hybrid-time", "Section 9: hybrid times, 48 bits of milliseconds above 16 of counter.");
  }

  @Override
  protected void cases(Cases to) {
    pack(to, "the first", 0, 0);
    pack(to, "1 ms", 1, 0);
    pack(to, "a full counter carries into the milliseconds", 0, HybridTime.MAX_COUNTER);
    pack(to, "2026, counter 7", SampleFiles.NEW_YEAR_MILLIS, 7);
    pack(to, "2026, full counter", SampleFiles.NEW_YEAR_MILLIS, HybridTime.MAX_COUNTER);
    pack(to, "the highest bit set", BEYOND_SIGNED, 0);
    pack(to, "the last but one", HybridTime.MAX_MILLIS, HybridTime.MAX_COUNTER - 1);
    to.add(
        "read: 2026, counter 7",
        Json.of("kind", "read")
            .u64("hybrid_time", HybridTime.of(SampleFiles.NEW_YEAR_MILLIS, 7).bits()));
    to.add(
        "read: all bits set",
        "The last time; none comes after it.",
        Json.of("kind", "read").u64("hybrid_time", -1));
    List<Long> times = List.of(-1L, 1L << 63, (1L << 63) - 1, 65_536L, 65_535L, 1L);
    to.add(
        "compared as unsigned numbers",
        Json.of("kind", "order")
            .list("hybrid_times", times, time -> Json.text(Long.toUnsignedString(time))));
  }

  private static void pack(Cases to, String name, long millis, int counter) {
    to.add(name, Json.of("kind", "pack").u64("millis", millis).u32("counter", counter));
  }

  @Override
  protected Json expect(Inputs in) {
    return switch (in.text("kind")) {
      case "pack" -> packed(HybridTime.of(in.u64("millis"), in.u32("counter")));
      case "read" -> read(new HybridTime(in.u64("hybrid_time")));
      case "order" ->
        Json.object()
            .list(
                "sorted",
                in.list("hybrid_times", json -> new HybridTime(Inputs.u64(json))).stream()
                    .sorted()
                    .toList(),
                time -> Json.text(Long.toUnsignedString(time.bits())));
      default -> throw new BadVectorException("an unknown kind");
    };
  }

  private static Json packed(HybridTime time) {
    return Json.object()
        .u64("hybrid_time", time.bits())
        .hex("u64", ByteBuffer.allocate(Long.BYTES).putLong(time.bits()).array())
        .u64("next", time.next().bits());
  }

  private static Json read(HybridTime time) {
    return Json.object().u64("millis", time.millis()).u32("counter", time.counter());
  }
}
