package dev.sealift.ops.terminal;

/**
 * Text from data, made fit for a terminal. Names and values come from other people's devices: an escape
 * sequence in one must not move the cursor, change colours or retitle the window.
 */
public final class Printable {
  private static final String REPLACEMENT = "\uFFFD";

  private Printable() {}

  /** Control and formatting characters (such as those that turn writing direction round) become U+FFFD. */
  public static String of(String text) {
    if (text.chars().noneMatch(Printable::isHidden)) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints().forEach(c -> {
      if (isHidden(c)) {
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
