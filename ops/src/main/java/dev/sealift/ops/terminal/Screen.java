package dev.sealift.ops.terminal;

import java.io.PrintStream;
import java.util.List;

/**
 * A terminal's other screen, drawn over in place, so that what stood there before is there again afterwards. Lines are cut at the
 * terminal's width by itself, and those beyond its height are not seen.
 */
public final class Screen implements AutoCloseable {
  private static final String ESCAPE = "\u001b[";
  private static final String OTHER_SCREEN = ESCAPE + "?1049h";
  private static final String USUAL_SCREEN = ESCAPE + "?1049l";
  private static final String HIDE_CURSOR = ESCAPE + "?25l";
  private static final String SHOW_CURSOR = ESCAPE + "?25h";
  private static final String CUT_LINES = ESCAPE + "?7l";
  private static final String WRAP_LINES = ESCAPE + "?7h";
  private static final String HOME = ESCAPE + "H";
  private static final String CLEAR_LINE = ESCAPE + "K";
  private static final String CLEAR_BELOW = ESCAPE + "J";

  private final PrintStream out;
  private boolean open;

  public Screen(PrintStream out) {
    this.out = out;
  }

  /** Takes the screen at the first call; each draws over the one before. */
  public synchronized void draw(List<String> lines) {
    if (!open) {
      open = true;
      out.print(OTHER_SCREEN + HIDE_CURSOR + CUT_LINES);
    }
    StringBuilder text = new StringBuilder(HOME);
    lines.forEach(line -> text.append(line).append(CLEAR_LINE).append("\r\n"));
    out.print(text.append(CLEAR_BELOW));
    out.flush();
  }

  /** Gives the terminal back as it was. May be called by a shutdown hook, and more than once. */
  @Override
  public synchronized void close() {
    if (open) {
      open = false;
      out.print(WRAP_LINES + SHOW_CURSOR + USUAL_SCREEN);
      out.flush();
    }
  }
}
