package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.pack.DotRef;
import dev.sealift.client.store.ChainHead;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.client.vault.KeySealing;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.Attested;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SeenLog;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.CollectionId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Invitation;
import dev.sealift.protocol.membership.JoinSignature;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.membership.MembershipException;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.Attestation;
import dev.sealift.protocol.proto.AttestationVerdict;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Genesis;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Join;
import dev.sealift.protocol.proto.KeyEnvelope;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.MembershipPayload;
import dev.sealift.protocol.proto.OpenInvitation;
import dev.sealift.protocol.proto.PreviousKey;
import dev.sealift.protocol.proto.Role;
import dev.sealift.protocol.proto.Seen;
import dev.sealift.protocol.proto.SequenceRange;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Makes, seals and signs this device's files. */
final class FileMaker {
  static final ByteString MAIN = CollectionId.main().byteString();
  static final int PAYLOAD_VERSION = 1;

  private final DeviceKeyPair keys;
  private final SecureRandom random = new SecureRandom();

  FileMaker(DeviceKeyPair keys) {
    this.keys = keys;
  }

  /** The first file of a space: its founder, its notary and its rules, and the first epoch key sealed to the founder. */
  SignedFile genesis(
      VerifyingKey notary, MemberId member, SpaceRules rules, EpochKey key, long nowMillis)
      throws FormatException {
    Genesis genesis = Genesis.newBuilder()
        .setFounder(keys.publicKeys().toProto())
        .setMember(member.byteString())
        .setNotary(notary.byteString())
        .setRules(rules.toProto())
        .setEpochCommitment(key.commitment(MAIN))
        .build();
    HeaderBody.Builder body = body(
            FileKind.FILE_KIND_MEMBERSHIP, Optional.empty(), Optional.empty(), SeenLog.nothing())
        .setEpoch(Membership.FIRST_EPOCH)
        .setHybridTime(HybridTime.of(nowMillis, 0).bits())
        .setMembership(MembershipChange.newBuilder().setGenesis(genesis));
    return membershipFile(body, envelopes(keys.publicKeys(), key));
  }

  /**
   * Opens an invitation, and seals the epoch key to it.
   *
   * @param member for whose devices alone it is; empty: each use makes a new member
   */
  SignedFile invitation(
      Place place,
      Membership membership,
      InvitationKeys invitation,
      Optional<MemberId> member,
      Role role,
      long expiresAtMillis,
      int uses,
      EpochKey key)
      throws FormatException {
    OpenInvitation.Builder open = OpenInvitation.newBuilder()
        .setKeys(invitation.publicKeys().toProto())
        .setRole(role)
        .setExpiresAtMillis(expiresAtMillis)
        .setUses(uses);
    member.map(MemberId::byteString).ifPresent(open::setMember);
    MembershipChange.Builder change = next(membership).setOpenInvitation(open);
    return membershipFile(
        membershipBody(place, membership, change), envelopes(invitation.publicKeys(), key));
  }

  /** Joins by an invitation; the epoch key is sealed again, to the device itself. */
  SignedFile join(
      Place place, Membership membership, InvitationKeys invitation, MemberId member, EpochKey key)
      throws FormatException {
    byte[] signature =
        JoinSignature.sign(invitation.signing(), membership.space(), keys.publicKeys(), member);
    Join join = Join.newBuilder()
        .setDevice(keys.publicKeys().toProto())
        .setInvitation(invitation.publicKeys().signing().byteString())
        .setInvitationSignature(ByteString.copyFrom(signature))
        .setMember(member.byteString())
        .build();
    MembershipChange.Builder change = next(membership).setJoin(join);
    return membershipFile(
        membershipBody(place, membership, change), envelopes(keys.publicKeys(), key));
  }

  /**
   * A change that starts no epoch, and brings no key.
   *
   * @param change of whichever kind; its number and the file before are set here
   * @throws MembershipException when the change is not allowed
   */
  SignedFile change(Place place, Membership membership, MembershipChange.Builder change)
      throws FormatException, MembershipException {
    SignedFile made = membershipFile(
        membershipBody(place, membership, follows(change, membership)),
        MembershipPayload.newBuilder().setVersion(PAYLOAD_VERSION).build());
    membership.apply(made.file(), place.nowMillis());
    return made;
  }

  /**
   * A change that starts an epoch: its key is sealed to every device and every open invitation that is in the space behind it, and the key of the epoch before under it.
   *
   * @param change of whichever kind, with the epoch that the key is of; its number and the file before are set here
   * @param before the key of the current epoch; empty where this device does not have it
   * @throws MembershipException when the change is not allowed
   * @throws SealiftException {@code TOO_MANY_MEMBERS} when there are more to seal to than go into a file
   */
  SignedFile newEpoch(
      Place place,
      Membership membership,
      MembershipChange.Builder change,
      EpochKey key,
      Optional<EpochKey> before)
      throws FormatException, MembershipException {
    HeaderBody body =
        membershipBody(place, membership, follows(change, membership)).build();
    SignedHeader unsealed = SignedHeader.sign(body, new byte[0], keys.signing());
    Membership after = membership.apply(unsealed, place.nowMillis());
    MembershipPayload.Builder payload = MembershipPayload.newBuilder().setVersion(PAYLOAD_VERSION);
    for (DevicePublicKeys recipient : recipients(after, place.nowMillis())) {
      payload.addEnvelopes(envelope(recipient, key));
    }
    before.ifPresent(earlier -> payload.addPreviousKeys(PreviousKey.newBuilder()
        .setEpoch(earlier.epoch())
        .setSealed(key.wrap(earlier, MAIN, membership.space()))));
    return membershipFile(body, payload.build());
  }

  private static List<DevicePublicKeys> recipients(Membership membership, long nowMillis) {
    List<DevicePublicKeys> recipients = Stream.concat(
            membership.devices().stream().map(Device::keys),
            membership.openInvitations(nowMillis).stream().map(Invitation::keys))
        .toList();
    if (recipients.size() > Limits.MAX_KEY_ENVELOPES) {
      throw new SealiftException(
          ErrorCode.TOO_MANY_MEMBERS,
          "The space has more devices and open invitations than a new key can be given to at once: "
              + recipients.size() + " of at most " + Limits.MAX_KEY_ENVELOPES + ".");
    }
    return recipients;
  }

  /**
   * A file of events.
   *
   * @param plaintext encoded, compressed and padded
   * @param first the time of its oldest event
   * @param newest the time of its newest event
   * @param expiresAtMillis when all of its events are over; 0 if not all of them ever are
   * @param buildsOn others' files that were seen when any of it was written, and are not in the log that is held
   */
  SignedFile events(
      Place place,
      SpaceId space,
      EpochKey key,
      byte[] plaintext,
      HybridTime first,
      HybridTime newest,
      long expiresAtMillis,
      List<DotRef> buildsOn)
      throws FormatException {
    HeaderBody.Builder header = body(
            FileKind.FILE_KIND_EVENTS, Optional.of(space), place.after(), place.seen())
        .setEpoch(key.epoch())
        .setKeyId(KeyName.of(key).id())
        .setHybridTime(newest.bits())
        .setExpiresAtMillis(expiresAtMillis);
    buildsOn.forEach(dot -> header.addBuildsOn(toProto(dot)));
    return sealed(header.build(), key, plaintext, first);
  }

  /**
   * A part of a compaction.
   *
   * @param after the last file of this device's chain
   * @param plaintext as it is packed
   */
  SignedFile compaction(
      Optional<ChainHead> after,
      SpaceId space,
      EpochKey key,
      CompactionPlan plan,
      int number,
      byte[] plaintext,
      long nowMillis)
      throws FormatException {
    HeaderBody body = body(FileKind.FILE_KIND_COMPACTION, Optional.of(space), after, plan.seen())
        .setEpoch(key.epoch())
        .setKeyId(KeyName.of(key).id())
        .setHybridTime(HybridTime.of(nowMillis, 0).bits())
        .setGeneration(plan.generation())
        .addSupersedes(SequenceRange.newBuilder()
            .setFirst(plan.range().first())
            .setLast(plan.range().base()))
        .setPart(number)
        .setParts(plan.parts())
        .build();
    return sealed(body, key, plaintext, HybridTime.ZERO);
  }

  /**
   * What this device says of compactions.
   *
   * @param epoch the current one
   * @param said 1 to 64, of as many
   */
  SignedFile attestations(Place place, SpaceId space, int epoch, List<Attested> said)
      throws FormatException {
    HeaderBody.Builder body = body(
            FileKind.FILE_KIND_ATTESTATION, Optional.of(space), place.after(), place.seen())
        .setEpoch(epoch)
        .setHybridTime(HybridTime.of(place.nowMillis(), 0).bits());
    said.forEach(one -> body.addAttestations(Attestation.newBuilder()
        .setCompaction(one.compaction().byteString())
        .setVerdict(
            one.isContested()
                ? AttestationVerdict.ATTESTATION_VERDICT_CONTESTED
                : AttestationVerdict.ATTESTATION_VERDICT_ATTESTED)));
    return SignedFile.apart(
        SignedHeader.sign(body.build(), new byte[0], keys.signing()), ByteString.EMPTY);
  }

  private SignedFile sealed(HeaderBody body, EpochKey key, byte[] plaintext, HybridTime first)
      throws FormatException {
    ByteString bytes = body.toByteString();
    byte[] sealed = key.seal(body.getSalt(), MAIN, bytes.toByteArray(), plaintext);
    return new SignedFile(
        SignedHeader.sign(bytes, sealed, keys.signing()), ByteString.copyFrom(sealed), first);
  }

  private static Dot toProto(DotRef dot) {
    return Dot.newBuilder()
        .setDevice(dot.device().byteString())
        .setCounter(dot.counter())
        .setFile(dot.file().byteString())
        .build();
  }

  /**
   * Where a new file goes.
   *
   * @param after the last file of this device's chain; empty for the first
   * @param seen the log as this device holds it
   * @param nowMillis the estimate of the mesh's clock
   */
  record Place(Optional<ChainHead> after, SeenLog seen, long nowMillis) {}

  private HeaderBody.Builder membershipBody(
      Place place, Membership membership, MembershipChange.Builder change) {
    return body(
            FileKind.FILE_KIND_MEMBERSHIP,
            Optional.of(membership.space()),
            place.after(),
            place.seen())
        .setEpoch(membership.epoch())
        .setHybridTime(HybridTime.of(place.nowMillis(), 0).bits())
        .setMembership(change);
  }

  private HeaderBody.Builder body(
      FileKind kind, Optional<SpaceId> space, Optional<ChainHead> after, SeenLog seen) {
    HeaderBody.Builder body = HeaderBody.newBuilder()
        .setVersion(Limits.PROTOCOL_VERSION)
        .setKind(kind)
        .setDevice(keys.id().byteString())
        .setCounter(after.map(ChainHead::counter).orElse(0L) + 1)
        .setCollection(MAIN)
        .setSeen(
            Seen.newBuilder().setSequence(seen.sequence()).setRoot(seen.root().byteString()))
        .setSalt(salt());
    space.map(SpaceId::byteString).ifPresent(body::setSpace);
    after.map(ChainHead::file).map(FileId::byteString).ifPresent(body::setPrevious);
    return body;
  }

  private ByteString salt() {
    byte[] salt = new byte[FileHeader.SALT_BYTES];
    random.nextBytes(salt);
    return ByteString.copyFrom(salt);
  }

  private static MembershipChange.Builder next(Membership membership) {
    return follows(MembershipChange.newBuilder(), membership);
  }

  private static MembershipChange.Builder follows(
      MembershipChange.Builder change, Membership membership) {
    return change
        .setNumber(membership.number() + 1)
        .setPrevious(membership.last().byteString());
  }

  private static MembershipPayload envelopes(DevicePublicKeys recipient, EpochKey key)
      throws FormatException {
    return MembershipPayload.newBuilder()
        .setVersion(PAYLOAD_VERSION)
        .addEnvelopes(envelope(recipient, key))
        .build();
  }

  private static KeyEnvelope envelope(DevicePublicKeys recipient, EpochKey key)
      throws FormatException {
    return KeyEnvelope.newBuilder()
        .setCollection(MAIN)
        .setEpoch(key.epoch())
        .setRecipient(recipient.hpke())
        .setSealedKey(KeySealing.seal(recipient.hpke(), MAIN, key))
        .build();
  }

  private SignedFile membershipFile(HeaderBody.Builder body, MembershipPayload payload)
      throws FormatException {
    return membershipFile(body.build(), payload);
  }

  private SignedFile membershipFile(HeaderBody body, MembershipPayload payload)
      throws FormatException {
    ByteString bytes = payload.toByteString();
    return SignedFile.apart(SignedHeader.sign(body, bytes.toByteArray(), keys.signing()), bytes);
  }
}
