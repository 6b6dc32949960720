package dev.sealift.ops.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.TableSchema;
import dev.sealift.client.sync.CompactionThresholds;
import dev.sealift.client.sync.OpenedInvitation;
import dev.sealift.client.value.Bytes;
import dev.sealift.client.value.Value;
import dev.sealift.client.vault.Vault;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.proto.FileKind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Devices that compact, over a real mesh's core that takes it. */
abstract class CompactingBed {
  static final TableSchema NOTES = new TableSchema(
      "notes", "id", List.of(new ColumnSchema("body", ColumnType.TEXT, Optional.empty())));
  static final long MINUTE_MILLIS = 60_000;

  /** A hundred edits take longer than a device pauses between two compactions. */
  private static final long BETWEEN_EDITS_MILLIS = 6_500;

  @TempDir
  Path folder;

  final Scheduler scheduler =
      new Scheduler(Instant.parse("2026-01-01T00:00:00Z").toEpochMilli());
  final Dice dice = new Dice(1);
  final Trace trace = new Trace(scheduler, true);
  final List<Device> devices = new ArrayList<>();
  CompactionThresholds thresholds = new CompactionThresholds(100, 400);
  Mesh mesh;
  Vault vault;

  @BeforeEach
  void start() {
    mesh = new Mesh(scheduler, dice.fork(), trace, new MeshDisk(folder, scheduler));
    mesh.admitCompactions();
    vault = Vault.open(folder.resolve("vault"), null);
  }

  @AfterEach
  void end() {
    devices.forEach(Device::close);
    mesh.close();
  }

  Device device(String name) {
    Device device = new Device(
        name,
        scheduler,
        mesh.network(),
        dice.fork(),
        trace,
        vault,
        Simulation.keys(dice),
        new Disk(folder.resolve(name + ".db")));
    device.start();
    device.compacts(thresholds);
    devices.add(device);
    return device;
  }

  void rest() {
    devices.stream().filter(Device::isConnecting).forEach(Device::ask);
    long until = scheduler.nowMillis() + 10 * MINUTE_MILLIS;
    do {
      scheduler.runUntil(scheduler.nowMillis() + 100);
      assertThat(scheduler.nowMillis()).as("%s", trace.lines()).isLessThan(until);
    } while (!devices.stream()
        .allMatch(device -> !device.isConnecting() || device.isRunning() && device.isUpToDate()));
  }

  void edit(Device device, int files) {
    edit(device, files, BETWEEN_EDITS_MILLIS);
  }

  void edit(Device device, int files, long betweenMillis) {
    for (int i = 0; i < files; i++) {
      String key = "k" + i % 50;
      String body = "note " + i;
      device.write(batch -> batch.put("notes", key, Map.of("body", new Value.Text(body))));
      scheduler.runUntil(scheduler.nowMillis() + betweenMillis);
    }
    rest();
  }

  OpenedInvitation invite(Device host, byte[] secret) {
    CompletableFuture<OpenedInvitation> opened =
        host.invite(secret, Duration.ofDays(60).toMillis(), 100).orElseThrow();
    scheduler.runUntil(scheduler.nowMillis() + MINUTE_MILLIS);
    return opened.join();
  }

  Device joined(String name, Device host) {
    return joined(name, invitation(host));
  }

  /** What others can join by. */
  record Invited(OpenedInvitation invitation, byte[] secret) {}

  Invited invitation(Device host) {
    byte[] secret = dice.bytes(InvitationKeys.SECRET_BYTES);
    return new Invited(invite(host, secret), secret);
  }

  Device joined(String name, Invited by) {
    Device device = device(name);
    device.join(by.invitation(), by.secret(), List.of());
    device.connect();
    rest();
    return device;
  }

  static long compactions(Device device) {
    return device.store().files(1, 10_000, Long.MAX_VALUE).stream()
        .map(file -> parse(file.header()))
        .filter(file -> file.header().kind() == FileKind.FILE_KIND_COMPACTION)
        .filter(file -> file.header().part() == file.header().parts())
        .count();
  }

  static SignedHeader parse(Bytes header) {
    try {
      return SignedHeader.parse(header.toByteArray());
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }
}
