package dev.sealift.ops.simulate;

import dev.sealift.client.Sealift;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.HeldCompaction;
import dev.sealift.client.store.LogEdges;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.sync.EvidenceVerdict;
import dev.sealift.client.sync.KeptEvidence;
import dev.sealift.client.sync.MemberChange;
import dev.sealift.client.sync.SpaceRecords;
import dev.sealift.client.value.Value;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A device of a {@link Bed}: what it does, what it holds, and what it met. */
public final class BedDevice {
  private final Device device;
  private final List<SealiftException> met = new ArrayList<>();
  private boolean connected;

  BedDevice(Device device) {
    this.device = device;
    device.tell(met::add);
  }

  Device device() {
    return device;
  }

  public DeviceId id() {
    return device.id();
  }

  /** What it signs with: a member may be in league with the mesh. */
  public DeviceKeyPair keys() {
    return device.keys();
  }

  public SpaceId space() {
    return device.space();
  }

  // What it does

  public void connect() {
    connected = true;
    device.connect();
  }

  public void disconnect() {
    connected = false;
    device.disconnect();
  }

  /** Whether it is to be. */
  boolean isConnected() {
    return connected;
  }

  /** Asks how far the log is. */
  public void ask() {
    device.ask();
  }

  /** Changes who is in the space, with what it sends next. */
  public void change(MemberChange change) {
    device.change(change);
  }

  /** The key of an epoch, which every member has. */
  public EpochKey epochKey(int epoch) {
    String first = "epoch." + epoch;
    String name = device.store().settingNames(first).stream()
        .filter(one -> one.equals(first) || one.startsWith(first + "."))
        .findFirst()
        .orElseThrow();
    try {
      return EpochKey.of(
          epoch, device.vault().open(name, device.store().setting(name).orElseThrow()));
    } catch (FormatException e) {
      throw new IllegalStateException("what it keeps is well-formed", e);
    }
  }

  public void write(String key, String body) {
    device.write(batch -> batch.put(Bed.TABLE, key, Map.of(Bed.COLUMN, new Value.Text(body))));
  }

  /** Compacts the files from one on, to send that with what follows. Returns whether it can. */
  public boolean compactFrom(long first) {
    boolean made = device.exchanged().compactFrom(first);
    device.ask();
    return made;
  }

  // What it holds

  public SpaceStore store() {
    return device.store();
  }

  /** Its log's tree, in front of files. */
  public LogEdges edges() {
    return device.exchanged().edges();
  }

  /** How far it holds the log. */
  public long position() {
    return device.store().position();
  }

  /** Of all that it has merged, but not of what it has yet to send. */
  public Hash mergeDigest() {
    return device.store().mergeDigest();
  }

  /** Of all that it shows. */
  public Hash visibleDigest() {
    return device.store().visibleDigest();
  }

  /** Files and edits that the mesh has not acknowledged. */
  public long waiting() {
    return device.store().pendingCount() + device.store().outboxCount();
  }

  public boolean isUpToDate() {
    return device.isRunning() && device.isUpToDate();
  }

  /** Files of the log that could not be read. */
  public long unreadable() {
    return new SpaceRecords(device.store(), device.vault()).unreadable();
  }

  /** How it stands, for people. */
  public String state() {
    return device.state();
  }

  // What it met

  /** All that it was stopped by so far, in order; nothing that honest meshes never give is left out. */
  public List<SealiftException> met() {
    return List.copyOf(met);
  }

  /** The evidence that it keeps. */
  public List<KeptEvidence.Kept> evidence() {
    return KeptEvidence.list(new SpaceRecords(device.store(), device.vault()));
  }

  /** Compactions of others that it contests. */
  public List<HeldCompaction> contested() {
    return device.exchanged().contested();
  }

  /**
   * What whoever gets its evidence makes of it, without asking anybody.
   *
   * @param name of {@link #evidence}, or of a compaction's last part
   * @param reveals whether the space's key goes with what is about a compaction
   */
  public EvidenceVerdict verdict(String name, boolean reveals) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      device
          .exchanged()
          .evidence(FileId.of(HexFormat.of().parseHex(name)), reveals)
          .writeTo(out);
      return Sealift.verify(new ByteArrayInputStream(out.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (FormatException e) {
      throw new IllegalArgumentException("no name of evidence", e);
    }
  }

  /** The root of the log that it holds, at a size. */
  public Optional<Hash> rootAt(long size) {
    return size == 0 ? Optional.of(Hash.of()) : device.store().rootAt(size);
  }

  void close() {
    device.close();
  }
}
