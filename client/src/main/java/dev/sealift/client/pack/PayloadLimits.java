package dev.sealift.client.pack;

import dev.sealift.protocol.Limits;

/**
 * What one payload may hold. The packer stays below, and the codec refuses what is above before it
 * allocates anything for it, so that a megabyte from outside costs a known amount of memory and of
 * database at most.
 */
public final class PayloadLimits {
  /**
   * Sealing adds a nonce and a tag (28 bytes); the rest is room for a key id, should sealing need
   * one.
   */
  static final int SEALING_OVERHEAD_BYTES = 64;

  /** The largest plaintext, padding included. */
  public static final int MAX_PLAINTEXT_BYTES =
      Padme.largestSizeWithin(Limits.MAX_PAYLOAD_BYTES - SEALING_OVERHEAD_BYTES);

  /** Events in a payload: few enough to hold as objects, and to apply in one short transaction. */
  public static final int MAX_ROWS = 1 << 16;

  /** Values in a payload; a column of nulls costs no bytes, so bytes alone do not bound them. */
  public static final int MAX_CELLS = 1 << 20;

  /** Writes and guards of a transaction: what is judged and merged in one go, and held in memory until it is. */
  public static final int MAX_TRANSACTION_EVENTS = 1 << 12;

  /**
   * Runs in a payload: a device that hears from others between any two of its own writes makes a
   * run a write.
   */
  public static final int MAX_RUNS = 1 << 14;

  /**
   * Keys and values in canonical form, all together, as they go into a database. Constants and
   * dictionaries unfold to far more than their bytes; this is twice what {@link
   * Limits#MAX_UNPACKED_PAYLOAD_BYTES} allows without them.
   */
  public static final int MAX_CONTENT_BYTES = 32 << 20;

  private PayloadLimits() {}
}
