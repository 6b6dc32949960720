package dev.sealift.ops.hostile;

import com.google.protobuf.ByteString;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.client.vault.KeySealing;
import dev.sealift.ops.simulate.BedDevice;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.file.SeenLog;
import dev.sealift.protocol.id.CollectionId;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.JoinSignature;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.ChangeRole;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Join;
import dev.sealift.protocol.proto.KeyEnvelope;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.MembershipPayload;
import dev.sealift.protocol.proto.OpenInvitation;
import dev.sealift.protocol.proto.Role;
import dev.sealift.protocol.proto.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What a member makes of a space's log to attack it: files of which each but the last is what the mesh takes of anybody. */
final class Plot {
  static final ByteString MAIN = CollectionId.main().byteString();
  private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();

  private final Stage stage;
  private final ForgedLog log;
  private final SeenLog seen;
  private final Pen attacker;
  private final List<Step> steps = new ArrayList<>();
  private Optional<byte[]> secret = Optional.empty();
  private long laterMillis;

  /**
   * @param by who brings the file
   * @param laterMillis so long after the plot has begun
   */
  record Step(DeviceKeyPair by, Pen.Written file, long laterMillis) {}

  /** @param role of the attacker; the space's only owner, or its other member, who is made a reader where that is needed */
  Plot(Stage stage, Role role) {
    this.stage = stage;
    this.log = stage.log();
    this.seen = log.seen();
    this.attacker = role == Role.ROLE_OWNER ? stage.pen() : new Pen(other().keys(), stage.dice());
    if (role == Role.ROLE_READER) {
      before(stage.pen(), change(stage.pen(), change -> change.setChangeRole(role(other(), role))));
    }
  }

  // Who is there

  /** Whose plot it is. */
  Pen attacker() {
    return attacker;
  }

  BedDevice founder() {
    return stage.founder();
  }

  BedDevice other() {
    return stage.other();
  }

  /** Of somebody who is not in the space. */
  Pen stranger() {
    return new Pen(FileLies.stranger(stage), stage.dice());
  }

  Membership membership() {
    return log.membership();
  }

  Device device(BedDevice who) {
    return membership().device(who.id()).orElseThrow();
  }

  ForgedLog log() {
    return log;
  }

  Stage stage() {
    return stage;
  }

  long nowMillis() {
    return stage.nowMillis() + laterMillis;
  }

  /** What comes next comes so much later. */
  void later(long millis) {
    laterMillis += millis;
  }

  byte[] bytes(int count) {
    return FileLies.bytes(stage, count);
  }

  ByteString byteString(int count) {
    return ByteString.copyFrom(bytes(count));
  }

  // Files

  /** The attacker's next file. */
  Pen.Written events(Consumer<HeaderBody.Builder> twist) {
    return write(attacker, twist);
  }

  Pen.Written write(Pen pen, Consumer<HeaderBody.Builder> twist) {
    return pen.next(log, nowMillis(), body -> twist.accept(body.setSeen(seen())));
  }

  /** What everybody has seen. */
  Seen.Builder seen() {
    return Seen.newBuilder().setSequence(seen.sequence()).setRoot(seen.root().byteString());
  }

  /** The attacker's, as the next link of the membership chain. */
  Pen.Written change(Consumer<MembershipChange.Builder> what) {
    return change(attacker, what);
  }

  Pen.Written change(Pen pen, Consumer<MembershipChange.Builder> what) {
    MembershipChange.Builder change = follows(MembershipChange.newBuilder());
    what.accept(change);
    return write(pen, body -> body.setKind(FileKind.FILE_KIND_MEMBERSHIP).setMembership(change));
  }

  static ChangeRole.Builder role(BedDevice whose, Role role) {
    return ChangeRole.newBuilder().setDevice(whose.id().byteString()).setRole(role);
  }

  InvitationKeys invitation() {
    return InvitationKeys.derive(bytes(InvitationKeys.SECRET_BYTES));
  }

  OpenInvitation.Builder open(InvitationKeys keys, Role role) {
    return OpenInvitation.newBuilder()
        .setKeys(keys.publicKeys().toProto())
        .setRole(role)
        .setExpiresAtMillis(nowMillis() + HOUR_MILLIS)
        .setUses(1);
  }

  /** An invitation that an owner has opened, as the first step, and by which the plot's strangers come as far as the mesh's door. */
  InvitationKeys invited(Consumer<OpenInvitation.Builder> twist) {
    byte[] made = bytes(InvitationKeys.SECRET_BYTES);
    secret = Optional.of(made);
    return opened(InvitationKeys.derive(made), twist);
  }

  /** An invitation that an owner has opened. */
  InvitationKeys opened(InvitationKeys keys, Consumer<OpenInvitation.Builder> twist) {
    OpenInvitation.Builder open = open(keys, Role.ROLE_WRITER);
    twist.accept(open);
    MembershipPayload payload = MembershipPayload.newBuilder()
        .setVersion(1)
        .addEnvelopes(
            envelope(keys.publicKeys(), founder().epochKey(membership().epoch())))
        .build();
    before(stage.pen(), owners(MembershipChange.newBuilder().setOpenInvitation(open), payload));
    return keys;
  }

  /** The owner's next change, with keys in it. */
  Pen.Written owners(MembershipChange.Builder change, MembershipPayload payload) {
    HeaderBody.Builder body = stage
        .pen()
        .body(log, nowMillis())
        .setSeen(seen())
        .setKind(FileKind.FILE_KIND_MEMBERSHIP)
        .setMembership(follows(change));
    return stage.pen().sign(body, payload.toByteString());
  }

  private MembershipChange.Builder follows(MembershipChange.Builder change) {
    return change
        .setNumber(membership().number() + 1)
        .setPrevious(membership().last().byteString());
  }

  /** A key sealed to whom it is for. */
  static KeyEnvelope envelope(DevicePublicKeys to, EpochKey key) {
    try {
      return KeyEnvelope.newBuilder()
          .setCollection(MAIN)
          .setEpoch(key.epoch())
          .setRecipient(to.hpke())
          .setSealedKey(KeySealing.seal(to.hpke(), MAIN, key))
          .build();
    } catch (FormatException e) {
      throw new IllegalStateException("members have good keys", e);
    }
  }

  /** A join as it has to be. */
  Join.Builder join(Pen who, InvitationKeys by, MemberId member) {
    return join(who, by, member, who.keys().publicKeys());
  }

  /** With a signature of the invitation's that is good for other keys. */
  Join.Builder join(Pen who, InvitationKeys by, MemberId member, DevicePublicKeys signed) {
    byte[] signature = JoinSignature.sign(by.signing(), log.space(), signed, member);
    return Join.newBuilder()
        .setDevice(who.keys().publicKeys().toProto())
        .setInvitation(by.publicKeys().signing().byteString())
        .setInvitationSignature(ByteString.copyFrom(signature))
        .setMember(member.byteString());
  }

  MemberId newMember() {
    try {
      return MemberId.of(bytes(MemberId.BYTES));
    } catch (FormatException e) {
      throw new IllegalStateException("an id of that length", e);
    }
  }

  // Steps

  /** What is no attack by itself. */
  void before(Pen by, Pen.Written file) {
    steps.add(new Step(by.keys(), file, laterMillis));
    log.with(file, nowMillis());
  }

  /** The attack, which the attacker brings. */
  void last(Pen.Written file) {
    last(attacker, file);
  }

  void last(Pen by, Pen.Written file) {
    before(by, file);
  }

  /** The secret of the invitation that was opened; empty where none was. */
  Optional<byte[]> secret() {
    return secret;
  }

  List<Step> steps() {
    return List.copyOf(steps);
  }
}
