package dev.sealift.ops.hostile;

import static dev.sealift.client.sync.Violation.AUTHOR_NOT_A_MEMBER;
import static dev.sealift.client.sync.Violation.LOG_ALTERED;
import static dev.sealift.client.sync.Violation.MEMBERSHIP_BROKEN;
import static dev.sealift.protocol.proto.RefusalCode.REFUSAL_CODE_BAD_SIGNATURE;
import static dev.sealift.protocol.proto.RefusalCode.REFUSAL_CODE_INVITATION_EXPIRED;
import static dev.sealift.protocol.proto.RefusalCode.REFUSAL_CODE_INVITATION_USED_UP;
import static dev.sealift.protocol.proto.RefusalCode.REFUSAL_CODE_LAST_OWNER;
import static dev.sealift.protocol.proto.RefusalCode.REFUSAL_CODE_MALFORMED;
import static dev.sealift.protocol.proto.RefusalCode.REFUSAL_CODE_MEMBERSHIP_CONFLICT;
import static dev.sealift.protocol.proto.RefusalCode.REFUSAL_CODE_NOT_A_MEMBER;
import static dev.sealift.protocol.proto.RefusalCode.REFUSAL_CODE_WRONG_SPACE;
import static dev.sealift.protocol.proto.Role.ROLE_OWNER;
import static dev.sealift.protocol.proto.Role.ROLE_READER;
import static dev.sealift.protocol.proto.Role.ROLE_WRITER;

import com.google.protobuf.ByteString;
import dev.sealift.client.sync.Violation;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.ops.simulate.BedDevice;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.DevicePublicKeys;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Invitation;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Genesis;
import dev.sealift.protocol.proto.Join;
import dev.sealift.protocol.proto.Leave;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.MembershipPayload;
import dev.sealift.protocol.proto.NewEpoch;
import dev.sealift.protocol.proto.PreviousKey;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Remove;
import dev.sealift.protocol.proto.Role;
import dev.sealift.protocol.proto.Seen;
import dev.sealift.protocol.proto.StartEpoch;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Forged changes of who is in a space. */
final class MemberForgeries {
  /** Less than a mesh waits before it looks again at who is connected. */
  private static final long SOON_MILLIS = 8_000;

  private MemberForgeries() {}

  static List<Forgery> all() {
    return Stream.of(roles(), links(), epochs(), joins(), removed())
        .flatMap(List::stream)
        .toList();
  }

  // Beyond one's role

  private static List<Forgery> roles() {
    return List.of(
        change(
            "invitation-by-a-reader",
            "an invitation for others by who may only read",
            ROLE_READER,
            REFUSAL_CODE_NOT_A_MEMBER,
            (plot, change) -> change.setOpenInvitation(plot.open(plot.invitation(), ROLE_READER))),
        change(
            "invitation-by-a-writer",
            "an invitation for others by who is no owner",
            ROLE_WRITER,
            REFUSAL_CODE_NOT_A_MEMBER,
            (plot, change) -> change.setOpenInvitation(plot.open(plot.invitation(), ROLE_WRITER))),
        change(
            "invitation-above-ones-own-role",
            "an invitation by which a writer's next device would be an owner",
            ROLE_WRITER,
            REFUSAL_CODE_NOT_A_MEMBER,
            (plot, change) -> change.setOpenInvitation(plot.open(plot.invitation(), ROLE_OWNER)
                .setMember(plot.device(plot.other()).member().byteString()))),
        change(
            "invitation-for-anothers-device",
            "an invitation for a device of another member, by who is no owner",
            ROLE_WRITER,
            REFUSAL_CODE_NOT_A_MEMBER,
            (plot, change) -> change.setOpenInvitation(plot.open(plot.invitation(), ROLE_READER)
                .setMember(plot.device(plot.founder()).member().byteString()))),
        change(
            "owner-removed-by-a-writer",
            "the removal of an owner by who is none",
            ROLE_WRITER,
            REFUSAL_CODE_NOT_A_MEMBER,
            (plot, change) -> change.setRemove(
                removing(plot.founder()).setEpoch(epoch(plot, EpochKey.generate(2))))),
        change(
            "role-raised-by-itself",
            "a writer who makes herself an owner",
            ROLE_WRITER,
            REFUSAL_CODE_NOT_A_MEMBER,
            (plot, change) -> change.setChangeRole(Plot.role(plot.other(), ROLE_OWNER))),
        change(
            "role-raised-by-a-reader",
            "a reader who makes himself a writer",
            ROLE_READER,
            REFUSAL_CODE_NOT_A_MEMBER,
            (plot, change) -> change.setChangeRole(Plot.role(plot.other(), ROLE_WRITER))),
        change(
            "invitation-withdrawn-by-another",
            "the withdrawal of an owner's invitation by who is none",
            ROLE_WRITER,
            REFUSAL_CODE_NOT_A_MEMBER,
            (plot, change) -> change.setRemove(Remove.newBuilder()
                .setAllInvitations(true)
                .setEpoch(epoch(plot, EpochKey.generate(2))))),
        change(
            "last-owner-leaves",
            "the leaving of the only owner",
            ROLE_OWNER,
            REFUSAL_CODE_LAST_OWNER,
            (plot, change) -> change.setLeave(Leave.getDefaultInstance())),
        change(
            "last-owner-lowers-himself",
            "the only owner's making himself a reader",
            ROLE_OWNER,
            REFUSAL_CODE_LAST_OWNER,
            (plot, change) -> change.setChangeRole(Plot.role(plot.founder(), ROLE_READER))));
  }

  private interface Twist {
    void on(Plot plot, MembershipChange.Builder change);
  }

  private static Forgery change(
      String name, String what, Role by, RefusalCode refused, Twist twist) {
    return Forgeries.forgery(
        name,
        what,
        by,
        refused,
        MEMBERSHIP_BROKEN,
        plot -> plot.change(change -> twist.on(plot, change)));
  }

  private static Remove.Builder removing(BedDevice device) {
    return Remove.newBuilder().addDevices(device.id().byteString());
  }

  // Links of the chain

  private static List<Forgery> links() {
    return List.of(
        change(
            "invitation-off-the-chain",
            "a change of members that is not the next one",
            ROLE_OWNER,
            REFUSAL_CODE_MEMBERSHIP_CONFLICT,
            (plot, change) -> change
                .setNumber(change.getNumber() + 1)
                .setOpenInvitation(plot.open(plot.invitation(), ROLE_WRITER))),
        change(
            "link-taken-twice",
            "a change of members in the place of one that is there",
            ROLE_OWNER,
            REFUSAL_CODE_MEMBERSHIP_CONFLICT,
            (plot, change) -> change
                .setNumber(change.getNumber() - 1)
                .setOpenInvitation(plot.open(plot.invitation(), ROLE_WRITER))),
        change(
            "link-from-another-change",
            "a change of members behind one that is not there",
            ROLE_OWNER,
            REFUSAL_CODE_MEMBERSHIP_CONFLICT,
            (plot, change) -> change
                .setPrevious(plot.byteString(32))
                .setOpenInvitation(plot.open(plot.invitation(), ROLE_WRITER))),
        new Forgery(
            "second-genesis",
            "the founding of a space within another",
            ROLE_OWNER,
            REFUSAL_CODE_WRONG_SPACE,
            Optional.of(LOG_ALTERED),
            plot -> plot.last(genesis(plot))),
        change(
            "invitation-with-a-weak-key",
            "an invitation that anybody can sign for",
            ROLE_OWNER,
            REFUSAL_CODE_MALFORMED,
            (plot, change) -> {
              change.setOpenInvitation(plot.open(plot.invitation(), ROLE_WRITER));
              change
                  .getOpenInvitationBuilder()
                  .getKeysBuilder()
                  .setSigning(ByteString.copyFrom(new byte[32]));
            }),
        change(
            "invitation-opened-twice",
            "an invitation under the key of an older one",
            ROLE_OWNER,
            REFUSAL_CODE_MALFORMED,
            (plot, change) -> {
              InvitationKeys keys = plot.opened(plot.invitation(), open -> {});
              change
                  .setNumber(plot.membership().number() + 1)
                  .setPrevious(plot.membership().last().byteString())
                  .setOpenInvitation(plot.open(keys, ROLE_WRITER));
            }),
        change(
            "invitation-without-end",
            "an invitation for more devices than one may be for",
            ROLE_OWNER,
            REFUSAL_CODE_MALFORMED,
            (plot, change) -> change.setOpenInvitation(
                plot.open(plot.invitation(), ROLE_WRITER).setUses(-1))),
        change(
            "removal-of-nobody",
            "the removal of a device that is not in the space",
            ROLE_OWNER,
            REFUSAL_CODE_MALFORMED,
            (plot, change) -> change.setRemove(Remove.newBuilder()
                .addDevices(plot.byteString(DeviceId.BYTES))
                .setEpoch(epoch(plot, EpochKey.generate(2))))),
        change(
            "removal-of-too-many",
            "the removal of more at once than there may be",
            ROLE_OWNER,
            REFUSAL_CODE_MALFORMED,
            (plot, change) -> {
              Remove.Builder remove =
                  removing(plot.other()).setEpoch(epoch(plot, EpochKey.generate(2)));
              for (int i = 0; i < Limits.MAX_REMOVED; i++) {
                remove.addDevices(plot.byteString(DeviceId.BYTES));
              }
              change.setRemove(remove);
            }));
  }

  private static Pen.Written genesis(Plot plot) {
    return plot.events(body -> body.setKind(FileKind.FILE_KIND_MEMBERSHIP)
        .setCounter(1)
        .clearPrevious()
        .clearSpace()
        .setSeen(Seen.newBuilder().setRoot(Pen.seen(plot.log().upTo(0)).getRoot()))
        .setMembership(MembershipChange.newBuilder()
            .setGenesis(Genesis.newBuilder()
                .setFounder(plot.attacker().keys().publicKeys().toProto())
                .setMember(plot.newMember().byteString())
                .setNotary(plot.membership().notary().byteString())
                .setRules(plot.membership().rules().toProto())
                .setEpochCommitment(plot.byteString(Membership.COMMITMENT_BYTES)))));
  }

  // Epochs

  private static List<Forgery> epochs() {
    return List.of(
        change(
            "epoch-out-of-order",
            "the start of an epoch that does not follow the one before",
            ROLE_OWNER,
            REFUSAL_CODE_MALFORMED,
            (plot, change) -> change.setStartEpoch(StartEpoch.newBuilder()
                .setEpoch(epoch(plot, EpochKey.generate(2)).setNumber(7)))),
        change(
            "epoch-that-nobody-owes",
            "the start of an epoch by who is no owner",
            ROLE_WRITER,
            REFUSAL_CODE_NOT_A_MEMBER,
            (plot, change) -> change.setStartEpoch(
                StartEpoch.newBuilder().setEpoch(epoch(plot, EpochKey.generate(2))))),
        change(
            "epoch-under-an-older-key",
            "the start of an epoch with the key of the one before",
            ROLE_OWNER,
            REFUSAL_CODE_MALFORMED,
            (plot, change) -> change.setStartEpoch(StartEpoch.newBuilder()
                .setEpoch(epoch(plot, EpochKey.generate(2))
                    .setCommitment(plot.membership().epochCommitment())))),
        change(
            "removal-without-an-epoch",
            "a removal after which the removed one still has the key",
            ROLE_OWNER,
            REFUSAL_CODE_MALFORMED,
            (plot, change) -> change.setRemove(removing(plot.other()))));
  }

  private static NewEpoch.Builder epoch(Plot plot, EpochKey key) {
    return NewEpoch.newBuilder()
        .setNumber(key.epoch())
        .setCommitment(key.commitment(Plot.MAIN))
        .setPrevious(plot.membership().epoch());
  }

  /** The owner starts epoch 2, and everybody has its key. */
  static void rotate(Plot plot) {
    EpochKey key = EpochKey.generate(2);
    MembershipChange.Builder change = MembershipChange.newBuilder()
        .setStartEpoch(StartEpoch.newBuilder().setEpoch(epoch(plot, key)));
    plot.before(plot.stage().pen(), withKey(plot, change, key, to -> Optional.of(key)));
  }

  /** What each device and each open invitation is given for the key of an epoch. */
  interface Given {
    Optional<EpochKey> to(DevicePublicKeys keys);
  }

  /** A file by the owner that starts an epoch, with keys of one's choice. */
  static Pen.Written withKey(
      Plot plot, MembershipChange.Builder change, EpochKey key, Given given) {
    return withKey(plot, change, key, given, plot.founder().epochKey(1));
  }

  /** @param wrapped what is said to be the key of the epoch before */
  static Pen.Written withKey(
      Plot plot, MembershipChange.Builder change, EpochKey key, Given given, EpochKey wrapped) {
    MembershipPayload.Builder payload = MembershipPayload.newBuilder()
        .setVersion(1)
        .addPreviousKeys(PreviousKey.newBuilder()
            .setEpoch(wrapped.epoch())
            .setSealed(key.wrap(wrapped, Plot.MAIN, plot.log().space())));
    Stream.concat(
            plot.membership().devices().stream().map(Device::keys),
            plot.membership().openInvitations(plot.nowMillis()).stream().map(Invitation::keys))
        .forEach(to -> given.to(to).ifPresent(one -> payload.addEnvelopes(Plot.envelope(to, one))));
    return plot.owners(change, payload.build());
  }

  // Joins

  private static List<Forgery> joins() {
    return List.of(
        join(
            "join-without-invitation",
            "somebody whom nobody has invited",
            REFUSAL_CODE_NOT_A_MEMBER,
            (plot, who) -> plot.join(who, plot.invitation(), plot.newMember())),
        join(
            "join-by-what-is-used-up",
            "a second one by an invitation for one",
            REFUSAL_CODE_INVITATION_USED_UP,
            (plot, who) -> {
              InvitationKeys keys = plot.invited(open -> {});
              Pen first = plot.stranger();
              plot.before(first, joining(plot, first, plot.join(first, keys, plot.newMember())));
              return plot.join(who, keys, plot.newMember());
            }),
        join(
            "join-by-what-has-expired",
            "somebody by an invitation that is over",
            REFUSAL_CODE_INVITATION_EXPIRED,
            (plot, who) -> {
              long until = plot.nowMillis() + SOON_MILLIS;
              InvitationKeys keys = plot.invited(open -> open.setExpiresAtMillis(until));
              plot.later(SOON_MILLIS + 1);
              return plot.join(who, keys, plot.newMember());
            }),
        join(
            "join-by-what-was-withdrawn",
            "somebody by an invitation that its owner has withdrawn",
            REFUSAL_CODE_NOT_A_MEMBER,
            (plot, who) -> {
              InvitationKeys keys = plot.opened(plot.invitation(), open -> {});
              EpochKey key = EpochKey.generate(2);
              MembershipChange.Builder withdrawal = MembershipChange.newBuilder()
                  .setRemove(Remove.newBuilder()
                      .addInvitations(keys.publicKeys().signing().byteString())
                      .setEpoch(epoch(plot, key)));
              plot.before(
                  plot.stage().pen(), withKey(plot, withdrawal, key, to -> Optional.of(key)));
              return plot.join(who, keys, plot.newMember());
            }),
        join(
            "join-with-a-stolen-signature",
            "somebody with a signature that an invitation gave another",
            REFUSAL_CODE_BAD_SIGNATURE,
            (plot, who) -> plot.join(
                who,
                plot.invited(open -> {}),
                plot.newMember(),
                plot.stranger().keys().publicKeys())),
        join(
            "join-as-somebody-else",
            "somebody in the name of a member",
            REFUSAL_CODE_MALFORMED,
            (plot, who) -> plot.join(
                who, plot.invited(open -> {}), plot.device(plot.founder()).member())),
        join(
            "join-with-a-weak-key",
            "a device to which no key can be sealed",
            REFUSAL_CODE_NOT_A_MEMBER,
            (plot, who) -> {
              Join.Builder join = plot.join(who, plot.invited(open -> {}), plot.newMember());
              join.getDeviceBuilder().setHpke(ByteString.copyFrom(new byte[32]));
              return join;
            },
            AUTHOR_NOT_A_MEMBER));
  }

  private interface Joining {
    Join.Builder of(Plot plot, Pen who);
  }

  private static Forgery join(String name, String what, RefusalCode refused, Joining joining) {
    return join(name, what, refused, joining, MEMBERSHIP_BROKEN);
  }

  private static Forgery join(
      String name, String what, RefusalCode refused, Joining joining, Violation named) {
    Consumer<Plot> made = plot -> {
      Pen who = plot.stranger();
      plot.last(who, joining(plot, who, joining.of(plot, who)));
    };
    return new Forgery(name, what, ROLE_WRITER, refused, Optional.of(named), made);
  }

  private static Pen.Written joining(Plot plot, Pen who, Join.Builder join) {
    return plot.change(who, change -> change.setJoin(join));
  }

  // After a removal

  private static List<Forgery> removed() {
    return List.of(new Forgery(
        "file-of-the-removed",
        "a file by who was removed, sealed under the new key",
        ROLE_WRITER,
        REFUSAL_CODE_NOT_A_MEMBER,
        Optional.of(AUTHOR_NOT_A_MEMBER),
        plot -> {
          remove(plot);
          plot.last(
              new Pen(plot.stage().victim().keys(), plot.stage().dice()),
              plot.events(
                  body -> body.setKeyId(FileHeader.keyId(2, plot.membership().epochCommitment()))));
        }));
  }

  /** The owner removes the attacker. */
  private static void remove(Plot plot) {
    EpochKey key = EpochKey.generate(2);
    MembershipChange.Builder removal =
        MembershipChange.newBuilder().setRemove(removing(plot.other()).setEpoch(epoch(plot, key)));
    plot.before(
        plot.stage().pen(),
        withKey(
            plot,
            removal,
            key,
            to -> Optional.of(key).filter(any -> !to.equals(plot.other().keys().publicKeys()))));
  }
}
