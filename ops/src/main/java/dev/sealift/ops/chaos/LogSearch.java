package dev.sealift.ops.chaos;

import dev.sealift.ops.chaos.bed.ChaosFailedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the run's processes should not have said. Faults make them complain, and they may; but a bug is one under any fault.
 *
 * @param bugs lines that no fault excuses, at most {@value #MOST_BUGS}
 * @param errors how often each other error was logged, by its first words
 */
record LogSearch(List<String> bugs, Map<String, Long> errors) {
  private static final int MOST_BUGS = 20;
  private static final int ERROR_CHARACTERS = 90;

  /** No record is longer; what is not a log record, such as a database's lines, is looked at in such pieces. */
  private static final int MOST_LINES = 200;

  private static final Pattern BUG = Pattern.compile(
      "fault of (the|its)|by a bug|bug in Sealift|Exception in thread|[Uu]ncaught|[Uu]nhandled exception"
          + "|NullPointerException|ClassCastException|IndexOutOfBounds|IllegalStateException|AssertionError"
          + "|ConcurrentModification|StackOverflow|OutOfMemory");

  /** The first line of a log record; what follows without such a beginning, a stack trace, belongs to it. */
  private static final Pattern RECORD = Pattern.compile("^\\d\\d:\\d\\d:\\d\\d\\S* +[A-Z]+ .*");

  /**
   * How Hazelcast's own records begin: its cluster and version. It throws such exceptions from member to member when one comes or goes while
   * another starts, and catches them.
   */
  private static final Pattern EXCUSED = Pattern.compile("\\[sealift] \\[\\d");

  /**
   * What Vert.x 5.0.10 says when a connection of the event bus breaks just as a message is written to it: it takes that for something that was
   * reported before. It says so where interceptors of the bus are called, so nobody else hears of it: the message is lost, and the question ends at
   * its time limit.
   */
  private static final List<String> BROKEN_WHILE_SENT = List.of(
      "java.lang.IllegalStateException",
      "at io.vertx.core.Promise.fail(",
      "at io.vertx.core.eventbus.impl.clustered.OutboundConnection.writeMessage(");

  /**
   * The same, of the messages that waited for a connection that is given up: each is told, and what tells it is called a fault. Of no code of ours is
   * any line in it.
   */
  private static final List<String> BROKEN_WHILE_WAITING = List.of(
      "java.lang.IllegalStateException",
      "at io.vertx.core.Promise.fail(",
      "at io.vertx.core.Promise.complete(",
      "at io.vertx.core.impl.future.FutureBase.lambda$emitResult$");

  /** What Vert.x 5.0.10 and Netty say of a connection that is accepted in the moment in which the server stops listening. It is closed. */
  private static final List<String> ACCEPTED_WHILE_CLOSING = List.of(
      "Failed to register an accepted channel",
      "at io.vertx.core.net.impl.VertxEventLoopGroup.next(",
      "at io.netty.bootstrap.ServerBootstrap$ServerBootstrapAcceptor.channelRead(");

  private static final String OURS = "at dev.sealift.";

  private static final Pattern ERROR = Pattern.compile("^\\S+ ERROR +(.*)");

  static LogSearch in(Path logs) throws ChaosFailedException {
    List<String> bugs = new ArrayList<>();
    Map<String, Long> errors = new TreeMap<>();
    try (Stream<Path> files = Files.list(logs)) {
      for (Path file : files.sorted().toList()) {
        search(file, bugs, errors);
      }
    } catch (IOException e) {
      throw ChaosFailedException.failed("The logs cannot be read: " + e.getMessage() + ".");
    }
    return new LogSearch(bugs, errors);
  }

  private static void search(Path file, List<String> bugs, Map<String, Long> errors)
      throws IOException {
    var decoder = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPLACE);
    try (BufferedReader lines =
        new BufferedReader(new java.io.InputStreamReader(Files.newInputStream(file), decoder))) {
      List<String> record = new ArrayList<>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (RECORD.matcher(line).matches() || record.size() == MOST_LINES) {
          judge(file, record, bugs);
          record.clear();
        }
        record.add(line);
        count(line, errors);
      }
      judge(file, record, bugs);
    }
  }

  private static void judge(Path file, List<String> record, List<String> bugs) {
    if (isExcused(record)) {
      return;
    }
    record.stream()
        .filter(line -> BUG.matcher(line).find())
        .limit(MOST_BUGS - bugs.size())
        .forEach(line -> bugs.add(file.getFileName() + ": " + line));
  }

  private static boolean isExcused(List<String> record) {
    return !record.isEmpty()
        && (EXCUSED.matcher(record.get(0)).find()
            || has(record, BROKEN_WHILE_SENT)
            || has(record, ACCEPTED_WHILE_CLOSING)
            || has(record, BROKEN_WHILE_WAITING) && !has(record, List.of(OURS)));
  }

  private static boolean has(List<String> record, List<String> parts) {
    return parts.stream().allMatch(part -> record.stream().anyMatch(line -> line.contains(part)));
  }

  private static void count(String line, Map<String, Long> errors) {
    var error = ERROR.matcher(line);
    if (error.find()) {
      String text = error.group(1);
      String begin = text.substring(0, Math.min(ERROR_CHARACTERS, text.length()));
      errors.merge(begin.replaceAll("[0-9a-f]{6,}|[0-9]+", "…"), 1L, Long::sum);
    }
  }
}
