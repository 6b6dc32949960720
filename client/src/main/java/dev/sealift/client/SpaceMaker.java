package dev.sealift.client;

import dev.sealift.client.store.Batch;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.sync.CompactionThresholds;
import dev.sealift.client.sync.DeviceHint;
import dev.sealift.client.sync.MeshClock;
import dev.sealift.client.sync.SpaceRecords;
import dev.sealift.client.sync.Transport;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.Vault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Makes and opens a home's spaces, wherever in it their files are. Of one space not to be used by several threads. */
final class SpaceMaker {
  private final Vault vault;
  private final AtRest atRest;
  private final Transport transport;
  private final LongSupplier wallMillis;
  private final Optional<CompactionThresholds> compaction;
  private final Supplier<Set<DeviceHint>> hints;

  SpaceMaker(
      Vault vault,
      AtRest atRest,
      Transport transport,
      Options options,
      Supplier<Set<DeviceHint>> hints) {
    this.vault = vault;
    this.atRest = atRest;
    this.transport = transport;
    this.wallMillis = options.wallMillis();
    this.compaction = options.compactionThresholds();
    this.hints = hints;
  }

  Transport transport() {
    return transport;
  }

  /** What a new space begins with. */
  interface Start {
    void run(SpaceRecords records, Batch batch);
  }

  /** A space that is new in the home. */
  Space make(SpaceFiles files, String name, Start start) {
    SpaceKeys keys = atRest.newKeys();
    try {
      files.deleteNewDb();
      start(files.newDb(), keys, start);
      atRest.write(files, keys);
      files.deleteDb();
      files.useNewDb();
    } catch (IOException e) {
      throw Errors.ofHome(e);
    }
    return opened(files.db(), name, keys);
  }

  /** A space of a device whose keys are not kept: once it is closed, nothing is left of it but files to be deleted. */
  Space makeForNow(SpaceFiles files, String name, DeviceKeyPair device, Start start) {
    SpaceKeys keys = atRest.newKeys(device);
    try {
      files.deleteDb();
    } catch (IOException e) {
      throw Errors.ofHome(e);
    }
    start(files.db(), keys, start);
    return opened(files.db(), name, keys);
  }

  private void start(Path db, SpaceKeys keys, Start start) {
    MeshClock clock = new MeshClock(wallMillis);
    Errors.checked(() -> {
      try (SpaceStore store = openStore(db, keys, clock);
          Batch batch = store.batch()) {
        SpaceRecords records = new SpaceRecords(store, vault);
        records.start(batch);
        start.run(records, batch);
        batch.commit();
      }
    });
  }

  private SpaceStore openStore(Path db, SpaceKeys keys, MeshClock clock) {
    return SpaceStore.open(atRest.driver(keys), db, keys.device().id(), clock);
  }

  /** A space that is there; a store in clear is encrypted first, if it is to be. */
  Space open(SpaceFiles files, String name) {
    SpaceKeys keys = Errors.checked(() -> {
      try {
        return atRest.settle(files);
      } catch (IOException e) {
        throw Errors.ofHome(e);
      }
    });
    return opened(files.db(), name, keys);
  }

  private Space opened(Path db, String name, SpaceKeys keys) {
    MeshClock clock = new MeshClock(wallMillis);
    SpaceStore store = Errors.checked(() -> openStore(db, keys, clock));
    SpaceRecords records = new SpaceRecords(store, vault);
    clock.restore(records.clockOffsetMillis());
    return new Space(name, keys.device(), store, records, transport, clock, compaction, hints);
  }
}
