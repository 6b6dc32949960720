package dev.sealift.ops.hostile;

import static dev.sealift.client.sync.Violation.AUTHOR_NOT_A_MEMBER;
import static dev.sealift.client.sync.Violation.CHAIN_BROKEN;
import static dev.sealift.client.sync.Violation.FILE_NOT_SIGNED;
import static dev.sealift.client.sync.Violation.HEAD_NOT_SIGNED;
import static dev.sealift.client.sync.Violation.LOG_ALTERED;
import static dev.sealift.client.sync.Violation.PAYLOAD_ALTERED;
import static dev.sealift.client.sync.Violation.PAYLOAD_MISSING;
import static dev.sealift.client.sync.Violation.TIME_BROKEN;
import static dev.sealift.ops.hostile.Expected.reported;
import static dev.sealift.ops.hostile.Expected.withoutEvidence;
import static dev.sealift.ops.hostile.Twists.entry;
import static dev.sealift.ops.hostile.Twists.flipped;
import static dev.sealift.ops.hostile.Twists.three;
import static dev.sealift.ops.hostile.Twists.threeOn;
import static dev.sealift.ops.hostile.Twists.withHeader;
import static dev.sealift.ops.hostile.Twists.without;

import com.google.protobuf.ByteString;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.PayloadAbsence;
import java.util.List;

/** Files of the log, altered on the way by somebody who has no key. */
final class FileLies {
  /** Counted from a signed header's end: a byte of the payload's hash. */
  private static final int IN_PAYLOAD_HASH = 70;

  private FileLies() {}

  static List<Lie> all() {
    return List.of(
        lie(
            "signature-flipped",
            "turns a bit of a file's signature",
            reported(FILE_NOT_SIGNED),
            entry(e ->
                withHeader(e, flipped(e.getSignedHeader(), e.getSignedHeader().size() - 1)))),
        lie(
            "payload-hash-flipped",
            "turns a bit of the payload's hash in a header",
            reported(FILE_NOT_SIGNED),
            entry(e -> withHeader(
                e, flipped(e.getSignedHeader(), e.getSignedHeader().size() - IN_PAYLOAD_HASH)))),
        lie(
            "header-unreadable",
            "makes a header one that cannot be read",
            reported(LOG_ALTERED),
            entry(e -> withHeader(e, flipped(e.getSignedHeader(), 0)))),
        lie(
            "header-empty",
            "sends a file without its header",
            reported(LOG_ALTERED),
            entry(e -> withHeader(e, ByteString.EMPTY))),
        lie(
            "payload-flipped",
            "turns a bit of a payload",
            reported(PAYLOAD_ALTERED),
            entry(e -> e.toBuilder().setPayload(flipped(e.getPayload(), 5)).build())),
        lie(
            "payload-cut",
            "cuts a payload short",
            reported(PAYLOAD_ALTERED),
            entry(e -> e.toBuilder().setPayload(e.getPayload().substring(1)).build())),
        lie(
            "payload-emptied",
            "sends a file with an empty payload",
            reported(PAYLOAD_ALTERED),
            entry(e -> e.toBuilder().clearPayload().build())),
        lie(
            "payloads-swapped",
            "exchanges the payloads of two files",
            reported(PAYLOAD_ALTERED),
            three(FileLies::payloadsSwapped)),
        lie(
            "payload-called-own",
            "leaves out another's payload as though the device had written it",
            reported(PAYLOAD_MISSING),
            entry(e -> without(e, PayloadAbsence.PAYLOAD_ABSENCE_OWN))),
        lie(
            "payload-called-expired",
            "leaves out a payload that never expires as though it had",
            reported(PAYLOAD_MISSING),
            entry(e -> without(e, PayloadAbsence.PAYLOAD_ABSENCE_EXPIRED))),
        lie(
            "payload-called-reclaimed",
            "leaves out a payload as though a compaction stood for it, and there is none",
            withoutEvidence(PAYLOAD_MISSING),
            entry(e -> without(e, PayloadAbsence.PAYLOAD_ABSENCE_RECLAIMED))),
        lie(
            "server-time-moved",
            "moves a file's server time by a millisecond",
            reported(LOG_ALTERED, TIME_BROKEN),
            entry(e ->
                e.toBuilder().setServerTimeMillis(e.getServerTimeMillis() + 1).build())),
        lie(
            "server-time-gone",
            "sends a file without its server time",
            reported(TIME_BROKEN),
            entry(e -> e.toBuilder().clearServerTimeMillis().build())),
        lie(
            "server-time-of-long-ago",
            "says that a file came long before the one before it",
            reported(TIME_BROKEN),
            entry(e -> e.toBuilder().setServerTimeMillis(1).build())),
        lie(
            "server-time-beyond-bounds",
            "says that a file came at the end of all times",
            reported(TIME_BROKEN),
            entry(e -> e.toBuilder().setServerTimeMillis(Long.MAX_VALUE).build())),
        lie(
            "base-made-up",
            "tells another base of a file than its leaf has",
            reported(LOG_ALTERED),
            entry(e -> e.toBuilder().setBase(e.getBase() + 7).build())),
        lie(
            "files-reordered",
            "exchanges two files of one author",
            reported(CHAIN_BROKEN),
            three(files -> Twists.swapped(files, 0, 2))),
        lie(
            "files-swapped-under-their-times",
            "exchanges the files of two authors, so that each has the other's place and time",
            reported(LOG_ALTERED),
            three(FileLies::swappedUnderTheirTimes)),
        lie(
            "first-file-dropped",
            "drops the first of some files, and moves the others up",
            reported(CHAIN_BROKEN),
            three(files -> files.toBuilder().removeEntries(0).build())),
        lie(
            "middle-file-dropped",
            "drops a file from between two others",
            reported(LOG_ALTERED),
            three(files -> files.toBuilder().removeEntries(1).build())),
        lie(
            "last-file-dropped",
            "drops the last file, and shows what is left under the head of all",
            reported(LOG_ALTERED),
            three(files -> files.toBuilder().removeEntries(2).build())),
        lie(
            "gap-said",
            "leaves files out, and says so",
            reported(LOG_ALTERED),
            three(files -> files.toBuilder()
                .removeEntries(0)
                .setFirstSequence(files.getFirstSequence() + 1)
                .build())),
        lie(
            "file-twice",
            "sends a file twice",
            reported(CHAIN_BROKEN),
            three(files -> files.toBuilder().addEntries(0, files.getEntries(0)).build())),
        lie(
            "older-file-replayed",
            "sends an older file in the place of a newer one",
            reported(CHAIN_BROKEN),
            three(files -> Twists.entry(files, 2, e -> files.getEntries(0)))),
        lie(
            "no-place",
            "says that files begin before the first",
            reported(LOG_ALTERED),
            three(files -> files.toBuilder().setFirstSequence(0).build())),
        lie(
            "place-below-all",
            "says that files begin at the lowest number there is",
            reported(LOG_ALTERED),
            three(files -> files.toBuilder().setFirstSequence(Long.MIN_VALUE).build())),
        lie(
            "proof-of-another-log",
            "shows a part of the files with a proof that leads elsewhere",
            reported(LOG_ALTERED),
            three(files -> files.toBuilder()
                .removeEntries(2)
                .addConsistency(Hash.of().byteString())
                .build())),
        lie(
            "head-flipped",
            "turns a bit of the head's signature",
            reported(HEAD_NOT_SIGNED),
            three(files -> files.toBuilder()
                .setSignedHead(
                    flipped(files.getSignedHead(), files.getSignedHead().size() - 9))
                .build())),
        lie(
            "head-by-another-key",
            "signs the head of altered files with a key of its own",
            reported(HEAD_NOT_SIGNED),
            three(files ->
                files.toBuilder().setSignedHead(resigned(files.getSignedHead())).build())),
        lie(
            "head-of-before",
            "shows new files under the head of the log before them",
            reported(LOG_ALTERED),
            threeOn((stage, files) -> files.toBuilder()
                .setSignedHead(stage.said(stage.victim(), frame -> frame.hasWelcome()).stream()
                    .map(frame -> frame.getWelcome().getSignedHead())
                    .findFirst()
                    .orElseThrow())
                .build())),
        lie(
            "strangers-file-added",
            "adds a file that somebody wrote who is not in the space",
            reported(AUTHOR_NOT_A_MEMBER),
            threeOn(FileLies::withStrangers)),
        Lie.of(
            "head-announced-unsigned",
            Lie.By.PROXY,
            "announces a longer log under a key of its own",
            Scene.CONNECTED,
            reported(HEAD_NOT_SIGNED),
            Twists.bring(stage -> List.of(HeadLies.advanced(SignedTreeHead.sign(
                HeadLies.grown(stage, 1).head(stage.nowMillis()).head(),
                SigningKey.fromSeed(bytes(stage, SigningKey.SEED_BYTES))))))));
  }

  static Lie lie(String name, String what, Expected expected, Lie.Telling telling) {
    return Lie.of(name, Lie.By.PROXY, what, Scene.BEHIND, expected, telling);
  }

  static byte[] bytes(Stage stage, int count) {
    byte[] bytes = new byte[count];
    stage.dice().nextBytes(bytes);
    return bytes;
  }

  private static ByteString resigned(ByteString head) {
    try {
      return SignedTreeHead.sign(SignedTreeHead.parse(head).head(), SigningKey.generate())
          .byteString();
    } catch (FormatException e) {
      throw new IllegalStateException("the mesh's head is well-formed", e);
    }
  }

  private static Files payloadsSwapped(Files files) {
    ByteString first = files.getEntries(0).getPayload();
    ByteString last = files.getEntries(2).getPayload();
    Files half = Twists.entry(files, 0, e -> e.toBuilder().setPayload(last).build());
    return Twists.entry(half, 2, e -> e.toBuilder().setPayload(first).build());
  }

  private static Files swappedUnderTheirTimes(Files files) {
    Files swapped = Twists.swapped(files, 0, 1);
    Files half = Twists.entry(swapped, 0, e -> withTimeOf(e, files.getEntries(0)));
    return Twists.entry(half, 1, e -> withTimeOf(e, files.getEntries(1)));
  }

  private static LogEntry withTimeOf(LogEntry entry, LogEntry other) {
    return entry.toBuilder().setServerTimeMillis(other.getServerTimeMillis()).build();
  }

  private static Files withStrangers(Stage stage, Files files) {
    Pen.Written file = new Pen(stranger(stage), stage.dice()).next(stage.log(), stage.nowMillis());
    return files.toBuilder()
        .addEntries(LogEntry.newBuilder()
            .setSignedHeader(file.header())
            .setServerTimeMillis(files.getEntries(2).getServerTimeMillis() + 1)
            .setPayload(file.payload()))
        .build();
  }

  static DeviceKeyPair stranger(Stage stage) {
    try {
      return DeviceKeyPair.of(bytes(stage, 64));
    } catch (FormatException e) {
      throw new IllegalStateException("64 bytes are a device's keys", e);
    }
  }
}
