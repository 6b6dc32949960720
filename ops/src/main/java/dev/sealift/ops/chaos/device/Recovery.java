package dev.sealift.ops.chaos.device;

import dev.sealift.client.Row;
import dev.sealift.client.Space;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.sync.SyncState;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long it takes, from now on, until everything works again: for a probe in each space, which connects anew and writes, so that no pause of
 * the client's own counts (the mesh); for each device that a write of its own from now on is acknowledged; and that it reads the
 * probe's. For one thread.
 */
final class Recovery {
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** A probe that is not connected tries again by then, however long the client itself would wait. */
  private static final long CONNECT_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** And one that is connected but gets no answer, as a person would who sees nothing happen. */
  private static final long PROBE_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final URI mesh;
  private final long round;
  private final long startNanos = System.nanoTime();
  private final Map<Participant, CompletableFuture<Void>> probes = new HashMap<>();
  private final Map<Participant, Long> probedNanos = new HashMap<>();
  private final Map<Participant, Long> writers = new HashMap<>();
  private final Set<Participant> readers;
  private long meshNanos;
  private long writeNanos;
  private long readNanos;

  Recovery(URI mesh, long round, Collection<Participant> probing, Collection<Participant> devices) {
    this.mesh = mesh;
    this.round = round;
    this.readers = new HashSet<>(devices);
    probing.forEach(this::probe);
    devices.forEach(device -> writers.put(device, device.written()));
  }

  private void probe(Participant probe) {
    probedNanos.put(probe, System.nanoTime());
    try {
      Space space = probe.space();
      space.connect(mesh);
      space.table(Participant.PROBES).put(probe.spaceName(), Row.of("number", round));
      probes.put(probe, space.whenDurable());
    } catch (SealiftException e) {
      probes.put(probe, CompletableFuture.failedFuture(e)); // it is tried again
    }
  }

  /** Waits, at most so long. */
  JsonObject await(long deadlineMillis) {
    long deadline = TimeUnit.MILLISECONDS.toNanos(deadlineMillis);
    while (!isDone() && passed() < deadline) {
      look();
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
    List<String> late = new ArrayList<>();
    probes.keySet().forEach(probe -> late.add(probe.name()));
    writers.keySet().forEach(writer -> late.add(writer.name() + " writing"));
    readers.forEach(reader -> late.add(reader.name() + " reading"));
    return new JsonObject()
        .put("recovered", late.isEmpty())
        .put("meshMillis", TimeUnit.NANOSECONDS.toMillis(meshNanos))
        .put("writeMillis", TimeUnit.NANOSECONDS.toMillis(writeNanos))
        .put("readMillis", TimeUnit.NANOSECONDS.toMillis(readNanos))
        .put("late", late);
  }

  private boolean isDone() {
    return probes.isEmpty() && writers.isEmpty() && readers.isEmpty();
  }

  private long passed() {
    return System.nanoTime() - startNanos;
  }

  private void look() {
    for (Participant probe : List.copyOf(probes.keySet())) {
      CompletableFuture<Void> durable = probes.getOrDefault(probe, new CompletableFuture<>());
      if (durable.isDone() && !durable.isCompletedExceptionally()) {
        probes.remove(probe);
        meshNanos = Math.max(meshNanos, passed());
      } else if (System.nanoTime() - probedNanos.getOrDefault(probe, 0L) > patience(probe)) {
        probe(probe);
      }
    }
    if (writers.entrySet().removeIf(w -> w.getKey().acknowledged() > w.getValue())) {
      writeNanos = passed();
    }
    if (readers.removeIf(this::readsTheProbe)) {
      readNanos = passed();
    }
  }

  private static long patience(Participant probe) {
    SyncState state = probe.space().status().state();
    boolean connected = state == SyncState.SYNCING || state == SyncState.UP_TO_DATE;
    return connected ? PROBE_AGAIN_NANOS : CONNECT_AGAIN_NANOS;
  }

  private boolean readsTheProbe(Participant reader) {
    return reader
        .space()
        .table(Participant.PROBES)
        .get(reader.spaceName())
        .flatMap(row -> row.integer("number"))
        .filter(number -> number >= round)
        .isPresent();
  }
}
