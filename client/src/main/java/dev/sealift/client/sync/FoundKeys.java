package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.client.vault.KeySealing;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.KeyEnvelope;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.MembershipPayload;
import dev.sealift.protocol.proto.NewEpoch;
import dev.sealift.protocol.proto.PreviousKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keys in the payloads of membership files, as far as they are for this device: in envelopes, and wrapped under the keys of later epochs. Whoever wrote such a file could have put anything there, so
 * nothing of it is believed before the log commits to it. For one thread.
 */
final class FoundKeys {
  /** An X25519 key pair that keys may be sealed to. */
  static final class Recipient {
    private final byte[] privateKey;
    private final ByteString publicKey;

    Recipient(byte[] privateKey, ByteString publicKey) {
      this.privateKey = privateKey.clone();
      this.publicKey = publicKey;
    }
  }

  /**
   * The key of an earlier epoch.
   *
   * @param under the epoch whose key opens it
   */
  private record Wrapped(int under, ByteString sealed) {}

  private final SpaceId space;
  private final List<Recipient> recipients;
  private final List<EpochKey> opened = new ArrayList<>();
  private final Map<Integer, List<Wrapped>> wrapped = new HashMap<>();

  FoundKeys(SpaceId space, List<Recipient> recipients) {
    this.space = space;
    this.recipients = List.copyOf(recipients);
  }

  /** Takes what is in a membership file. What cannot be read there is passed over: it is nobody's key. */
  void take(SignedHeader file, ByteString payload) {
    try {
      MembershipPayload keys = MembershipPayload.parseFrom(payload);
      for (Recipient recipient : recipients) {
        envelope(keys, recipient.publicKey).ifPresent(found -> open(recipient, found));
      }
      file.header()
          .membership()
          .flatMap(FoundKeys::started)
          .map(NewEpoch::getNumber)
          .ifPresent(under -> keys.getPreviousKeysList().stream()
              .limit(Limits.MAX_PREVIOUS_KEYS)
              .forEach(previous -> wrapped(under, previous)));
    } catch (InvalidProtocolBufferException e) {
      // As if it had none.
    }
  }

  /** The epoch that a change starts. */
  static Optional<NewEpoch> started(MembershipChange change) {
    return switch (change.getChangeCase()) {
      case REMOVE ->
        change.getRemove().hasEpoch()
            ? Optional.of(change.getRemove().getEpoch())
            : Optional.empty();
      case START_EPOCH -> Optional.of(change.getStartEpoch().getEpoch());
      default -> Optional.empty();
    };
  }

  private void wrapped(int under, PreviousKey previous) {
    if (previous.getSealed().size() == EpochKey.BYTES + EpochKey.SEALING_OVERHEAD) {
      wrapped
          .computeIfAbsent(previous.getEpoch(), any -> new ArrayList<>(1))
          .add(new Wrapped(under, previous.getSealed()));
    }
  }

  /** What is sealed to a recipient; the last one, if there are several. */
  static Optional<KeyEnvelope> envelope(MembershipPayload keys, ByteString recipient) {
    return keys.getEnvelopesList().stream()
        .limit(Limits.MAX_KEY_ENVELOPES)
        .filter(one -> one.getRecipient().equals(recipient))
        .filter(one -> one.getCollection().equals(FileMaker.MAIN) && one.getEpoch() >= 1)
        .reduce((first, next) -> next);
  }

  private void open(Recipient recipient, KeyEnvelope envelope) {
    try {
      opened.add(open(recipient.privateKey, recipient.publicKey, envelope));
    } catch (FormatException e) {
      // A bad envelope is as good as none.
    }
  }

  static EpochKey open(byte[] privateKey, ByteString publicKey, KeyEnvelope envelope)
      throws FormatException {
    return KeySealing.open(
        privateKey,
        publicKey,
        envelope.getCollection(),
        envelope.getEpoch(),
        envelope.getSealedKey());
  }

  /** The key of an epoch that was sealed to this device, if the log commits to it. */
  Optional<EpochKey> sealed(int epoch, Membership membership) {
    return opened.stream()
        .filter(key -> key.epoch() == epoch && ContentKeys.isCommitted(key, membership))
        .findFirst();
  }

  /** The key of an epoch that is wrapped under the key of a later one. */
  Optional<EpochKey> under(EpochKey later, int epoch, Membership membership) {
    ByteString commitment = membership.epochCommitment(epoch).orElseThrow();
    for (Wrapped one : wrapped.getOrDefault(epoch, List.of())) {
      if (one.under() == later.epoch()) {
        try {
          return Optional.of(later.unwrap(epoch, one.sealed(), FileMaker.MAIN, space, commitment));
        } catch (FormatException e) {
          // A bad wrap is as good as none.
        }
      }
    }
    return Optional.empty();
  }

  /** The later epochs under whose keys an epoch's is wrapped. */
  List<Integer> wrappedUnder(int epoch) {
    return wrapped.getOrDefault(epoch, List.of()).stream().map(Wrapped::under).toList();
  }

  boolean isEmpty() {
    return opened.isEmpty() && wrapped.isEmpty();
  }
}
