package dev.sealift.merge;

import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.AuthorizeReply;
import dev.sealift.protocol.proto.RefusalCode;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;

/** The requests that are not answered yet: bounded, and each answered once. */
final class Pending {
  private final EngineLimits limits;
  private final Replies replies;
  private final Consumer<Effect> effects;
  private final Map<SpaceId, Held> bySpace = new HashMap<>();
  private int files;
  private long headerBytes;

  /** What one space's requests hold. */
  private record Held(int files, long headerBytes) {
    static final Held NOTHING = new Held(0, 0);

    Held plus(Ask ask, int times) {
      return new Held(files + times * ask.files(), headerBytes + (long) times * ask.headerBytes());
    }
  }

  Pending(EngineLimits limits, Replies replies, Consumer<Effect> effects) {
    this.limits = limits;
    this.replies = replies;
    this.effects = effects;
  }

  int files() {
    return files;
  }

  long headerBytes() {
    return headerBytes;
  }

  /**
   * Takes the request in, or answers BUSY.
   *
   * @param isLookUp whether it adds nothing to its space
   */
  boolean take(Ask ask, boolean isLookUp) {
    if (!hasRoom(ask, isLookUp) || !isWithinShare(ask, isLookUp)) {
      effects.accept(new Effect.Fail(ask.id(), MeshFailure.BUSY));
      return false;
    }
    add(ask, 1);
    return true;
  }

  private boolean hasRoom(Ask ask, boolean isLookUp) {
    int room = isLookUp ? limits.pendingFiles() : limits.pendingFiles() - limits.reservedFiles();
    return files + ask.files() <= room
        && headerBytes + ask.headerBytes() <= limits.pendingHeaderBytes();
  }

  /**
   * As long as half of the room is free, whoever comes may use it. Beyond that no space has more than
   * its share, so that one that sends without end never takes what the others need. What its own
   * devices look up may go beyond by half as much again, as it shares that with its own uploads.
   */
  private boolean isWithinShare(Ask ask, boolean isLookUp) {
    boolean plenty = files + ask.files() <= limits.pendingFiles() / 2
        && headerBytes + ask.headerBytes() <= limits.pendingHeaderBytes() / 2;
    if (plenty) {
      return true;
    }
    Held held = bySpace.getOrDefault(ask.space(), Held.NOTHING);
    int share = isLookUp ? limits.spaceFiles() + limits.spaceFiles() / 2 : limits.spaceFiles();
    return held.files() + ask.files() <= share
        && held.headerBytes() + ask.headerBytes() <= limits.spaceHeaderBytes();
  }

  private void add(Ask ask, int times) {
    files += times * ask.files();
    headerBytes += (long) times * ask.headerBytes();
    Held held = bySpace.getOrDefault(ask.space(), Held.NOTHING).plus(ask, times);
    if (held.equals(Held.NOTHING)) {
      bySpace.remove(ask.space());
    } else {
      bySpace.put(ask.space(), held);
    }
  }

  void reply(Ask.Admit ask, AdmitReply reply) {
    release(ask);
    effects.accept(new Effect.ReplyAdmit(ask.id(), reply));
  }

  void reply(Ask.Authorize ask, AuthorizeReply reply) {
    release(ask);
    effects.accept(new Effect.ReplyAuthorize(ask.id(), reply));
  }

  /** All files of the request are refused, to be sent again later. */
  void refuse(Ask.Admit ask, RefusalCode code) {
    reply(ask, replies.refused(ask, code));
  }

  void fail(Ask ask, MeshFailure failure) {
    release(ask);
    effects.accept(new Effect.Fail(ask.id(), failure));
  }

  /** The store does not answer: a device is told by file, a connecting one by the failure. */
  private void storeUnavailable(Ask ask) {
    if (ask instanceof Ask.Admit admit) {
      refuse(admit, RefusalCode.REFUSAL_CODE_STORE_UNAVAILABLE);
    } else {
      fail(ask, MeshFailure.UNAVAILABLE);
    }
  }

  /** So for all that wait for a space. */
  void storeUnavailable(Queue<Ask> queue) {
    for (Ask ask = queue.poll(); ask != null; ask = queue.poll()) {
      storeUnavailable(ask);
    }
  }

  private void release(Ask ask) {
    add(ask, -1);
  }
}
