package dev.sealift.gateway.session;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.AdmitFile;
import dev.sealift.protocol.mesh.proto.StageRequest;
import dev.sealift.protocol.mesh.proto.StagedPayload;
import dev.sealift.protocol.proto.Put;
import dev.sealift.protocol.proto.PutFile;
import dev.sealift.protocol.proto.PutResult;
import dev.sealift.protocol.proto.Restoration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * One Put between its arrival and its result.
 *
 * <pre>
 * STAGING ──▶ STAGED ──▶ ADMITTING ──▶ SETTLED
 *  │   ▲         ▲            │ │ │        ▲
 *  │   │         └── go back ─┘ │ │        │
 *  │   └── to be staged anew ───┘ │        │
 *  └──────── given up ────────────┴────────┘
 * </pre>
 *
 * Payloads are kept until there is a result, because the storage-adapter that has them staged may go; the put window bounds them, as
 * it does while they are being staged. Small ones can go on to readers from here.
 */
final class PutUnderWay {
  private enum Phase {
    STAGING,
    STAGED,
    ADMITTING,
    SETTLED
  }

  /** No ticket has this number. */
  private static final long NONE = 0;

  private final long request;
  private final int files;
  private final long bytes;
  private Phase phase = Phase.STAGING;
  private long ticket = NONE;
  private long origin = NONE;
  private int failures;
  private String stagedAt = "";
  private List<ByteString> headers = List.of();
  private List<Long> serverTimes = List.of();
  private Optional<Restoration> restoration = Optional.empty();
  private List<AdmitFile> admitFiles = List.of();
  private StageRequest stageRequest = StageRequest.getDefaultInstance();
  private List<PutFile> kept = List.of();
  private PutResult result = PutResult.getDefaultInstance();

  PutUnderWay(long request, int files, long bytes) {
    this.request = request;
    this.files = files;
    this.bytes = bytes;
  }

  int files() {
    return files;
  }

  long bytes() {
    return bytes;
  }

  /** How often staging and admission failed, together. */
  int failures() {
    return failures;
  }

  boolean isStaging() {
    return phase == Phase.STAGING;
  }

  boolean isStaged() {
    return phase == Phase.STAGED;
  }

  boolean isSettled() {
    return phase == Phase.SETTLED;
  }

  boolean waitsFor(long answered) {
    return answered != NONE && ticket == answered;
  }

  StageRequest stageRequest() {
    return stageRequest;
  }

  List<AdmitFile> admitFiles() {
    return admitFiles;
  }

  /** The storage-adapter that keeps the payloads. */
  String stagedAt() {
    return stagedAt;
  }

  PutResult result() {
    return result;
  }

  /** The files, if they are small; none otherwise, and none once there is a result for good. */
  List<PutFile> kept() {
    return kept;
  }

  /** Where the files stood before the mesh was restored, if that is what they come for. */
  Optional<Restoration> restoration() {
    return restoration;
  }

  void stage(SpaceId space, Put put) {
    restoration = put.hasRestoration() ? Optional.of(put.getRestoration()) : Optional.empty();
    boolean fresh = bytes <= FreshFiles.MAX_BYTES && restoration.isEmpty();
    kept = fresh ? put.getFilesList() : List.of();
    headers = new ArrayList<>(files);
    serverTimes = new ArrayList<>(files);
    StageRequest.Builder payloads = StageRequest.newBuilder().setSpace(space.byteString());
    for (PutFile file : put.getFilesList()) {
      headers.add(file.getSignedHeader());
      serverTimes.add(file.getServerTimeMillis());
      payloads.addPayloads(file.getPayload());
    }
    stageRequest = payloads.build();
  }

  void staged(String store, List<StagedPayload> payloads) {
    stagedAt = store;
    admitFiles = new ArrayList<>(files);
    for (int i = 0; i < files; i++) {
      admitFiles.add(AdmitFile.newBuilder()
          .setSignedHeader(headers.get(i))
          .setPayload(payloads.get(i))
          .setServerTimeMillis(serverTimes.get(i))
          .build());
    }
    phase = Phase.STAGED;
    ticket = NONE;
  }

  /** The question for the present phase goes out, first or again: only an answer with this ticket counts. */
  long reask(LongSupplier tickets) {
    if (phase == Phase.STAGED) {
      phase = Phase.ADMITTING;
    }
    ticket = tickets.getAsLong();
    if (origin == NONE) {
      origin = ticket;
    }
    return ticket;
  }

  /** The ticket of the first question about this Put. */
  long origin() {
    return origin;
  }

  /** The question under way came to nothing. */
  void failed() {
    failures++;
  }

  /** An answer of the engine that is under way, or came, counts no more. */
  void goBack() {
    if (admitFiles.isEmpty()) {
      return; // still being staged, or settled without the engine
    }
    phase = Phase.STAGED;
    ticket = NONE;
    result = PutResult.getDefaultInstance();
  }

  /** As above, through no failure of its own. */
  void startAgain() {
    if (!isStaging()) {
      failures = 0;
    }
    goBack();
  }

  /** The payloads lie where they are no use. Returns whether there are any to be staged anew. */
  boolean stageAnew() {
    if (phase != Phase.STAGED) {
      return false;
    }
    phase = Phase.STAGING;
    admitFiles = List.of();
    return true;
  }

  /** The engine's outcomes; they may still have to be asked for again. */
  void answered(PutResult.Builder outcome) {
    result = outcome.setRequest(request).build();
    phase = Phase.SETTLED;
    ticket = NONE;
  }

  /** The outcome for good. */
  void settle(PutResult.Builder outcome) {
    answered(outcome);
    headers = List.of();
    admitFiles = List.of();
    kept = List.of();
    stageRequest = StageRequest.getDefaultInstance();
  }
}
