package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.PayloadCodec;
import dev.sealift.client.pack.UnknownPayloadVersionException;
import dev.sealift.client.store.Batch;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.client.vault.KeySealing;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.KeyEnvelope;
import dev.sealift.protocol.proto.MembershipPayload;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The key that opens and seals a space's contents: where this device has it from, whether it may be believed, and what it opens. One that comes from an
 * invitation is used, and not kept, until the log is seen to commit to it: anybody could have sealed it. Used by the sync loop's thread.
 */
final class ContentKey {
  private final SpaceRecords records;
  private Optional<EpochKey> key;
  private boolean isConfirmed;

  /** Takes the key that is kept, if there is one. */
  ContentKey(SpaceRecords records) {
    this.records = records;
    this.key = records.epochKey(FileMaker.FIRST_EPOCH);
    this.isConfirmed = key.isPresent();
  }

  Optional<EpochKey> get() {
    return key;
  }

  /** This device made it, and keeps it already. */
  void made(EpochKey own) {
    key = Optional.of(own);
    isConfirmed = true;
  }

  /**
   * Takes it out of the invitation's file.
   *
   * @throws FormatException when the file does not open this invitation
   */
  void learn(InvitationKeys invitation, SignedHeader file, ByteString payload)
      throws FormatException {
    boolean opens = file.header().membership().isPresent()
        && file.header()
            .membership()
            .get()
            .getOpenInvitation()
            .getKeys()
            .equals(invitation.publicKeys().toProto())
        && Hash.of(payload.toByteArray()).equals(file.header().payloadHash());
    if (!opens) {
      throw new FormatException("the file is not that of the invitation");
    }
    EpochKey learnt = openEnvelope(
            payload, invitation.hpkePrivate(), invitation.publicKeys().hpke())
        .orElseThrow(() -> new FormatException("the invitation holds no key"));
    key = Optional.of(learnt);
  }

  private static Optional<EpochKey> openEnvelope(
      ByteString payload, byte[] privateKey, ByteString publicKey) throws FormatException {
    try {
      List<KeyEnvelope> envelopes = MembershipPayload.parseFrom(payload).getEnvelopesList();
      if (envelopes.size() > Limits.MAX_KEY_ENVELOPES) {
        throw new FormatException("a membership payload has too many envelopes");
      }
      for (KeyEnvelope envelope : envelopes) {
        if (envelope.getRecipient().equals(publicKey)
            && envelope.getEpoch() == FileMaker.FIRST_EPOCH) {
          return Optional.of(KeySealing.open(
              privateKey,
              publicKey,
              envelope.getCollection(),
              envelope.getEpoch(),
              envelope.getSealedKey()));
        }
      }
      return Optional.empty();
    } catch (InvalidProtocolBufferException e) {
      throw new FormatException("a membership payload is not a protobuf message", e);
    }
  }

  /**
   * Compares it with what the log commits to at a sequence.
   *
   * @throws MeshViolationException when it is another; one that came from an invitation is forgotten
   */
  void checkCommitted(long sequence, Membership membership) throws MeshViolationException {
    boolean committed = key.map(held -> held.commitment(FileMaker.MAIN, FileMaker.FIRST_EPOCH))
        .map(membership.epochCommitment()::equals)
        .orElse(true);
    if (!committed) {
      if (!isConfirmed) {
        key = Optional.empty();
      }
      throw new MeshViolationException(
          Violation.KEY_NOT_COMMITTED,
          sequence,
          "the space's key is not the one that its log commits to");
    }
  }

  /** Has it kept, now that the log was seen to commit to it; {@link #kept} follows when that is so. */
  void keep(Batch batch) {
    if (!isConfirmed) {
      key.ifPresent(confirmed -> records.putEpochKey(batch, FileMaker.FIRST_EPOCH, confirmed));
    }
  }

  void kept() {
    isConfirmed = key.isPresent();
  }

  /**
   * The events of a file; empty when its author wrote what cannot be read.
   *
   * @throws SealiftException {@code NEWER_FORMAT} when a newer version wrote it, {@code NOT_A_MEMBER} when there is no key
   */
  Optional<List<EventRun>> open(SignedHeader file, ByteString payload) {
    try {
      return Optional.of(PayloadCodec.decode(plaintext(file, payload)));
    } catch (FormatException e) {
      // Signed by a member and unreadable for every device alike: it is counted and passed over.
      return Optional.empty();
    } catch (UnknownPayloadVersionException e) {
      throw newerFormat(e);
    }
  }

  /**
   * What was sealed.
   *
   * @throws FormatException when it does not open
   * @throws SealiftException {@code NOT_A_MEMBER} when there is no key
   */
  byte[] plaintext(SignedHeader file, ByteString payload) throws FormatException {
    return required().open(file.header(), file.associatedData(), payload.toByteArray());
  }

  /** @throws SealiftException {@code NOT_A_MEMBER} when there is none */
  EpochKey required() {
    return key.orElseThrow(() -> new SealiftException(
        ErrorCode.NOT_A_MEMBER, "This device has no key to the space's contents."));
  }

  static SealiftException newerFormat(@Nullable Throwable cause) {
    return new SealiftException(
        ErrorCode.NEWER_FORMAT,
        "A file in the space was written by a newer version of Sealift. Nothing is lost: update the app to go on.",
        cause);
  }
}
