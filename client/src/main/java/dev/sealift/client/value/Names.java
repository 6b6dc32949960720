package dev.sealift.client.value;

import static dev.sealift.client.value.ValueLimits.MAX_NAME_BYTES;

import java.util.Locale;

/**
 * The rule for names of tables and columns: letters of any script, decimal digits and {@code _},
 * beginning with a letter, at most {@value ValueLimits#MAX_NAME_BYTES} bytes in UTF-8.
 *
 * <p>What is a letter changes with every version of Unicode, and so from JVM to JVM. A payload must be readable on every device or on
 * none, so there ({@link #isWellFormed}) everything beyond U+00A0 counts as one; only what an app gives is held to the rule as this JVM
 * understands it.
 *
 * <p>Names become names in SQLite, where people query them by hand: so nothing that would need
 * quoting beyond a keyword, nothing in SQLite's own name space ({@code sqlite_…}), and nothing
 * beginning with {@code _}, which is where the store keeps what is beside the app's data. Names
 * beginning with {@code sealift_} are tables of Sealift that travel like any other; an app cannot
 * declare them. SQLite compares names without regard to ASCII case, so two names that {@link
 * #folded} makes equal cannot stand in one schema.
 */
public final class Names {
  private static final String RESERVED_PREFIX = "sealift_";
  private static final String SQLITE_PREFIX = "sqlite_";

  /** From here on Unicode goes on growing; below are ASCII and control characters, for good. */
  private static final int FIRST_BEYOND = 0xA0;

  private Names() {}

  /**
   * Checks a table's name given by an app.
   *
   * @return {@code name}
   */
  public static String requireTable(String name) {
    return requireAppName("table", name);
  }

  /**
   * Checks a column's name given by an app.
   *
   * @return {@code name}
   */
  public static String requireColumn(String name) {
    return requireAppName("column", name);
  }

  /** Whether a name may stand in a payload: an app's name, or one of Sealift's own. */
  public static boolean isWellFormed(String name) {
    if (name.isEmpty() || name.length() > MAX_NAME_BYTES || !hasWellFormedCharacters(name)) {
      return false;
    }
    return Utf8.length(name) <= MAX_NAME_BYTES && !folded(name).startsWith(SQLITE_PREFIX);
  }

  /** Whether a well-formed name belongs to Sealift and not to the app. */
  public static boolean isReserved(String name) {
    return folded(name).startsWith(RESERVED_PREFIX);
  }

  /** The name as SQLite compares it: ASCII letters in lower case, all others as they are. */
  public static String folded(String name) {
    return name.chars().allMatch(c -> c < 0x80) ? name.toLowerCase(Locale.ROOT) : foldAscii(name);
  }

  private static String foldAscii(String name) {
    StringBuilder folded = new StringBuilder(name);
    for (int i = 0; i < folded.length(); i++) {
      char c = folded.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        folded.setCharAt(i, (char) (c + ('a' - 'A')));
      }
    }
    return folded.toString();
  }

  private static String requireAppName(String what, String name) {
    if (!isWellFormed(name) || !hasLettersAndDigitsOnly(name) || isReserved(name)) {
      throw new InvalidValueException(
          InvalidValueException.Code.BAD_NAME,
          "a "
              + what
              + " is named by letters, digits and _, beginning with a letter, in at most "
              + MAX_NAME_BYTES
              + " bytes, and not beginning with sealift_ or sqlite_; choose another name");
    }
    return name;
  }

  private static boolean hasWellFormedCharacters(String name) {
    return isAsciiLetterOrBeyond(name.codePointAt(0))
        && name.codePoints()
            .allMatch(c -> c == '_' || (c >= '0' && c <= '9') || isAsciiLetterOrBeyond(c));
  }

  private static boolean isAsciiLetterOrBeyond(int c) {
    boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= FIRST_BEYOND && !surrogate);
  }

  private static boolean hasLettersAndDigitsOnly(String name) {
    return Character.isLetter(name.codePointAt(0))
        && name.codePoints()
            .allMatch(c -> c == '_' || Character.isLetter(c) || Character.isDigit(c));
  }
}
