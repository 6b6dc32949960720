package dev.sealift.ops.bench;

import java.util.List;

/**
 * How a JVM of the mesh runs in its container of 1 GiB ({@code ops/kubernetes/ha}), on a machine that has more: what
 * {@code ops/image/jvm.options} says, and what the JVM decides by itself where there is so little memory.
 */
final class Container {
  static final long BYTES = 1L << 30;

  /** Of the memory, as {@code jvm.options} says. */
  static final int HEAP_PERCENT = 50;

  /** With less than 1.75 GiB a JVM takes the serial collector, and begins with a 64th of the memory as heap. */
  static final List<String> FLAGS = List.of(
      "-Xmx" + (BYTES * HEAP_PERCENT / 100 >> 20) + "m",
      "-XX:MaxRAM=" + BYTES,
      "-XX:+UseSerialGC",
      "-XX:+ExitOnOutOfMemoryError");

  private Container() {}
}
