package dev.sealift.bench;

import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.PayloadCodec;
import dev.sealift.client.pack.RowEvent;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.pack.UnknownPayloadVersionException;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A payload of one run of {@code rows} rows, of the kinds of columns that places have, to bytes and back. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PayloadBenchmark {
  private static final long START_MILLIS = 1_767_225_600_000L;
  private static final List<String> COUNTRIES = List.of("AD", "AT", "DE", "FR", "JP");

  @Param({"1", "100", "10000"})
  public int rows;

  private List<EventRun> runs = List.of();
  private byte[] plaintext = {};

  @Setup
  public void make() {
    Random random = new Random(7);
    List<RowEvent> events = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      List<Value> values = List.of(
          Value.of("place " + Integer.toString(random.nextInt(1 << 30), 36)),
          Value.of(COUNTRIES.get(random.nextInt(COUNTRIES.size()))),
          Value.of((long) random.nextInt(5_000_000)),
          Value.of(random.nextInt(18_000_000) / 1e5),
          random.nextInt(3) == 0 ? Value.NULL : Value.of(random.nextInt(9_000)));
      String key = String.format("%016x", random.nextLong());
      events.add(new RowEvent(key, HybridTime.of(START_MILLIS + i / 50, i % 50), values));
    }
    List<String> columns = List.of("name", "country", "population", "latitude", "elevation");
    runs = List.of(new EventRun(RunKind.PUT, "places", 0, List.of(), columns, events));
    plaintext = PayloadCodec.encode(runs);
  }

  @Benchmark
  public byte[] encode() {
    return PayloadCodec.encode(runs);
  }

  @Benchmark
  public List<EventRun> decode() throws FormatException, UnknownPayloadVersionException {
    return PayloadCodec.decode(plaintext);
  }
}
