package dev.sealift.ops.jvm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The command line of another JVM with this one's Java and class path. */
public final class JavaCommand {
  /** What the launcher's jar says in its manifest, which a JVM that is started by class name does not read. */
  private static final List<String> MODULE_FLAGS = List.of(
      "--enable-native-access=ALL-UNNAMED",
      "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
      "--add-opens=java.base/java.lang=ALL-UNNAMED",
      "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
      "--add-opens=java.management/sun.management=ALL-UNNAMED",
      "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED");

  /** What a JVM itself has to say goes to standard error: standard output is for answers. */
  private static final List<String> QUIET_FLAGS =
      List.of("-Xlog:disable", "-Xlog:all=error:stderr");

  private static final int UNSAFE_NOTICE_SINCE = 24;

  private JavaCommand() {}

  /**
   * The command, ready for a {@link ProcessBuilder}.
   *
   * @param flags for the JVM: heap, collector, recording
   */
  public static List<String> of(Class<?> main, List<String> flags, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(QUIET_FLAGS);
    command.addAll(MODULE_FLAGS);
    if (Runtime.version().feature() >= UNSAFE_NOTICE_SINCE) {
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(Arrays.asList(arguments));
    return command;
  }
}
