package dev.sealift.client.store;

import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How much of the log each of the others has shown to hold, by what it signed. One line a device. */
final class Views {
  private final Db db;
  private final Devices devices;
  private final Statement put;
  private final Statement root;

  Views(Db db, Devices devices) {
    this.db = db;
    this.devices = devices;
    put = db.prepare("INSERT INTO _sealift_view(device, sequence, t) VALUES (?1, ?2, ?3)"
        + " ON CONFLICT(device) DO UPDATE SET sequence = max(sequence, ?2), t = max(t, ?3)");
    root = db.prepare(
        "SELECT root FROM _sealift_log WHERE sequence = ? AND (root IS NULL OR root = ?)");
  }

  /** Nothing when the view is of another log than the one that is held: of one that a restored mesh has lost. */
  void put(SignedView view, Hash seen) {
    if (view.sequence() > 0
        && !FileLog.isThere(root.bind(1, view.sequence()).bind(2, seen.toByteArray()))) {
      return;
    }
    put.bind(1, devices.number(view.device()))
        .bind(2, view.sequence())
        .bind(3, view.signed().bits())
        .run();
  }

  /** The log is another one behind {@code common}. */
  void rewind(long common) {
    try (Statement update =
        db.prepare("UPDATE _sealift_view SET sequence = ?1 WHERE sequence > ?1")) {
      update.bind(1, common).run();
    }
  }

  static List<SignedView> all(Reader reader) {
    Map<Integer, DeviceId> known = Devices.read(reader);
    List<SignedView> views = new ArrayList<>();
    try (Statement select = reader.prepare("SELECT device, sequence, t FROM _sealift_view")) {
      while (select.next()) {
        views.add(new SignedView(
            known.get((int) select.integer(1)),
            select.integer(2),
            new HybridTime(select.integer(3))));
      }
    }
    return views;
  }
}
