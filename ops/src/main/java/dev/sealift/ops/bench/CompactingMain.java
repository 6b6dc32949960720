package dev.sealift.ops.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.sealift.client.sync.JdkTransport;
import dev.sealift.client.sync.Replica;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;

/**
 * Makes a compaction of what a device holds, several times. Arguments: the device's folder, how often, and {@value #FLOOR} or {@value #HEAP}. Says of each how many nanoseconds of processor time this process took, with its collector and compiler, and the
 * same of the floor; or in the end the most live heap in bytes. Then answers.
 */
final class CompactingMain {
  static final String FLOOR = "floor";
  static final String HEAP = "heap";

  /** From the first on no file would be read. */
  private static final long SECOND_FILE = 2;

  private CompactingMain() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    int times = Integer.parseInt(arguments[1]);
    try (CompactingDevice device = CompactingDevice.open(folder, new JdkTransport())) {
      if (arguments[2].equals(HEAP)) {
        LiveHeap heap = new LiveHeap();
        heap.peakBytes();
        make(device.replica());
        System.out.println(heap.peakBytes());
      } else {
        measure(device, new CompactingFloor(folder, device.fileBytes()), times);
      }
    }
    Answering.untilNobodyAsks();
  }

  private static void measure(CompactingDevice device, CompactingFloor floor, int times)
      throws Exception {
    Replica replica = device.replica();
    for (int i = 0; i < times; i++) {
      System.out.println(processorNanos(() -> make(replica)));
      System.out.println(processorNanos(floor::run));
    }
  }

  private static void make(Replica replica) {
    if (!replica.compactFrom(SECOND_FILE)) {
      throw new IllegalStateException("it would have too many parts");
    }
  }

  private static long processorNanos(Workbench.Work work) throws Exception {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long start = system.getProcessCpuTime();
    work.run();
    return system.getProcessCpuTime() - start;
  }
}
