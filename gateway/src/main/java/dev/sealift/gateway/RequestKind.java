package dev.sealift.gateway;

import dev.sealift.gateway.session.Effect;
import java.util.Locale;

/** What a device wants when the mesh is asked for it. */
enum RequestKind {
  /** Files to be admitted: staging and admission. */
  PUT,
  /** A part of the log, subscribed to or fetched. */
  READ,
  /** To come in, or to stay. */
  AUTHORIZE;

  static RequestKind of(Effect.Ask ask) {
    if (ask instanceof Effect.Look) {
      return READ;
    }
    return ask instanceof Effect.Authorize ? AUTHORIZE : PUT;
  }

  /** A metric's tag, and the name of a span. */
  String tag() {
    return name().toLowerCase(Locale.ROOT);
  }
}
