package dev.sealift.ops.simulate;

import static java.util.Objects.requireNonNull;

import dev.sealift.client.store.Batch;
import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.LostValue;
import dev.sealift.client.store.TableSchema;
import dev.sealift.client.sync.OpenedInvitation;
import dev.sealift.client.value.Value;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.Vault;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.membership.SpaceRules;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * A month in a space whose devices run different versions of an app: one stays at version 1, one is at version 3, and one is updated from 1 to 2 to 3 on the way. Every day each edits some rows, connected or not,
 * and exchanges now and then. Each reads what it writes under its own names, and leaves alone what it does not know; and in the end all agree, and every value is where its version looks for it, or in the inbox.
 */
final class MonthOfVersions {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** Less than the review window, so that nothing leaves the inbox. */
  private static final int DAYS = 29;

  private static final int ROWS = 6;
  private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();
  private static final int MOST_LOST = 10_000;

  private final Dice dice;
  private final Scheduler scheduler = new Scheduler(START.toEpochMilli());
  private final Trace trace;
  private final Path folder;
  private final Mesh mesh;
  private final Vault vault;
  private final Ledger ledger = new Ledger();
  private final Map<Device, Integer> versions = new LinkedHashMap<>();
  private long values;
  private long files;

  private MonthOfVersions(Path folder, long seed, boolean keepTrace) {
    this.folder = folder;
    this.dice = new Dice(seed);
    this.trace = new Trace(scheduler, keepTrace);
    this.mesh = new Mesh(scheduler, dice.fork(), trace, new MeshDisk(folder, scheduler));
    this.vault = Vault.open(folder.resolve("vault"), null);
  }

  static Result run(Path folder, long seed, boolean keepTrace) {
    MonthOfVersions month = new MonthOfVersions(folder, seed, keepTrace);
    Optional<String> fault = Optional.empty();
    try {
      month.run();
    } catch (Fault e) {
      fault = Optional.of(e.getMessage());
    } catch (RuntimeException e) {
      fault = Optional.of("a bug: " + Simulation.describe(e));
    } finally {
      month.versions.keySet().forEach(Device::close);
      month.mesh.close();
    }
    Counts counts = new Counts(month.ledger.written(), month.files, 0, 0);
    return new Result(seed, fault, counts, month.trace.lines(), month.trace.hash());
  }

  private void run() {
    Device old = device("old", 1);
    old.found(List.of(AppVersions.of(1)), SpaceRules.defaults());
    Device young = device("young", 3);
    Device updated = device("updated", 1);
    byte[] secret = dice.bytes(InvitationKeys.SECRET_BYTES);
    old.connect();
    rest();
    OpenedInvitation invitation = invite(old, secret);
    // One has its app's schema before anything has come, and one after it has.
    young.join(invitation, secret, List.of(AppVersions.of(3)));
    updated.join(invitation, secret, List.of());
    versions.keySet().forEach(Device::connect);
    rest();
    declare(updated);
    versions.keySet().forEach(Device::disconnect);
    for (int day = 1; day <= DAYS; day++) {
      if (day == 10 || day == 20) {
        update(updated);
      }
      day();
    }
    versions.keySet().forEach(Device::connect);
    rest();
    versions.keySet().forEach(this::declareAgain);
    versions.keySet().forEach(Device::connect);
    rest();
    judge();
  }

  private Device device(String name, int version) {
    DeviceKeyPair keys = Simulation.keys(dice);
    Disk disk = new Disk(folder.resolve(name + ".db"));
    Device device =
        new Device(name, scheduler, mesh.network(), dice.fork(), trace, vault, keys, disk);
    device.start();
    versions.put(device, version);
    return device;
  }

  private OpenedInvitation invite(Device host, byte[] secret) {
    CompletableFuture<OpenedInvitation> opened =
        host.invite(secret, Duration.ofDays(60).toMillis(), 10).orElseThrow();
    scheduler.runUntil(scheduler.nowMillis() + HOUR_MILLIS);
    return opened.join();
  }

  private TableSchema schema(Device device) {
    return AppVersions.of(requireNonNull(versions.get(device)));
  }

  private void declare(Device device) {
    device.write(batch -> batch.declare(schema(device)));
  }

  /** The app starts anew. */
  private void declareAgain(Device device) {
    device.disconnect();
    device.close();
    device.start();
    declare(device);
  }

  private void update(Device device) {
    versions.merge(device, 1, Integer::sum);
    trace.say(device.toString(), "is updated to version " + versions.get(device));
    declareAgain(device);
  }

  private void day() {
    for (Device device : versions.keySet()) {
      for (long edits = dice.between(2, 6); edits > 0; edits--) {
        scheduler.after(dice.between(0, 23 * HOUR_MILLIS), () -> edit(device));
      }
      if (dice.chance(0.6)) {
        long from = dice.between(0, 22 * HOUR_MILLIS);
        scheduler.after(from, device::connect);
        scheduler.after(from + dice.between(1_000, HOUR_MILLIS / 2), device::disconnect);
      }
    }
    scheduler.runUntil(scheduler.nowMillis() + 24 * HOUR_MILLIS);
  }

  private void edit(Device device) {
    TableSchema schema = schema(device);
    String key = "k" + dice.between(1, ROWS);
    Map<String, Value> before = VersionedRow.stored(device, key);
    if (dice.chance(0.08)) {
      trace.say(device.toString(), "removes " + key);
      before.forEach((column, value) -> ledger.replaces(device, key, column, value));
      device.write(batch -> batch.remove(schema.name(), key));
      return;
    }
    boolean whole = dice.chance(0.3);
    Map<String, Value> row = VersionedRow.drawn(schema, dice, whole ? 0.8 : 0.4, () -> ++values);
    Map<String, Value> replaced = VersionedRow.storedOrHidden(device, key);
    for (ColumnSchema column : schema.columns()) {
      if (whole || row.containsKey(column.name())) {
        ledger.replaces(
            device, key, column.wire(), replaced.getOrDefault(column.wire(), Value.NULL));
      }
    }
    trace.say(device.toString(), (whole ? "puts " : "patches ") + key + " " + new TreeMap<>(row));
    device.write(batch -> write(batch, schema, key, row, whole));
    for (ColumnSchema column : schema.columns()) {
      if (row.containsKey(column.name())) {
        ledger.wrote(device, key, column.wire(), row.get(column.name()));
      }
    }
    VersionedRow.requireWritten(device, schema, key, row, before);
  }

  private static void write(
      Batch batch, TableSchema schema, String key, Map<String, Value> row, boolean whole) {
    if (whole) {
      batch.put(schema.name(), key, row);
    } else {
      batch.patch(schema.name(), key, row);
    }
  }

  private void judge() {
    Device first = versions.keySet().iterator().next();
    files = first.store().position();
    for (Device device : versions.keySet()) {
      if (!device.store().mergeDigest().equals(first.store().mergeDigest())
          || !device.store().visibleDigest().equals(first.store().visibleDigest())) {
        throw new Fault("L1", device + " and " + first + " do not agree");
      }
      Map<String, Map<String, Value>> rows = new TreeMap<>();
      for (int row = 1; row <= ROWS; row++) {
        rows.put("k" + row, VersionedRow.stored(device, "k" + row));
      }
      ledger.judge(device, rows, lost(device));
      rows.forEach(
          (key, stored) -> VersionedRow.requireReadable(device, schema(device), key, stored));
    }
    trace.say("end", "all agree on " + files + " files");
  }

  private static Map<String, Set<Value>> lost(Device device) {
    Map<String, Set<Value>> lost = new HashMap<>();
    for (LostValue value : device.store().inbox(MOST_LOST)) {
      lost.computeIfAbsent(value.key(), key -> new HashSet<>()).add(value.value());
    }
    return lost;
  }

  private void rest() {
    versions.keySet().stream().filter(Device::isConnecting).forEach(Device::ask);
    long until = scheduler.nowMillis() + 3 * HOUR_MILLIS;
    do {
      scheduler.runUntil(scheduler.nowMillis() + 1_000);
      if (scheduler.nowMillis() > until) {
        throw new Fault(
            "rest",
            "there is no end of it: "
                + versions.keySet().stream().map(Device::state).toList());
      }
    } while (!versions.keySet().stream()
        .allMatch(device -> !device.isConnecting() || device.isUpToDate()));
  }
}
