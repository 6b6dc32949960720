package dev.sealift.storage.sqlite;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.mesh.proto.CommitReply;
import dev.sealift.protocol.mesh.proto.CommitRequest;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.DevicePosition;
import dev.sealift.protocol.mesh.proto.ExpireReply;
import dev.sealift.protocol.mesh.proto.ExpireRequest;
import dev.sealift.protocol.mesh.proto.PositionsReply;
import dev.sealift.protocol.mesh.proto.PositionsRequest;
import dev.sealift.protocol.mesh.proto.ReclaimHindrance;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.storage.StoreException;
import dev.sealift.storage.staging.StagingArea;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/**
 * A request to the writer. It has steps, each of which is in the store whole or not at all, and is answered
 * once the transaction that has its steps is durable.
 */
sealed interface Write {
  int steps();

  void apply(int step, StoreWrites writes) throws SQLException;

  /** A step could not be done even alone, by its own fault; nothing of it is in the store. */
  void refuse(int step);

  int files();

  long bytes();

  void answer();

  void fail(StoreException failure);

  /** One step a space. */
  final class Commit implements Write {
    private final CommitRequest request;
    private final StagingArea staging;
    private final CommitResult[] results;
    private final CompletableFuture<CommitReply> reply = new CompletableFuture<>();

    Commit(CommitRequest request, StagingArea staging) {
      this.request = request;
      this.staging = staging;
      this.results = new CommitResult[request.getCommitsCount()];
    }

    CompletableFuture<CommitReply> reply() {
      return reply;
    }

    @Override
    public int steps() {
      return results.length;
    }

    @Override
    public void apply(int step, StoreWrites writes) throws SQLException {
      results[step] = writes.append(request.getCommits(step));
    }

    /** Whatever it was, the caller's view of this space is not the store's. */
    @Override
    public void refuse(int step) {
      results[step] = CommitResult.COMMIT_RESULT_CONFLICT;
    }

    @Override
    public int files() {
      return request.getCommitsList().stream()
          .mapToInt(SpaceCommit::getFilesCount)
          .sum();
    }

    @Override
    public long bytes() {
      long bytes = request.getSerializedSize();
      for (SpaceCommit commit : request.getCommitsList()) {
        for (CommitFile file : commit.getFilesList()) {
          bytes += file.getPayloadLength();
        }
      }
      return bytes;
    }

    @Override
    public void answer() {
      CommitReply.Builder answer = CommitReply.newBuilder();
      for (int i = 0; i < results.length; i++) {
        answer.addResults(results[i]);
        if (results[i] == CommitResult.COMMIT_RESULT_COMMITTED) {
          release(request.getCommits(i));
        }
      }
      reply.complete(answer.build());
    }

    private void release(SpaceCommit commit) {
      commit.getFilesList().stream().map(CommitFile::getPayloadToken).forEach(this::release);
    }

    private void release(ByteString token) {
      staging.release(token);
    }

    @Override
    public void fail(StoreException failure) {
      reply.completeExceptionally(failure);
    }
  }

  /** One step. */
  final class Positions implements Write {
    private final PositionsRequest request;
    private final CompletableFuture<PositionsReply> reply = new CompletableFuture<>();

    Positions(PositionsRequest request) {
      this.request = request;
    }

    CompletableFuture<PositionsReply> reply() {
      return reply;
    }

    @Override
    public int steps() {
      return 1;
    }

    @Override
    public void apply(int step, StoreWrites writes) throws SQLException {
      for (DevicePosition position : request.getPositionsList()) {
        writes.raise(position);
      }
    }

    /** Positions break no constraint; if they ever do, a device reports its position again. */
    @Override
    public void refuse(int step) {}

    @Override
    public int files() {
      return 0;
    }

    @Override
    public long bytes() {
      return request.getSerializedSize();
    }

    @Override
    public void answer() {
      reply.complete(PositionsReply.getDefaultInstance());
    }

    @Override
    public void fail(StoreException failure) {
      reply.completeExceptionally(failure);
    }
  }

  /** One step, which drops something and commits nothing. */
  final class Drop<Q extends MessageLite, R> implements Write {
    private final Q request;
    private final Work<Q, R> work;
    private final R refused;
    private final CompletableFuture<R> reply = new CompletableFuture<>();
    private R result;

    /** What is dropped. */
    interface Work<Q, R> {
      R on(StoreWrites writes, Q request) throws SQLException;
    }

    /** @param refused says that nothing was dropped, and that this is not the end of it. (Dropping breaks no constraint; should it ever do so.) */
    private Drop(Q request, Work<Q, R> work, R refused) {
      this.request = request;
      this.work = work;
      this.refused = refused;
      result = refused;
    }

    static Drop<ReclaimRequest, ReclaimReply> of(ReclaimRequest request) {
      return new Drop<>(
          request,
          StoreWrites::reclaim,
          ReclaimReply.newBuilder()
              .setHindrance(ReclaimHindrance.RECLAIM_HINDRANCE_NOT_STANDING)
              .build());
    }

    static Drop<ExpireRequest, ExpireReply> of(ExpireRequest request) {
      return new Drop<>(request, StoreWrites::expire, ExpireReply.getDefaultInstance());
    }

    CompletableFuture<R> reply() {
      return reply;
    }

    @Override
    public int steps() {
      return 1;
    }

    @Override
    public void apply(int step, StoreWrites writes) throws SQLException {
      result = work.on(writes, request);
    }

    @Override
    public void refuse(int step) {
      result = refused;
    }

    @Override
    public int files() {
      return 0;
    }

    @Override
    public long bytes() {
      return request.getSerializedSize();
    }

    @Override
    public void answer() {
      reply.complete(result);
    }

    @Override
    public void fail(StoreException failure) {
      reply.completeExceptionally(failure);
    }
  }
}
