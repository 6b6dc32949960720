package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.pack.DotRef;
import dev.sealift.client.pack.EventRun;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.ChainHead;
import dev.sealift.client.store.ChainPlace;
import dev.sealift.client.store.DisplacedFile;
import dev.sealift.client.store.HandedFile;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.store.StoreException;
import dev.sealift.client.value.Bytes;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.FileDot;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.FileKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks the files of one hand-over, one after the other, and takes over those that are new, within one batch: all of them, or none. Each must follow what this device has of its author's
 * chain, and build on what it has.
 */
final class Receiver {
  private final Replica replica;
  private final SpaceStore store;
  private final ContentKeys keys;
  private final Membership membership;
  private final List<Incarnation> incarnations;

  /** What is held without a place: the ends of chains, and each file. */
  private final Map<DeviceId, ChainHead> ends = new HashMap<>();

  private final Map<Dot, FileId> held = new HashMap<>();

  /** What waits for the mesh of others. */
  private final Load load = new Load();

  private record Dot(DeviceId device, long counter) {}

  Receiver(
      Replica replica,
      SpaceStore store,
      ContentKeys keys,
      Membership membership,
      List<Incarnation> incarnations) {
    this.replica = replica;
    this.store = store;
    this.keys = keys;
    this.membership = membership;
    this.incarnations = incarnations;
    replica.displacedFiles().forEach(this::hold);
  }

  private void hold(DisplacedFile kept) {
    SignedHeader file = Displaced.read(kept);
    hold(file);
    if (store.isTakenOver(kept)) {
      load.add(file.byteString().size() + (long) file.header().payloadLength(), () -> 0);
    }
  }

  private void hold(SignedHeader file) {
    FileHeader header = file.header();
    held.put(new Dot(header.device(), header.counter()), file.id());
    if (follows(file)) {
      ends.put(header.device(), new ChainHead(header.counter(), file.id()));
    }
  }

  private boolean follows(SignedHeader file) {
    Optional<ChainHead> end = end(file.header().device());
    return file.header().counter() == end.map(ChainHead::counter).orElse(0L) + 1
        && file.header().previous().equals(end.map(ChainHead::file));
  }

  private Optional<ChainHead> end(DeviceId device) {
    ChainHead waiting = ends.get(device);
    ChainHead inLog = isOwn(device)
        ? store
            .ownHead()
            .orElse(null) // also what has its receipt, and does not show in the log yet
        : replica.log().chains().get(device);
    return waiting != null && (inLog == null || waiting.counter() > inLog.counter())
        ? Optional.of(waiting)
        : Optional.ofNullable(inLog);
  }

  private boolean isOwn(DeviceId device) {
    return device.equals(replica.keys().id());
  }

  /** The file that is here at a place of a chain: in the log, of this device's own, or held. */
  private Optional<ChainPlace> placeAt(DeviceId device, long counter) {
    return store
        .chainAt(device, counter)
        .or(() -> waitingAt(device, counter).map(file -> new ChainPlace(Optional.of(file), 0)));
  }

  private Optional<FileId> waitingAt(DeviceId device, long counter) {
    Optional<FileId> own = isOwn(device) ? store.ownFileAt(counter) : Optional.empty();
    return own.or(() -> Optional.ofNullable(held.get(new Dot(device, counter))));
  }

  /**
   * Whether the file is new here.
   *
   * @throws SealiftException when it cannot be taken; the batch is to be given up then
   */
  boolean take(Handed handed, Batch batch) {
    SignedHeader file = handed.file();
    FileHeader header = file.header();
    Optional<ChainPlace> there = placeAt(header.device(), header.counter());
    if (there.isPresent()) {
      requireSame(file.id(), there.get());
      return false;
    }
    checkHeader(handed);
    checkAuthor(file);
    checkChain(file);
    header.buildsOn().forEach(this::checkIsHere);
    checkSeen(header);
    List<EventRun> runs =
        keys.open(file, handed.payload()).orElseThrow(() -> bad("a file cannot be opened"));
    load.add(handed.bytes(), () -> Replica.events(runs));
    take(handed, runs, batch);
    hold(file);
    return true;
  }

  private void take(Handed handed, List<EventRun> runs, Batch batch) {
    SignedHeader file = handed.file();
    DotRef dot = new DotRef(file.header().device(), file.header().counter(), file.id());
    HandedFile taken = new HandedFile(
        dot,
        Bytes.of(file.toByteArray()),
        Bytes.of(handed.payload().toByteArray()),
        file.header().time(),
        runs);
    try {
      if (!batch.takeOver(taken)) {
        throw bad("events are later than their file says");
      }
    } catch (StoreException e) {
      throw e.code() == StoreException.Code.TIME_AHEAD ? ahead(e) : e;
    }
  }

  private static void requireSame(FileId file, ChainPlace there) {
    if (!there.mayBe(file)) {
      throw conflict();
    }
  }

  private static SealiftException conflict() {
    return new SealiftException(
        ErrorCode.FILES_CONFLICT,
        "Another file is here in the place of one of these: two copies of one home went on apart. Nothing was taken; the mesh sorts it out once they have connected.");
  }

  private void checkHeader(Handed handed) {
    FileHeader header = handed.file().header();
    ByteString payload = handed.payload();
    boolean ofEvents = header.kind() == FileKind.FILE_KIND_EVENTS
        && header.generation() == 0
        && header.supersedes().isEmpty();
    if (!ofEvents || !handed.file().space().equals(membership.space())) {
      throw bad("a file is not one of events of this space");
    }
    if (!Hash.of(payload.toByteArray()).equals(header.payloadHash())) {
      throw bad("a payload is not the one that its header names");
    }
    if (!membership.isCurrent(header)) {
      throw missing("the key of a file is not the one that this device knows as the newest");
    }
  }

  private void checkAuthor(SignedHeader file) {
    boolean mayWrite =
        membership.device(file.header().device()).filter(Device::mayWrite).isPresent();
    Optional<VerifyingKey> key = membership.authorKey(file);
    if (!mayWrite || key.isEmpty()) {
      throw new SealiftException(
          ErrorCode.NOT_A_MEMBER,
          "As far as this device knows, the author of a file is not in the space, or may not write. Nothing was taken; connect to the mesh first if that has changed.");
    }
    if (!file.verify(key.get())) {
      throw bad("a file is not signed by its author");
    }
  }

  private void checkChain(SignedHeader file) {
    if (follows(file)) {
      return;
    }
    long next = end(file.header().device()).map(ChainHead::counter).orElse(0L) + 1;
    if (file.header().counter() <= next) {
      throw conflict(); // it follows another one than is here
    }
    throw missing("files " + next + " to " + (file.header().counter() - 1) + " of its author");
  }

  private void checkIsHere(FileDot dot) {
    Optional<ChainPlace> there = placeAt(dot.device(), dot.counter());
    if (there.isEmpty()) {
      throw missing("file " + dot.counter() + " of a device that its author had it from");
    }
    requireSame(dot.file(), there.get());
  }

  /**
   * What its author saw of the log is what this device has seen of it. If not, one of them has yet to hear that the mesh was restored; or he has made it up, or a mesh has shown them two: only the mesh's own signature could tell.
   */
  private void checkSeen(FileHeader header) {
    long bound = membership.rules().clockBoundMillis();
    boolean known = header.seen().sequence() <= replica.log().position();
    boolean excused = incarnations.stream()
        .anyMatch(begun -> begun.excuses(header.seen(), header.time().millis(), bound));
    if (known && !excused && !replica.holds(header.seen())) {
      throw missing("the log that its author says to have seen, which is another one than here");
    }
  }

  private static SealiftException missing(String what) {
    return new SealiftException(
        ErrorCode.FILES_MISSING,
        "A file builds on what this device does not have: " + what
            + ". Nothing was taken; connect to the mesh, or take those over first.");
  }

  private static SealiftException ahead(StoreException e) {
    return new SealiftException(
        ErrorCode.FILES_AHEAD,
        "A file is stamped further ahead of this device's clock than the space allows. Nothing was taken; look at both clocks, or try later.",
        e);
  }

  private static SealiftException bad(String why) {
    return new SealiftException(
        ErrorCode.BAD_HAND_OVER,
        "What was handed over is damaged, or by somebody who may not write it: " + why
            + ". Nothing was taken.");
  }
}
