package dev.sealift.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.LogEntry;
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

/** A frame of {@code rows} log entries, as bytes and as a message; and the headers in it, parsed. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class FrameBenchmark {
  @Param({"1", "1000"})
  public int rows;

  private byte[] bytes = {};
  private byte[][] headerBytes = {};
  private List<ByteString> headers = List.of();

  @Setup
  public void make() throws FormatException {
    List<SignedHeader> chain = Samples.chain(rows);
    headers = chain.stream().map(SignedHeader::byteString).toList();
    headerBytes = chain.stream().map(SignedHeader::toByteArray).toArray(byte[][]::new);
    bytes = encodeFrame();
  }

  /** From headers and payloads, as a gateway does: a message that is there already remembers its encoded length. */
  @Benchmark
  public byte[] encodeFrame() {
    Files.Builder files = Files.newBuilder().setFirstSequence(1);
    for (ByteString header : headers) {
      files.addEntries(LogEntry.newBuilder()
          .setSignedHeader(header)
          .setServerTimeMillis(Samples.START_MILLIS)
          .setPayload(Samples.PAYLOAD));
    }
    return Frame.newBuilder().setFiles(files).build().toByteArray();
  }

  @Benchmark
  public Frame decodeFrame() throws InvalidProtocolBufferException {
    return Frame.parseFrom(bytes);
  }

  @Benchmark
  public void parseHeaders(Blackhole blackhole) throws FormatException {
    for (byte[] header : headerBytes) {
      blackhole.consume(SignedHeader.parse(header));
    }
  }
}
