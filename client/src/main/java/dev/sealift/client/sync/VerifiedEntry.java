package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.membership.Membership;
import java.util.Optional;

/**
 * A file of the log that passed every check.
 *
 * @param base as the receipt carries it; used by the arrival rule
 * @param payload empty when it was left out because this device wrote it, or is gone since it has expired
 * @param isExpired whether that is why
 * @param root the tree's root after this file
 * @param membership after this file
 */
record VerifiedEntry(
    long sequence,
    long serverTimeMillis,
    long base,
    SignedHeader file,
    Optional<ByteString> payload,
    boolean isExpired,
    Hash root,
    Membership membership) {}
