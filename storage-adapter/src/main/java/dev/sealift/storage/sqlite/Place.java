package dev.sealift.storage.sqlite;

import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.storage.StoreException;
import dev.sealift.storage.StoreLimits;

/**
 * Where a file stands in the tables: {@code space_row * 2^40 + sequence}.
 *
 * <p>One integer instead of two columns makes it SQLite's own row key, so that a space's log is one stretch
 * of one tree.
 */
final class Place {
  private static final int SEQUENCE_BITS = 40;
  private static final long MAX_SPACE_ROW = (1L << (Long.SIZE - 1 - SEQUENCE_BITS)) - 1;

  private Place() {}

  /** The sequence must be within {@link StoreLimits#MAX_SPACE_FILES}. */
  static long of(long spaceRow, long sequence) {
    return (spaceRow << SEQUENCE_BITS) + sequence;
  }

  static long sequence(long place) {
    return place & StoreLimits.MAX_SPACE_FILES;
  }

  /** A row for a new space, unless an embedded store's eight million are used up. */
  static long checkedSpaceRow(long spaceRow) {
    if (spaceRow > MAX_SPACE_ROW) {
      throw new StoreException(MeshFailure.UNAVAILABLE, "the store holds as many spaces as it can");
    }
    return spaceRow;
  }
}
