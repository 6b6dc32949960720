package dev.sealift.client.sync;

import java.util.concurrent.CompletableFuture;

/** Somebody wants a change of the membership. */
sealed interface MembershipRequest permits InvitationRequest, ChangeRequest {
  /** Completes once the change has its receipt; fails when it cannot be had. */
  CompletableFuture<?> done();
}
