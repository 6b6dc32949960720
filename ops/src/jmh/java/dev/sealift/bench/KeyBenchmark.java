package dev.sealift.bench;

import com.google.protobuf.ByteString;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.client.vault.KeySealing;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.link.InvitationKeys;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Epoch keys sealed to one recipient by HPKE, and opened. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class KeyBenchmark {
  private static final ByteString MAIN = ByteString.copyFrom(Samples.bytes(16, 0));

  private final EpochKey key = EpochKey.generate();
  private final InvitationKeys recipient = InvitationKeys.derive(Samples.bytes(32, 0x5e));
  private ByteString sealedKey = ByteString.EMPTY;

  @Setup
  public void make() throws FormatException {
    sealedKey = sealKey();
  }

  @Benchmark
  public ByteString sealKey() throws FormatException {
    return KeySealing.seal(recipient.publicKeys().hpke(), MAIN, 1, key);
  }

  @Benchmark
  public EpochKey openKey() throws FormatException {
    return KeySealing.open(
        recipient.hpkePrivate(), recipient.publicKeys().hpke(), MAIN, 1, sealedKey);
  }
}
