package dev.sealift.ops.demo;

import io.vertx.core.json.JsonObject;

/** What the demo measured, filled in as it goes. */
final class DemoReport {
  long rows;
  String digestA = "";
  String digestB = "";
  boolean plaintextFound;
  double uploadSeconds;
  double firstSyncSeconds;
  long wireBytes;

  boolean isEqual() {
    return !digestA.isEmpty() && digestA.equals(digestB);
  }

  /** The last line of {@code demo --json}. */
  JsonObject json() {
    return new JsonObject()
        .put("step", "done")
        .put("rows", rows)
        .put("digestA", digestA)
        .put("digestB", digestB)
        .put("equal", isEqual())
        .put("plaintextFound", plaintextFound)
        .put("uploadSeconds", uploadSeconds)
        .put("firstSyncSeconds", firstSyncSeconds)
        .put("wireBytes", wireBytes);
  }
}
