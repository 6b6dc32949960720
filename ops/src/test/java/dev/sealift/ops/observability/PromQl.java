package dev.sealift.ops.observability;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An expression of Prometheus' query language, read as far as it names things: metrics, the labels they are selected by, the labels
 * that results are grouped by. What it cannot read it refuses, so that nothing is passed over in silence.
 */
record PromQl(List<Selector> selectors, Set<String> groupedBy) {
  private static final Pattern TOKEN = Pattern.compile(
      "\\s+|(?<text>\"(?:[^\"\\\\]|\\\\.)*\")|(?<range>\\[[^\\]]*\\])|(?<name>[A-Za-z_:][A-Za-z0-9_:]*)"
          + "|(?<number>[0-9.]+(?:e[+-]?[0-9]+)?)|(?<mark>=~|!~|!=|==|>=|<=|[-+*/%^=<>(){},])");

  private static final Set<String> GROUPING =
      Set.of("by", "without", "on", "ignoring", "group_left", "group_right");

  private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "bool", "offset");

  /** A metric and how its labels must be. */
  record Selector(String metric, List<Condition> conditions) {}

  record Condition(String label, String operator, String value) {}

  static PromQl parse(String expression) {
    return new Reading(tokens(expression)).all();
  }

  private static List<String> tokens(String expression) {
    List<String> tokens = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(expression);
    int at = 0;
    while (at < expression.length()) {
      if (!matcher.find(at) || matcher.start() != at) {
        throw new IllegalArgumentException("at " + at + " of: " + expression);
      }
      if (!matcher.group().isBlank() && matcher.group("range") == null) {
        tokens.add(matcher.group());
      }
      at = matcher.end();
    }
    return tokens;
  }

  private static final class Reading {
    private final List<String> tokens;
    private final List<Selector> selectors = new ArrayList<>();
    private final Set<String> groupedBy = new LinkedHashSet<>();
    private int at;

    Reading(List<String> tokens) {
      this.tokens = tokens;
    }

    PromQl all() {
      int depth = 0;
      while (at < tokens.size()) {
        String token = tokens.get(at++);
        if (Character.isLetter(token.charAt(0)) || token.charAt(0) == '_') {
          name(token);
        } else if (token.equals("(")) {
          depth++;
        } else if (token.equals(")")) {
          depth--;
        } else if (token.equals("{") || token.equals("}")) {
          throw new IllegalArgumentException("labels without a metric: " + tokens);
        }
      }
      if (depth != 0) {
        throw new IllegalArgumentException("parentheses do not match: " + tokens);
      }
      return new PromQl(List.copyOf(selectors), Set.copyOf(groupedBy));
    }

    private void name(String name) {
      if (GROUPING.contains(name)) {
        take("(");
        for (String label = take(); !label.equals(")"); label = take()) {
          if (!label.equals(",")) {
            groupedBy.add(label);
          }
        }
      } else if (!OPERATORS.contains(name) && !isCall()) {
        selectors.add(new Selector(name, conditions()));
      }
    }

    /** A function, or an aggregation whose grouping may stand in between. */
    private boolean isCall() {
      return at < tokens.size()
          && (tokens.get(at).equals("(") || GROUPING.contains(tokens.get(at)));
    }

    private List<Condition> conditions() {
      List<Condition> conditions = new ArrayList<>();
      if (at < tokens.size() && tokens.get(at).equals("{")) {
        at++;
        while (!tokens.get(at).equals("}")) {
          String label = take();
          String operator = take();
          String text = take();
          conditions.add(new Condition(label, operator, text.substring(1, text.length() - 1)));
          if (tokens.get(at).equals(",")) {
            at++;
          }
        }
        at++;
      }
      return conditions;
    }

    private String take() {
      return tokens.get(at++);
    }

    private void take(String expected) {
      if (!take().equals(expected)) {
        throw new IllegalArgumentException("expected " + expected + " in: " + tokens);
      }
    }
  }

  /** What is wrong with this expression for a process that shows these labels and values of each metric; empty when nothing is. */
  List<String> faults(Map<String, List<Map<String, String>>> shown) {
    List<String> faults = new ArrayList<>();
    Map<String, Boolean> grouped = new HashMap<>();
    groupedBy.forEach(label -> grouped.put(label, OF_PROMETHEUS.contains(label)));
    for (Selector selector : selectors) {
      List<Map<String, String>> samples = shown.getOrDefault(selector.metric(), List.of());
      if (samples.isEmpty()) {
        faults.add("no metric " + selector.metric());
        continue;
      }
      for (Condition condition : selector.conditions()) {
        if (!OF_PROMETHEUS.contains(condition.label())
            && samples.stream().noneMatch(labels -> mayBe(condition, labels))) {
          faults.add("no " + condition + " of " + selector.metric());
        }
      }
      for (Map<String, String> labels : samples) {
        labels.keySet().forEach(label -> grouped.computeIfPresent(label, (l, known) -> true));
      }
    }
    grouped.forEach((label, known) -> {
      if (!known) {
        faults.add("nothing has the label " + label);
      }
    });
    return faults;
  }

  /** Labels that Prometheus adds to each process. */
  private static final Set<String> OF_PROMETHEUS = Set.of("instance", "job", "namespace");

  private static boolean mayBe(Condition condition, Map<String, String> labels) {
    String value = labels.get(condition.label());
    if (value == null) {
      return false;
    }
    return switch (condition.operator()) {
      case "=", "!=" -> value.equals(condition.value());
      case "=~", "!~" -> value.matches(condition.value());
      default -> false;
    };
  }
}
