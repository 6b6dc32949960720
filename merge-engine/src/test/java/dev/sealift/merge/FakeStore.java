package dev.sealift.merge;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.log.TreeNodes;
import dev.sealift.protocol.mesh.proto.AttestationEffect;
import dev.sealift.protocol.mesh.proto.ChainHead;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.mesh.proto.CommitReply;
import dev.sealift.protocol.mesh.proto.CommitRequest;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.FoundFile;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.LookUpReply;
import dev.sealift.protocol.mesh.proto.LookUpRequest;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.protocol.mesh.proto.StoredFile;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Receipt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A store in memory with the contract of a real one: compare-and-set on each space's head, whole
 * commits or none. It checks what it is given as no real store would, so that an engine that numbers
 * wrongly fails at once.
 */
final class FakeStore {
  /** As a storage-adapter has it. */
  static final int MAX_COMMIT_SPACES = 1024;

  private final Map<ByteString, List<CommitFile>> logs = new HashMap<>();
  private final Set<ByteString> lostTokens = new HashSet<>();
  private final Set<ByteString> damaged = new HashSet<>();
  private final Map<ByteString, ByteString> grants = new HashMap<>();
  private final Map<ByteString, Long> reclaimedBytes = new HashMap<>();
  private final Map<ByteString, List<ByteString>> begun = new HashMap<>();
  private final Map<ByteString, List<ByteString>> lost = new HashMap<>();
  private final Set<ByteString> sealed = new HashSet<>();
  private final Set<ByteString> withoutHeaders = new HashSet<>();
  private int restored;
  private boolean isOld;
  private int commits;
  private int conflicts;

  /** Its operator says that it was restored from an older state. */
  synchronized void markRestored(int number) {
    restored = number;
  }

  /** Begun ones and lost ones, in their order. */
  synchronized List<ByteString> incarnations(ByteString space) {
    return inOrder(begun(space), lost(space));
  }

  private static List<ByteString> inOrder(List<ByteString> some, List<ByteString> others) {
    List<ByteString> all = new ArrayList<>(some);
    all.addAll(others);
    all.sort((one, other) -> Integer.compareUnsigned(number(one), number(other)));
    return all;
  }

  synchronized List<ByteString> begun(ByteString space) {
    return begun.getOrDefault(space, List.of());
  }

  synchronized List<ByteString> lost(ByteString space) {
    return lost.getOrDefault(space, List.of());
  }

  /** Has begun these, and knows of none that was lost. */
  synchronized void putIncarnations(ByteString space, List<ByteString> signed) {
    begun.put(space, signed);
    lost.remove(space);
  }

  /** Its answers come from a storage-adapter of a version that knows of no compactions, or do no more. */
  synchronized void setOld(boolean old) {
    isOld = old;
  }

  /** Has no such space any more. */
  synchronized void lose(ByteString space) {
    logs.remove(space);
  }

  /** Of spaces, over all commits. */
  synchronized int conflicts() {
    return conflicts;
  }

  synchronized int commits() {
    return commits;
  }

  synchronized List<CommitFile> log(ByteString space) {
    return List.copyOf(logs.getOrDefault(space, List.of()));
  }

  /** A payload staged under this token is gone. */
  synchronized void loseToken(ByteString token) {
    lostTokens.add(token);
  }

  synchronized ByteString grant(ByteString space) {
    return grants.getOrDefault(space, ByteString.EMPTY);
  }

  synchronized void putGrant(ByteString space, ByteString grant) {
    grants.put(space, grant);
  }

  /** What superseded files held is gone. */
  synchronized void reclaim(ByteString space, long bytes) {
    reclaimedBytes.merge(space, bytes, Long::sum);
  }

  /** Something was reclaimed under this compaction. */
  synchronized void seal(FileId compaction) {
    sealed.add(compaction.byteString());
  }

  /** The header of this file is gone. */
  synchronized void reclaimHeader(FileId file) {
    withoutHeaders.add(file.byteString());
  }

  /** Forgets the newest files, as a store does that was restored from a backup. */
  synchronized void rollBack(ByteString space, int toSize) {
    List<CommitFile> log = logs.get(space);
    logs.put(space, new ArrayList<>(log.subList(0, toSize)));
  }

  /** Of this space nothing more can be appended, until it is repaired. */
  synchronized void damage(ByteString space) {
    damaged.add(space);
  }

  synchronized void repair(ByteString space) {
    damaged.remove(space);
  }

  synchronized void replace(ByteString space, List<CommitFile> log) {
    logs.put(space, new ArrayList<>(log));
  }

  synchronized LoadSpaceReply load(ByteString space) {
    List<CommitFile> log = logs.get(space);
    if (log == null) {
      return LoadSpaceReply.newBuilder().setRestored(restored).build();
    }
    CompactTree tree = tree(log, log.size());
    LoadSpaceReply.Builder reply = LoadSpaceReply.newBuilder()
        .setFound(true)
        .setSize(log.size())
        .setRoot(tree.root().byteString())
        .setFrontier(ByteString.copyFrom(tree.frontier()))
        .setLastServerTimeMillis(log.get(log.size() - 1).getServerTimeMillis())
        .setStoredBytes(log.stream()
                .mapToLong(file -> file.getSignedHeader().size() + file.getPayloadLength())
                .sum()
            - reclaimedBytes.getOrDefault(space, 0L))
        .setAdmissionToken(grants.getOrDefault(space, ByteString.EMPTY))
        .addAllIncarnations(begun(space))
        .addAllLostIncarnations(lost(space))
        .setRestored(restored);
    Map<ByteString, ChainHead> chains = new LinkedHashMap<>();
    for (int i = 0; i < log.size(); i++) {
      CommitFile file = log.get(i);
      chains.put(file.getDevice(), chainHead(file));
      if (file.getKind() == FileKind.FILE_KIND_MEMBERSHIP) {
        reply.addMembership(stored(file, i + 1));
      }
    }
    return reply.addAllChains(chains.values()).build();
  }

  private static ChainHead chainHead(CommitFile file) {
    return ChainHead.newBuilder()
        .setDevice(file.getDevice())
        .setCounter(file.getCounter())
        .setFile(file.getFile())
        .build();
  }

  private static StoredFile stored(CommitFile file, long sequence) {
    return StoredFile.newBuilder()
        .setSequence(sequence)
        .setServerTimeMillis(file.getServerTimeMillis())
        .setBase(file.getBase())
        .setSignedHeader(file.getSignedHeader())
        .build();
  }

  synchronized LookUpReply lookUp(LookUpRequest request) {
    List<CommitFile> log = logs.getOrDefault(request.getSpace(), List.of());
    LookUpReply.Builder reply = LookUpReply.newBuilder()
        .setIncarnation(newestIncarnation(request.getSpace()))
        .setLost(lost(request.getSpace()).size())
        .setRestored(restored);
    for (Dot dot : request.getDotsList()) {
      reply.addFiles(found(log, dot, request));
    }
    for (long size : request.getRootSizesList()) {
      reply.addRoots(
          size > log.size() ? ByteString.EMPTY : tree(log, (int) size).root().byteString());
    }
    if (isOld) {
      return reply.build();
    }
    FakeCompactions compactions = new FakeCompactions(log, sealed);
    request
        .getCompactionsList()
        .forEach(question -> reply.addCompactions(compactions.find(question)));
    request.getBegunByList().forEach(device -> reply.addBegun(compactions.begun(device)));
    return reply.build();
  }

  private FoundFile found(List<CommitFile> log, Dot dot, LookUpRequest request) {
    for (int i = 0; i < log.size(); i++) {
      CommitFile file = log.get(i);
      if (file.getDevice().equals(dot.getDevice()) && file.getCounter() == dot.getCounter()) {
        Receipt.Builder receipt = Receipt.newBuilder()
            .setSequence(i + 1L)
            .setServerTimeMillis(file.getServerTimeMillis())
            .setBase(file.getBase());
        for (Hash node : Proofs.inclusion(i, request.getSize(), nodes(log))) {
          receipt.addPath(node.byteString());
        }
        FoundFile.Builder found =
            FoundFile.newBuilder().setFile(file.getFile()).setReceipt(receipt);
        if (request.getHeaders() && withoutHeaders.contains(file.getFile())) {
          found.setHybridTime(time(file));
        } else if (request.getHeaders()) {
          found.setSignedHeader(file.getSignedHeader());
        }
        return found.build();
      }
    }
    return FoundFile.getDefaultInstance();
  }

  private static long time(CommitFile file) {
    try {
      return SignedHeader.parse(file.getSignedHeader()).header().time().bits();
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  synchronized CommitReply commit(CommitRequest request) {
    commits++;
    if (request.getCommitsCount() > MAX_COMMIT_SPACES) {
      throw new AssertionError("more spaces in a commit than a store takes");
    }
    CommitReply.Builder reply = CommitReply.newBuilder();
    request.getCommitsList().forEach(commit -> reply.addResults(commit(commit)));
    conflicts += (int) reply.getResultsList().stream()
        .filter(result -> result == CommitResult.COMMIT_RESULT_CONFLICT)
        .count();
    return reply.build();
  }

  private CommitResult commit(SpaceCommit commit) {
    List<CommitFile> log = logs.getOrDefault(commit.getSpace(), List.of());
    Hash root = tree(log, log.size()).root();
    if (log.size() != commit.getExpectedSize()
        || !root.byteString().equals(commit.getExpectedRoot())
        || newestIncarnation(commit.getSpace()) != commit.getExpectedIncarnation()
        || restored != commit.getExpectedRestored()
        || lost(commit.getSpace()).size() != commit.getExpectedLost()
        || hasAny(lost(commit.getSpace()), commit.getLostIncarnationsList())
        || commit.getFilesList().stream().anyMatch(this::contestsSealed)) {
      return CommitResult.COMMIT_RESULT_CONFLICT;
    }
    if (commit.getFilesList().stream().anyMatch(f -> lostTokens.contains(f.getPayloadToken()))) {
      return CommitResult.COMMIT_RESULT_PAYLOAD_MISSING;
    }
    if (damaged.contains(commit.getSpace())) {
      return CommitResult.COMMIT_RESULT_DAMAGED;
    }
    List<CommitFile> longer = new ArrayList<>(log);
    longer.addAll(commit.getFilesList());
    CompactTree tree = tree(longer, longer.size());
    if (longer.size() != commit.getNewSize()
        || !tree.root().byteString().equals(commit.getNewRoot())
        || !ByteString.copyFrom(tree.frontier()).equals(commit.getNewFrontier())) {
      throw new AssertionError("the engine committed a tree that is not the files'");
    }
    logs.put(commit.getSpace(), longer);
    if (hasAny(begun(commit.getSpace()), commit.getLostIncarnationsList())) {
      throw new AssertionError("the engine told of a lost incarnation whose number has begun");
    }
    lost.put(commit.getSpace(), inOrder(lost(commit.getSpace()), commit.getLostIncarnationsList()));
    if (!commit.getIncarnation().isEmpty()) {
      List<ByteString> all = new ArrayList<>(begun(commit.getSpace()));
      all.add(commit.getIncarnation());
      begun.put(commit.getSpace(), all);
    }
    if (!commit.getAdmissionToken().isEmpty()) {
      grants.put(commit.getSpace(), commit.getAdmissionToken());
    }
    return CommitResult.COMMIT_RESULT_COMMITTED;
  }

  private boolean contestsSealed(CommitFile file) {
    return file.getAttestationsList().stream()
        .anyMatch(said -> said.getEffect() == AttestationEffect.ATTESTATION_EFFECT_CONTESTS
            && sealed.contains(said.getCompaction()));
  }

  private static boolean hasAny(List<ByteString> known, List<ByteString> incarnations) {
    return known.stream()
        .anyMatch(one -> incarnations.stream().anyMatch(other -> number(one) == number(other)));
  }

  private int newestIncarnation(ByteString space) {
    List<ByteString> all = begun(space);
    return all.isEmpty() ? 0 : number(all.get(all.size() - 1));
  }

  private static int number(ByteString signed) {
    try {
      return SignedIncarnation.parse(signed).incarnation().number();
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  private static CompactTree tree(List<CommitFile> log, int size) {
    CompactTree tree = new CompactTree();
    log.subList(0, size).forEach(file -> tree.append(leaf(file)));
    return tree;
  }

  private static Hash leaf(CommitFile file) {
    try {
      return Hash.parse(file.getLeafHash());
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  /** Any complete subtree, computed from its leaves. */
  private static TreeNodes nodes(List<CommitFile> log) {
    return (level, index) -> tree(
            log.subList((int) (index << level), (int) ((index + 1) << level)), 1 << level)
        .root();
  }
}
