package dev.sealift.ops.simulate;

import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.EffectiveCompaction;
import dev.sealift.protocol.mesh.proto.ExpireReply;
import dev.sealift.protocol.mesh.proto.ExpireRequest;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import org.jspecify.annotations.Nullable;

/** Has a mesh's store reclaim all that it lets go, and let expire what may, whenever it is told to: harsher than any compactor. */
final class Reclaimer {
  private static final int FILES = 7;

  private final Mesh mesh;
  private final LogKeeper keeper;
  private final Trace trace;
  private final Script.Compacting how;
  private @Nullable SpaceId space;

  /** @param keeper of what is reclaimed */
  Reclaimer(Mesh mesh, LogKeeper keeper, Trace trace, Script.Compacting how) {
    this.mesh = mesh;
    this.keeper = keeper;
    this.trace = trace;
    this.how = how;
  }

  void watch(SpaceId of) {
    space = of;
  }

  void reclaim() {
    SpaceId of = space;
    if (of == null || !mesh.isUp()) {
      return;
    }
    long size = mesh.size(of);
    keeper.advanced(of, size); // as long as all is there
    expire(of);
    if (!how.isReclaiming()) {
      return;
    }
    CompactionsRequest standing = CompactionsRequest.newBuilder()
        .setSpace(of.byteString())
        .setHeadSize(size)
        .setAll(true)
        .build();
    mesh.store().compactions(standing).toCompletableFuture().join().getCompactionsList().stream()
        .filter(one -> one.getPartsCount() > 0)
        .forEach(one -> reclaim(of, one));
  }

  private void expire(SpaceId of) {
    ExpireRequest request =
        ExpireRequest.newBuilder().setSpace(of.byteString()).setMaxFiles(FILES).build();
    long files = 0;
    ExpireReply reply;
    do {
      reply = mesh.store().expire(request).toCompletableFuture().join();
      files += reply.getFiles();
    } while (reply.getMore());
    if (files > 0) {
      trace.say("mesh", "lets " + files + " files expire");
    }
  }

  private void reclaim(SpaceId of, EffectiveCompaction standing) {
    ReclaimRequest.Builder request = ReclaimRequest.newBuilder()
        .setSpace(of.byteString())
        .setCompaction(standing.getParts(standing.getPartsCount() - 1))
        .setSeenSinceMillis(mesh.nowMillis() - how.seenWithinMillis())
        .setStoodBeforeMillis(mesh.nowMillis() - how.graceMillis())
        .setMaxFiles(FILES);
    long files = 0;
    ReclaimReply reply;
    do {
      reply = mesh.store().reclaim(request.build()).toCompletableFuture().join();
      files += reply.getFiles();
      request.setAfter(reply.getLookedAt());
    } while (reply.getLookedAt() > 0);
    if (files > 0) {
      trace.say("mesh", "reclaims " + files + " files up to " + standing.getBase());
    }
  }
}
