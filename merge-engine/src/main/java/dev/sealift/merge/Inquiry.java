package dev.sealift.merge;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.Leaf;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.protocol.mesh.proto.CompactionQuestion;
import dev.sealift.protocol.mesh.proto.FoundFile;
import dev.sealift.protocol.mesh.proto.LookUpReply;
import dev.sealift.protocol.mesh.proto.LookUpRequest;
import dev.sealift.protocol.proto.Receipt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Questions to the store about a durable state, and always this one as well: is that state still
 * where the log ends? The root at its size must be as known, and there must be none one file later. And does the store know of the same
 * restoration and incarnations, which may change without the log?
 */
final class Inquiry {
  /**
   * @param isOutdated the state is no longer where the log ends, or is known to have begun another incarnation; what is durable stays true
   * @param isWhole a storage-adapter of an older version says nothing of compactions
   */
  record Result(boolean isOutdated, boolean isWhole, Answers answers) {}

  private final SpaceState state;
  private final List<Dot> dots;
  private final List<Long> sizes;
  private final List<Saying> sayings;
  private final List<DeviceId> beginners;
  private final boolean withHeaders;

  Inquiry(SpaceState state, Questions questions) {
    this.state = state;
    this.dots = Stream.concat(questions.dots().stream(), questions.bases().stream())
        .distinct()
        .toList();
    this.sizes = List.copyOf(questions.sizes());
    this.sayings = List.copyOf(questions.sayings());
    this.beginners = List.copyOf(questions.beginners());
    this.withHeaders = !questions.bases().isEmpty();
  }

  LookUpRequest request() {
    LookUpRequest.Builder request = LookUpRequest.newBuilder()
        .setSpace(state.space().byteString())
        .setSize(state.size())
        .addRootSizes(state.size())
        .addRootSizes(state.size() + 1)
        .addAllRootSizes(sizes)
        .setHeaders(withHeaders);
    dots.forEach(dot -> request.addDots(dot.toProto()));
    sayings.forEach(saying -> request.addCompactions(CompactionQuestion.newBuilder()
        .setCompaction(saying.compaction().byteString())
        .setDevice(saying.by().byteString())));
    beginners.forEach(device -> request.addBegunBy(device.byteString()));
    return request.build();
  }

  /**
   * Checks and reads the reply.
   *
   * @throws DistrustException when the store lost or changed what was durable, or proves nothing
   */
  Result read(LookUpReply reply) throws DistrustException {
    require(reply.getRootsCount() == sizes.size() + 2, StoreFault.LOOK_UP_UNVERIFIED);
    require(reply.getFilesCount() == dots.size(), StoreFault.LOOK_UP_UNVERIFIED);
    require(!reply.getRoots(0).isEmpty(), StoreFault.ROLLED_BACK);
    require(reply.getRoots(0).equals(state.root().byteString()), StoreFault.FORKED);
    boolean isOutdated = !reply.getRoots(1).isEmpty() || !state.restorations().isStill(reply);
    boolean isWhole =
        reply.getCompactionsCount() == sayings.size() && reply.getBegunCount() == beginners.size();
    return new Result(
        isOutdated,
        isWhole,
        isWhole
            ? new Answers(files(reply), roots(reply), compactions(reply), begun(reply))
            : Answers.NONE);
  }

  private Map<Saying, Optional<Compaction>> compactions(LookUpReply reply)
      throws DistrustException {
    Map<Saying, Optional<Compaction>> compactions = new HashMap<>();
    try {
      for (int i = 0; i < sayings.size(); i++) {
        compactions.put(sayings.get(i), Compaction.read(reply.getCompactions(i)));
      }
      return compactions;
    } catch (FormatException e) {
      throw new DistrustException(StoreFault.LOOK_UP_UNVERIFIED);
    }
  }

  private Map<DeviceId, Integer> begun(LookUpReply reply) {
    Map<DeviceId, Integer> begun = new HashMap<>();
    for (int i = 0; i < beginners.size(); i++) {
      begun.put(beginners.get(i), reply.getBegun(i));
    }
    return begun;
  }

  private Map<Dot, Answers.Found> files(LookUpReply reply) throws DistrustException {
    Map<Dot, Answers.Found> files = new HashMap<>();
    for (int i = 0; i < dots.size(); i++) {
      files.put(dots.get(i), verified(dots.get(i), reply.getFiles(i)));
    }
    return files;
  }

  private Answers.Found verified(Dot dot, FoundFile found) throws DistrustException {
    try {
      FileId file = FileId.parse(found.getFile());
      Receipt receipt = found.getReceipt();
      Leaf leaf = new Leaf(
          state.space(),
          receipt.getSequence(),
          receipt.getServerTimeMillis(),
          receipt.getBase(),
          file);
      require(
          Proofs.verifyInclusion(
              leaf.hash(),
              receipt.getSequence() - 1,
              state.size(),
              hashes(receipt.getPathList()),
              state.root()),
          StoreFault.LOOK_UP_UNVERIFIED);
      Optional<SignedHeader> header = header(dot, found, file);
      return new Answers.Found(file, receipt, header, time(found, header));
    } catch (FormatException e) {
      throw new DistrustException(StoreFault.LOOK_UP_UNVERIFIED);
    }
  }

  /** A chain's last header is there always; any other may have been reclaimed. */
  private Optional<SignedHeader> header(Dot dot, FoundFile found, FileId file)
      throws FormatException, DistrustException {
    boolean isLast = state.chainHead(dot.device()).counter() == dot.counter();
    if (!withHeaders || !isLast && found.getSignedHeader().isEmpty()) {
      return Optional.empty();
    }
    SignedHeader header = SignedHeader.parse(found.getSignedHeader());
    require(header.id().equals(file), StoreFault.LOOK_UP_UNVERIFIED);
    return Optional.of(header);
  }

  private Optional<HybridTime> time(FoundFile found, Optional<SignedHeader> header) {
    HybridTime kept = new HybridTime(found.getHybridTime());
    return withHeaders
        ? Optional.of(header.map(signed -> signed.header().time()).orElse(kept))
        : Optional.empty();
  }

  private Map<Long, Hash> roots(LookUpReply reply) throws DistrustException {
    Map<Long, Hash> roots = new HashMap<>();
    for (int i = 0; i < sizes.size(); i++) {
      roots.put(sizes.get(i), root(reply.getRoots(i + 2)));
    }
    return roots;
  }

  /** Every size asked for is within the log, so a store that has none has lost it. */
  private static Hash root(ByteString bytes) throws DistrustException {
    try {
      return Hash.parse(bytes);
    } catch (FormatException e) {
      throw new DistrustException(StoreFault.LOOK_UP_UNVERIFIED);
    }
  }

  static List<Hash> hashes(List<ByteString> path) throws FormatException {
    List<Hash> hashes = new ArrayList<>(path.size());
    for (ByteString node : path) {
      hashes.add(Hash.parse(node));
    }
    return hashes;
  }

  private static void require(boolean holds, StoreFault otherwise) throws DistrustException {
    if (!holds) {
      throw new DistrustException(otherwise);
    }
  }
}
