package dev.sealift.client.merge;

/**
 * The kinds of cells that hold several values at a time, their <em>parts</em>. A plain register is none of them. Cells of two kinds are two cells, even
 * where a column has one name for both.
 */
public enum CellKind {
  /** A register that keeps what was written concurrently. */
  MULTI_VALUE,
  /** A sum of integers; its parts are what each device has added up so far. */
  COUNTER,
  /** A set in which an addition wins over a removal that had not seen it. */
  SET,
  /** Updates that only the app can read and merge, of a text for instance. */
  UPDATES
}
