package dev.sealift.client.sync;

import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.membership.Membership;
import java.util.concurrent.CompletableFuture;

/**
 * Somebody wants who is in the space to be changed.
 *
 * @param after the time of this device's last write then
 * @param done completes with the membership behind the change, as far as it is known here, once that has its receipt or is found to have been made already
 */
record ChangeRequest(MemberChange change, HybridTime after, CompletableFuture<Membership> done)
    implements MembershipRequest {}
