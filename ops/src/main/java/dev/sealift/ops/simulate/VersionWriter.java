package dev.sealift.ops.simulate;

import dev.sealift.client.store.TableSchema;
import dev.sealift.client.value.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The app's part that has come a long way: each device runs some version of it, writes and reads in that version's words, and is brought up to the next one now and then. */
final class VersionWriter {
  private static final int KEYS = 2;
  private static final double PUT_SHARE = 0.8;
  private static final double PATCH_SHARE = 0.4;

  private final Dice dice;
  private final Trace trace;
  private final Map<Device, Integer> versions = new HashMap<>();
  private long values;

  VersionWriter(Dice dice, Trace trace) {
    this.dice = dice;
    this.trace = trace;
  }

  /** What the app declares on a device whenever it begins. */
  TableSchema schema(Device device) {
    return AppVersions.of(version(device));
  }

  private int version(Device device) {
    return versions.computeIfAbsent(device, any -> (int) dice.between(1, AppVersions.ALL.size()));
  }

  /** The app is exchanged for its next version, if there is one: it is closed, and begins anew. */
  void upgrade(Device device) {
    int version = version(device);
    if (version < AppVersions.ALL.size()) {
      versions.put(device, version + 1);
      trace.say(device.toString(), "is updated to version " + (version + 1));
      device.kill();
    }
  }

  void write(Device device) {
    TableSchema schema = schema(device);
    String key = "k" + dice.between(1, KEYS);
    if (dice.chance(0.2)) {
      trace.say(device.toString(), "removes " + schema.name() + " " + key);
      device.write(batch -> {
        batch.declare(schema);
        batch.remove(schema.name(), key);
      });
      return;
    }
    boolean whole = dice.chance(0.3);
    Map<String, Value> row =
        VersionedRow.drawn(schema, dice, whole ? PUT_SHARE : PATCH_SHARE, () -> ++values);
    Map<String, Value> before = VersionedRow.stored(device, key);
    trace.say(
        device.toString(),
        (whole ? "puts " : "patches ") + schema.name() + " " + key + " "
            + List.copyOf(row.values()));
    boolean certain = device.write(batch -> {
      batch.declare(schema);
      if (whole) {
        batch.put(schema.name(), key, row);
      } else {
        batch.patch(schema.name(), key, row);
      }
    });
    if (certain) {
      VersionedRow.requireWritten(device, schema, key, row, before);
    }
  }

  /** The app begins. */
  void declare(Device device) {
    device.write(batch -> batch.declare(schema(device)));
  }

  /**
   * Holds what a device has of a row against what it should have.
   *
   * @param wanted what the log makes of it, by the names in the space; empty for no row
   */
  void judge(Device device, String key, Map<String, Value> wanted) {
    Map<String, Value> stored = VersionedRow.stored(device, key);
    Map<String, Value> there = new HashMap<>(stored);
    wanted.keySet().forEach(column -> there.putIfAbsent(column, Value.NULL));
    if (stored.isEmpty() != wanted.isEmpty() || !there.equals(wanted) && !wanted.isEmpty()) {
      throw new Fault(
          "L1", "%s has %s as %s and should have %s".formatted(device, key, stored, wanted));
    }
    VersionedRow.requireReadable(device, schema(device), key, stored);
  }
}
