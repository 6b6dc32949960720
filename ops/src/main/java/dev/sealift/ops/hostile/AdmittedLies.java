package dev.sealift.ops.hostile;

import static dev.sealift.client.sync.Violation.AUTHOR_NOT_A_MEMBER;
import static dev.sealift.client.sync.Violation.BASE_FALSE;
import static dev.sealift.client.sync.Violation.BUILDS_ON_MISSING;
import static dev.sealift.client.sync.Violation.CHAIN_BROKEN;
import static dev.sealift.client.sync.Violation.EPOCH_BROKEN;
import static dev.sealift.client.sync.Violation.FILE_NOT_SIGNED;
import static dev.sealift.client.sync.Violation.LOG_ALTERED;
import static dev.sealift.client.sync.Violation.MEMBERSHIP_BROKEN;
import static dev.sealift.client.sync.Violation.SEEN_ANOTHER_LOG;
import static dev.sealift.client.sync.Violation.TIME_BROKEN;
import static dev.sealift.ops.hostile.Expected.confirmed;

import com.google.protobuf.ByteString;
import dev.sealift.client.sync.Violation;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.membership.JoinSignature;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Join;
import dev.sealift.protocol.proto.MembershipChange;
import dev.sealift.protocol.proto.NewEpoch;
import dev.sealift.protocol.proto.OpenInvitation;
import dev.sealift.protocol.proto.Remove;
import dev.sealift.protocol.proto.Role;
import dev.sealift.protocol.proto.StartEpoch;
import java.util.List;
import java.util.function.Consumer;

/** A mesh that admits what none may, numbers it, and signs it. */
final class AdmittedLies {
  /** Far beyond any space's clock bound. */
  private static final long FAR_MILLIS = 3_600_000;

  private AdmittedLies() {}

  static List<Lie> all() {
    return List.of(
        lie(
            "strangers-file-admitted",
            "admits what somebody wrote who is not in the space",
            AUTHOR_NOT_A_MEMBER,
            stage -> with(
                stage,
                new Pen(FileLies.stranger(stage), stage.dice())
                    .next(stage.log(), stage.nowMillis()))),
        lie(
            "unsigned-file-admitted",
            "admits a file whose signature is not its author's",
            FILE_NOT_SIGNED,
            stage -> {
              Pen.Written file = next(stage, body -> {});
              ByteString header = file.header().byteString();
              return stage
                  .log()
                  .with(
                      Twists.flipped(header, header.size() - 1),
                      file.payload(),
                      later(stage),
                      stage.log().base(file.header()));
            }),
        lie(
            "garbage-admitted",
            "puts bytes into the log that are no file",
            LOG_ALTERED,
            stage -> stage
                .log()
                .with(
                    ByteString.copyFrom(FileLies.bytes(stage, 200)),
                    ByteString.EMPTY,
                    later(stage),
                    0)),
        lie(
            "file-of-another-space-admitted",
            "admits a file of another space",
            LOG_ALTERED,
            stage -> with(
                stage, next(stage, body -> body.setSpace(HeadLies.another(stage).byteString())))),
        lie(
            "chain-begun-anew",
            "admits a first file of somebody who has written before",
            CHAIN_BROKEN,
            stage -> with(stage, next(stage, body -> body.setCounter(1).clearPrevious()))),
        lie(
            "chain-with-a-gap",
            "admits a file whose number is too high",
            CHAIN_BROKEN,
            stage -> with(stage, next(stage, body -> body.setCounter(body.getCounter() + 1)))),
        lie(
            "chain-from-another-file",
            "admits a file that follows one that is not in the log",
            CHAIN_BROKEN,
            stage -> with(
                stage,
                next(
                    stage,
                    body -> body.setPrevious(ByteString.copyFrom(FileLies.bytes(stage, 32)))))),
        lie(
            "chain-forked",
            "admits a second file in the place of an older one",
            CHAIN_BROKEN,
            stage -> with(stage, next(stage, body -> {
              SignedHeader first =
                  stage.log().upTo(1).lastOf(stage.founder().id()).orElseThrow();
              Pen.follow(body, first);
            }))),
        lie(
            "author-saw-another-log",
            "admits a file whose author was shown another log",
            SEEN_ANOTHER_LOG,
            stage -> with(
                stage, next(stage, body -> body.setSeen(Pen.seen(HeadLies.fork(stage, 1, 1)))))),
        lie(
            "author-saw-the-future",
            "admits a file whose author has seen more than there is",
            SEEN_ANOTHER_LOG,
            stage ->
                with(stage, next(stage, body -> body.setSeen(Pen.seen(HeadLies.grown(stage, 1)))))),
        lie(
            "built-on-nothing",
            "admits a file that builds on one that is not there",
            BUILDS_ON_MISSING,
            stage -> with(
                stage,
                next(
                    stage,
                    body -> body.addBuildsOn(Dot.newBuilder()
                        .setDevice(stage.other().id().byteString())
                        .setCounter(999)
                        .setFile(ByteString.copyFrom(FileLies.bytes(stage, 32))))))),
        lie(
            "base-false",
            "gives a file another place to build on than follows from the log",
            BASE_FALSE,
            stage -> {
              Pen.Written file = next(stage, body -> {});
              return stage
                  .log()
                  .with(
                      file.header().byteString(),
                      file.payload(),
                      later(stage),
                      stage.log().base(file.header()) + 1);
            }),
        lie(
            "time-that-does-not-rise",
            "gives a file the server time of the one before it",
            TIME_BROKEN,
            stage -> {
              Pen.Written file = next(stage, body -> {});
              return stage
                  .log()
                  .with(
                      file.header().byteString(),
                      file.payload(),
                      stage.log().lastMillis(),
                      stage.log().base(file.header()));
            }),
        lie(
            "file-from-the-future",
            "admits a file from beyond the clock bound",
            TIME_BROKEN,
            stage -> with(
                stage,
                next(
                    stage,
                    body -> body.setHybridTime(
                        HybridTime.of(stage.nowMillis() + FAR_MILLIS, 0).bits())))),
        lie(
            "another-key-admitted",
            "admits a file that is sealed under a key of no epoch of the space",
            EPOCH_BROKEN,
            stage -> with(
                stage,
                next(
                    stage,
                    body -> body.setEpoch(2)
                        .setKeyId(
                            ByteString.copyFrom(FileLies.bytes(stage, FileHeader.KEY_ID_BYTES)))))),
        lie(
            "epoch-out-of-order",
            "admits the start of an epoch that does not follow the one before",
            MEMBERSHIP_BROKEN,
            stage -> with(
                stage,
                change(
                    stage,
                    change -> change.setStartEpoch(StartEpoch.newBuilder()
                        .setEpoch(NewEpoch.newBuilder()
                            .setNumber(7)
                            .setCommitment(ByteString.copyFrom(
                                FileLies.bytes(stage, Membership.COMMITMENT_BYTES)))
                            .setPrevious(1)))))),
        lie(
            "removal-without-an-epoch",
            "admits a removal after which the removed one still has the key",
            MEMBERSHIP_BROKEN,
            stage -> with(
                stage,
                change(
                    stage,
                    change -> change.setRemove(
                        Remove.newBuilder().addDevices(stage.other().id().byteString()))))),
        lie(
            "join-without-invitation",
            "lets somebody in whom nobody has invited",
            MEMBERSHIP_BROKEN,
            AdmittedLies::withJoin),
        lie(
            "invitation-off-the-chain",
            "admits a change of members that is not the next one",
            MEMBERSHIP_BROKEN,
            AdmittedLies::withInvitation));
  }

  /** A log that no mesh may sign. */
  private interface Making {
    ForgedLog make(Stage stage);
  }

  private static Lie lie(String name, String what, Violation named, Making making) {
    return Lie.of(
        name,
        Lie.By.MESH,
        what,
        Scene.CONNECTED,
        confirmed(named),
        Twists.bring(stage -> List.of(Twists.files(
            making.make(stage).files(stage.victim().position(), 9, stage.nowMillis())))));
  }

  private static Pen.Written next(Stage stage, Consumer<HeaderBody.Builder> twist) {
    return stage.pen().next(stage.log(), stage.nowMillis(), twist);
  }

  private static ForgedLog with(Stage stage, Pen.Written file) {
    return stage.log().with(file.header(), file.payload(), stage.nowMillis());
  }

  /** The next link of the membership chain, by a member. */
  private static Pen.Written change(Stage stage, Consumer<MembershipChange.Builder> what) {
    Membership membership = stage.log().membership();
    MembershipChange.Builder change = MembershipChange.newBuilder()
        .setNumber(membership.number() + 1)
        .setPrevious(membership.last().byteString());
    what.accept(change);
    return next(stage, body -> body.setKind(FileKind.FILE_KIND_MEMBERSHIP).setMembership(change));
  }

  private static long later(Stage stage) {
    return Math.max(stage.nowMillis(), stage.log().lastMillis() + 1);
  }

  private static ForgedLog withJoin(Stage stage) {
    ForgedLog log = stage.log();
    Membership membership = log.membership();
    Pen stranger = new Pen(FileLies.stranger(stage), stage.dice());
    InvitationKeys none = InvitationKeys.derive(FileLies.bytes(stage, InvitationKeys.SECRET_BYTES));
    MemberId member = member(stage);
    byte[] signature =
        JoinSignature.sign(none.signing(), log.space(), stranger.keys().publicKeys(), member);
    Join join = Join.newBuilder()
        .setDevice(stranger.keys().publicKeys().toProto())
        .setInvitation(none.publicKeys().signing().byteString())
        .setInvitationSignature(ByteString.copyFrom(signature))
        .setMember(member.byteString())
        .build();
    return with(
        stage,
        stranger.next(
            log,
            stage.nowMillis(),
            body -> body.setKind(FileKind.FILE_KIND_MEMBERSHIP)
                .setMembership(MembershipChange.newBuilder()
                    .setNumber(membership.number() + 1)
                    .setPrevious(membership.last().byteString())
                    .setJoin(join))));
  }

  private static MemberId member(Stage stage) {
    try {
      return MemberId.of(FileLies.bytes(stage, MemberId.BYTES));
    } catch (FormatException e) {
      throw new IllegalStateException("an id of that length", e);
    }
  }

  private static ForgedLog withInvitation(Stage stage) {
    ForgedLog log = stage.log();
    Membership membership = log.membership();
    InvitationKeys keys = InvitationKeys.derive(FileLies.bytes(stage, InvitationKeys.SECRET_BYTES));
    return with(
        stage,
        next(
            stage,
            body -> body.setKind(FileKind.FILE_KIND_MEMBERSHIP)
                .setMembership(MembershipChange.newBuilder()
                    .setNumber(membership.number() + 2)
                    .setPrevious(membership.last().byteString())
                    .setOpenInvitation(OpenInvitation.newBuilder()
                        .setKeys(keys.publicKeys().toProto())
                        .setRole(Role.ROLE_WRITER)
                        .setExpiresAtMillis(stage.nowMillis() + FAR_MILLIS)
                        .setUses(1)))));
  }
}
