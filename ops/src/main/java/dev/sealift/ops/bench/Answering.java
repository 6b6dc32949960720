package dev.sealift.ops.bench;

import com.sun.management.OperatingSystemMXBean;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;

/** The other end of {@link ChildProcess}: answers questions about this JVM, one a line, until nobody is left to ask. */
final class Answering {
  /** Live heap in bytes. */
  static final String HEAP = "heap";

  /** The most live heap that was seen since the first time this was asked, in bytes. */
  static final String PEAK = "peak";

  /** Processor time so far in nanoseconds: of the process, and of each thread by name. */
  static final String PROCESSOR = "processor";

  /** Of the whole process, user and system, among those answers. */
  static final String WHOLE = "process";

  private Answering() {}

  /** Returns when the process that started this one has closed the pipe, or is gone. */
  static void untilNobodyAsks() throws IOException {
    BufferedReader questions =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    LiveHeap heap = new LiveHeap();
    for (String question = questions.readLine();
        question != null;
        question = questions.readLine()) {
      System.out.println(answer(question, heap));
    }
  }

  private static String answer(String question, LiveHeap heap) {
    return switch (question) {
      case HEAP -> Long.toString(LiveHeap.bytes());
      case PEAK -> Long.toString(heap.peakBytes());
      case PROCESSOR -> processor().encode();
      default -> throw new IllegalArgumentException("nobody here knows " + question);
    };
  }

  private static JsonObject processor() {
    JsonObject nanos = new JsonObject();
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null) {
        long spent = Math.max(0, threads.getThreadCpuTime(thread.getThreadId()));
        nanos.put(thread.getThreadName(), nanos.getLong(thread.getThreadName(), 0L) + spent);
      }
    }
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return nanos.put(WHOLE, system.getProcessCpuTime());
  }
}
