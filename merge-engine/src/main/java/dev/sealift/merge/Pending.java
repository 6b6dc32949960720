package dev.sealift.merge;

import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.AuthorizeReply;
import dev.sealift.protocol.proto.RefusalCode;
import java.util.function.Consumer;

/** The requests that are not answered yet: bounded, and each answered once. */
final class Pending {
  private final EngineLimits limits;
  private final Replies replies;
  private final Consumer<Effect> effects;
  private int files;
  private long headerBytes;

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

  /** Takes the request in, or answers BUSY. */
  boolean take(Ask ask) {
    if (files + ask.files() > limits.pendingFiles()
        || headerBytes + ask.headerBytes() > limits.pendingHeaderBytes()) {
      effects.accept(new Effect.Fail(ask.id(), MeshFailure.BUSY));
      return false;
    }
    files += ask.files();
    headerBytes += ask.headerBytes();
    return true;
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
  void storeUnavailable(Ask ask) {
    if (ask instanceof Ask.Admit admit) {
      refuse(admit, RefusalCode.REFUSAL_CODE_STORE_UNAVAILABLE);
    } else {
      fail(ask, MeshFailure.UNAVAILABLE);
    }
  }

  private void release(Ask ask) {
    files -= ask.files();
    headerBytes -= ask.headerBytes();
  }
}
