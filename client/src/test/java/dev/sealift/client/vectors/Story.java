package dev.sealift.client.vectors;

import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.vectors.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A log told event after event, each in a file of its own unless it is said to be in the one before. Times are counted in milliseconds from 2026-01-01T00:00:00Z; devices are
 * one byte over and over. The mesh's clock is that of the events, unless it is set.
 */
public final class Story {
  public static final long START = 1_767_225_600_000L;

  /** What a space has whose genesis says nothing else. */
  static final SpaceRules RULES = SpaceRules.defaults();

  private final List<LogFile> files = new ArrayList<>();
  private long lateAfterMillis;
  private long serverMillis;
  private long seen;
  private boolean together;
  private boolean ahead;
  private List<Long> seenFiles = List.of();
  private List<Long> buildsOn = List.of();
  private List<String> group = List.of();
  private boolean begins;
  private long transaction;

  /** The events that follow are one transaction, until {@link #end}. */
  Story begin() {
    begins = true;
    return this;
  }

  Story end() {
    transaction = 0;
    return this;
  }

  /** What the transaction has read, of an event by a device at a time; of none where that is 0. */
  Story guard(
      int device,
      long millis,
      String table,
      String key,
      int what,
      String column,
      int author,
      long written) {
    Object time =
        author == 0 ? Value.NULL : Value.of(HybridTime.of(START + written, 0).bits());
    Object by = author == 0 ? Value.NULL : Value.of(device(author).toByteArray());
    Object[] read = {"what", what, "column", column, "time", time, "device", by};
    return add(RunKind.GUARD, device, millis, table, key, read);
  }

  public Story put(int device, long millis, String table, String key, Object... cells) {
    return add(RunKind.PUT, device, millis, table, key, cells);
  }

  public Story patch(int device, long millis, String table, String key, Object... cells) {
    return add(RunKind.PATCH, device, millis, table, key, cells);
  }

  public Story remove(int device, long millis, String table, String key) {
    return add(RunKind.REMOVE, device, millis, table, key);
  }

  /** One of the operations on compound cells. */
  Story part(
      RunKind kind,
      int device,
      long millis,
      String table,
      String key,
      String column,
      Object value) {
    return add(kind, device, millis, table, key, column, value);
  }

  /** Of a loser written by a device at a time. */
  Story dismiss(
      int device, long millis, String table, String key, String column, int author, long written) {
    Value time = Value.of(HybridTime.of(START + written, 0).bits());
    Object[] loser = {"column", column, "time", time, "device", device(author).toByteArray()};
    return add(RunKind.DISMISS, device, millis, table, key, loser);
  }

  /** The space ranks by arrival. */
  Story byArrival(long newLateAfterMillis) {
    lateAfterMillis = newLateAfterMillis;
    return this;
  }

  /** What the authors of the events that follow had seen of the log. */
  Story seen(long sequence) {
    seen = sequence;
    return this;
  }

  /** What the author of the next event held without receipts: the files that stand at these sequences in the end. */
  Story seenFiles(Long... sequences) {
    seenFiles = List.of(sequences);
    return this;
  }

  /** The file of the next event builds on those at these sequences. */
  Story buildsOn(Long... sequences) {
    buildsOn = List.of(sequences);
    return this;
  }

  /** The mesh's clock goes on to this, at the least. */
  Story serverTime(long millis) {
    serverMillis = Math.max(serverMillis, millis);
    return this;
  }

  /** The clock of the next event is ahead of the mesh's, which does not go on with it. */
  Story ahead() {
    ahead = true;
    return this;
  }

  /** The next event is in the file of the one before. */
  Story together() {
    together = true;
    return this;
  }

  /** Columns of the next event are a group. */
  Story group(String... columns) {
    group = List.of(columns);
    return this;
  }

  private Story add(
      RunKind kind, int device, long millis, String table, String key, Object... cells) {
    Map<String, Value> values = new LinkedHashMap<>();
    for (int i = 0; i < cells.length; i += 2) {
      values.put((String) cells[i], value(cells[i + 1]));
    }
    HybridTime time = HybridTime.of(START + millis, 0);
    together |= transaction != 0;
    transaction = begins ? time.bits() : transaction;
    begins = false;
    Event event = new Event(
        kind, table, key, time, device(device), seen, seenFiles, values, group, transaction);
    if (together) {
      LogFile last = files.remove(files.size() - 1);
      List<Event> events = new ArrayList<>(last.events());
      events.add(event);
      files.add(new LogFile(last.device(), last.serverTimeMillis(), last.buildsOn(), events));
    } else {
      serverMillis = ahead ? serverMillis + 1 : Math.max(serverMillis + 1, millis);
      files.add(new LogFile(device(device), START + serverMillis, buildsOn, List.of(event)));
    }
    together = false;
    group = List.of();
    seenFiles = List.of();
    buildsOn = List.of();
    ahead = false;
    return this;
  }

  static Value value(Object value) {
    if (value instanceof Value known) {
      return known;
    } else if (value instanceof String text) {
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

  public List<LogFile> files() {
    return files;
  }

  public List<Event> events() {
    return files.stream().flatMap(file -> file.events().stream()).toList();
  }

  Json json() {
    Json json = Json.object()
        .u64("cut_off_millis", RULES.cutOffMillis())
        .u64("review_window_millis", RULES.reviewWindowMillis());
    return (lateAfterMillis == 0 ? json : json.u64("late_after_millis", lateAfterMillis))
        .list("files", files, file -> file.json().get());
  }
}
