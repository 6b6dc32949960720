package dev.sealift.ops.top;

import java.util.Locale;

/** What a figure counts, and how people read it. */
enum Unit {
  COUNT {
    @Override
    String shown(double value) {
      return value >= 100 || value == Math.rint(value)
          ? "%,d".formatted(Math.round(value))
          : "%.1f".formatted(value);
    }
  },
  PER_SECOND {
    @Override
    String shown(double value) {
      return COUNT.shown(Math.round(value * 10) / 10.0) + "/s";
    }
  },
  BYTES {
    @Override
    String shown(double value) {
      double rest = value;
      int unit = 0;
      while (rest >= STEP && unit < BYTE_UNITS.length - 1) {
        rest /= STEP;
        unit++;
      }
      return (unit == 0 ? "%.0f %s" : "%.1f %s").formatted(rest, BYTE_UNITS[unit]);
    }
  },
  BYTES_PER_SECOND {
    @Override
    String shown(double value) {
      return BYTES.shown(value) + "/s";
    }
  },
  SECONDS {
    @Override
    String shown(double value) {
      return value < 1 ? "%.1f ms".formatted(value * 1000) : "%.1f s".formatted(value);
    }
  },
  SHARE {
    @Override
    String shown(double value) {
      return "%.1f %%".formatted(value * 100);
    }
  };

  private static final int STEP = 1024;
  private static final String[] BYTE_UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  abstract String shown(double value);

  /** How its name ends in JSON, such as {@code _seconds}; units come last. */
  String suffix() {
    return this == COUNT ? "" : "_" + name().toLowerCase(Locale.ROOT);
  }
}
