package dev.sealift.client.store;

/** A row that a batch changed, as people see it. */
public record Change(String table, String key, Kind kind, Origin origin) {
  /** What happened to the row. */
  public enum Kind {
    PUT,
    PATCH,
    REMOVE
  }

  /** Who wrote it: this device, or another one whose file was received. */
  public enum Origin {
    LOCAL,
    REMOTE
  }
}
