package dev.sealift.ops.bench;

import dev.sealift.client.Row;
import dev.sealift.client.Space;
import dev.sealift.client.Watch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One write after another, each from the call that makes it to the listener of the last other device. It is durable where it was written,
 * and in the mesh, before any other device hears of it.
 */
final class Propagation implements Measurement {
  private static final String KEY = "0000000000000000";

  /** Code that runs once a millisecond takes seconds to be compiled. */
  private static final int WARM_UP_TIMES = 2;

  private final Workbench bench;

  Propagation(Workbench bench) {
    this.bench = bench;
  }

  @Override
  public Set<BenchRow> rows() {
    return Set.of(BenchRow.PROPAGATION_P50, BenchRow.PROPAGATION_P99);
  }

  @Override
  public boolean warmsUp() {
    return false;
  }

  @Override
  public void round(int number, Figures figures) throws Exception {
    Path folder = bench.fresh("propagation");
    PropagationFloor floor = new PropagationFloor(bench, folder);
    try (Mesh mesh = bench.mesh(folder);
        Fleet fleet = new Fleet(folder, bench.plan().home(), 1)) {
      Space writer = fleet.writers().get(0);
      writer.table(SampleRows.TABLE).putAll(new SampleRows(1, bench.plan().rowBytes(), number));
      writer.connect(mesh.url());
      List<Space> readers = new ArrayList<>();
      for (int i = 1; i < bench.plan().devices(); i++) {
        readers.addAll(fleet.join("reading-" + i));
      }
      readers.forEach(Space::connect);
      for (Space reader : readers) {
        Workbench.await(reader.whenUpToDate());
      }
      long[] nanos = writes(writer, readers, bench.plan().writes());
      double p50 = nanos[nanos.length / 2] / 1e6;
      figures.add(BenchRow.PROPAGATION_P50, p50, floor.millis());
      figures.add(BenchRow.PROPAGATION_P99, nanos[nanos.length * 99 / 100] / 1e6, p50);
    }
    Workbench.clear(folder);
  }

  /** Sorted; what only warmed up is not among them. */
  private static long[] writes(Space writer, List<Space> readers, int count) throws Exception {
    int warmUp = count * WARM_UP_TIMES;
    long[] nanos = new long[count];
    List<Watch> watches = new ArrayList<>();
    BlockingQueue<Long> heard = new LinkedBlockingQueue<>();
    for (Space reader : readers) {
      watches.add(
          reader.watch(SampleRows.TABLE, Runnable::run, changes -> heard.add(System.nanoTime())));
    }
    for (int i = -warmUp; i < count; i++) {
      long start = System.nanoTime();
      writer.table(SampleRows.TABLE).patch(KEY, Row.of("name", "changed " + i));
      long last = lastHeard(heard, readers.size());
      if (i >= 0) {
        nanos[i] = last - start;
      }
    }
    watches.forEach(Watch::close);
    Arrays.sort(nanos);
    return nanos;
  }

  private static long lastHeard(BlockingQueue<Long> heard, int readers) throws Exception {
    long last = 0;
    for (int i = 0; i < readers; i++) {
      Long at = heard.poll(Workbench.DEADLINE.toSeconds(), TimeUnit.SECONDS);
      if (at == null) {
        throw new BenchFailedException("A write did not arrive at another device.");
      }
      last = at;
    }
    return last;
  }
}
