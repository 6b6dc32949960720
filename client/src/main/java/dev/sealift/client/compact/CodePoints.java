package dev.sealift.client.compact;

/** The order of texts by their bytes in UTF-8, which is that of their code points, and SQLite's; not that of {@link String#compareTo}. */
public final class CodePoints {
  private CodePoints() {}

  public static int compare(String one, String other) {
    if (one == other) {
      return 0; // rows of one table share its name
    }
    int length = Math.min(one.length(), other.length());
    for (int i = 0; i < length; i++) {
      char a = one.charAt(i);
      char b = other.charAt(i);
      if (a != b) {
        return Integer.compare(weight(a), weight(b));
      }
    }
    return Integer.compare(one.length(), other.length());
  }

  /** Surrogates stand for what is above all other characters. */
  private static int weight(char c) {
    return Character.isSurrogate(c) ? c + Character.MAX_VALUE : c;
  }
}
