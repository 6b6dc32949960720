package dev.sealift.gateway;

import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.SpaceId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who is in, by space and device: what quotas of connections are held against. A space without a connection costs nothing. */
final class Crowd<C> {
  /** One space's connections, each device's oldest first. */
  private static final class Room<C> {
    final Map<DeviceId, Deque<C>> devices = new HashMap<>(2);
    int connections;
  }

  private final Map<SpaceId, Room<C>> rooms = new HashMap<>();

  /** How many connections a space's other devices have. */
  long ofOthers(SpaceId space, DeviceId device) {
    Room<C> room = rooms.get(space);
    if (room == null) {
      return 0;
    }
    Deque<C> own = room.devices.get(device);
    return room.connections - (own == null ? 0 : own.size());
  }

  /**
   * Takes a connection in.
   *
   * @param mayHave how many its device may have, this one with them; at least 1
   * @return the device's oldest connections, those that are too many; they are in until they {@link #leave}
   */
  List<C> enter(SpaceId space, DeviceId device, C connection, long mayHave) {
    Room<C> room = rooms.computeIfAbsent(space, any -> new Room<>());
    Deque<C> own = room.devices.computeIfAbsent(device, any -> new ArrayDeque<>(1));
    own.add(connection);
    room.connections++;
    List<C> tooMany = new ArrayList<>();
    long beyond = own.size() - Math.max(1, mayHave);
    for (C oldest : own) {
      if (tooMany.size() < beyond) {
        tooMany.add(oldest);
      }
    }
    return tooMany;
  }

  void leave(SpaceId space, DeviceId device, C connection) {
    Room<C> room = rooms.get(space);
    Deque<C> own = room == null ? null : room.devices.get(device);
    if (room == null || own == null || !own.remove(connection)) {
      return;
    }
    room.connections--;
    if (own.isEmpty()) {
      room.devices.remove(device);
    }
    if (room.connections == 0) {
      rooms.remove(space);
    }
  }
}
