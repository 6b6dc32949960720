package dev.sealift.ops.terminal;

import java.util.function.IntPredicate;

/**
 * Text from data, made fit for a terminal. Names and values come from other people's devices: an escape
 * sequence in one must not move the cursor, change colours or retitle the window.
 */
public final class Printable {
  private static final String REPLACEMENT = "\uFFFD";

  private Printable() {}

  /** Control and formatting characters (such as those that turn writing direction round) become U+FFFD. */
  public static String of(String text) {
    return shown(text, Printable::isHidden);
  }

  /** As above, for a sentence of ours with something of data in it, which may be of several lines: their ends stay. */
  static String lines(String text) {
    return shown(text, c -> c != '\n' && isHidden(c));
  }

  private static String shown(String text, IntPredicate isHidden) {
    if (text.codePoints().noneMatch(isHidden)) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints().forEach(c -> {
      if (isHidden.test(c)) {
        shown.append(REPLACEMENT);
      } else {
        shown.appendCodePoint(c);
      }
    });
    return shown.toString();
  }

  private static boolean isHidden(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR -> true;
      default -> false;
    };
  }
}
