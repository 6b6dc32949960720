package dev.sealift.ops.chaos.bed;

import java.util.List;
import java.util.Locale;

/**
 * What iptables does to packets in one node's namespace.
 *
 * @param spec chain and match, as iptables takes them after -A and -D
 */
public record Rule(Node at, List<String> spec) {
  private static final List<String> DROP = List.of("-j", "DROP");

  public Rule {
    spec = List.copyOf(spec);
  }

  /** Hears nobody. */
  public static Rule deaf(Node at) {
    return new Rule(at, with(List.of("INPUT", "!", "-i", "lo")));
  }

  /** Nobody hears it. */
  public static Rule mute(Node at) {
    return new Rule(at, with(List.of("OUTPUT", "!", "-o", "lo")));
  }

  /** Does not hear one other node. */
  public static Rule deafTo(Node at, Node other) {
    return new Rule(at, with(List.of("INPUT", "-s", other.address())));
  }

  /** Loses each packet that comes in with this probability. */
  public static Rule losing(Node at, double probability) {
    String share = String.format(Locale.ROOT, "%.3f", probability);
    return new Rule(
        at,
        with(List.of(
            "INPUT",
            "!",
            "-i",
            "lo",
            "-m",
            "statistic",
            "--mode",
            "random",
            "--probability",
            share)));
  }

  private static List<String> with(List<String> match) {
    List<String> spec = new java.util.ArrayList<>(match);
    spec.addAll(DROP);
    return spec;
  }
}
