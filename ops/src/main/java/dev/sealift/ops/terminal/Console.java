package dev.sealift.ops.terminal;

import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.util.List;

/**
 * Where a command speaks. Without {@code --json}, people's text goes to standard output; with it, standard
 * output carries one JSON object a line and people's text goes to standard error.
 */
public final class Console {
  private final PrintStream out;
  private final PrintStream err;
  private final boolean terminal;
  private final boolean json;

  private Console(PrintStream out, PrintStream err, boolean terminal, boolean json) {
    this.out = out;
    this.err = err;
    this.terminal = terminal;
    this.json = json;
  }

  /**
   * A console on two streams.
   *
   * @param terminal whether a person watches {@code err}
   */
  public static Console of(PrintStream out, PrintStream err, boolean terminal) {
    return new Console(out, err, terminal, false);
  }

  public Console withJson(boolean on) {
    return new Console(out, err, terminal, on);
  }

  public boolean isJson() {
    return json;
  }

  /** A line for people, made fit for a terminal. What stands in it from data, where a line feed could make up a line, goes through {@link Printable} before. */
  public void say(String line) {
    (json ? err : out).println(Printable.lines(line));
  }

  /** A line for people that is no part of the result: a hint, a warning. */
  public void note(String line) {
    err.println(Printable.lines(line));
  }

  /** A drawing of ours, colours and all, that is no part of the result. Nothing in it may come from data as it is. */
  public void draw(List<String> lines) {
    lines.forEach(err::println);
  }

  /** A line for programs, when they listen. */
  public void json(JsonObject object) {
    if (json) {
      out.println(object.encode());
    }
  }

  /** A result: the sentence for people, the object for programs. */
  public void result(String line, JsonObject object) {
    if (json) {
      json(object);
    } else {
      say(line);
    }
  }

  /** The stream for data, such as an export. */
  public PrintStream data() {
    return out;
  }

  /** True once whoever reads standard output has gone away. */
  public boolean isDeaf() {
    return out.checkError();
  }

  /** Progress of something long: a bar where a person watches, nothing elsewhere. */
  public Progress progress(String task, long total, String unit) {
    return terminal ? new BarProgress(err, task, total, unit) : Progress.SILENT;
  }
}
