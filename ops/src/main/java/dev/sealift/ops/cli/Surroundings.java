package dev.sealift.ops.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a command finds around it.
 *
 * @param terminal whether a person watches standard error
 */
public record Surroundings(
    Map<String, String> environment,
    Path userHome,
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean terminal) {

  /** Set by the launcher: only the shell can tell whether standard error is a terminal on every JDK. */
  private static final String TERMINAL_PROPERTY = "sealift.terminal";

  public Surroundings {
    environment = Map.copyOf(environment);
  }

  public static Surroundings ofThisProcess() {
    return new Surroundings(
        System.getenv(),
        Path.of(System.getProperty("user.home")),
        System.in,
        utf8(FileDescriptor.out, false),
        utf8(FileDescriptor.err, true),
        Boolean.getBoolean(TERMINAL_PROPERTY));
  }

  /** Output is UTF-8 whatever the locale says: JSON is, and so are exported files. */
  private static PrintStream utf8(FileDescriptor descriptor, boolean autoFlush) {
    java.io.OutputStream stream =
        new java.io.BufferedOutputStream(new FileOutputStream(descriptor), 1 << 16);
    return new PrintStream(stream, autoFlush, StandardCharsets.UTF_8);
  }
}
