package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.sqlite.SQLiteConfig.SynchronousMode;

class AscendingProperties {
  /** Whatever a table has of whatever keys, and whichever are asked for, in their order: each finds its own lines, and no other. */
  @Property(tries = 60)
  void eachKeyFindsItsOwnLines(@ForAll Random random) throws Exception {
    Path file = Files.createTempFile("ascending", ".db");
    try (Db db = new JdbcDriver(SynchronousMode.OFF).openWriter(file)) {
      List<String> lines = fill(db, random);
      try (BesideRows<String> beside = BesideRows.some(
          db.prepare("SELECT key, number, counts FROM line WHERE key >= ? ORDER BY key, number"),
          1,
          line -> line.integer(3) == 1,
          line -> line.text(1) + line.integer(2))) {
        for (String key : keys(random, 20)) {
          assertThat(beside.at(key))
              .as(key)
              .isEqualTo(lines.stream().filter(line -> line.startsWith(key)).toList());
        }
      }
    } finally {
      Files.delete(file);
    }
  }

  /** Of which those that count are answered with. */
  private static List<String> fill(Db db, Random random) {
    db.execute("CREATE TABLE line(key TEXT, number INTEGER, counts INTEGER)");
    List<String> lines = new ArrayList<>();
    try (Statement insert = db.prepare("INSERT INTO line VALUES (?, ?, ?)")) {
      for (String key : keys(random, 30)) {
        for (int number = random.nextInt(4); number > 0; number--) {
          boolean counts = random.nextInt(3) > 0;
          insert.bind(1, key).bind(2, 9 - number).bind(3, counts ? 1 : 0).run();
          if (counts) {
            lines.add(key + (9 - number));
          }
        }
      }
    }
    return lines;
  }

  private static TreeSet<String> keys(Random random, int most) {
    TreeSet<String> keys = new TreeSet<>();
    for (int i = random.nextInt(most); i > 0; i--) {
      keys.add("k%02d-".formatted(random.nextInt(40)));
    }
    return keys;
  }
}
