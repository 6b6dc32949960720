package dev.sealift.client.store;

import dev.sealift.client.pack.DotRef;
import dev.sealift.client.store.TestDevice.Sent;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.membership.SpaceRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A log in one list, and the way devices work with it: get before put. */
public final class TestMesh {
  final List<Sent> log = new ArrayList<>();
  private final Set<String> dots = new HashSet<>();
  private final SpaceRules rules;

  /** Before files of the log, by how many stand before them. */
  private final Map<Integer, Long> pauses = new HashMap<>();

  public TestMesh() {
    this(TestDevice.RULES);
  }

  TestMesh(SpaceRules rules) {
    this.rules = rules;
  }

  /** The log as it is delivered, with the base of each file. */
  List<RemoteFile> files() {
    Map<DeviceId, Long> places = new HashMap<>();
    Map<FileId, Long> placesOfFiles = new HashMap<>();
    List<RemoteFile> files = new ArrayList<>();
    long paused = 0;
    for (Sent sent : log) {
      paused += pauses.getOrDefault(files.size(), 0L);
      long time = TestDevice.START_MILLIS + files.size() + 1 + paused;
      long base = places.getOrDefault(sent.author(), 0L);
      for (DotRef dot : sent.buildsOn()) {
        base = Math.max(base, placesOfFiles.getOrDefault(dot.file(), 0L));
      }
      files.add(sent.at(files.size() + 1L, time, base));
      long place = rules.publicPlace(time, base, sent.newest());
      places.put(sent.author(), place);
      placesOfFiles.put(sent.id(), place);
    }
    return files;
  }

  /** The next file comes so much later. */
  void pause(long millis) {
    pauses.merge(log.size(), millis, Long::sum);
  }

  /** Takes what is new, after putting right a clock that runs ahead. */
  void get(TestDevice device) {
    long now =
        TestDevice.START_MILLIS + pauses.values().stream().mapToLong(one -> one).sum();
    if (device.millis > now + TestDevice.CLOCK_BOUND_MILLIS) {
      device.millis = now;
      device.write(batch -> batch.restampAhead(device.millis));
    }
    List<RemoteFile> files = files();
    for (int at = (int) device.store.position(); at < log.size(); at++) {
      device.receive(log.get(at), files.get(at));
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
