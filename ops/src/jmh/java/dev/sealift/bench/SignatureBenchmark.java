package dev.sealift.bench;

import dev.sealift.protocol.crypto.SignatureContext;
import dev.sealift.protocol.id.Hash;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Ed25519 and SHA-256 over {@code size} bytes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SignatureBenchmark {
  @Param({"64", "400", "1048576"})
  public int size;

  private byte[] message = {};
  private byte[] signature = {};

  @Setup
  public void make() {
    message = new byte[size];
    signature = Samples.AUTHOR.sign(SignatureContext.FILE_HEADER, message);
  }

  @Benchmark
  public byte[] sign() {
    return Samples.AUTHOR.sign(SignatureContext.FILE_HEADER, message);
  }

  @Benchmark
  public boolean verify() {
    return Samples.AUTHOR.verifyingKey().verify(SignatureContext.FILE_HEADER, signature, message);
  }

  @Benchmark
  public Hash sha256() {
    return Hash.of(message);
  }
}
