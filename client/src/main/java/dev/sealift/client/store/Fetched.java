package dev.sealift.client.store;

import dev.sealift.client.value.Bytes;
import java.util.Optional;

/** Files that were fetched to take a step, until it was taken: so that one that was cut off can go on without a connection. */
final class Fetched {
  private Fetched() {}

  static void put(Db db, FetchedFile file) {
    try (Statement insert = db.prepare(
        "INSERT OR REPLACE INTO _sealift_fetched(sequence, server_time, base, header, payload) VALUES (?, ?, ?, ?, ?)")) {
      insert
          .bind(1, file.sequence())
          .bind(2, file.serverTimeMillis())
          .bind(3, file.base())
          .bind(4, file.header().toByteArray())
          .bind(5, file.payload().toByteArray())
          .run();
    }
  }

  static void remove(Db db, long sequence) {
    try (Statement delete = db.prepare("DELETE FROM _sealift_fetched WHERE sequence = ?")) {
      delete.bind(1, sequence).run();
    }
  }

  static void clear(Db db) {
    db.execute("DELETE FROM _sealift_fetched");
  }

  /** The first of them behind a sequence. */
  static Optional<FetchedFile> after(Reader reader, long sequence) {
    Statement select = reader.statement(
        "SELECT sequence, server_time, base, header, payload FROM _sealift_fetched WHERE sequence > ? ORDER BY sequence LIMIT 1");
    select.bind(1, sequence);
    try {
      return select.next()
          ? Optional.of(new FetchedFile(
              select.integer(1),
              select.integer(2),
              select.integer(3),
              Bytes.of(select.blob(4)),
              Bytes.of(select.blob(5))))
          : Optional.empty();
    } finally {
      select.reset();
    }
  }
}
