package dev.sealift.ops.config;

import java.util.Collection;
import java.util.Comparator;

/** The known name that a mistyped one was probably meant to be. */
public final class Suggestion {
  /** Names further apart than this share of the longer one are different words, not slips. */
  private static final double SLIP = 0.4;

  private Suggestion() {}

  /** Such as " Did you mean gateway.port?", or nothing where no known name is near. */
  public static String sentence(String unknown, Collection<String> known) {
    return known.stream()
        .filter(name -> distance(unknown, name) <= SLIP * Math.max(unknown.length(), name.length()))
        .min(Comparator.comparingInt(name -> distance(unknown, name)))
        .map(name -> " Did you mean " + name + "?")
        .orElse("");
  }

  /** Levenshtein's distance, a row at a time. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
