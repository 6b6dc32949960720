package dev.sealift.merge;

import dev.sealift.protocol.mesh.proto.CommitRequest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The slots whose drafts go to the store together, in the order in which they got their first file. */
final class Batch {
  /**
   * Spaces in one commit; more wait for the next. Half of what a storage-adapter takes, and more than files ever come from: only after a restoration
   * do many spaces have something to commit that is no file.
   */
  static final int MAX_SPACES = 512;

  private final Set<Slot> slots = new LinkedHashSet<>();
  private int files;
  private long bytes;
  private long sentAt;

  /** Whether one more request fits; an empty batch takes any. */
  boolean hasRoomFor(Ask ask, EngineLimits limits) {
    if (slots.isEmpty()) {
      return true;
    }
    if (slots.size() >= MAX_SPACES) {
      return false;
    }
    if (!(ask instanceof Ask.Admit admit)) {
      return true;
    }
    return files + admit.files() <= limits.batchFiles()
        && bytes + admit.bytes() <= limits.batchBytes();
  }

  void add(Slot slot) {
    slots.add(slot);
  }

  void add(Slot slot, Ask.Admit ask) {
    slots.add(slot);
    files += ask.files();
    bytes += ask.bytes();
  }

  void remove(Slot slot) {
    slots.remove(slot);
    if (slots.isEmpty()) {
      files = 0;
      bytes = 0;
    }
  }

  boolean isEmpty() {
    return slots.isEmpty();
  }

  Set<Slot> slots() {
    return slots;
  }

  /** The engine's step at which the commit was sent. */
  long sentAt() {
    return sentAt;
  }

  /** The requests that wait for this batch; after {@link #send}. */
  List<Long> asks() {
    return slots.stream().flatMap(slot -> slot.committingAsks().stream()).toList();
  }

  /** Moves every slot's forming draft to the store. */
  CommitRequest send(long step) {
    sentAt = step;
    CommitRequest.Builder request = CommitRequest.newBuilder();
    for (Slot slot : slots) {
      slot.commit().toCommit(request.addCommitsBuilder());
    }
    return request.build();
  }
}
