package dev.sealift.bench;

import com.google.protobuf.ByteString;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.file.SignedHeader;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Payloads of {@code size} bytes sealed and opened, each under a key of its own, which is derived every time. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SealingBenchmark {
  private static final ByteString MAIN = ByteString.copyFrom(Samples.bytes(16, 0));
  private static final ByteString SALT = ByteString.copyFrom(Samples.bytes(32, 0x11));

  @Param({"256", "65536", "1032192"})
  public int size;

  private final EpochKey key = EpochKey.generate();
  private byte[] plaintext = {};
  private byte[] payload = {};
  private SignedHeader file;

  @Setup
  public void make() throws FormatException {
    plaintext = new byte[size];
    file = Samples.chain(2).get(1);
    payload = key.seal(SALT, MAIN, 1, file.associatedData(), plaintext);
  }

  @Benchmark
  public byte[] seal() {
    return key.seal(SALT, MAIN, 1, file.associatedData(), plaintext);
  }

  @Benchmark
  public byte[] open() throws FormatException {
    return key.open(file.header(), file.associatedData(), payload);
  }
}
