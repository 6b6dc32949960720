package dev.sealift.ops.top;

import dev.sealift.ops.metrics.Interval;
import dev.sealift.ops.terminal.Printable;
import dev.sealift.ops.terminal.TextTable;
import dev.sealift.ops.top.Watched.Look;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** All processes at one moment: a column each for people, an object for programs. */
public final class View {
  private static final String NOTHING = "-";

  private static final Map<String, String> BY_CODE = Map.of(
      "refusals", "sealift_gateway_refusals_total", "problems", "sealift_gateway_problems_total");

  private final Instant time;
  private final List<Look> looks;

  View(Instant time, List<Look> looks) {
    this.time = time;
    this.looks = List.copyOf(looks);
  }

  /** Sentences on the processes that could not be looked at. */
  public List<String> troubles() {
    return looks.stream()
        .filter(look -> look.interval().isEmpty())
        .map(look -> look.process() + ": " + look.trouble())
        .toList();
  }

  /** Whether nothing at all could be seen. */
  public boolean isEmpty() {
    return troubles().size() == looks.size();
  }

  /** A table for people; below it refusals and problems by code, and what could not be seen. */
  public List<String> lines() {
    TextTable table = new TextTable(row("", looks.stream().map(View::place)));
    for (String part : List.of(Figure.PROCESS, Figure.GATEWAY, Figure.ENGINE, Figure.STORAGE)) {
      if (looks.stream().anyMatch(look -> runs(look, part))) {
        addPart(table, part);
      }
    }
    List<String> lines = new ArrayList<>(table.lines());
    BY_CODE.forEach((what, metric) -> addCodes(lines, what, metric));
    lines.addAll(troubles());
    return lines;
  }

  private static String place(Look look) {
    return look.process().getAuthority();
  }

  private static List<String> row(String name, Stream<String> cells) {
    return Stream.concat(Stream.of(name), cells).toList();
  }

  private void addPart(TextTable table, String part) {
    table.add(row(part.toUpperCase(Locale.ROOT), looks.stream().map(look -> "")));
    Figure.ALL.stream()
        .filter(figure -> figure.part().equals(part))
        .forEach(figure ->
            table.add(row("  " + figure.name(), looks.stream().map(look -> shown(figure, look)))));
  }

  private static boolean runs(Look look, String part) {
    return look.interval().isPresent()
        && (part.equals(Figure.PROCESS) || look.verticles().contains(part));
  }

  private static OptionalDouble value(Figure figure, Look look) {
    return runs(look, figure.part())
        ? figure.of(look.interval().orElseThrow())
        : OptionalDouble.empty();
  }

  private static String shown(Figure figure, Look look) {
    OptionalDouble value = value(figure, look);
    return value.isPresent() ? figure.unit().shown(value.getAsDouble()) : NOTHING;
  }

  private void addCodes(List<String> lines, String what, String metric) {
    for (Look look : looks) {
      look.interval()
          .map(shown -> shown.rates(metric, "code"))
          .filter(rates -> !rates.isEmpty())
          .ifPresent(rates -> lines.add(what + " at " + place(look) + ": " + codes(rates)));
    }
  }

  private static String codes(Map<String, Double> rates) {
    return String.join(
        ", ",
        rates.entrySet().stream()
            .map(rate -> Printable.of(rate.getKey()) + " " + Unit.PER_SECOND.shown(rate.getValue()))
            .toList());
  }

  /** {@code {"time":…,"processes":[{"url":…,"verticles":[…],"gateway":{"connections":…,…},…}]}}; what is not known is absent. */
  public JsonObject json() {
    JsonArray processes = new JsonArray();
    looks.forEach(look -> processes.add(json(look)));
    return new JsonObject().put("time", time.toString()).put("processes", processes);
  }

  private static JsonObject json(Look look) {
    JsonObject process = new JsonObject().put("url", look.process().toString());
    if (look.interval().isEmpty()) {
      return process.put("error", look.trouble());
    }
    Interval interval = look.interval().get();
    process.put("verticles", new JsonArray(look.verticles()));
    for (Figure figure : Figure.ALL) {
      value(figure, look)
          .ifPresent(value -> object(process, figure.part()).put(figure.key(), value));
    }
    if (look.verticles().contains(Figure.GATEWAY)) {
      BY_CODE.forEach((what, metric) -> object(process, Figure.GATEWAY)
          .put(what + "_by_code", new JsonObject(Map.copyOf(interval.rates(metric, "code")))));
    }
    return process;
  }

  private static JsonObject object(JsonObject parent, String name) {
    if (!parent.containsKey(name)) {
      parent.put(name, new JsonObject());
    }
    return parent.getJsonObject(name);
  }
}
