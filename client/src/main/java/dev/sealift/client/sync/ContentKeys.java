package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.pack.PayloadCodec;
import dev.sealift.client.pack.UnknownPayloadVersionException;
import dev.sealift.client.store.Batch;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.KeyEnvelope;
import dev.sealift.protocol.proto.MembershipPayload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The keys that open and seal a space's contents: where this device has them from, whether they may be believed, and what they open. A key is believed once the log is seen to commit to it,
 * and kept with the next batch: anybody could have sealed it. Used with the replica's monitor.
 */
final class ContentKeys {
  private final SpaceRecords records;
  private final DeviceKeyPair self;

  /** Those that are believed, as far as they were looked up. */
  private final Map<KeyName, EpochKey> believed = new HashMap<>();

  /** Of those, the ones that are yet to be kept. */
  private final List<EpochKey> fresh = new ArrayList<>();

  /** What the invitation's file held, as long as the log was not seen to come there. */
  private Optional<EpochKey> invited = Optional.empty();

  /** Those that somebody says are the space's. */
  private List<EpochKey> offered = List.of();

  /** To whom keys may be sealed that this device can open: itself, and the invitation that it came by. Empty before it is asked for. */
  private final List<FoundKeys.Recipient> recipients = new ArrayList<>(2);

  private boolean isAnyHere;

  ContentKeys(SpaceRecords records, DeviceKeyPair self) {
    this.records = records;
    this.self = self;
    this.isAnyHere = records.hasEpochKey();
  }

  /** The key that seals what is written now; empty while it is not here. */
  Optional<EpochKey> current(Membership membership) {
    return find(KeyName.current(membership));
  }

  Optional<EpochKey> find(KeyName name) {
    EpochKey known = believed.get(name);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<EpochKey> kept = records.epochKey(name);
    kept.ifPresent(key -> believed.put(name, key));
    return kept;
  }

  private Optional<EpochKey> find(int epoch, Membership membership) {
    return membership
        .epochCommitment(epoch)
        .flatMap(commitment -> find(KeyName.of(epoch, commitment)));
  }

  /** All that the log commits to, as far as they are here, the first epoch's first. */
  List<EpochKey> all(Membership membership) {
    List<EpochKey> keys = new ArrayList<>();
    for (int epoch = 1; epoch <= membership.epoch(); epoch++) {
      find(epoch, membership).ifPresent(keys::add);
    }
    return keys;
  }

  /** This device made it, and keeps it with this batch: nothing that it may be committed to by is to leave before. */
  void made(Batch batch, EpochKey own) {
    records.putEpochKey(batch, own);
    believed.put(KeyName.of(own), own);
    isAnyHere = true;
  }

  /** A change that was to start an epoch with a key of this device's making was not taken. Should it have been all the same, the log brings the key. */
  void unmade(Batch batch, KeyName name) {
    records.removeEpochKey(batch, name);
    believed.remove(name);
  }

  /** Whether nothing is here that the space's contents could be opened with. */
  boolean isWithout() {
    return !isAnyHere;
  }

  /**
   * Takes the key out of the invitation's file.
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
    ByteString publicKey = invitation.publicKeys().hpke();
    KeyEnvelope envelope = FoundKeys.envelope(parse(payload), publicKey)
        .orElseThrow(() -> new FormatException("the invitation holds no key"));
    invited = Optional.of(FoundKeys.open(invitation.hpkePrivate(), publicKey, envelope));
    isAnyHere = true;
  }

  private static MembershipPayload parse(ByteString payload) throws FormatException {
    try {
      MembershipPayload parsed = MembershipPayload.parseFrom(payload);
      if (parsed.getEnvelopesCount() > Limits.MAX_KEY_ENVELOPES) {
        throw new FormatException("a membership payload has too many envelopes");
      }
      return parsed;
    } catch (InvalidProtocolBufferException e) {
      throw new FormatException("a membership payload is not a protobuf message", e);
    }
  }

  /** Somebody says that these are keys of the space. */
  void offer(List<EpochKey> keys) {
    offered = List.copyOf(keys);
  }

  /** For what is to be found in the log. */
  FoundKeys search(SpaceId space) {
    if (recipients.isEmpty()) {
      recipients.add(
          new FoundKeys.Recipient(self.hpkePrivate(), self.publicKeys().hpke()));
      records
          .invitation()
          .map(keys ->
              new FoundKeys.Recipient(keys.hpkePrivate(), keys.publicKeys().hpke()))
          .ifPresent(recipients::add);
    }
    return new FoundKeys(space, recipients);
  }

  /**
   * Believes what the log commits to, of what was found.
   *
   * @throws MeshViolationException when the invitation's key is not the one that the log commits to: it is forgotten; or the key of epoch 1 that is kept is not, which names of keys do not tell
   */
  void believe(FoundKeys found, long sequence, Membership membership)
      throws MeshViolationException {
    believeInvited(sequence, membership);
    requireCommitted(find(KeyName.FIRST), sequence, membership);
    if (found.isEmpty() && offered.isEmpty()) {
      return;
    }
    for (int epoch = membership.epoch(); epoch >= 1; epoch--) {
      if (find(epoch, membership).isEmpty()) {
        int number = epoch;
        found
            .sealed(epoch, membership)
            .or(() -> offered(number, membership))
            .or(() -> unwrapped(found, number, membership))
            .ifPresent(this::believe);
      }
    }
  }

  private Optional<EpochKey> offered(int epoch, Membership membership) {
    return offered.stream()
        .filter(key -> key.epoch() == epoch && isCommitted(key, membership))
        .findFirst();
  }

  /** Whether it is the key that the log commits to. */
  static boolean isCommitted(EpochKey key, Membership membership) {
    return membership
        .epochCommitment(key.epoch())
        .equals(Optional.of(key.commitment(FileMaker.MAIN)));
  }

  private Optional<EpochKey> unwrapped(FoundKeys found, int epoch, Membership membership) {
    return found.wrappedUnder(epoch).stream()
        .filter(later -> later > epoch)
        .flatMap(later -> find(later, membership).stream())
        .flatMap(later -> found.under(later, epoch, membership).stream())
        .findFirst();
  }

  private void believeInvited(long sequence, Membership membership) throws MeshViolationException {
    if (invited.isEmpty() || invited.get().epoch() > membership.epoch()) {
      return; // the log has yet to come there
    }
    EpochKey key = invited.get();
    invited = Optional.empty();
    isAnyHere = records.hasEpochKey();
    requireCommitted(Optional.of(key), sequence, membership);
    believe(key);
    isAnyHere = true;
  }

  private static void requireCommitted(Optional<EpochKey> key, long sequence, Membership membership)
      throws MeshViolationException {
    if (key.isPresent() && !isCommitted(key.get(), membership)) {
      throw new MeshViolationException(
          Violation.KEY_NOT_COMMITTED,
          sequence,
          "the space's key is not the one that its log commits to");
    }
  }

  private void believe(EpochKey key) {
    believed.put(KeyName.of(key), key);
    fresh.add(key);
  }

  /** Has kept what is believed; {@link #kept} follows when that is so. */
  void keep(Batch batch) {
    fresh.forEach(key -> records.putEpochKey(batch, key));
  }

  void kept() {
    fresh.clear();
  }

  /**
   * The events of a file; empty when its author wrote what cannot be read.
   *
   * @throws SealiftException {@code NEWER_FORMAT} when a newer version wrote it, {@code KEY_MISSING} when there is no key
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
   * @throws SealiftException {@code KEY_MISSING} when there is no key
   */
  byte[] plaintext(SignedHeader file, ByteString payload) throws FormatException {
    return find(KeyName.of(file.header()))
        .orElseThrow(KeyMissingException::new)
        .open(file.header(), file.associatedData(), payload.toByteArray());
  }

  static SealiftException newerFormat(@Nullable Throwable cause) {
    return new SealiftException(
        ErrorCode.NEWER_FORMAT,
        "A file in the space was written by a newer version of Sealift. Nothing is lost: update the app to go on.",
        cause);
  }
}
