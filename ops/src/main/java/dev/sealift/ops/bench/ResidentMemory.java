package dev.sealift.ops.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The memory of a process as the kernel counts it against a container's limit: heap, threads, code, buffers, everything. */
final class ResidentMemory {
  private static final String PEAK = "VmHWM:";

  private ResidentMemory() {}

  /** The most that a process has had at any time, in bytes: a container is ended for its peak. */
  static long peakBytes(long pid) throws BenchFailedException {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    try {
      return peakBytes(Files.readAllLines(status));
    } catch (IOException e) {
      throw new BenchFailedException(
          "The memory of a process cannot be read from " + status
              + ". This row needs Linux; leave it out with --only.",
          e);
    }
  }

  static long peakBytes(List<String> status) throws BenchFailedException {
    return status.stream()
        .filter(line -> line.startsWith(PEAK))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
        .findFirst()
        .orElseThrow(() -> new BenchFailedException("The kernel does not tell " + PEAK));
  }
}
