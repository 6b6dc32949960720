package dev.sealift.client.store;

/**
 * Where a write of this device stands.
 *
 * @param stage how far it has come
 * @param sequence the file in the log that has it, or a later one; 0 as long as it is in none
 */
public record WritePlace(Stage stage, long sequence) {
  static final WritePlace LOCAL = new WritePlace(Stage.LOCAL, 0);
  static final WritePlace PACKED = new WritePlace(Stage.PACKED, 0);

  /** How far a write has come. */
  public enum Stage {
    /** On this device's disk, and in no file yet. */
    LOCAL,
    /** In a signed file that has no receipt yet. */
    PACKED,
    /** In the log. */
    LOGGED
  }

  static WritePlace at(long sequence) {
    return new WritePlace(Stage.LOGGED, sequence);
  }
}
