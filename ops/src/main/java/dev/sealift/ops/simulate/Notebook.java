package dev.sealift.ops.simulate;

import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.TableSchema;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is written in a space of notes: some are made, most are changed, a few are thrown away. */
final class Notebook {
  static final TableSchema TABLE = new TableSchema(
      "notes",
      "id",
      List.of(
          new ColumnSchema("title", ColumnType.TEXT, Optional.empty()),
          new ColumnSchema("body", ColumnType.TEXT, Optional.empty())));

  private static final int NOTES = 5_000;
  private static final int WORDS = 3_000;
  private static final List<String> SYLLABLES = List.of(
      "ba", "ko", "li", "mer", "to", "san", "vi", "du", "ren", "pa", "sel", "no", "ti", "gra", "hu",
      "len", "ka", "or", "mi", "fe");

  private final Dice dice;
  private final List<String> words = new ArrayList<>();

  Notebook(Dice dice) {
    this.dice = dice;
    for (int i = 0; i < WORDS; i++) {
      words.add(Stream.generate(() -> dice.oneOf(SYLLABLES))
          .limit(dice.between(1, 4))
          .collect(Collectors.joining()));
    }
  }

  /** One edit, on a device. */
  void edit(Device device) {
    String key = "note" + dice.between(1, NOTES);
    Map<String, Value> title = Map.of("title", text(2, 6));
    Map<String, Value> body = Map.of("body", text(20, 80));
    boolean isThrownAway = dice.chance(0.03);
    boolean isRenamed = dice.chance(0.1);
    device.write(batch -> {
      if (isThrownAway) {
        batch.remove(TABLE.name(), key);
      } else {
        batch.patch(TABLE.name(), key, isRenamed ? title : body);
      }
    });
  }

  private Value text(int least, int most) {
    return new Value.Text(Stream.generate(() -> dice.oneOf(words))
        .limit(dice.between(least, most))
        .collect(Collectors.joining(" ")));
  }
}
