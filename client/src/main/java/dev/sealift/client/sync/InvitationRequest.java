package dev.sealift.client.sync;

import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.proto.Role;
import java.util.concurrent.CompletableFuture;

/**
 * Somebody wants an invitation to be opened.
 *
 * @param validMillis how long it is good, by the mesh's clock
 * @param opened completes with where the invitation stands once it has its receipt; fails when it cannot be had
 */
record InvitationRequest(
    InvitationKeys keys,
    Role role,
    long validMillis,
    int uses,
    CompletableFuture<OpenedInvitation> opened) {}
