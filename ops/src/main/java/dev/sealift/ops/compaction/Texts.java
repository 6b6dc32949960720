package dev.sealift.ops.compaction;

import com.google.protobuf.ByteString;
import java.util.HexFormat;
import java.util.Locale;

/** Numbers and ids as people read them. */
final class Texts {
  private static final int SHORT_BYTES = 4;
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
  private static final long KIB = 1024;

  private static final long SECOND = 1_000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private Texts() {}

  /** Enough to tell one from another on a screen. */
  static String id(ByteString id) {
    return HexFormat.of()
        .formatHex(id.substring(0, Math.min(SHORT_BYTES, id.size())).toByteArray());
  }

  static String bytes(long bytes) {
    double shown = bytes;
    int unit = 0;
    while (shown >= KIB && unit < UNITS.length - 1) {
      shown /= KIB;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", shown, UNITS[unit]);
  }

  /** To the unit that says enough. */
  static String span(long millis) {
    if (millis >= 2 * DAY) {
      return millis / DAY + " d";
    } else if (millis >= 2 * HOUR) {
      return millis / HOUR + " h";
    } else if (millis >= 2 * MINUTE) {
      return millis / MINUTE + " min";
    }
    return millis / SECOND + " s";
  }
}
