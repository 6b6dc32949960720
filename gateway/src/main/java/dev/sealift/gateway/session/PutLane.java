package dev.sealift.gateway.session;

import dev.sealift.protocol.Limits;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.AdmitRequest;
import dev.sealift.protocol.mesh.proto.StageReply;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.Put;
import dev.sealift.protocol.proto.PutFile;
import dev.sealift.protocol.proto.PutResult;
import dev.sealift.protocol.proto.Refusal;
import dev.sealift.protocol.proto.RefusalCode;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection's Puts on their way through the mesh. Payloads are staged side by side; admission is asked for in order of
 * arrival, without waiting for the answer before; results go out in order of arrival.
 *
 * <p>When a question for admission fails, the Put that it was for and all behind it go back, and that one is tried alone
 * before the others follow: files build on those before them, so what overtakes would only be refused. Asking twice for the
 * same files is safe (the engine answers with the same receipts).
 */
final class PutLane {
  /** Each costs some hundred bytes besides its files; more than this under way gains nothing. */
  static final int MAX_PUTS_UNDER_WAY = 256;

  private final Peer peer;
  private final LongSupplier tickets;
  private final ArrayDeque<PutUnderWay> puts = new ArrayDeque<>(1);
  private long bytesUnderWay;
  private @Nullable PutUnderWay probe;

  PutLane(Peer peer, LongSupplier tickets) {
    this.peer = peer;
    this.tickets = tickets;
  }

  boolean isEmpty() {
    return puts.isEmpty();
  }

  /** Whether a device that keeps to the window has nothing more to send now. */
  boolean isFull() {
    return bytesUnderWay >= Limits.PUT_WINDOW_BYTES || puts.size() >= MAX_PUTS_UNDER_WAY;
  }

  /** A Put that goes to the mesh. */
  void accept(Put put, List<Effect> out) throws Breach {
    PutUnderWay entry = enter(put);
    entry.stage(peer.space(), put);
    stage(entry, 0, out);
  }

  /** A Put that the mesh need not be asked about; its result waits for those before it. */
  void refuse(Put put, RefusalCode code, List<Effect> out) throws Breach {
    enter(put).settle(refusals(put.getFilesCount(), code, 0));
    advance(out);
  }

  private PutUnderWay enter(Put put) throws Breach {
    long bytes = checkedBytes(put);
    if (bytesUnderWay + bytes > Limits.PUT_WINDOW_BYTES) {
      throw new Breach(ProblemCode.PROBLEM_CODE_TOO_MUCH);
    }
    PutUnderWay entry = new PutUnderWay(put.getRequest(), put.getFilesCount(), bytes);
    puts.add(entry);
    bytesUnderWay += bytes;
    return entry;
  }

  /** Counts headers and payloads, so that a device that counts whole frames is on the safe side. */
  private static long checkedBytes(Put put) throws Breach {
    if (put.getFilesCount() == 0) {
      throw new Breach(ProblemCode.PROBLEM_CODE_BAD_FRAME);
    }
    if (put.getFilesCount() > Limits.MAX_PUT_FILES) {
      throw new Breach(ProblemCode.PROBLEM_CODE_TOO_MUCH);
    }
    long bytes = 0;
    for (PutFile file : put.getFilesList()) {
      if (file.getSignedHeader().size() > Limits.MAX_SIGNED_HEADER_BYTES
          || file.getPayload().size() > Limits.MAX_PAYLOAD_BYTES) {
        throw new Breach(ProblemCode.PROBLEM_CODE_TOO_MUCH);
      }
      bytes += file.getSignedHeader().size() + file.getPayload().size();
    }
    return bytes;
  }

  void staged(long ticket, StageReply reply, List<Effect> out) {
    waitingFor(ticket).ifPresent(put -> staged(put, ticket, reply, out));
  }

  private void staged(PutUnderWay put, long ticket, StageReply reply, List<Effect> out) {
    if (reply.getStagedCount() != put.files()) {
      failed(ticket, MeshTrouble.BROKEN, out);
      return;
    }
    put.staged(reply.getStore(), reply.getStagedList());
    advance(out);
  }

  /**
   * Takes the engine's answer.
   *
   * @return the files it was about, as far as they were kept; empty when the question does not stand any more
   */
  Optional<List<PutFile>> admitted(long ticket, AdmitReply reply, List<Effect> out) {
    Optional<PutUnderWay> put = waitingFor(ticket);
    Optional<List<PutFile>> kept = put.map(PutUnderWay::kept);
    put.ifPresent(entry -> admitted(entry, ticket, reply, out));
    return kept;
  }

  private void admitted(PutUnderWay put, long ticket, AdmitReply reply, List<Effect> out) {
    if (reply.getOutcomesCount() != put.files()) {
      failed(ticket, MeshTrouble.BROKEN, out);
      return;
    }
    put.answered(PutResult.newBuilder()
        .addAllOutcomes(reply.getOutcomesList())
        .setSignedHead(reply.getSignedHead()));
    if (put == probe) {
      probe = null;
    }
    advance(out);
  }

  void failed(long ticket, MeshTrouble trouble, List<Effect> out) {
    waitingFor(ticket).ifPresent(put -> {
      put.failed();
      if (put.isStaging()) {
        stagingFailed(put, trouble, out);
      } else {
        admissionFailed(put, trouble, out);
      }
    });
  }

  private void stagingFailed(PutUnderWay put, MeshTrouble trouble, List<Effect> out) {
    if (Retry.again(trouble, put.failures())) {
      stage(put, Retry.waitMillis(put.failures()), out);
      return;
    }
    if (put == probe) {
      probe = null;
    }
    put.settle(refusals(put.files(), afterStaging(trouble), Retry.RETRY_AFTER_MILLIS));
    advance(out);
  }

  private void admissionFailed(PutUnderWay failed, MeshTrouble trouble, List<Effect> out) {
    if (Retry.again(trouble, failed.failures())) {
      long wait = Retry.waitMillis(failed.failures());
      goBackTo(failed);
      probe = failed;
      if (trouble == MeshTrouble.MOVED) {
        stageAnewFrom(failed, wait, out);
      } else {
        ask(failed, wait, out);
      }
      return;
    }
    giveUpFrom(failed, trouble);
    advance(out);
  }

  /** Answers that came for later Puts rest on this one's not having come: they are asked for again. */
  private void goBackTo(PutUnderWay failed) {
    boolean behind = false;
    for (PutUnderWay put : puts) {
      if (behind) {
        put.startAgain();
      } else if (put == failed) {
        put.goBack();
        behind = true;
      }
    }
  }

  /** What is behind was staged at the same place. */
  private void stageAnewFrom(PutUnderWay moved, long waitMillis, List<Effect> out) {
    boolean reached = false;
    for (PutUnderWay put : puts) {
      reached |= put == moved;
      if (reached && put.stageAnew()) {
        stage(put, waitMillis, out);
      }
    }
  }

  /** What is behind builds on it, and would wait through the same failures. */
  private void giveUpFrom(PutUnderWay failed, MeshTrouble trouble) {
    boolean behind = false;
    for (PutUnderWay put : puts) {
      behind |= put == failed;
      if (behind) {
        put.settle(refusals(put.files(), afterAdmission(trouble), Retry.RETRY_AFTER_MILLIS));
      }
    }
    probe = null;
  }

  private void advance(List<Effect> out) {
    deliver(out);
    for (PutUnderWay put : puts) {
      if (put.isStaging()) {
        return;
      }
      if (put.isStaged()) {
        ask(put, 0, out);
      }
      if (put == probe) {
        return;
      }
    }
  }

  private void deliver(List<Effect> out) {
    while (!puts.isEmpty() && puts.element().isSettled()) {
      PutUnderWay put = puts.remove();
      bytesUnderWay -= put.bytes();
      out.add(new Effect.Send(Frames.of(put.result())));
    }
  }

  private void stage(PutUnderWay put, long waitMillis, List<Effect> out) {
    long ticket = put.reask(tickets);
    out.add(new Effect.Stage(ticket, waitMillis, put.origin(), peer.space(), put.stageRequest()));
  }

  private void ask(PutUnderWay put, long waitMillis, List<Effect> out) {
    AdmitRequest.Builder asked = AdmitRequest.newBuilder()
        .setSpace(peer.space().byteString())
        .setDevice(peer.device().byteString())
        .addAllFiles(put.admitFiles())
        .setAdmissionToken(peer.admissionToken());
    put.restoration().ifPresent(asked::setRestoration);
    AdmitRequest request = asked.build();
    long ticket = put.reask(tickets);
    out.add(
        new Effect.Admit(ticket, waitMillis, put.origin(), peer.space(), put.stagedAt(), request));
  }

  private Optional<PutUnderWay> waitingFor(long ticket) {
    for (PutUnderWay put : puts) {
      if (put.waitsFor(ticket)) {
        return Optional.of(put);
      }
    }
    return Optional.empty();
  }

  private static RefusalCode afterStaging(MeshTrouble trouble) {
    return trouble == MeshTrouble.BUSY
        ? RefusalCode.REFUSAL_CODE_BUSY
        : RefusalCode.REFUSAL_CODE_STORE_UNAVAILABLE;
  }

  private static RefusalCode afterAdmission(MeshTrouble trouble) {
    return switch (trouble) {
      case UNAVAILABLE, VERSION -> RefusalCode.REFUSAL_CODE_STORE_UNAVAILABLE;
      case MALFORMED -> RefusalCode.REFUSAL_CODE_MALFORMED;
      default -> RefusalCode.REFUSAL_CODE_BUSY;
    };
  }

  private static PutResult.Builder refusals(int files, RefusalCode code, long retryAfterMillis) {
    Outcome outcome = Outcome.newBuilder()
        .setRefusal(Refusal.newBuilder().setCode(code).setRetryAfterMillis(retryAfterMillis))
        .build();
    PutResult.Builder result = PutResult.newBuilder();
    for (int i = 0; i < files; i++) {
      result.addOutcomes(outcome);
    }
    return result;
  }
}
