package dev.sealift.merge;

import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.AuthorizeReply;
import dev.sealift.protocol.mesh.proto.CommitRequest;
import dev.sealift.protocol.mesh.proto.LookUpRequest;
import dev.sealift.protocol.mesh.proto.SpaceAdvanced;
import java.util.List;

/** What the engine wants done. It goes on when it is told how a load, look-up or commit ended. */
public sealed interface Effect {
  /** Ends in {@link Engine#loaded} or {@link Engine#loadFailed}. */
  record Load(SpaceId space) implements Effect {}

  /** Ends in {@link Engine#lookedUp} or {@link Engine#lookUpFailed}. */
  record LookUp(SpaceId space, LookUpRequest request) implements Effect {}

  /**
   * Ends in {@link Engine#committed} or {@link Engine#commitFailed}. One at a time.
   *
   * @param asks the requests whose files are in it, oldest first in each space
   */
  record Commit(CommitRequest request, List<Long> asks) implements Effect {}

  record ReplyAdmit(long ask, AdmitReply reply) implements Effect {}

  record ReplyAuthorize(long ask, AuthorizeReply reply) implements Effect {}

  record Fail(long ask, MeshFailure failure) implements Effect {}

  /** Tell every gateway. */
  record Publish(SpaceAdvanced advanced) implements Effect {}

  /** Raise the alarm: a space is not served because its store is not believed. */
  record Alarm(StoreFault fault) implements Effect {}

  /** Report a bug of ours; its request has failed. */
  record Bug(RuntimeException cause) implements Effect {}
}
