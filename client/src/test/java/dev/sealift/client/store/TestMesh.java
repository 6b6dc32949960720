package dev.sealift.client.store;

import dev.sealift.client.store.TestDevice.Sent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A log in one list, and the way devices work with it: get before put. */
public final class TestMesh {
  final List<Sent> log = new ArrayList<>();
  private final Set<String> dots = new HashSet<>();

  /** Takes what is new, after putting right a clock that runs ahead. */
  void get(TestDevice device) {
    if (device.millis > TestDevice.START_MILLIS + TestDevice.CLOCK_BOUND_MILLIS) {
      device.millis = TestDevice.START_MILLIS;
      device.write(batch -> batch.restampAhead(device.millis));
    }
    for (Sent sent : log.subList((int) device.store.position(), log.size())) {
      device.receive(sent);
    }
  }

  /** Admits a file, if its place in its author's chain is free. */
  boolean admit(TestDevice device, Sent sent) {
    if (!dots.add(sent.author() + "/" + sent.counter())) {
      return false;
    }
    log.add(sent);
    device.write(batch -> batch.settle(sent.counter(), sent.id(), log.size()));
    return true;
  }

  /** Takes what is new and sends everything in files of about {@code maxBytes}. */
  public void sync(TestDevice device, long maxBytes) {
    get(device);
    for (Sent sent = device.pack(maxBytes); sent != null; sent = device.pack(maxBytes)) {
      admit(device, sent);
    }
    get(device);
  }
}
