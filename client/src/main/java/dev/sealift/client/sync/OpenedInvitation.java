package dev.sealift.client.sync;

import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.SignedTreeHead;

/** An invitation that stands in the log: what its link is made of, beside the secret. */
public record OpenedInvitation(
    SpaceId space, VerifyingKey notary, SignedTreeHead head, long sequence) {}
