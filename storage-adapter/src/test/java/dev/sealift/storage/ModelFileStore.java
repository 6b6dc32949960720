package dev.sealift.storage;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.AppendRecorder;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.ChainHead;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.mesh.proto.CommitReply;
import dev.sealift.protocol.mesh.proto.CommitRequest;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.DevicePosition;
import dev.sealift.protocol.mesh.proto.DeviceSeen;
import dev.sealift.protocol.mesh.proto.DevicesReply;
import dev.sealift.protocol.mesh.proto.DevicesRequest;
import dev.sealift.protocol.mesh.proto.EntriesReply;
import dev.sealift.protocol.mesh.proto.EntriesRequest;
import dev.sealift.protocol.mesh.proto.ExpireReply;
import dev.sealift.protocol.mesh.proto.ExpireRequest;
import dev.sealift.protocol.mesh.proto.FoundFile;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.LoadSpaceRequest;
import dev.sealift.protocol.mesh.proto.LookUpReply;
import dev.sealift.protocol.mesh.proto.LookUpRequest;
import dev.sealift.protocol.mesh.proto.OutlineReply;
import dev.sealift.protocol.mesh.proto.OutlineRequest;
import dev.sealift.protocol.mesh.proto.PositionsReply;
import dev.sealift.protocol.mesh.proto.PositionsRequest;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.mesh.proto.ReadRequest;
import dev.sealift.protocol.mesh.proto.ReclaimHindrance;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.protocol.mesh.proto.SignedPositionsReply;
import dev.sealift.protocol.mesh.proto.SignedPositionsRequest;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.protocol.mesh.proto.SpaceSize;
import dev.sealift.protocol.mesh.proto.SpacesReply;
import dev.sealift.protocol.mesh.proto.SpacesRequest;
import dev.sealift.protocol.mesh.proto.StageReply;
import dev.sealift.protocol.mesh.proto.StageRequest;
import dev.sealift.protocol.mesh.proto.StagedPayload;
import dev.sealift.protocol.mesh.proto.StoredFile;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Gap;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.OutlinePart;
import dev.sealift.protocol.proto.PayloadAbsence;
import dev.sealift.protocol.proto.ProvenEntry;
import dev.sealift.protocol.proto.Receipt;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What a store must do, in the plainest way: lists in memory, one request at a time, no tiles and no indexes. */
public final class ModelFileStore implements FileStore {
  private static final int ENTRY_OVERHEAD_BYTES = 48;
  private static final Comparator<ByteString> BY_BYTES =
      ByteString.unsignedLexicographicalComparator();

  private static final class Space {
    private final List<CommitFile> files = new ArrayList<>();
    private final List<Optional<ByteString>> payloads = new ArrayList<>(); // empty: gone
    private final Set<Integer> expired = new HashSet<>();
    private final Set<Integer> withoutHeaders = new HashSet<>();
    private ByteString admissionToken = ByteString.EMPTY;
    private final List<ByteString> incarnations = new ArrayList<>();
    private final List<ByteString> lostIncarnations = new ArrayList<>();
    private final Map<ByteString, Long> positions = new HashMap<>();
    private final Map<ByteString, Long> seen = new HashMap<>();
    private final Map<ByteString, ByteString> signed = new HashMap<>();
    private final Set<Long> sealed = new HashSet<>(); // last parts

    ModelCompactions compactions() {
      return new ModelCompactions(files, sealed, expired);
    }

    long serverTime() {
      return files.isEmpty() ? 0 : files.get(files.size() - 1).getServerTimeMillis();
    }

    /** Those whose payload is to expire, in the order in which they do. */
    List<Integer> expiring() {
      return IntStream.range(0, files.size())
          .boxed()
          .filter(i -> files.get(i).getExpiresAtMillis() > 0 && payloads.get(i).isPresent())
          .sorted(Comparator.comparingLong(i -> files.get(i).getExpiresAtMillis()))
          .toList();
    }

    long firstExpiry() {
      return expiring().stream()
          .mapToLong(i -> files.get(i).getExpiresAtMillis())
          .findFirst()
          .orElse(0);
    }

    boolean hasExpired() {
      return firstExpiry() > 0 && firstExpiry() <= serverTime();
    }

    void see(ByteString device, long position) {
      boolean isFurther = position > positions.getOrDefault(device, 0L);
      long now = System.currentTimeMillis();
      if (isFurther) {
        positions.put(device, position);
      }
      if (isFurther || seen.getOrDefault(device, 0L) < now - StoreLimits.SEEN_STALE_MILLIS) {
        seen.put(device, now);
      }
    }

    CompactTree tree(long size) {
      CompactTree tree = new CompactTree();
      files.subList(0, (int) size).forEach(file -> tree.append(hash(file.getLeafHash())));
      return tree;
    }

    ByteString header(int index) {
      return withoutHeaders.contains(index)
          ? ByteString.EMPTY
          : files.get(index).getSignedHeader();
    }

    long newestIncarnation() {
      return incarnations.isEmpty()
          ? 0
          : IncarnationRows.number(incarnations.get(incarnations.size() - 1));
    }

    List<ByteString> allIncarnations() {
      return Stream.concat(incarnations.stream(), lostIncarnations.stream()).toList();
    }

    long bytes(int index) {
      return header(index).size() + payloads.get(index).map(ByteString::size).orElse(0);
    }

    AppendRecorder nodes() {
      AppendRecorder nodes = new AppendRecorder(new CompactTree());
      files.forEach(file -> nodes.append(hash(file.getLeafHash())));
      return nodes;
    }
  }

  /** What outlives a restart. */
  public static final class Disk {
    private final Map<ByteString, Space> spaces = new HashMap<>();
    private long restored;

    /** As though so much time had gone by since devices were seen. */
    void age(long millis) {
      spaces.values().forEach(space -> space.seen.replaceAll((device, at) -> at - millis));
    }

    void markRestored(InstantSource clock) throws StoreOpenException {
      if (spaces.values().stream()
          .anyMatch(space -> space.allIncarnations().size() >= Limits.MAX_INCARNATIONS)) {
        throw new StoreOpenException.RestoredTooOften("in memory", Limits.MAX_INCARNATIONS);
      }
      long highest = spaces.values().stream()
          .flatMap(space -> space.allIncarnations().stream())
          .mapToLong(IncarnationRows::number)
          .reduce(restored, Math::max);
      restored = RestorationMark.next(highest, clock);
    }
  }

  private final Disk disk;
  private final Map<ByteString, ByteString> staged = new HashMap<>();
  private int tokens;
  private boolean closed;

  public ModelFileStore(Disk disk) {
    this.disk = disk;
  }

  private static Hash hash(ByteString bytes) {
    try {
      return Hash.parse(bytes);
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  private synchronized <T> CompletionStage<T> answer(Supplier<T> work) {
    try {
      if (closed) {
        throw new StoreException(MeshFailure.UNAVAILABLE, "closed");
      }
      return CompletableFuture.completedFuture(work.get());
    } catch (StoreException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private Space spaceReaching(ByteString id, long size) {
    Space space = disk.spaces.getOrDefault(id, new Space());
    if (space.files.size() < size) {
      throw new StoreException(MeshFailure.UNAVAILABLE, "shorter");
    }
    return space;
  }

  @Override
  public CompletionStage<StageReply> stage(StageRequest request) {
    return answer(() -> {
      StageReply.Builder reply = StageReply.newBuilder();
      request.getPayloadsList().forEach(payload -> reply.addStaged(stage(payload)));
      return reply.build();
    });
  }

  private StagedPayload stage(ByteString payload) {
    ByteString token = ByteString.copyFromUtf8("token " + tokens++);
    staged.put(token, payload);
    return StagedPayload.newBuilder()
        .setToken(token)
        .setLength(payload.size())
        .setSha256(Hash.of(payload.toByteArray()).byteString())
        .build();
  }

  @Override
  public CompletionStage<CommitReply> commit(CommitRequest request) {
    return answer(() -> {
      CommitReply.Builder reply = CommitReply.newBuilder();
      request.getCommitsList().forEach(commit -> reply.addResults(commit(commit)));
      return reply.build();
    });
  }

  private CommitResult commit(SpaceCommit commit) {
    Space space = disk.spaces.getOrDefault(commit.getSpace(), new Space());
    long size = space.files.size();
    boolean sameRoot =
        size == 0 || space.tree(size).root().byteString().equals(commit.getExpectedRoot());
    if (size != commit.getExpectedSize() || !sameRoot) {
      return CommitResult.COMMIT_RESULT_CONFLICT;
    }
    long newest = space.newestIncarnation();
    if (commit.hasExpectedIncarnation() && commit.getExpectedIncarnation() != (int) newest
        || commit.hasExpectedLost() && commit.getExpectedLost() != space.lostIncarnations.size()
        || commit.hasExpectedRestored() && commit.getExpectedRestored() != (int) disk.restored) {
      return CommitResult.COMMIT_RESULT_CONFLICT;
    }
    if (!commit.getFilesList().stream().allMatch(this::isStaged)) {
      return CommitResult.COMMIT_RESULT_PAYLOAD_MISSING;
    }
    if (commit.getFilesList().stream().anyMatch(file -> isTaken(space, file))) {
      return CommitResult.COMMIT_RESULT_CONFLICT;
    }
    if (hasAny(space.incarnations, IncarnationRows.begun(commit))
        || hasAny(space.lostIncarnations, commit.getLostIncarnationsList())) {
      return CommitResult.COMMIT_RESULT_CONFLICT;
    }
    List<CommitFile> longer = new ArrayList<>(space.files);
    longer.addAll(commit.getFilesList());
    ModelCompactions then = new ModelCompactions(longer, space.sealed, space.expired);
    if (!space.sealed.stream().allMatch(then::stands)) {
      return CommitResult.COMMIT_RESULT_CONFLICT;
    }
    disk.spaces.put(commit.getSpace(), space);
    for (CommitFile file : commit.getFilesList()) {
      space.files.add(file);
      space.see(file.getDevice(), 0);
      space.payloads.add(Optional.of(staged.remove(file.getPayloadToken())));
    }
    if (!commit.getAdmissionToken().isEmpty()) {
      space.admissionToken = commit.getAdmissionToken();
    }
    space.incarnations.addAll(IncarnationRows.begun(commit));
    space.incarnations.sort(Comparator.comparing(IncarnationRows::number));
    space.lostIncarnations.addAll(commit.getLostIncarnationsList());
    space.lostIncarnations.sort(Comparator.comparing(IncarnationRows::number));
    return CommitResult.COMMIT_RESULT_COMMITTED;
  }

  /** By their numbers. */
  private static boolean hasAny(List<ByteString> known, List<ByteString> incarnations) {
    return known.stream()
        .anyMatch(one -> incarnations.stream()
            .anyMatch(other -> IncarnationRows.number(one) == IncarnationRows.number(other)));
  }

  private boolean isStaged(CommitFile file) {
    ByteString payload = staged.get(file.getPayloadToken());
    return payload != null
        && payload.size() == file.getPayloadLength()
        && Hash.of(payload.toByteArray()).byteString().equals(file.getPayloadSha256());
  }

  private static boolean isTaken(Space space, CommitFile file) {
    return space.files.stream()
        .anyMatch(other ->
            other.getDevice().equals(file.getDevice()) && other.getCounter() == file.getCounter());
  }

  @Override
  public CompletionStage<LoadSpaceReply> loadSpace(LoadSpaceRequest request) {
    return answer(() -> {
      Space space = disk.spaces.get(request.getSpace());
      LoadSpaceReply.Builder reply = space == null ? LoadSpaceReply.newBuilder() : load(space);
      return reply.setRestored((int) disk.restored).build();
    });
  }

  private static LoadSpaceReply.Builder load(Space space) {
    CompactTree tree = space.tree(space.files.size());
    LoadSpaceReply.Builder reply = LoadSpaceReply.newBuilder().setFound(true);
    reply.setSize(tree.size()).setRoot(tree.root().byteString());
    reply.setFrontier(ByteString.copyFrom(tree.frontier()));
    Map<ByteString, CommitFile> heads = new LinkedHashMap<>();
    for (int i = 0; i < space.files.size(); i++) {
      CommitFile file = space.files.get(i);
      heads.put(file.getDevice(), file);
      reply.setLastServerTimeMillis(file.getServerTimeMillis());
      if (file.getKind() == FileKind.FILE_KIND_MEMBERSHIP) {
        reply.addMembership(StoredFile.newBuilder()
            .setSequence(i + 1)
            .setServerTimeMillis(file.getServerTimeMillis())
            .setBase(file.getBase())
            .setSignedHeader(file.getSignedHeader()));
      }
    }
    reply.setStoredBytes(
        IntStream.range(0, space.files.size()).mapToLong(space::bytes).sum());
    reply.setAdmissionToken(space.admissionToken);
    reply.addAllIncarnations(space.incarnations);
    reply.addAllLostIncarnations(space.lostIncarnations);
    heads.values().forEach(file -> reply.addChains(chainHead(file)));
    return reply;
  }

  private static ChainHead chainHead(CommitFile file) {
    return ChainHead.newBuilder()
        .setDevice(file.getDevice())
        .setCounter(file.getCounter())
        .setFile(file.getFile())
        .build();
  }

  @Override
  public CompletionStage<LookUpReply> lookUp(LookUpRequest request) {
    return answer(() -> {
      Space space = spaceReaching(request.getSpace(), request.getSize());
      LookUpReply.Builder reply = LookUpReply.newBuilder();
      if (!space.files.isEmpty()) {
        reply.setIncarnation((int) space.newestIncarnation());
        reply.setLost(space.lostIncarnations.size()).setRestored((int) disk.restored);
      }
      request.getDotsList().forEach(dot -> reply.addFiles(find(space, dot, request)));
      for (long size : request.getRootSizesList()) {
        boolean isThere = size <= space.files.size();
        reply.addRoots(isThere ? space.tree(size).root().byteString() : ByteString.EMPTY);
      }
      ModelCompactions compactions = space.compactions();
      request
          .getCompactionsList()
          .forEach(question -> reply.addCompactions(compactions.find(question)));
      request.getBegunByList().forEach(device -> reply.addBegun(compactions.begun(device)));
      return reply.build();
    });
  }

  private static SignedHeader parsed(CommitFile file) {
    try {
      return SignedHeader.parse(file.getSignedHeader());
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  private static FoundFile find(Space space, Dot dot, LookUpRequest request) {
    for (int i = 0; i < request.getSize(); i++) {
      CommitFile file = space.files.get(i);
      if (file.getDevice().equals(dot.getDevice()) && file.getCounter() == dot.getCounter()) {
        return FoundFile.newBuilder()
            .setFile(file.getFile())
            .setReceipt(receipt(space, i, request.getSize()))
            .setSignedHeader(request.getHeaders() ? space.header(i) : ByteString.EMPTY)
            .setHybridTime(
                request.getHeaders() && space.header(i).isEmpty()
                    ? parsed(file).header().time().bits()
                    : 0)
            .build();
      }
    }
    return FoundFile.getDefaultInstance();
  }

  private static Receipt receipt(Space space, int index, long size) {
    Receipt.Builder receipt = Receipt.newBuilder()
        .setSequence(index + 1)
        .setServerTimeMillis(space.files.get(index).getServerTimeMillis())
        .setBase(space.files.get(index).getBase());
    Proofs.inclusion(index, size, space.nodes())
        .forEach(hash -> receipt.addPath(hash.byteString()));
    return receipt.build();
  }

  @Override
  public CompletionStage<ReadReply> read(ReadRequest request) {
    return answer(() -> read(spaceReaching(request.getSpace(), request.getHeadSize()), request));
  }

  private static ReadReply read(Space space, ReadRequest request) {
    long left = Math.min(Integer.toUnsignedLong(request.getMaxBytes()), StoreLimits.MAX_READ_BYTES);
    long most = Integer.toUnsignedLong(request.getMaxFiles());
    most = Math.max(1, Math.min(most, StoreLimits.MAX_READ_FILES));
    ReadReply.Builder reply = ReadReply.newBuilder();
    long reached = request.getAfterSequence();
    while (reached < request.getHeadSize() && reply.getEntriesCount() < most) {
      LogEntry entry = entry(space, (int) reached, request.getOmitPayloadsOf());
      left -= entry.getSignedHeader().size() + entry.getPayload().size() + ENTRY_OVERHEAD_BYTES;
      if (reply.getEntriesCount() > 0
          && (left < 0 || isReclaimed(entry) && !isReclaimed(reply.getEntries(0)))) {
        break;
      }
      reply.addEntries(entry);
      reached++;
    }
    if (reached > 0 && reached < request.getHeadSize()) {
      Proofs.consistency(reached, request.getHeadSize(), space.nodes())
          .forEach(hash -> reply.addConsistency(hash.byteString()));
    }
    return reply.build();
  }

  private static boolean isReclaimed(LogEntry entry) {
    return entry.getAbsence() == PayloadAbsence.PAYLOAD_ABSENCE_RECLAIMED;
  }

  private static LogEntry entry(Space space, int index, ByteString omitted) {
    CommitFile file = space.files.get(index);
    LogEntry.Builder entry = LogEntry.newBuilder()
        .setSignedHeader(space.header(index))
        .setServerTimeMillis(file.getServerTimeMillis())
        .setBase(file.getBase());
    if (space.header(index).isEmpty()) {
      entry.setFile(file.getFile());
    }
    Optional<ByteString> payload = space.payloads.get(index);
    if (payload.isEmpty()) {
      boolean isExpired = space.expired.contains(index) && !space.header(index).isEmpty();
      return entry
          .setAbsence(
              isExpired
                  ? PayloadAbsence.PAYLOAD_ABSENCE_EXPIRED
                  : PayloadAbsence.PAYLOAD_ABSENCE_RECLAIMED)
          .build();
    }
    return file.getDevice().equals(omitted)
        ? entry.setAbsence(PayloadAbsence.PAYLOAD_ABSENCE_OWN).build()
        : entry.setPayload(payload.get()).build();
  }

  /** Entry by entry, and a gap is what a tree needs of the leaves that it has alone. */
  @Override
  public CompletionStage<OutlineReply> outline(OutlineRequest request) {
    return answer(() -> {
      Space space = spaceReaching(request.getSpace(), request.getHeadSize());
      OutlineReply.Builder reply = OutlineReply.newBuilder();
      long left =
          Math.min(Integer.toUnsignedLong(request.getMaxBytes()), StoreLimits.MAX_READ_BYTES);
      long most = Integer.toUnsignedLong(request.getMaxEntries());
      most = Math.max(1, Math.min(most, StoreLimits.MAX_READ_FILES));
      long reached = request.getAfterSequence();
      long at = reached;
      int entries = 0;
      while (at < request.getUpTo() && entries < most) {
        if (isOfOutline(space.files.get((int) at)) && !space.header((int) at).isEmpty()) {
          LogEntry entry = entry(space, (int) at, ByteString.EMPTY);
          List<Gap> gaps = gaps(space, reached, at, request.getStopsList());
          left -= gaps.stream().mapToLong(gap -> 34L * gap.getHashesCount()).sum();
          left -= ENTRY_OVERHEAD_BYTES;
          left -= entry.getSignedHeader().size() + entry.getPayload().size();
          if (left < 0 && entries > 0) {
            break;
          }
          add(reply, gaps);
          reply.addParts(OutlinePart.newBuilder().setEntry(entry));
          reached = at + 1;
          entries++;
        }
        at++;
      }
      if (at == request.getUpTo() && entries < most) {
        add(reply, gaps(space, reached, at, request.getStopsList()));
        reached = at;
      }
      if (reached > 0 && reached < request.getHeadSize()) {
        Proofs.consistency(reached, request.getHeadSize(), space.nodes())
            .forEach(hash -> reply.addConsistency(hash.byteString()));
      }
      return reply.build();
    });
  }

  private static boolean isOfOutline(CommitFile file) {
    return file.getKind() == FileKind.FILE_KIND_MEMBERSHIP
        || file.getKind() == FileKind.FILE_KIND_ATTESTATION;
  }

  private static void add(OutlineReply.Builder reply, List<Gap> gaps) {
    gaps.forEach(gap -> reply.addParts(OutlinePart.newBuilder().setGap(gap)));
  }

  private static List<Gap> gaps(Space space, long from, long to, List<Long> stops) {
    List<Gap> gaps = new ArrayList<>();
    long begin = from;
    for (long at = from + 1; at <= to; at++) {
      if (at == to || stops.contains(at)) {
        gaps.add(gap(space, begin, at));
        begin = at;
      }
    }
    return gaps;
  }

  private static Gap gap(Space space, long from, long to) {
    Gap.Builder gap = Gap.newBuilder().setFiles(to - from);
    for (long at = from; at < to; ) {
      long leaves = 1;
      while (at % (2 * leaves) == 0 && at + 2 * leaves <= to) {
        leaves *= 2;
      }
      CompactTree subtree = new CompactTree();
      space
          .files
          .subList((int) at, (int) (at + leaves))
          .forEach(file -> subtree.append(hash(file.getLeafHash())));
      gap.addHashes(subtree.root().byteString());
      at += leaves;
    }
    return gap.build();
  }

  @Override
  public CompletionStage<EntriesReply> entries(EntriesRequest request) {
    return answer(() -> {
      Space space = spaceReaching(request.getSpace(), request.getHeadSize());
      EntriesReply.Builder reply = EntriesReply.newBuilder();
      long left =
          Math.min(Integer.toUnsignedLong(request.getMaxBytes()), StoreLimits.MAX_READ_BYTES);
      for (long sequence : request.getSequencesList()) {
        LogEntry entry = entry(space, (int) sequence - 1, ByteString.EMPTY);
        left -= entry.getSignedHeader().size() + entry.getPayload().size() + ENTRY_OVERHEAD_BYTES;
        if (left < 0 && reply.getEntriesCount() > 0) {
          break;
        }
        ProvenEntry.Builder proven =
            ProvenEntry.newBuilder().setSequence(sequence).setEntry(entry);
        Proofs.inclusion(sequence - 1, request.getHeadSize(), space.nodes())
            .forEach(hash -> proven.addPath(hash.byteString()));
        reply.addEntries(proven);
      }
      return reply.build();
    });
  }

  @Override
  public CompletionStage<CompactionsReply> compactions(CompactionsRequest request) {
    return answer(() -> {
      Space space = spaceReaching(request.getSpace(), request.getHeadSize());
      CompactionsReply.Builder reply = space.compactions().answer(request);
      if (request.getExpiry()) {
        reply.setExpiresAtMillis(space.firstExpiry()).setServerTimeMillis(space.serverTime());
      }
      if (request.getMaxExpiring() > 0) {
        int expiring = Math.min(space.expiring().size(), request.getMaxExpiring());
        reply.setExpiring(expiring).setMoreExpiring(expiring == request.getMaxExpiring());
      }
      return reply.build();
    });
  }

  @Override
  public CompletionStage<ReclaimReply> reclaim(ReclaimRequest request) {
    return answer(() -> {
      Space space = disk.spaces.getOrDefault(request.getSpace(), new Space());
      ReclaimReply.Builder reply = ReclaimReply.newBuilder();
      ReclaimHindrance hindrance = hindrance(space, request, reply);
      return hindrance == ReclaimHindrance.RECLAIM_HINDRANCE_UNSPECIFIED
              && request.getMaxFiles() > 0
          ? reclaim(space, request)
          : reply.setHindrance(hindrance).build();
    });
  }

  private ReclaimHindrance hindrance(
      Space space, ReclaimRequest request, ReclaimReply.Builder reply) {
    long compaction = request.getCompaction();
    if (compaction > space.files.size() || !space.compactions().stands(compaction)) {
      return ReclaimHindrance.RECLAIM_HINDRANCE_NOT_STANDING;
    }
    if (disk.restored > space.newestIncarnation()) {
      return ReclaimHindrance.RECLAIM_HINDRANCE_RECOVERING;
    }
    if (space.compactions().stoodAt(compaction) >= request.getStoodBeforeMillis()) {
      return ReclaimHindrance.RECLAIM_HINDRANCE_GRACE;
    }
    long behind = space.seen.entrySet().stream()
        .filter(seen -> seen.getValue() >= request.getSeenSinceMillis())
        .filter(seen -> space.positions.getOrDefault(seen.getKey(), 0L) < compaction)
        .count();
    reply.setDevicesBehind(behind);
    return behind > 0
        ? ReclaimHindrance.RECLAIM_HINDRANCE_DEVICES_BEHIND
        : ReclaimHindrance.RECLAIM_HINDRANCE_UNSPECIFIED;
  }

  private static ReclaimReply reclaim(Space space, ReclaimRequest request) {
    space.sealed.add(request.getCompaction());
    ModelCompactions compactions = space.compactions();
    ReclaimReply.Builder reply = ReclaimReply.newBuilder();
    long sequence = Math.max(request.getAfter(), compactions.first(request.getCompaction()) - 1);
    long base = compactions.base(request.getCompaction());
    for (int i = 0; i < request.getMaxFiles() && sequence < base; i++) {
      sequence++;
      if (compactions.goes(request.getCompaction(), sequence)) {
        drop(space, (int) sequence - 1, compactions.isFollowed(sequence), reply);
      }
    }
    return reply.setLookedAt(sequence < base ? sequence : 0).build();
  }

  private static void drop(Space space, int index, boolean header, ReclaimReply.Builder reply) {
    long before = space.bytes(index);
    boolean hadPayload = space.payloads.set(index, Optional.empty()).isPresent();
    boolean hadHeader = header && space.withoutHeaders.add(index);
    if (hadPayload || hadHeader) {
      reply.setFiles(reply.getFiles() + 1);
      reply.setBytes(reply.getBytes() + before - space.bytes(index));
    }
  }

  @Override
  public CompletionStage<ExpireReply> expire(ExpireRequest request) {
    return answer(() -> {
      Space space = disk.spaces.getOrDefault(request.getSpace(), new Space());
      ExpireReply.Builder reply =
          ExpireReply.newBuilder().setRecovering(disk.restored > space.newestIncarnation());
      for (int i = 0; i < request.getMaxFiles() && mayExpire(space, reply); i++) {
        int index = space.expiring().get(0);
        reply.setFiles(reply.getFiles() + 1);
        reply.setBytes(
            reply.getBytes() + space.payloads.get(index).orElseThrow().size());
        space.payloads.set(index, Optional.empty());
        space.expired.add(index);
      }
      return reply
          .setMore(mayExpire(space, reply))
          .setExpiresAtMillis(space.firstExpiry())
          .build();
    });
  }

  private static boolean mayExpire(Space space, ExpireReply.Builder reply) {
    return !reply.getRecovering() && space.hasExpired();
  }

  @Override
  public CompletionStage<SignedPositionsReply> signedPositions(SignedPositionsRequest request) {
    return answer(() -> {
      Space space = disk.spaces.getOrDefault(request.getSpace(), new Space());
      SignedPositionsReply.Builder reply = SignedPositionsReply.newBuilder();
      space.signed.entrySet().stream()
          .filter(signed -> BY_BYTES.compare(signed.getKey(), request.getAfter()) > 0)
          .filter(signed -> sequenceOf(signed.getValue()) <= request.getHeadSize())
          .sorted(Map.Entry.comparingByKey(BY_BYTES))
          .limit(Limits.MAX_POSITIONS)
          .forEach(signed -> reply.addSignedPositions(signed.getValue()));
      return reply.build();
    });
  }

  @Override
  public CompletionStage<SpacesReply> spaces(SpacesRequest request) {
    return answer(() -> {
      SpacesReply.Builder reply = SpacesReply.newBuilder();
      long most = StoreLimits.toldSpaces(request.getLimit());
      disk.spaces.entrySet().stream()
          .filter(space -> BY_BYTES.compare(space.getKey(), request.getAfter()) > 0)
          .sorted(Map.Entry.comparingByKey(BY_BYTES))
          .limit(most)
          .forEach(space -> reply.addSpaces(SpaceSize.newBuilder()
              .setSpace(space.getKey())
              .setSize(space.getValue().files.size())
              .setExpired(space.getValue().hasExpired())));
      return reply.build();
    });
  }

  @Override
  public CompletionStage<DevicesReply> devices(DevicesRequest request) {
    return answer(() -> {
      Space space = disk.spaces.getOrDefault(request.getSpace(), new Space());
      DevicesReply.Builder reply = DevicesReply.newBuilder();
      space.seen.entrySet().stream()
          .filter(seen -> BY_BYTES.compare(seen.getKey(), request.getAfter()) > 0)
          .sorted(Map.Entry.comparingByKey(BY_BYTES))
          .limit(StoreLimits.MAX_TOLD_DEVICES)
          .forEach(seen -> reply.addDevices(DeviceSeen.newBuilder()
              .setDevice(seen.getKey())
              .setPosition(space.positions.getOrDefault(seen.getKey(), 0L))
              .setSeenAtMillis(seen.getValue())));
      return reply.build();
    });
  }

  @Override
  public CompletionStage<PositionsReply> recordPositions(PositionsRequest request) {
    return answer(() -> {
      request.getPositionsList().forEach(this::record);
      return PositionsReply.getDefaultInstance();
    });
  }

  private void record(DevicePosition position) {
    Space space = disk.spaces.get(position.getSpace());
    boolean isWithin = space != null && position.getSequence() <= space.files.size();
    if (isWithin && position.getSequence() > 0) {
      space.see(position.getDevice(), position.getSequence());
      if (!position.getSignedPosition().isEmpty()) {
        space.signed.merge(
            position.getDevice(), position.getSignedPosition(), SignedPosition::newer);
      }
    }
  }

  private static long sequenceOf(ByteString signed) {
    return signed.asReadOnlyByteBuffer().getLong(SignedPosition.SEQUENCE_OFFSET);
  }

  @Override
  public CompletionStage<List<DevicePosition>> positions(SpaceId id) {
    return answer(() -> {
      Space space = disk.spaces.getOrDefault(id.byteString(), new Space());
      List<DevicePosition> positions = new ArrayList<>();
      space.positions.forEach((device, sequence) -> positions.add(DevicePosition.newBuilder()
          .setSpace(id.byteString())
          .setDevice(device)
          .setSequence(sequence)
          .build()));
      positions.sort(Comparator.comparing(
          DevicePosition::getDevice, ByteString.unsignedLexicographicalComparator()));
      return positions;
    });
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
