package dev.sealift.storage.sqlite;

import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.TileAppend;
import dev.sealift.protocol.log.Tiles;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.storage.StoreException;
import java.io.ByteArrayOutputStream;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;

/** A space's tiles in the rows of {@code tile_part}: sixteen parts a tile, sixteen hashes a part. */
final class StoredTiles implements Tiles {
  /** Half a kilobyte: rewriting it at an append stays within its page. */
  private static final int PART_BYTES = 16 * Hash.BYTES;

  private static final int PARTS = Tiles.BYTES / PART_BYTES;

  private static final String SELECT = """
      SELECT hashes FROM tile_part
      WHERE space_row = ? AND level = ? AND part >= ? AND part < ? ORDER BY part""";

  private static final String REPLACE =
      "REPLACE INTO tile_part (space_row, level, part, hashes) VALUES (?, ?, ?, ?)";

  private final Statements statements;
  private final long spaceRow;

  StoredTiles(Statements statements, long spaceRow) {
    this.statements = statements;
    this.spaceRow = spaceRow;
  }

  @Override
  public byte[] read(int tileLevel, long index) {
    try {
      return readParts(tileLevel, index * PARTS, (index + 1) * PARTS);
    } catch (SQLException e) {
      throw SqlFailure.of(e).toStoreException(e);
    }
  }

  private byte[] readParts(int tileLevel, long fromPart, long toPart) throws SQLException {
    PreparedStatement select = statements.get(SELECT);
    select.setLong(1, spaceRow);
    select.setInt(2, tileLevel);
    select.setLong(3, fromPart);
    select.setLong(4, toPart);
    ByteArrayOutputStream hashes = new ByteArrayOutputStream();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        hashes.writeBytes(rows.getBytes(1));
      }
    }
    return hashes.toByteArray();
  }

  void append(TileAppend append) throws SQLException {
    byte[] hashes = append.hashes().toByteArray();
    long part = append.index() * PARTS + append.offsetBytes() / PART_BYTES;
    int held = append.offsetBytes() % PART_BYTES;
    byte[] current = heldOf(append.tileLevel(), part, held);
    for (int taken = 0; taken < hashes.length; held = 0) {
      int added = Math.min(PART_BYTES - held, hashes.length - taken);
      System.arraycopy(hashes, taken, current, held, added);
      replace(append.tileLevel(), part++, Arrays.copyOf(current, held + added));
      taken += added;
    }
  }

  /** Room for a part that starts with what is stored of it. */
  private byte[] heldOf(int tileLevel, long part, int heldBytes) throws SQLException {
    byte[] held = heldBytes == 0 ? new byte[0] : readParts(tileLevel, part, part + 1);
    if (held.length != heldBytes) {
      throw new StoreException(MeshFailure.UNAVAILABLE, "the store's tree does not fit its log");
    }
    return Arrays.copyOf(held, PART_BYTES);
  }

  private void replace(int tileLevel, long part, byte[] hashes) throws SQLException {
    PreparedStatement replace = statements.get(REPLACE);
    replace.setLong(1, spaceRow);
    replace.setInt(2, tileLevel);
    replace.setLong(3, part);
    replace.setBytes(4, hashes);
    replace.executeUpdate();
  }
}
