package dev.sealift.ops.terminal;

import com.google.zxing.WriterException;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import com.google.zxing.qrcode.encoder.ByteMatrix;
import com.google.zxing.qrcode.encoder.Encoder;
import java.util.ArrayList;
import java.util.List;

/**
 * A QR code (ISO/IEC 18004) for a terminal: two rows of modules in each line, as half blocks, black on white whatever the terminal's colours are.
 */
public final class QrDrawing {
  /** Light modules around it, which the standard asks for. */
  static final int QUIET = 4;

  static final String BLACK_ON_WHITE = "\u001b[38;5;16;48;5;231m";
  static final String RESET = "\u001b[0m";

  private QrDrawing() {}

  /** The lines, each of {@link #columns} characters between a colour and its reset. With the least error correction: a screen is clean, and the code small. */
  public static List<String> lines(String text) {
    ByteMatrix modules = encode(text);
    int most = modules.getHeight() + QUIET;
    List<String> lines = new ArrayList<>();
    for (int y = -QUIET; y < most; y += 2) {
      StringBuilder line = new StringBuilder(BLACK_ON_WHITE);
      for (int x = -QUIET; x < modules.getWidth() + QUIET; x++) {
        line.append(block(isDark(modules, x, y), isDark(modules, x, y + 1)));
      }
      lines.add(line.append(RESET).toString());
    }
    return lines;
  }

  /** How wide the code of a text is. */
  public static int columns(String text) {
    return encode(text).getWidth() + 2 * QUIET;
  }

  private static ByteMatrix encode(String text) {
    try {
      return Encoder.encode(text, ErrorCorrectionLevel.L).getMatrix();
    } catch (WriterException e) {
      throw new IllegalArgumentException("too long for a QR code", e);
    }
  }

  private static boolean isDark(ByteMatrix modules, int x, int y) {
    return x >= 0
        && y >= 0
        && x < modules.getWidth()
        && y < modules.getHeight()
        && modules.get(x, y) == 1;
  }

  private static char block(boolean upper, boolean lower) {
    if (upper) {
      return lower ? '\u2588' : '\u2580';
    }
    return lower ? '\u2584' : ' ';
  }
}
