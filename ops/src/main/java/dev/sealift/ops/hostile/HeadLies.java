package dev.sealift.ops.hostile;

import static dev.sealift.client.sync.Violation.CHAIN_BROKEN;
import static dev.sealift.client.sync.Violation.FORKED;
import static dev.sealift.client.sync.Violation.HEAD_NOT_SIGNED;
import static dev.sealift.client.sync.Violation.KEY_NOT_COMMITTED;
import static dev.sealift.client.sync.Violation.LOG_ALTERED;
import static dev.sealift.client.sync.Violation.ROLLED_BACK;
import static dev.sealift.ops.hostile.Expected.confirmed;
import static dev.sealift.ops.hostile.Expected.reported;
import static dev.sealift.ops.hostile.Expected.withoutEvidence;
import static dev.sealift.ops.hostile.Twists.bring;
import static dev.sealift.ops.hostile.Twists.welcome;

import com.google.protobuf.ByteString;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.client.vault.KeySealing;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.CollectionId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.proto.Advanced;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.KeyEnvelope;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.MembershipPayload;
import java.util.ArrayList;
import java.util.List;

/** What the mesh says of the log on the whole: forks, rolling back, incarnations, and what it shows to somebody new. */
final class HeadLies {
  private HeadLies() {}

  static List<Lie> all() {
    List<Lie> all = new ArrayList<>(welcomes());
    all.addAll(forks());
    all.addAll(toNewcomers());
    return all;
  }

  private static List<Lie> welcomes() {
    return List.of(
        mesh(
            "rolled-back",
            "says that the log is shorter than it was just now",
            Scene.RETURNS,
            reported(ROLLED_BACK),
            welcome((stage, welcome) -> welcome.setSignedHead(shorter(stage)))),
        mesh(
            "rolled-back-later",
            "says that the log is shorter than it was a while ago",
            Scene.RETURNS_LATER,
            confirmed(ROLLED_BACK),
            welcome((stage, welcome) -> welcome.setSignedHead(shorter(stage)))),
        mesh(
            "welcome-with-unsigned-head",
            "signs a Welcome whose head another key has signed",
            Scene.RETURNS,
            confirmed(HEAD_NOT_SIGNED),
            welcome((stage, welcome) -> welcome.setSignedHead(SignedTreeHead.sign(
                    stage.log().head(stage.nowMillis()).head(), SigningKey.generate())
                .byteString()))),
        mesh(
            "welcome-with-head-of-another-space",
            "signs a Welcome with the head of another space",
            Scene.RETURNS,
            confirmed(HEAD_NOT_SIGNED),
            welcome((stage, welcome) -> welcome.setSignedHead(ofAnotherSpace(stage)))),
        mesh(
            "fork-of-one-size",
            "shows another log of the same size as the device connects",
            Scene.RETURNS,
            confirmed(FORKED),
            welcome((stage, welcome) ->
                welcome.setSignedHead(fork(stage, 1, 1).head(stage.nowMillis()).byteString()))),
        mesh(
            "incarnation-not-signed",
            "signs a Welcome with an incarnation that another key has signed",
            Scene.RETURNS,
            confirmed(HEAD_NOT_SIGNED),
            welcome((stage, welcome) -> welcome.addIncarnations(
                incarnation(stage, SigningKey.generate(), stage.log().upTo(2)).exact()))),
        mesh(
            "incarnation-of-another-log",
            "begins an incarnation from a log that never was",
            Scene.RETURNS,
            reported(FORKED),
            welcome((stage, welcome) -> {
              ForgedLog fork = fork(stage, 1, 1);
              welcome
                  .addIncarnations(incarnation(stage, stage.notary(), fork).exact())
                  .setSignedHead(fork.head(fork.size(), 1, stage.nowMillis()).byteString());
            })),
        mesh(
            "recovering-fork",
            "says that it takes back what it lost, and shows another log than it had",
            Scene.RETURNS,
            confirmed(FORKED),
            welcome((stage, welcome) -> welcome
                .setRecoveringMillis(60_000)
                .setSignedHead(fork(stage, 1, 1).head(stage.nowMillis()).byteString()))));
  }

  private static List<Lie> forks() {
    return List.of(
        mesh(
            "fork-announced",
            "announces another log of the same size",
            Scene.CONNECTED,
            confirmed(FORKED),
            bring(stage -> List.of(advanced(fork(stage, 1, 1).head(stage.nowMillis()))))),
        mesh(
            "fork-of-the-past-announced",
            "announces another log of a size that the device has passed",
            Scene.CONNECTED,
            confirmed(FORKED),
            bring(stage -> List.of(advanced(fork(stage, 3, 1).head(stage.nowMillis()))))),
        mesh(
            "fork-pushed",
            "pushes another file in the place of the last",
            Scene.CONNECTED,
            confirmed(FORKED),
            bring(stage -> {
              ForgedLog fork = fork(stage, 1, 1);
              return List.of(Twists.files(fork.files(fork.size() - 1, 1, stage.nowMillis())));
            })),
        mesh(
            "fork-answered",
            "answers a question for the present head with another log of the same size",
            Scene.ASKS,
            confirmed(FORKED),
            stage -> Twists.twisting(
                stage,
                frame -> frame.hasFiles() && frame.getFiles().getRequest() != 0
                    ? Twists.files(frame.getFiles().toBuilder()
                        .setSignedHead(fork(stage, 1, 1).head(stage.nowMillis()).byteString())
                        .clearConsistency()
                        .build())
                    : frame)),
        mesh(
            "fork-grown",
            "goes on from before what the device holds, further than that",
            Scene.CONNECTED,
            reported(LOG_ALTERED, CHAIN_BROKEN),
            bring(stage -> {
              ForgedLog fork = fork(stage, 1, 3);
              return List.of(
                  Twists.files(fork.files(stage.victim().position(), 9, stage.nowMillis())));
            })),
        mesh(
            "head-of-another-space",
            "announces the head of another space",
            Scene.CONNECTED,
            reported(HEAD_NOT_SIGNED),
            bring(stage -> List.of(advanced(ofAnotherSpace(stage))))),
        mesh(
                "longer-log-taken-back",
                "announces a longer log, and goes on with another",
                Scene.CONNECTED,
                confirmed(FORKED),
                bring(stage -> {
                  ForgedLog one = grown(stage, 2);
                  ForgedLog other = grown(stage, 3);
                  return List.of(
                      advanced(one.head(stage.nowMillis())),
                      Twists.files(other.files(stage.victim().position(), 9, stage.nowMillis())));
                }))
            .stopped());
  }

  private static List<Lie> toNewcomers() {
    return List.of(
        mesh(
                "fork-of-the-link",
                "shows somebody who joins another log than her link promised",
                Scene.JOINS,
                confirmed(FORKED),
                HeadLies::anotherThanTheLink)
            .stopped(),
        mesh(
                "rolled-back-before-the-link",
                "shows somebody who joins a log that ends before her link was made",
                Scene.JOINS,
                reported(ROLLED_BACK),
                welcome((stage, welcome) -> welcome.setSignedHead(
                    stage.log().upTo(2).head(stage.nowMillis()).byteString())))
            .last(),
        Lie.of(
                "genesis-altered",
                Lie.By.PROXY,
                "shows somebody who joins another beginning",
                Scene.JOINS,
                reported(LOG_ALTERED),
                stage -> Twists.pushed(
                    stage,
                    1,
                    files -> files.getFirstSequence() == 1
                        ? Twists.entry(
                            files,
                            0,
                            e -> Twists.withHeader(
                                e,
                                Twists.flipped(
                                    e.getSignedHeader(), e.getSignedHeader().size() - 1)))
                        : files))
            .last(),
        Lie.of(
                "key-made-up",
                Lie.By.PROXY,
                "hands somebody who joins a key of its own in place of the space's",
                Scene.JOINS,
                withoutEvidence(KEY_NOT_COMMITTED),
                stage -> Twists.twisting(stage, frame -> withKey(stage, frame)))
            .last(),
        Lie.of(
                "invitation-exchanged",
                Lie.By.PROXY,
                "hands somebody who joins another file than that of her invitation",
                Scene.JOINS,
                new Expected.Refused(ErrorCode.NOT_A_MESH),
                stage -> Twists.twisting(
                    stage,
                    frame -> frame.hasFiles() && frame.getFiles().getRequest() != 0
                        ? Twists.files(frame.getFiles().toBuilder()
                            .setEntries(0, stage.log().entry(1))
                            .build())
                        : frame))
            .last());
  }

  private static Lie mesh(
      String name, String what, Scene scene, Expected expected, Lie.Telling telling) {
    return Lie.of(name, Lie.By.MESH, what, scene, expected, telling);
  }

  // Logs

  /** Another log: without the last files of the true one, and with others in their place. */
  static ForgedLog fork(Stage stage, int without, int with) {
    ForgedLog truth = stage.log();
    return ReceiptLies.grown(stage, truth.upTo(truth.size() - without), with);
  }

  /** The true log, and files behind it that it does not have. */
  static ForgedLog grown(Stage stage, int by) {
    return ReceiptLies.grown(stage, stage.log(), by);
  }

  static Frame advanced(SignedTreeHead head) {
    return Frame.newBuilder()
        .setAdvanced(Advanced.newBuilder().setSignedHead(head.byteString()))
        .build();
  }

  private static Frame advanced(ByteString head) {
    return Frame.newBuilder()
        .setAdvanced(Advanced.newBuilder().setSignedHead(head))
        .build();
  }

  private static ByteString shorter(Stage stage) {
    long size = stage.victim().position();
    return stage
        .log()
        .upTo(stage.between(1, (int) size - 1))
        .head(stage.nowMillis())
        .byteString();
  }

  private static ByteString ofAnotherSpace(Stage stage) {
    TreeHead head = stage.log().head(stage.nowMillis()).head();
    return SignedTreeHead.sign(
            new TreeHead(
                another(stage),
                head.incarnation(),
                head.size(),
                head.root(),
                head.serverTimeMillis()),
            stage.notary())
        .byteString();
  }

  static SpaceId another(Stage stage) {
    try {
      return SpaceId.of(FileLies.bytes(stage, SpaceId.BYTES));
    } catch (FormatException e) {
      throw new IllegalStateException("an id is 32 bytes long", e);
    }
  }

  static SignedIncarnation incarnation(Stage stage, SigningKey key, ForgedLog from) {
    return SignedIncarnation.sign(
        new Incarnation(
            from.space(), 1, from.size(), from.rootAt(from.size()), from.size(), stage.nowMillis()),
        key);
  }

  // Newcomers

  /** From the beginning on, one file after the other: she follows it up to where it parts from her link. */
  private static Teller anotherThanTheLink(Stage stage) {
    ForgedLog fork = fork(stage, 1, 3);
    return new Teller() {
      @Override
      public List<Frame> toDevice(Talk talk, Frame frame) {
        if (frame.hasWelcome()) {
          return List.of(stage.signed(
              talk,
              frame.getWelcome().toBuilder()
                  .setSignedHead(fork.head(stage.nowMillis()).byteString())));
        }
        if (frame.hasFiles() && frame.getFiles().getRequest() != 0) {
          stage.told();
          List<Frame> invitationAndLog = new ArrayList<>(List.of(frame));
          for (long after = 0; after < fork.size(); after++) {
            invitationAndLog.add(Twists.files(fork.files(after, 1, stage.nowMillis())));
          }
          return invitationAndLog;
        }
        return Twists.isPushed(frame) ? List.of() : List.of(frame);
      }
    };
  }

  private static Frame withKey(Stage stage, Frame frame) {
    if (!frame.hasFiles()
        || frame.getFiles().getRequest() == 0
        || frame.getFiles().getEntriesCount() == 0) {
      return frame;
    }
    Files files = frame.getFiles();
    return Twists.files(Twists.entry(files, 0, entry -> withKey(stage, entry)));
  }

  /** The same invitation, with another key sealed to it: whoever has the invitation can do that. */
  private static LogEntry withKey(Stage stage, LogEntry entry) {
    try {
      SignedHeader file = SignedHeader.parse(entry.getSignedHeader());
      ByteString recipient =
          file.header().membership().orElseThrow().getOpenInvitation().getKeys().getHpke();
      ByteString main = CollectionId.main().byteString();
      ByteString payload = MembershipPayload.newBuilder()
          .setVersion(1)
          .addEnvelopes(KeyEnvelope.newBuilder()
              .setCollection(main)
              .setEpoch(1)
              .setRecipient(recipient)
              .setSealedKey(KeySealing.seal(recipient, main, EpochKey.generate(1))))
          .build()
          .toByteString();
      SignedHeader header = SignedHeader.sign(
          ByteString.copyFrom(file.associatedData()),
          payload.toByteArray(),
          FileLies.stranger(stage).signing());
      return entry.toBuilder()
          .setSignedHeader(header.byteString())
          .setPayload(payload)
          .build();
    } catch (FormatException e) {
      throw new IllegalStateException("the invitation's file is well-formed", e);
    }
  }
}
