package dev.sealift.client.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Small things to remember, by name. */
final class Settings {
  /** Names of the store's own. */
  static final String OWN_PREFIX = "store.";

  private static final String SELECT = "SELECT value FROM _sealift_setting WHERE name = ?";

  private final Statement select;
  private final Statement replace;
  private final Statement delete;

  Settings(Db db) {
    select = db.prepare(SELECT);
    replace = db.prepare("INSERT OR REPLACE INTO _sealift_setting(name, value) VALUES (?, ?)");
    delete = db.prepare("DELETE FROM _sealift_setting WHERE name = ?");
  }

  Optional<byte[]> get(String name) {
    return read(select, name);
  }

  static Optional<byte[]> read(Reader reader, String name) {
    return read(reader.statement(SELECT), name);
  }

  private static Optional<byte[]> read(Statement select, String name) {
    select.bind(1, name);
    try {
      return select.next() ? Optional.of(select.blob(1)) : Optional.empty();
    } finally {
      select.reset();
    }
  }

  static List<String> names(Reader reader, String prefix) {
    Statement select = reader.statement(
        "SELECT name FROM _sealift_setting WHERE substr(name, 1, length(?1)) = ?1");
    select.bind(1, prefix);
    List<String> names = new ArrayList<>();
    try {
      while (select.next()) {
        names.add(select.text(1));
      }
      return names;
    } finally {
      select.reset();
    }
  }

  void put(String name, byte[] value) {
    replace.bind(1, name).bind(2, value).run();
  }

  void remove(String name) {
    delete.bind(1, name).run();
  }
}
