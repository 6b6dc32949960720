package dev.sealift.client.vectors;

import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.vectors.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Events told one after another. Times are counted in milliseconds from 2026-01-01T00:00:00Z; devices are one byte over and over. */
public final class Story {
  public static final long START = 1_767_225_600_000L;

  private final List<Event> events = new ArrayList<>();

  public Story put(int device, long millis, String table, String key, Object... cells) {
    return add(RunKind.PUT, device, millis, table, key, cells);
  }

  public Story patch(int device, long millis, String table, String key, Object... cells) {
    return add(RunKind.PATCH, device, millis, table, key, cells);
  }

  public Story remove(int device, long millis, String table, String key) {
    return add(RunKind.REMOVE, device, millis, table, key);
  }

  private Story add(
      RunKind kind, int device, long millis, String table, String key, Object... cells) {
    Map<String, Value> values = new LinkedHashMap<>();
    for (int i = 0; i < cells.length; i += 2) {
      values.put((String) cells[i], value(cells[i + 1]));
    }
    events.add(
        new Event(kind, table, key, HybridTime.of(START + millis, 0), device(device), values));
    return this;
  }

  static Value value(Object value) {
    if (value instanceof String text) {
      return Value.of(text);
    } else if (value instanceof Double real) {
      return Value.of(real);
    } else if (value instanceof byte[] blob) {
      return Value.of(blob);
    }
    return value instanceof Integer integer ? Value.of(integer) : Value.NULL;
  }

  static DeviceId device(int fill) {
    byte[] bytes = new byte[DeviceId.BYTES];
    Arrays.fill(bytes, (byte) fill);
    try {
      return DeviceId.of(bytes);
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  public List<Event> events() {
    return events;
  }

  Json json() {
    return Json.object().list("events", events, event -> event.json().get());
  }

  /** Each alone; backwards; each first once; some twice; all of one device in one file. */
  List<List<List<Integer>>> deliveries() {
    List<List<List<Integer>>> deliveries = new ArrayList<>();
    int count = events.size();
    for (int first = 0; first < count; first++) {
      List<List<Integer>> rotated = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        rotated.add(List.of((first + i) % count));
      }
      deliveries.add(rotated);
    }
    List<List<Integer>> backwardsThenAgain = new ArrayList<>();
    for (int i = 2 * count - 1; i >= 0; i--) {
      backwardsThenAgain.add(List.of(i % count));
    }
    deliveries.add(backwardsThenAgain);
    deliveries.add(byDevice());
    return deliveries;
  }

  private List<List<Integer>> byDevice() {
    Map<DeviceId, List<Integer>> files = new LinkedHashMap<>();
    for (int i = events.size() - 1; i >= 0; i--) {
      files.computeIfAbsent(events.get(i).device(), device -> new ArrayList<>()).add(0, i);
    }
    return List.copyOf(files.values());
  }
}
