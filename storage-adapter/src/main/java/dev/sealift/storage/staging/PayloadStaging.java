package dev.sealift.storage.staging;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.mesh.proto.StageReply;
import dev.sealift.protocol.mesh.proto.StageRequest;
import dev.sealift.storage.StoreException;
import java.security.MessageDigest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;

/**
 * Hashes payloads and keeps them staged. Hashing runs on the workers; a few small payloads are hashed where
 * they are, because handing them over would take longer than hashing them.
 */
public final class PayloadStaging {
  /** About 20 microseconds of SHA-256, which is what waking a worker costs. */
  static final int INLINE_BYTES = 16 << 10;

  private final StagingArea area;
  private final Executor workers;
  private final LongSupplier nanoClock;

  public PayloadStaging(StagingArea area, Executor workers, LongSupplier nanoClock) {
    this.area = area;
    this.workers = workers;
    this.nanoClock = nanoClock;
  }

  /** Fails as busy when the staging area is full, or the space has its share of it. */
  public CompletionStage<StageReply> stage(StageRequest request) {
    area.dropStale(nanoClock.getAsLong());
    long bytes = request.getPayloadsList().stream().mapToLong(ByteString::size).sum();
    if (!area.reserve(request.getSpace(), request.getPayloadsCount(), bytes)) {
      return CompletableFuture.failedFuture(StoreException.busy("too many payloads are staged"));
    }
    if (bytes <= INLINE_BYTES) {
      return CompletableFuture.completedFuture(keepAll(request));
    }
    try {
      return CompletableFuture.supplyAsync(() -> keepAll(request), workers);
    } catch (RejectedExecutionException e) {
      area.unreserve(request.getSpace(), request.getPayloadsCount(), bytes);
      return CompletableFuture.failedFuture(StoreException.busy("the hashing threads are busy"));
    }
  }

  private StageReply keepAll(StageRequest request) {
    StageReply.Builder reply = StageReply.newBuilder();
    for (ByteString payload : request.getPayloadsList()) {
      reply.addStaged(
          area.keep(request.getSpace(), payload, sha256(payload), nanoClock.getAsLong()));
    }
    return reply.build();
  }

  private static ByteString sha256(ByteString payload) {
    MessageDigest digest = Hash.sha256();
    payload.asReadOnlyByteBufferList().forEach(digest::update);
    return UnsafeByteOperations.unsafeWrap(digest.digest());
  }
}
