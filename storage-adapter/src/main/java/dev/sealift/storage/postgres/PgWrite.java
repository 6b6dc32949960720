package dev.sealift.storage.postgres;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.mesh.proto.CommitReply;
import dev.sealift.protocol.mesh.proto.CommitRequest;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.ExpireReply;
import dev.sealift.protocol.mesh.proto.ExpireRequest;
import dev.sealift.protocol.mesh.proto.PositionsReply;
import dev.sealift.protocol.mesh.proto.PositionsRequest;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.storage.StoreException;
import dev.sealift.storage.staging.StagingArea;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** A request that writes, until it is answered. */
abstract sealed class PgWrite<R> {
  private final CompletableFuture<R> reply = new CompletableFuture<>();

  final CompletableFuture<R> reply() {
    return reply;
  }

  final void fail(StoreException failure) {
    reply.completeExceptionally(failure);
  }

  final void answer(R answer) {
    reply.complete(answer);
  }

  static final class Commit extends PgWrite<CommitReply> {
    private final CommitRequest request;
    private final List<CommitStep> steps;
    private final long bytes;

    Commit(CommitRequest request) {
      this.request = request;
      this.steps = IntStream.range(0, request.getCommitsCount())
          .mapToObj(i -> new CommitStep(request.getCommits(i)))
          .toList();
      this.bytes = request.getSerializedSize() + payloadBytes(request);
    }

    private static long payloadBytes(CommitRequest request) {
      return request.getCommitsList().stream()
          .flatMap(commit -> commit.getFilesList().stream())
          .mapToLong(CommitFile::getPayloadLength)
          .sum();
    }

    List<CommitStep> steps() {
      return steps;
    }

    List<ByteString> spaces() {
      return request.getCommitsList().stream().map(SpaceCommit::getSpace).toList();
    }

    long bytes() {
      return bytes;
    }

    /** Every step has its result, and those that committed are durable. */
    void answer(StagingArea staging, long storeTimeMillis) {
      CommitReply.Builder answer = CommitReply.newBuilder().setStoreTimeMillis(storeTimeMillis);
      for (CommitStep step : steps) {
        answer.addResults(step.result());
        if (step.result() == CommitResult.COMMIT_RESULT_COMMITTED) {
          step.commit().getFilesList().forEach(file -> staging.release(file.getPayloadToken()));
        }
      }
      answer(answer.build());
    }
  }

  static final class Positions extends PgWrite<PositionsReply> {
    private final PositionsRequest request;

    Positions(PositionsRequest request) {
      this.request = request;
    }

    PositionsRequest request() {
      return request;
    }
  }

  static final class Reclaim extends PgWrite<ReclaimReply> {
    private final ReclaimRequest request;

    Reclaim(ReclaimRequest request) {
      this.request = request;
    }

    ReclaimRequest request() {
      return request;
    }
  }

  static final class Expire extends PgWrite<ExpireReply> {
    private final ExpireRequest request;

    Expire(ExpireRequest request) {
      this.request = request;
    }

    ExpireRequest request() {
      return request;
    }
  }
}
