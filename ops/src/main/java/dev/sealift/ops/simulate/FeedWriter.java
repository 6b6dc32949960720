package dev.sealift.ops.simulate;

import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.FeedLine;
import dev.sealift.client.store.Keep;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.store.StoreException;
import dev.sealift.client.store.TableSchema;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/** The app's part that says things to a feed, and what it must be in the end: everything that was said, in the log's order. */
final class FeedWriter {
  static final String TABLE = "chat";
  static final TableSchema SCHEMA = new TableSchema(
          TABLE, "id", List.of(new ColumnSchema("text", ColumnType.TEXT)))
      .keeping(Keep.FEED);

  /** The row of the schema that makes it one. */
  static final String DECLARATION = "k/" + TABLE;

  private static final String TEXT = "text";
  private static final int SALT_BYTES = 8;
  private static final int MOST_LINES = 10_000;

  private final Dice dice;
  private final Trace trace;
  private final Map<Device, List<String>> said = new HashMap<>();
  private final Map<String, Value> texts = new HashMap<>();

  FeedWriter(Dice dice, Trace trace) {
    this.dice = dice;
    this.trace = trace;
  }

  /** Says something, if the feed's declaration has come. */
  void append(Device device) {
    SpaceStore store = device.store();
    if (!store.hasTable(TABLE)) {
      return;
    }
    Value text = Value.of("line " + (texts.size() + 1));
    String salt = HexFormat.of().formatHex(dice.bytes(SALT_BYTES));
    List<String> key = new ArrayList<>();
    trace.say(device.toString(), "says " + text);
    boolean certain;
    try {
      certain = device.write(batch -> key.add(batch.append(TABLE, Map.of(TEXT, text), salt)));
    } catch (StoreException e) {
      if (e.code() != StoreException.Code.FEED && e.code() != StoreException.Code.UNKNOWN_COLUMN) {
        throw e;
      }
      trace.say(device.toString(), "may not: what it is has not all come");
      return;
    }
    texts.put(key.get(0), text);
    if (certain) {
      said.computeIfAbsent(device, any -> new ArrayList<>()).add(key.get(0));
      require(
          store.feedWaiting(TABLE, "", MOST_LINES).stream()
              .map(FeedLine::key)
              .toList()
              .contains(key.get(0)),
          "L4",
          device + " does not have in its feed what it has just said");
    }
  }

  /** The device is put back as it was: what it said last may be lost. */
  void forget(Device device) {
    said.remove(device);
  }

  /**
   * Holds what a device has against what was said.
   *
   * @param appended the keys of what stands in the log, in its order
   * @param withoutOffset those of what came too late, or before the feed was one
   */
  void judge(Device device, List<String> appended, Set<String> withoutOffset) {
    if (!device.store().hasTable(TABLE)) {
      return;
    }
    List<FeedLine> lines = device.store().feed(TABLE, 1, MOST_LINES);
    require(
        lines.stream().map(FeedLine::key).toList().equals(appended),
        "L1",
        "%s has %s in its feed, and the log %s".formatted(device, lines, appended));
    require(
        lines.stream()
            .map(FeedLine::offset)
            .toList()
            .equals(LongStream.rangeClosed(1, lines.size()).boxed().toList()),
        "L1",
        device + " has a feed with other offsets");
    lines.forEach(line -> require(
        line.row().equals(Optional.of(Map.of(TEXT, texts.get(line.key())))),
        "L1",
        device + " has something else in its feed than what was said"));
    require(
        device.store().feedWaiting(TABLE, "", MOST_LINES).stream()
            .allMatch(line -> withoutOffset.contains(line.key())),
        "L7",
        device + " has something in its feed that has no offset");
    said.values().stream()
        .flatMap(List::stream)
        .forEach(key -> require(
            appended.contains(key) || withoutOffset.contains(key),
            "L7",
            "something that was said is not in the feed"));
  }

  private static void require(boolean holds, String law, String otherwise) {
    if (!holds) {
      throw new Fault(law, otherwise);
    }
  }
}
