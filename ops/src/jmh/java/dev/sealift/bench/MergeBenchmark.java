package dev.sealift.bench;

import dev.sealift.client.merge.CurrentValues;
import dev.sealift.client.merge.Merged;
import dev.sealift.client.merge.RowMerge;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Seen;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.merge.Written;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.FormatException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** One event against each of {@code rows} rows of four columns, that one put wrote before. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class MergeBenchmark {
  private static final int CELLS = 5;
  private static final int[] ALL = {1, 2, 3, 4};
  private static final int[] ONE = {2};
  private static final long CUT_OFF_MILLIS = 7_776_000_000L;

  /** What came a while ago. Every other event had seen what it meets. */
  private static final Seen SEEN = stamp -> stamp.sequence() % 2 == 0;

  @Param({"1000", "100000"})
  public int rows;

  private final RowMerge merge = new RowMerge(Integer::compare, () -> CUT_OFF_MILLIS);
  private final CurrentValues current = cell -> Value.NULL;
  private RowState[] held = {};
  private byte[][] metas = {};
  private Stamp[] stamps = {};
  private Written four = Written.of(ONE, List.of(Value.NULL));
  private Written one = four;

  @Setup
  public void hold() {
    held = new RowState[rows];
    metas = new byte[rows][];
    stamps = new Stamp[rows];
    for (int i = 0; i < rows; i++) {
      Stamp before = new Stamp(1_000_000L + i, 1, i);
      held[i] = RowState.uniform(CELLS, before);
      metas[i] = held[i].toBytes();
      // Every other event is later than what is there.
      stamps[i] = new Stamp(1_000_000L + i + (i % 2 == 0 ? 7 : -7), 2, rows + i);
    }
    four = Written.of(ALL, List.of(Value.of("name"), Value.of(7), Value.of(1.5), Value.NULL));
    one = Written.of(ONE, List.of(Value.of(8)));
  }

  @Benchmark
  public void put(Blackhole blackhole) {
    for (int i = 0; i < rows; i++) {
      blackhole.consume(merge.put(held[i], stamps[i], SEEN, four, current));
    }
  }

  @Benchmark
  public void patch(Blackhole blackhole) {
    for (int i = 0; i < rows; i++) {
      blackhole.consume(merge.patch(held[i], stamps[i], SEEN, one, current));
    }
  }

  @Benchmark
  public void remove(Blackhole blackhole) {
    for (int i = 0; i < rows; i++) {
      blackhole.consume(merge.remove(held[i], stamps[i], SEEN, current));
    }
  }

  /** As a store does it for a row that has to be merged: bytes in, bytes out. */
  @Benchmark
  public void patchOfStoredRow(Blackhole blackhole) throws FormatException {
    for (int i = 0; i < rows; i++) {
      Merged merged = merge.patch(RowState.parse(metas[i]), stamps[i], SEEN, one, current);
      blackhole.consume(merged.state().toBytes());
    }
  }
}
