package dev.sealift.ops.csv;

import dev.sealift.client.value.Value;

/**
 * How the values of a column are kept. A column is of the narrowest kind that gives back every one of its
 * values as the very same text: "007" or "1.50" keep a column text.
 */
public enum ColumnKind {
  INTEGER {
    @Override
    boolean keeps(String text) {
      try {
        return Long.toString(Long.parseLong(text)).equals(text);
      } catch (NumberFormatException e) {
        return false;
      }
    }

    @Override
    Value value(String text) {
      return Value.of(Long.parseLong(text));
    }
  },
  REAL {
    @Override
    boolean keeps(String text) {
      try {
        double number = Double.parseDouble(text);
        return Double.isFinite(number) && RealText.of(number).equals(text);
      } catch (NumberFormatException e) {
        return false;
      }
    }

    @Override
    Value value(String text) {
      return Value.of(Double.parseDouble(text));
    }
  },
  TEXT {
    @Override
    boolean keeps(String text) {
      return true;
    }

    @Override
    Value value(String text) {
      return Value.of(text);
    }
  };

  /** Whether a value of this kind prints as this text. */
  abstract boolean keeps(String text);

  /** The value of a text that this kind keeps. */
  abstract Value value(String text);

  /** This kind if it keeps the text, or else the first wider one that does. */
  ColumnKind widenedFor(String text) {
    ColumnKind kind = this;
    while (!kind.keeps(text)) {
      kind = kind == INTEGER ? REAL : TEXT;
    }
    return kind;
  }
}
