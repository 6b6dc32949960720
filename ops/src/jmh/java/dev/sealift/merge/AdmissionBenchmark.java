package dev.sealift.merge;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.bench.Samples;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.mesh.proto.AdmitFile;
import dev.sealift.protocol.mesh.proto.AdmitRequest;
import dev.sealift.protocol.mesh.proto.CommitReply;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.StagedPayload;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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

/**
 * The admission core without a store: {@code rows} files of one device, in requests of 64, from encoded request to encoded
 * reply. Stands in the package of the engine, which is nobody else's.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class AdmissionBenchmark {
  private static final int FILES_A_REQUEST = 64;

  @Param({"64", "1024"})
  public int rows;

  private final List<byte[]> requests = new ArrayList<>();

  @Setup
  public void make() throws FormatException {
    List<SignedHeader> chain = Samples.chain(rows + 1);
    requests.clear();
    requests.add(request(chain.subList(0, 1)));
    for (int from = 1; from < chain.size(); from += FILES_A_REQUEST) {
      requests.add(request(chain.subList(from, Math.min(from + FILES_A_REQUEST, chain.size()))));
    }
  }

  private static byte[] request(List<SignedHeader> files) {
    AdmitRequest.Builder request = AdmitRequest.newBuilder()
        .setSpace(files.get(0).space().byteString())
        .setDevice(Samples.author().id().byteString());
    StagedPayload payload = StagedPayload.newBuilder()
        .setToken(ByteString.copyFromUtf8("token"))
        .setLength(Samples.PAYLOAD.size())
        .setSha256(Hash.of(Samples.PAYLOAD.toByteArray()).byteString())
        .build();
    for (SignedHeader file : files) {
      request.addFiles(
          AdmitFile.newBuilder().setSignedHeader(file.byteString()).setPayload(payload));
    }
    return request.build().toByteArray();
  }

  @Benchmark
  public void admit(Blackhole blackhole) throws InvalidProtocolBufferException {
    Yes engine = new Yes(blackhole);
    for (byte[] request : requests) {
      engine.admit(request);
    }
    if (engine.receipts != rows + 1) {
      throw new IllegalStateException("only " + engine.receipts + " files were admitted");
    }
  }

  /** An engine over a store that commits whatever it is given. */
  private static final class Yes {
    private final Deque<Effect> asked = new ArrayDeque<>();
    private final Engine engine =
        new Engine(Samples.NOTARY, EngineLimits.DEFAULT, SpacePolicy.unbounded(), this::take);
    private final Blackhole blackhole;
    private long lastId;
    private int receipts;

    Yes(Blackhole blackhole) {
      this.blackhole = blackhole;
    }

    private void take(Effect effect) {
      if (effect instanceof Effect.ReplyAdmit reply) {
        blackhole.consume(reply.reply().toByteArray());
        receipts += (int) reply.reply().getOutcomesList().stream()
            .filter(one -> one.hasReceipt())
            .count();
      } else if (effect instanceof Effect.Load || effect instanceof Effect.Commit) {
        asked.add(effect);
      }
    }

    void admit(byte[] request) throws InvalidProtocolBufferException {
      engine.admit(++lastId, AdmitRequest.parseFrom(request), Samples.START_MILLIS);
      for (Effect next = asked.poll(); next != null; next = asked.poll()) {
        if (next instanceof Effect.Commit commit) {
          committed(commit);
        } else if (next instanceof Effect.Load load) {
          engine.loaded(load.space(), LoadSpaceReply.getDefaultInstance(), Samples.START_MILLIS);
        }
      }
    }

    private void committed(Effect.Commit commit) {
      blackhole.consume(commit.request().toByteArray());
      CommitReply.Builder reply = CommitReply.newBuilder();
      commit
          .request()
          .getCommitsList()
          .forEach(space -> reply.addResults(CommitResult.COMMIT_RESULT_COMMITTED));
      engine.committed(reply.build(), Samples.START_MILLIS);
    }
  }
}
