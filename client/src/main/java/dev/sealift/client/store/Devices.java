package dev.sealift.client.store;

import dev.sealift.client.merge.DeviceOrder;
import dev.sealift.client.store.StoreException.Code;
import dev.sealift.protocol.id.DeviceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** This store's numbers for devices. */
final class Devices implements DeviceOrder {
  /** The number of the device whose store this is. */
  static final int SELF = 0;

  private final Db db;
  private final Statement insert;
  private final List<DeviceId> byNumber = new ArrayList<>();
  private final Map<DeviceId, Integer> numbers = new HashMap<>();

  Devices(Db db, DeviceId self) {
    this.db = db;
    insert = db.prepare("INSERT INTO _sealift_device(idx, device) VALUES (?, ?)");
    load();
    if (number(self) != SELF) {
      throw new StoreException(
          Code.WRONG_DEVICE,
          "the space's database belongs to another device; put back the vault that belongs to it");
    }
  }

  /** Reads all from the database. */
  void load() {
    byNumber.clear();
    numbers.clear();
    try (Statement select = db.prepare("SELECT idx, device FROM _sealift_device ORDER BY idx")) {
      while (select.next()) {
        remember(Stored.device(select.blob(2)));
      }
    }
  }

  private void remember(DeviceId device) {
    numbers.put(device, byNumber.size());
    byNumber.add(device);
  }

  /** The device's number; a new one for a new device. */
  int number(DeviceId device) {
    Integer number = numbers.get(device);
    if (number != null) {
      return number;
    }
    insert.bind(1, byNumber.size()).bind(2, device.toByteArray()).run();
    remember(device);
    return byNumber.size() - 1;
  }

  /** All that the store has met, by its numbers for them. */
  static Map<Integer, DeviceId> read(Reader reader) {
    Map<Integer, DeviceId> devices = new HashMap<>();
    try (Statement select = reader.prepare("SELECT idx, device FROM _sealift_device")) {
      while (select.next()) {
        devices.put((int) select.integer(1), Stored.device(select.blob(2)));
      }
    }
    return devices;
  }

  /** The number of a device that the store has met. */
  Optional<Integer> known(byte[] id) {
    return id.length == DeviceId.BYTES
        ? Optional.ofNullable(numbers.get(Stored.device(id)))
        : Optional.empty();
  }

  DeviceId device(int number) {
    if (number >= byNumber.size()) {
      throw new StoreException(
          Code.CORRUPT, "the space's database names a device that it does not have");
    }
    return byNumber.get(number);
  }

  @Override
  public int compare(int device, int other) {
    return device(device).compareTo(device(other));
  }
}
