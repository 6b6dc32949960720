package dev.sealift.gateway;

import java.util.Locale;

/** A question to another verticle. */
enum Call {
  STAGE,
  ADMIT,
  AUTHORIZE,
  READ,
  OUTLINE,
  ENTRIES,
  COMPACTIONS,
  SIGNED_POSITIONS,
  POSITIONS;

  /** A metric's tag. */
  String tag() {
    return name().toLowerCase(Locale.ROOT);
  }
}
