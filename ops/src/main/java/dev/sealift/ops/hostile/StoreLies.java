package dev.sealift.ops.hostile;

import static dev.sealift.client.sync.Violation.CHAIN_BROKEN;
import static dev.sealift.client.sync.Violation.FILE_NOT_SIGNED;
import static dev.sealift.client.sync.Violation.FORKED;
import static dev.sealift.client.sync.Violation.LOG_ALTERED;
import static dev.sealift.client.sync.Violation.PAYLOAD_ALTERED;
import static dev.sealift.client.sync.Violation.ROLLED_BACK;
import static dev.sealift.client.sync.Violation.TIME_BROKEN;
import static dev.sealift.ops.hostile.Expected.confirmed;
import static dev.sealift.ops.hostile.Expected.reported;
import static dev.sealift.ops.hostile.Twists.flipped;

import dev.sealift.client.sync.Violation;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.proto.LogEntry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/** A store under an honest mesh that alters what it is asked for, or forgets. */
final class StoreLies {
  private StoreLies() {}

  static List<Lie> all() {
    return List.of(
        reads(
            "store-flips-payload",
            "turns a bit of a payload in the store",
            PAYLOAD_ALTERED,
            e -> e.toBuilder()
                .setPayload(flipped(e.getPayload(), e.getPayload().size() / 2))
                .build()),
        reads(
            "store-cuts-payload",
            "cuts a payload short in the store",
            PAYLOAD_ALTERED,
            e -> e.toBuilder().setPayload(e.getPayload().substring(1)).build()),
        reads(
            "store-flips-signature",
            "turns a bit of a signature in the store",
            FILE_NOT_SIGNED,
            e -> Twists.withHeader(
                e, flipped(e.getSignedHeader(), e.getSignedHeader().size() - 1))),
        reads(
            "store-moves-time",
            "tells another server time from the store",
            LOG_ALTERED,
            e -> e.toBuilder().setServerTimeMillis(e.getServerTimeMillis() + 1).build()),
        reads(
            "store-moves-base",
            "tells another base from the store",
            LOG_ALTERED,
            e -> e.toBuilder().setBase(e.getBase() + 1).build()),
        all(
            "store-drops-file",
            "forgets a file in the midst of others",
            LOG_ALTERED,
            reply -> reply.toBuilder().removeEntries(1).build()),
        all(
            "store-swaps-files",
            "exchanges two files of one author in the store",
            CHAIN_BROKEN,
            reply -> reply.toBuilder()
                .setEntries(0, reply.getEntries(2))
                .setEntries(2, reply.getEntries(0))
                .build()),
        all(
            "store-replays-file",
            "gives an older file for a newer one",
            CHAIN_BROKEN,
            reply -> reply.toBuilder().setEntries(2, reply.getEntries(0)).build()),
        store(
            "store-rolled-back",
            "is exchanged for an older copy, and does not say so",
            (stage, lies) -> rollBack(stage, Duration.ZERO, lies, 0),
            reported(ROLLED_BACK)),
        store(
            "store-rolled-back-later",
            "is exchanged for an older copy, and does not say so, for a while",
            (stage, lies) -> rollBack(stage, Duration.ofMinutes(20), lies, 0),
            confirmed(ROLLED_BACK)),
        store(
            "store-rolled-back-and-grown",
            "is exchanged for an older copy, and takes other files to the same size",
            (stage, lies) -> rollBack(stage, Duration.ZERO, lies, 2),
            confirmed(FORKED)),
        store(
            "store-rolled-back-and-outgrown",
            "is exchanged for an older copy, and takes more files than were there",
            (stage, lies) -> rollBack(stage, Duration.ZERO, lies, 4),
            reported(LOG_ALTERED, CHAIN_BROKEN)));
  }

  private static Lie reads(
      String name, String what, Violation named, UnaryOperator<LogEntry> twist) {
    return new Lie(
        name,
        Lie.By.STORE,
        what,
        Scene.BEHIND,
        named == LOG_ALTERED ? reported(named, TIME_BROKEN) : reported(named),
        Lie.End.OVERCOME,
        stage -> {
          int which = stage.between(0, 2);
          stage.tell(reply -> reply.getEntriesCount() < 3
              ? reply
              : reply.toBuilder()
                  .setEntries(which, twist.apply(reply.getEntries(which)))
                  .build());
        });
  }

  private static Lie all(
      String name, String what, Violation named, UnaryOperator<ReadReply> twist) {
    return new Lie(
        name,
        Lie.By.STORE,
        what,
        Scene.BEHIND,
        reported(named),
        Lie.End.OVERCOME,
        stage -> stage.tell(reply -> reply.getEntriesCount() < 3 ? reply : twist.apply(reply)));
  }

  private static Lie store(String name, String what, Scene scene, Expected expected) {
    return new Lie(name, Lie.By.STORE, what, scene, expected, Lie.End.OVERCOME_LAST, Stage::told);
  }

  /**
   * The store is exchanged for one that lacks two files; somebody who was away meanwhile, and cannot know, writes others.
   *
   * @param instead how many he writes
   */
  private static void rollBack(Stage stage, Duration after, Runnable lies, int instead) {
    Path older = stage.bed().file("older.db");
    Path truth = stage.bed().file("truth.db");
    stage.other().disconnect();
    stage.bed().copyStore(older);
    stage.settle();
    for (int i = 0; i < 2; i++) {
      stage.write(stage.founder());
      stage.settle();
    }
    stage.founder().disconnect();
    stage.victim().disconnect();
    stage.bed().copyStore(truth);
    stage.victim().connect();
    stage.settle(); // so that it has just been told the truth
    stage.victim().disconnect();
    stage.bed().pass(after.toMillis());
    stage.bed().exchangeStore(older);
    if (instead > 0) {
      stage.other().connect();
      stage.bed().rest();
      for (int i = 0; i < instead; i++) {
        stage.write(stage.other());
        stage.bed().rest();
      }
      stage.other().disconnect(); // he holds another log from now on
    }
    stage.restores(truth);
    lies.run();
    stage.victim().connect();
  }
}
