package dev.sealift.ops.chaos.bed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a run after the process that does it, so that a later run can tell from a name alone whether what bears it was left behind.
 *
 * @param pid of that process
 * @param startedAtMillis when that process started, in Unix milliseconds
 */
public record RunId(long pid, long startedAtMillis) {
  private static final String PREFIX = "sealift-chaos-";
  private static final int RADIX = 36;
  private static final Pattern NAME = Pattern.compile(PREFIX + "([0-9]+)-([0-9a-z]+)");

  /** The run of this process. */
  public static RunId ofThisProcess() {
    ProcessHandle self = ProcessHandle.current();
    return new RunId(self.pid(), startedAtMillis(self));
  }

  /** The run that a name of a namespace, folder or mount point belongs to. */
  static Optional<RunId> in(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.find()
        ? Optional.of(
            new RunId(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2), RADIX)))
        : Optional.empty();
  }

  private static long startedAtMillis(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  boolean isGoingOn() {
    return ProcessHandle.of(pid)
        .filter(process -> startedAtMillis(process) == startedAtMillis)
        .filter(process -> !isOver(process))
        .isPresent();
  }

  /** A process that was killed and that nobody has taken note of yet is still listed, without a command line. */
  private static boolean isOver(ProcessHandle process) {
    try {
      return Files.readAllBytes(Path.of("/proc/" + process.pid() + "/cmdline")).length == 0;
    } catch (IOException e) {
      return true;
    }
  }

  /** What the names of everything that the run makes begin with. */
  public String text() {
    return PREFIX + pid + "-" + Long.toString(startedAtMillis, RADIX);
  }
}
