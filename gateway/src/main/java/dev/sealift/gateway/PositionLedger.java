package dev.sealift.gateway;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.mesh.DevicePositions;
import dev.sealift.protocol.mesh.proto.DevicePosition;
import dev.sealift.protocol.mesh.proto.PositionsRequest;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The newest position of each device, until the store has it. Positions are advice about what may be reclaimed, and what
 * devices show of one another: one that is lost is made good by the next.
 */
final class PositionLedger {
  /** One message to the store: about 260 KiB. */
  static final int BATCH = 1_000;

  /** As many as there may be connections; when the store stays away for longer, new ones are dropped. */
  static final int MAX_WAITING = GatewayLimits.MAX_CONNECTIONS;

  private final Map<Device, DevicePosition> waiting = new LinkedHashMap<>();

  private record Device(ByteString space, ByteString device) {}

  /** Returns whether there was room for it. */
  boolean add(DevicePosition position) {
    Device device = new Device(position.getSpace(), position.getDevice());
    if (waiting.size() >= MAX_WAITING && !waiting.containsKey(device)) {
      return false;
    }
    waiting.merge(device, position, DevicePositions::merge);
    return true;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  int size() {
    return waiting.size();
  }

  /** Takes out the next batch, oldest first. */
  PositionsRequest take() {
    PositionsRequest.Builder batch = PositionsRequest.newBuilder();
    Iterator<DevicePosition> entries = waiting.values().iterator();
    while (entries.hasNext() && batch.getPositionsCount() < BATCH) {
      batch.addPositions(entries.next());
      entries.remove();
    }
    return batch.build();
  }

  /** Puts a batch back that the store did not take. Newer positions that came meanwhile stay. */
  void putBack(PositionsRequest batch) {
    batch.getPositionsList().forEach(this::add);
  }
}
