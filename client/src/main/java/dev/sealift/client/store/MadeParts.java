package dev.sealift.client.store;

import dev.sealift.client.value.Bytes;
import java.util.Optional;

/** The parts of a compaction that was made here, until they are sealed and in the outbox: how many there are has to be known before the first is. */
final class MadeParts {
  private MadeParts() {}

  static void put(Db db, int number, byte[] plaintext) {
    try (Statement insert =
        db.prepare("INSERT OR REPLACE INTO _sealift_made_part(number, plaintext) VALUES (?, ?)")) {
      insert.bind(1, number).bind(2, plaintext).run();
    }
  }

  static void clear(Db db) {
    db.execute("DELETE FROM _sealift_made_part");
  }

  static Optional<Bytes> get(Reader reader, int number) {
    Statement select =
        reader.statement("SELECT plaintext FROM _sealift_made_part WHERE number = ?");
    select.bind(1, number);
    try {
      return select.next() ? Optional.of(Bytes.of(select.blob(1))) : Optional.empty();
    } finally {
      select.reset();
    }
  }
}
