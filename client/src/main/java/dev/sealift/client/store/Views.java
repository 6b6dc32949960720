package dev.sealift.client.store;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.SignedPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How much of the log each of the others has shown to hold, by what it signed, and of more than is held here what it signed. One line a device each. */
final class Views {
  private final Db db;
  private final Devices devices;
  private final Statement put;
  private final Statement root;
  private final Statement putAhead;
  private final Statement removeAhead;

  Views(Db db, Devices devices) {
    this.db = db;
    this.devices = devices;
    put = db.prepare("INSERT INTO _sealift_view(device, sequence, t) VALUES (?1, ?2, ?3)"
        + " ON CONFLICT(device) DO UPDATE SET sequence = max(sequence, ?2), t = max(t, ?3)");
    root = db.prepare(
        "SELECT root FROM _sealift_log WHERE sequence = ? AND (root IS NULL OR root = ?)");
    putAhead = db.prepare("INSERT OR REPLACE INTO _sealift_ahead(device, position) VALUES (?, ?)");
    removeAhead = db.prepare("DELETE FROM _sealift_ahead WHERE device = ?");
  }

  /** A position of one of the others that lies beyond the log; it takes the place of the one before. */
  void putAhead(SignedPosition position) {
    putAhead
        .bind(1, devices.number(position.position().device()))
        .bind(2, position.exact().toByteArray())
        .run();
  }

  /** The log has come there. */
  void removeAhead(DeviceId device) {
    removeAhead.bind(1, devices.number(device)).run();
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

  /** The log is another one behind {@code common}: what lay ahead of the one before says nothing of it. */
  void rewind(long common) {
    try (Statement update =
        db.prepare("UPDATE _sealift_view SET sequence = ?1 WHERE sequence > ?1")) {
      update.bind(1, common).run();
    }
    db.execute("DELETE FROM _sealift_ahead");
  }

  static List<SignedPosition> ahead(Reader reader) {
    List<SignedPosition> positions = new ArrayList<>();
    try (Statement select = reader.prepare("SELECT position FROM _sealift_ahead")) {
      while (select.next()) {
        positions.add(SignedPosition.parse(ByteString.copyFrom(select.blob(1))));
      }
    } catch (FormatException e) {
      throw new IllegalStateException("a kept position is well-formed", e);
    }
    return positions;
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
