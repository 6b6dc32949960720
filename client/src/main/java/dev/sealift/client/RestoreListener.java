package dev.sealift.client;

/** Is told how a restoring gets on, by the thread that restores. */
public interface RestoreListener {
  /**
   * A space's turn begins.
   *
   * @param number of this one, from 1
   * @param count of all
   */
  default void restoring(String space, int number, int count) {}

  /** Its turn is over. */
  default void restored(Restored space) {}
}
