package dev.sealift.merge;

import dev.sealift.protocol.mesh.proto.EngineTime;
import dev.sealift.protocol.mesh.proto.HeardTime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What engines publish of their clocks, and what that tells of one another. Each says its time and, of each other that it heard,
 * which of its publications that was and how long ago. So one that gets it knows: my clock is at most ahead of yours by my time now less yours in
 * it, and at least by my time when I published what you heard less yours when you heard it. How long messages take does not matter.
 */
final class PeerClocks {
  /** Publications remembered, to be recognised when they are named: a minute's. */
  private static final int REMEMBERED = 32;

  private record Published(long timeMillis, long atMono) {}

  private record HeardOf(long theirMillis, long atMono) {}

  private final String engine;
  private final Deque<Published> published = new ArrayDeque<>();
  private final Map<String, HeardOf> heard = new HashMap<>();

  PeerClocks(String engine) {
    this.engine = engine;
  }

  EngineTime publish(long wallMillis, long monoMillis) {
    published.addLast(new Published(wallMillis, monoMillis));
    if (published.size() > REMEMBERED) {
      published.removeFirst();
    }
    heard.values().removeIf(of -> monoMillis - of.atMono() >= ClockWatch.STALE_MILLIS);
    EngineTime.Builder time = EngineTime.newBuilder().setEngine(engine).setTimeMillis(wallMillis);
    heard.forEach((name, of) -> time.addHeard(HeardTime.newBuilder()
        .setEngine(name)
        .setTimeMillis(of.theirMillis())
        .setMillisAgo(monoMillis - of.atMono())));
    return time.build();
  }

  /** Takes what another engine published; empty when it says nothing of use. */
  Optional<ClockWatch.Ahead> heard(EngineTime from, long wallMillis, long monoMillis) {
    if (from.getEngine().equals(engine)) {
      return Optional.empty();
    }
    if (heard.containsKey(from.getEngine()) || heard.size() < ClockWatch.MAX_OTHERS) {
      heard.put(from.getEngine(), new HeardOf(from.getTimeMillis(), monoMillis));
    }
    long most = wallMillis - from.getTimeMillis();
    return from.getHeardList().stream()
        .filter(of -> of.getEngine().equals(engine))
        .findFirst()
        .flatMap(of -> least(of, from, wallMillis, monoMillis))
        .filter(least -> least <= most)
        .map(least -> new ClockWatch.Ahead(least, most));
  }

  /** Both moments are told by the clocks as they are now, so that a jump in between changes nothing. */
  private Optional<Long> least(HeardTime of, EngineTime from, long wallMillis, long monoMillis) {
    return published.stream()
        .filter(mine -> mine.timeMillis() == of.getTimeMillis())
        .findFirst()
        .map(mine -> (wallMillis - (monoMillis - mine.atMono()))
            - (from.getTimeMillis() - of.getMillisAgo()));
  }
}
