package dev.sealift.client.sync;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Outline;
import dev.sealift.protocol.proto.OutlineFiles;
import java.util.List;
import java.util.function.Consumer;

/**
 * Looks through the outline of the log, from the position to the head, for keys: who comes later has the key of a later epoch, and the log has in it those of the epochs before, wrapped one under the other. Nothing moves by it. Over one connection.
 */
final class KeyScouting {
  private static final long REQUEST = 7;

  private final Replica replica;
  private final Consumer<Frame> out;
  private final Scout scout;

  KeyScouting(Replica replica, Consumer<Frame> out) {
    this.replica = replica;
    this.out = out;
    this.scout = new Scout(
        replica.space().orElseThrow(),
        replica.verifier(),
        replica.log(),
        List.of(),
        replica.contentKeys().search(replica.space().orElseThrow()));
  }

  /** Asks for what comes next of the outline. */
  void ask() {
    out.accept(Frame.newBuilder()
        .setOutline(Outline.newBuilder().setRequest(REQUEST).setAfterSequence(scout.reached()))
        .build());
  }

  /**
   * Takes an answer.
   *
   * @return whether it has been at the head, and keys that were found are kept
   * @throws FormatException when it is not what was asked for
   */
  boolean receive(OutlineFiles files) throws MeshViolationException, FormatException {
    long before = scout.reached();
    if (files.getRequest() != REQUEST) {
      throw new FormatException("the mesh answered what was not asked");
    }
    scout.take(files);
    if (scout.isAtHead()) {
      replica.keysScouted(scout);
      return true;
    }
    if (scout.reached() == before) {
      throw new FormatException("the outline does not go where the mesh says");
    }
    ask();
    return false;
  }
}
