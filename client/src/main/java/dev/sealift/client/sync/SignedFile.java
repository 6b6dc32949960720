package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.OutboxFile;
import dev.sealift.client.value.Bytes;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.MembershipChange;

/**
 * A file that was signed and kept, and has no receipt yet. It is sent byte for byte, however often, until it has one.
 *
 * @param first the time of its oldest event; zero in a file without events
 */
record SignedFile(SignedHeader file, ByteString payload, HybridTime first) {
  /** A file without events. */
  static SignedFile apart(SignedHeader file, ByteString payload) {
    return new SignedFile(file, payload, HybridTime.ZERO);
  }

  /** As the store keeps it. */
  static SignedFile of(OutboxFile kept) {
    try {
      return new SignedFile(
          SignedHeader.parse(kept.header().toByteArray()),
          ByteString.copyFrom(kept.payload().toByteArray()),
          kept.first());
    } catch (FormatException e) {
      throw new SealiftException(
          ErrorCode.STORE_DAMAGED,
          "A file that waits to be sent is damaged. Restore this home from a backup.",
          e);
    }
  }

  /** For the store. */
  OutboxFile kept() {
    return new OutboxFile(
        counter(),
        file.id(),
        Bytes.of(file.toByteArray()),
        Bytes.of(payload.toByteArray()),
        first,
        hasEvents() ? file.header().time() : HybridTime.ZERO);
  }

  long counter() {
    return file.header().counter();
  }

  boolean hasEvents() {
    return file.header().kind() == FileKind.FILE_KIND_EVENTS;
  }

  boolean isCompaction() {
    return file.header().kind() == FileKind.FILE_KIND_COMPACTION;
  }

  boolean isAttestation() {
    return file.header().kind() == FileKind.FILE_KIND_ATTESTATION;
  }

  /** Whether a space goes on without it, and nobody waits for it: as it is with what compactions are about. */
  boolean isDispensable() {
    return isCompaction() || isAttestation();
  }

  boolean isMembership() {
    return file.header().kind() == FileKind.FILE_KIND_MEMBERSHIP;
  }

  boolean isInvitation() {
    return file.header().membership().map(MembershipChange::hasOpenInvitation).orElse(false);
  }

  /** Roughly what it takes of the put window. */
  int bytes() {
    return file.toByteArray().length + payload.size();
  }
}
