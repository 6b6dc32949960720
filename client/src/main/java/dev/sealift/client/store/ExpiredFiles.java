package dev.sealift.client.store;

/** Files of the log that came without what they held, since it was to be over. Until it is at the position, what the log makes of rows is not known here: others had more. */
final class ExpiredFiles {
  private final Db db;
  private final Statement insert;

  ExpiredFiles(Db db) {
    this.db = db;
    insert = db.prepare("INSERT INTO _sealift_expired(sequence, expires) VALUES (?, ?)");
  }

  void add(long sequence, long expiresAtMillis) {
    insert.bind(1, sequence).bind(2, expiresAtMillis).run();
  }

  /** The log has no more than {@code size} files left. */
  void rewind(long size) {
    try (Statement delete = db.prepare("DELETE FROM _sealift_expired WHERE sequence > ?")) {
      delete.bind(1, size).run();
    }
  }

  static boolean contains(Reader reader, long sequence) {
    return FileLog.isThere(
        reader.statement("SELECT 1 FROM _sealift_expired WHERE sequence = ?").bind(1, sequence));
  }

  /** Whether all that files up to a sequence held is over where a server time is. */
  static boolean areOver(Reader reader, long upTo, long serverTimeMillis) {
    return !FileLog.isThere(reader
        .statement("SELECT 1 FROM _sealift_expired WHERE sequence <= ? AND expires > ? LIMIT 1")
        .bind(1, upTo)
        .bind(2, serverTimeMillis));
  }
}
