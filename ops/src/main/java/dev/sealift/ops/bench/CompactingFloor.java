package dev.sealift.ops.bench;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.zip.Deflater;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The least that making a compaction could cost: as many bytes as the files have under AES-GCM, file by file, and the same rows read from SQLite by their keys, and deflated. */
final class CompactingFloor {
  static final String FILE = "floor.db";
  private static final int LEVEL = 5;
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int PIECE_BYTES = 1 << 20;

  private final Path db;
  private final List<Integer> fileBytes;

  /** @param fileBytes of each payload */
  CompactingFloor(Path folder, List<Integer> fileBytes) {
    this.db = folder.resolve(FILE);
    this.fileBytes = fileBytes;
  }

  void run() throws GeneralSecurityException, SQLException {
    open();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + db);
        Statement select = connection.createStatement();
        ResultSet rows = select.executeQuery("SELECT * FROM places ORDER BY id")) {
      deflate(rows);
    }
  }

  private void open() throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    SecretKeySpec key = new SecretKeySpec(new byte[KEY_BYTES], "AES");
    byte[] nonce = new byte[NONCE_BYTES];
    for (int bytes : fileBytes) {
      nonce[0]++;
      nonce[1] += (byte) (nonce[0] == 0 ? 1 : 0);
      cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
      cipher.doFinal(new byte[bytes]);
    }
  }

  private static void deflate(ResultSet rows) throws SQLException {
    StringBuilder piece = new StringBuilder();
    int columns = rows.getMetaData().getColumnCount();
    while (rows.next()) {
      for (int i = 1; i <= columns; i++) {
        piece.append(rows.getString(i)).append(',');
      }
      piece.append('\n');
      if (piece.length() >= PIECE_BYTES) {
        deflate(piece);
      }
    }
    deflate(piece);
  }

  private static void deflate(StringBuilder piece) {
    Deflater deflater = new Deflater(LEVEL, true);
    deflater.setInput(piece.toString().getBytes(StandardCharsets.UTF_8));
    deflater.finish();
    byte[] out = new byte[PIECE_BYTES];
    while (!deflater.finished()) {
      deflater.deflate(out);
    }
    deflater.end();
    piece.setLength(0);
  }
}
