package dev.sealift.ops.metrics;

import dev.sealift.protocol.FormatException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a process shows of its metrics, read from Prometheus' text format: {@code name{label="value",…} number [time]}, a line each.
 * Whoever answers at an address may be anybody: what is too long, too much or no number is refused, and comments are passed over.
 */
public final class Exposition {
  /** A hundred times what a process of ours shows. */
  public static final int MAX_CHARACTERS = 8 << 20;

  static final int MAX_SAMPLES = 100_000;
  static final int MAX_LABELS = 32;

  private final Map<String, List<Sample>> byName;

  /** One line. */
  public record Sample(String name, Map<String, String> labels, double value) {
    public Sample {
      labels = Map.copyOf(labels);
    }

    /** Whether all of these labels, name and value by turns, are among its own. */
    public boolean has(String... wanted) {
      for (int i = 0; i < wanted.length; i += 2) {
        if (!wanted[i + 1].equals(labels.get(wanted[i]))) {
          return false;
        }
      }
      return true;
    }
  }

  private Exposition(Map<String, List<Sample>> byName) {
    this.byName = byName;
  }

  /** Reads all lines. */
  public static Exposition parse(String text) throws FormatException {
    if (text.length() > MAX_CHARACTERS) {
      throw new FormatException("there are more metrics than a process has");
    }
    Map<String, List<Sample>> byName = new LinkedHashMap<>();
    int samples = 0;
    for (String line : (Iterable<String>) text.lines()::iterator) {
      if (!line.isBlank() && !line.startsWith("#")) {
        samples++;
        if (samples > MAX_SAMPLES) {
          throw new FormatException("there are more metrics than a process has");
        }
        Sample sample = new Line(line).sample();
        byName.computeIfAbsent(sample.name(), name -> new ArrayList<>()).add(sample);
      }
    }
    return new Exposition(byName);
  }

  /** Every sample's name, such as {@code sealift_engine_commit_seconds_bucket}. */
  public Set<String> names() {
    return Collections.unmodifiableSet(byName.keySet());
  }

  /** The samples of a name that have these labels, name and value by turns. */
  public List<Sample> samples(String name, String... labels) {
    return byName.getOrDefault(name, List.of()).stream()
        .filter(sample -> sample.has(labels))
        .toList();
  }

  /** One line, read from left to right. */
  private static final class Line {
    private final String text;
    private int at;

    Line(String text) {
      this.text = text;
    }

    Sample sample() throws FormatException {
      String name = name();
      Map<String, String> labels = new HashMap<>();
      if (next('{')) {
        while (!next('}')) {
          label(labels);
        }
      }
      return new Sample(name, labels, number());
    }

    private String name() throws FormatException {
      int from = at;
      while (at < text.length() && isNamePart(text.charAt(at))) {
        at++;
      }
      require(at > from);
      return text.substring(from, at);
    }

    private static boolean isNamePart(char c) {
      return (c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || c == '_'
          || c == ':';
    }

    private void label(Map<String, String> labels) throws FormatException {
      String name = name();
      require(next('=') && next('"'));
      labels.put(name, quoted());
      require(labels.size() <= MAX_LABELS);
      require(next(',') || (at < text.length() && text.charAt(at) == '}'));
    }

    private String quoted() throws FormatException {
      StringBuilder value = new StringBuilder();
      while (!next('"')) {
        require(at < text.length());
        value.append(next('\\') ? escaped() : text.charAt(at++));
      }
      return value.toString();
    }

    private char escaped() throws FormatException {
      require(at < text.length());
      char c = text.charAt(at++);
      require(c == '\\' || c == '"' || c == 'n');
      return c == 'n' ? '\n' : c;
    }

    /** The time behind it, if there is one, says nothing to us. */
    private double number() throws FormatException {
      String[] words = text.substring(at).strip().split(" +", -1);
      require(words.length <= 2);
      return switch (words[0]) {
        case "+Inf" -> Double.POSITIVE_INFINITY;
        case "-Inf" -> Double.NEGATIVE_INFINITY;
        default -> decimal(words[0]);
      };
    }

    private static double decimal(String word) throws FormatException {
      try {
        return Double.parseDouble(word);
      } catch (NumberFormatException e) {
        throw broken();
      }
    }

    private boolean next(char c) {
      if (at < text.length() && text.charAt(at) == c) {
        at++;
        return true;
      }
      return false;
    }

    private static void require(boolean condition) throws FormatException {
      if (!condition) {
        throw broken();
      }
    }

    private static FormatException broken() {
      return new FormatException("a line is no metric in Prometheus' text format");
    }
  }
}
