package dev.sealift.client.sync;

import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.proto.Role;
import java.util.concurrent.CompletableFuture;

/**
 * Somebody wants an invitation to be opened.
 *
 * @param isForOwnDevice whether it is for devices of this device's member alone
 * @param validMillis how long it is good, by the mesh's clock
 * @param after the time of this device's last write then: whoever takes the link finds everything up to it in the mesh
 * @param opened completes with where the invitation stands once it has its receipt; fails when it cannot be had
 */
record InvitationRequest(
    InvitationKeys keys,
    boolean isForOwnDevice,
    Role role,
    long validMillis,
    int uses,
    HybridTime after,
    CompletableFuture<OpenedInvitation> opened)
    implements MembershipRequest {
  @Override
  public CompletableFuture<?> done() {
    return opened;
  }
}
