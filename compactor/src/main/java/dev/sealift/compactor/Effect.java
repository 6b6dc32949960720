package dev.sealift.compactor;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.ExpireRequest;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.protocol.proto.Offer;

/** What the scheduler wants done. */
public sealed interface Effect {
  /** Ends in {@link Scheduler#told} or {@link Scheduler#notTold}. */
  record AskStanding(SpaceId space, CompactionsRequest request) implements Effect {
    /** @param upper as many live files of events are counted at most */
    static AskStanding of(Watch watch, long upper) {
      return new AskStanding(
          watch.space(),
          CompactionsRequest.newBuilder()
              .setSpace(watch.space().byteString())
              .setHeadSize(watch.size())
              .setAll(true)
              .setMaxLive((int) upper)
              .setExpiry(true)
              .build());
    }
  }

  /** Ends in {@link Scheduler#page} or {@link Scheduler#noPage}. */
  record AskSpaces(ByteString after, int limit) implements Effect {}

  /** Publish the question; each answer comes by {@link Scheduler#present}. */
  record AskPresence(SpaceId space) implements Effect {}

  /** Ends in {@link Scheduler#offered}. */
  record MakeOffer(SpaceId space, DeviceId device, String gateway, Offer offer) implements Effect {}

  /** Ends in {@link Scheduler#reclaimed} or {@link Scheduler#notReclaimed}. */
  record Reclaim(SpaceId space, ReclaimRequest request) implements Effect {
    static Reclaim of(SpaceId space, Reclaiming.Item item, CompactorPolicy policy, Moment now) {
      return new Reclaim(
          space,
          ReclaimRequest.newBuilder()
              .setSpace(space.byteString())
              .setCompaction(item.compaction())
              .setSeenSinceMillis(now.before(policy.seenWithin()))
              .setStoodBeforeMillis(now.before(policy.grace()))
              .setAfter(item.after())
              .setMaxFiles(CompactorLimits.RECLAIM_FILES)
              .build());
    }
  }

  /** Ends in {@link Scheduler#expired} or {@link Scheduler#notExpired}. */
  record Expire(SpaceId space, ExpireRequest request) implements Effect {
    static Expire of(SpaceId space) {
      return new Expire(
          space,
          ExpireRequest.newBuilder()
              .setSpace(space.byteString())
              .setMaxFiles(CompactorLimits.EXPIRE_FILES)
              .build());
    }
  }
}
