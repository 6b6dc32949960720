package dev.sealift.compactor;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.protocol.proto.Offer;

/** What the scheduler wants done. */
public sealed interface Effect {
  /** Ends in {@link Scheduler#told} or {@link Scheduler#notTold}. */
  record AskStanding(SpaceId space, CompactionsRequest request) implements Effect {}

  /** Ends in {@link Scheduler#page} or {@link Scheduler#noPage}. */
  record AskSpaces(ByteString after, int limit) implements Effect {}

  /** Publish the question; each answer comes by {@link Scheduler#present}. */
  record AskPresence(SpaceId space) implements Effect {}

  /** Ends in {@link Scheduler#offered}. */
  record MakeOffer(SpaceId space, DeviceId device, String gateway, Offer offer) implements Effect {}

  /** Ends in {@link Scheduler#reclaimed} or {@link Scheduler#notReclaimed}. */
  record Reclaim(SpaceId space, ReclaimRequest request) implements Effect {}
}
