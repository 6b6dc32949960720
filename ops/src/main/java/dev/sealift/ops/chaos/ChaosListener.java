package dev.sealift.ops.chaos;

import io.vertx.core.json.JsonObject;

/** Hears how a run goes, on the run's thread. */
public interface ChaosListener {
  /** For people, a line. */
  void says(String line);

  /** For programs, an object a round. */
  void event(JsonObject event);
}
