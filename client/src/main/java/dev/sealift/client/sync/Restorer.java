package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.store.KeptFile;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Put;
import dev.sealift.protocol.proto.PutFile;
import dev.sealift.protocol.proto.PutResult;
import dev.sealift.protocol.proto.Restoration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Brings files back to a mesh that was restored from an older state, one Put after another, up to the largest signed head that this
 * device holds to: that head is what proves to the mesh that it once had them. Incarnations that the mesh has lost go with them.
 */
final class Restorer {
  /** Of one Put: a largest frame's room less what stands around the files. */
  private static final long PUT_BYTES = Limits.MAX_PAYLOAD_BYTES;

  private final SpaceStore store;
  private final Optional<SignedTreeHead> head;
  private final HeldTree tree;
  private final List<ByteString> lost;
  private final Consumer<Frame> out;
  private long next;
  private int filesUnderWay;
  private long bytesUnderWay;
  private long request;
  private boolean telling;

  /**
   * @param head the largest within what is held
   * @param lost signed incarnations that the mesh knows nothing of any more
   */
  Restorer(
      SpaceStore store,
      HeldTree tree,
      Optional<SignedTreeHead> head,
      List<ByteString> lost,
      Consumer<Frame> out) {
    this.store = store;
    this.lost = lost;
    this.head = head;
    this.tree = tree;
    this.out = out;
  }

  /**
   * Sends the first files behind what the mesh has.
   *
   * @return whether there is anything to bring
   */
  boolean start(long meshSize) {
    next = meshSize + 1;
    return sendNext() || tell(meshSize);
  }

  /**
   * Brings nothing but the lost incarnations, with one file that the mesh need not take: its log went another way than this device's, or has all of
   * it already.
   *
   * @return whether there are any
   */
  boolean tell(long meshSize) {
    next = Math.min(meshSize, end());
    boolean tells = !lost.isEmpty() && next > 0 && send(1);
    telling = tells;
    return tells;
  }

  private long end() {
    return head.map(signed -> signed.head().size()).orElse(0L);
  }

  /** Of the files that were sent last. */
  long bytesUnderWay() {
    return bytesUnderWay;
  }

  private boolean sendNext() {
    return next <= end() && send((int) Math.min(Limits.MAX_PUT_FILES, end() - next + 1));
  }

  private boolean send(int most) {
    if (!tree.reachesBackTo(next)) {
      return false; // nothing can be proved there
    }
    List<KeptFile> files = few(store.files(next, most, PUT_BYTES));
    if (files.isEmpty()) {
      return false; // from before files were kept
    }
    filesUnderWay = files.size();
    bytesUnderWay = files.stream().mapToLong(file -> file.payload().length()).sum();
    out.accept(Frame.newBuilder().setPut(put(files, head.orElseThrow())).build());
    return true;
  }

  /** Not more than a mesh looks up at once: of all the files that these build on, as many as one may. */
  private static List<KeptFile> few(List<KeptFile> files) {
    int named = 0;
    for (int i = 0; i < files.size(); i++) {
      named += buildsOn(files.get(i));
      if (i > 0 && named > Limits.MAX_BUILDS_ON) {
        return files.subList(0, i);
      }
    }
    return files;
  }

  private static int buildsOn(KeptFile file) {
    try {
      return SignedHeader.parse(ByteString.copyFrom(file.header().toByteArray()))
          .header()
          .buildsOn()
          .size();
    } catch (FormatException e) {
      throw new IllegalStateException("a file of the log is well-formed", e);
    }
  }

  private Put put(List<KeptFile> files, SignedTreeHead signed) {
    long last = next + files.size() - 1;
    Restoration.Builder restoration = Restoration.newBuilder()
        .setFirstSequence(next)
        .setSignedHead(signed.byteString())
        .addAllIncarnations(lost);
    for (Hash hash : Proofs.consistency(last, signed.head().size(), tree)) {
      restoration.addConsistency(hash.byteString());
    }
    Put.Builder put = Put.newBuilder().setRequest(++request).setRestoration(restoration);
    for (KeptFile file : files) {
      put.addFiles(PutFile.newBuilder()
          .setSignedHeader(ByteString.copyFrom(file.header().toByteArray()))
          .setPayload(ByteString.copyFrom(file.payload().toByteArray()))
          .setServerTimeMillis(file.serverTimeMillis()));
    }
    return put.build();
  }

  /**
   * Goes on with the next files.
   *
   * @return whether there were any
   * @throws MeshBusyException when the mesh takes nothing, or not these files: others may have brought what it was on another way. What it
   *     signs when it has recovered is checked; until then it has not said anything
   */
  boolean answered(PutResult result) throws FormatException {
    if (result.getRequest() != request || result.getOutcomesCount() != filesUnderWay) {
      throw new FormatException("the mesh answered another Put than the one under way");
    }
    if (telling) {
      return false;
    }
    for (var outcome : result.getOutcomesList()) {
      if (outcome.hasRefusal()) {
        throw new MeshBusyException(outcome.getRefusal().getRetryAfterMillis());
      }
    }
    next += filesUnderWay;
    return sendNext();
  }
}
