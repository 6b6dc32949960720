package dev.sealift.client.compact;

import dev.sealift.client.compact.CarriedRow.Dropped;
import dev.sealift.client.compact.CarriedRow.Held;
import dev.sealift.client.compact.CarriedRow.Line;
import dev.sealift.client.compact.CarriedRow.Loser;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a block names that no log can have further on than its base, or at all: devices and times. */
public final class Mentions {
  private final Set<DeviceId> devices = new HashSet<>();
  private @Nullable DeviceId last;
  private long newest;
  private long latestMillis;
  private boolean placed;

  public Mentions(Block block) {
    block.judgements().forEach(judgement -> add(judgement.device(), judgement.number()));
    block.policies().forEach(policy -> addMillis(policy.serverTimeMillis()));
    block.rows().forEach(this::add);
    for (CarriedFile file : block.files()) {
      add(file.author(), file.newest());
      addMillis(file.serverTimeMillis());
      addPlace(Math.max(file.place(), file.known()));
      placed |= file.newest() != 0;
    }
  }

  /** All devices of which there is something. */
  public Set<DeviceId> devices() {
    return devices;
  }

  /** The time of the newest event that something in it is of; zero when it has nothing of events. What is written after it is taken in is above that. */
  public HybridTime newest() {
    return new HybridTime(newest);
  }

  /** The latest time by the mesh's clock: of a file, or a place. */
  public long latestMillis() {
    return latestMillis;
  }

  /** Whether anything has a place, as only where ranks go by arrival. */
  public boolean placed() {
    return placed;
  }

  private void add(CarriedRow row) {
    add(row.marker());
    add(row.removal());
    add(row.touch());
    for (Held held : row.registers()) {
      add(held.origin());
    }
    for (Held held : row.parts()) {
      add(held.origin());
    }
    for (Dropped dropped : row.dropped()) {
      add(dropped.origin());
    }
    for (Loser loser : row.losers()) {
      add(loser.device(), loser.time());
      add(loser.rivalDevice(), loser.rivalTime());
      addMillis(loser.since());
    }
    for (Line line : row.lines()) {
      add(line.device(), line.time());
      addMillis(line.serverTimeMillis());
    }
    if (row.feed() != null) {
      add(row.feed().device(), row.feed().time());
    }
  }

  private void add(@Nullable Origin origin) {
    if (origin != null) {
      add(origin.device(), origin.time());
      addPlace(origin.place());
    }
  }

  private void add(DeviceId device, long time) {
    if (device != last) { // a block has one object for each, and long runs of them
      devices.add(device);
      last = device;
    }
    newest = Long.compareUnsigned(newest, time) >= 0 ? newest : time;
  }

  private void addPlace(long place) {
    placed |= place != 0;
    addMillis(place);
  }

  private void addMillis(long millis) {
    latestMillis = Math.max(latestMillis, millis);
  }
}
