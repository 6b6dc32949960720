package dev.sealift.protocol.log;

/**
 * A store's {@link Tiles} are not those of the log that they were said to be of: hashes are missing
 * or cut.
 */
public final class DamagedTilesException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DamagedTilesException(int tileLevel, long index, String how) {
    super("the tile of level " + tileLevel + " and index " + index + " " + how);
  }
}
