package dev.sealift.merge;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.admission.AdmissionToken;
import dev.sealift.protocol.file.Attested;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.AppendRecorder;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Leaf;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.protocol.mesh.proto.StagedPayload;
import dev.sealift.protocol.proto.FileKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files of one space that one commit is to make durable, on top of what is durable or of the
 * draft before. Given up whole when that does not come true; nothing below it notices.
 */
final class Draft implements SpaceView {
  private final SpaceId space;
  private final long expectedSize;
  private final Hash expectedRoot;
  private final AppendRecorder recorder;
  private final Map<DeviceId, ChainHead> chainHeads = new HashMap<>();
  private final Map<Dot, Placed> dots = new HashMap<>();
  private final List<CommitFile> files = new ArrayList<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private final Map<DeviceId, Integer> begun = new HashMap<>();
  private final Map<FileId, DeviceId> completed = new HashMap<>();
  private final Map<Saying, List<Boolean>> said = new HashMap<>();
  private SpaceView below;
  private Optional<Membership> membership;
  private long lastServerTimeMillis;
  private long storedBytes;
  private long membershipBytes;
  private Optional<AdmissionToken> token;
  private ByteString grant = ByteString.EMPTY;
  private final Restorations expected;
  private Restorations restorations;
  private Optional<SignedIncarnation> begins = Optional.empty();
  private final List<SignedIncarnation> lost = new ArrayList<>();

  private Draft(SpaceId space, SpaceView below, CompactTree tree) {
    this.space = space;
    this.below = below;
    this.expectedSize = tree.size();
    this.expectedRoot = tree.root();
    this.recorder = new AppendRecorder(tree);
    this.membership = below.membership();
    this.lastServerTimeMillis = below.lastServerTimeMillis();
    this.storedBytes = below.storedBytes();
    this.membershipBytes = below.membershipBytes();
    this.token = below.token();
    this.expected = below.restorations();
    this.restorations = expected;
  }

  static Draft on(SpaceState state) {
    return new Draft(state.space(), state, state.tree());
  }

  static Draft on(Draft before) {
    return new Draft(before.space, before, before.tree());
  }

  /** The draft below has become durable: from now on this one stands on the state that took it over. */
  void rebase(SpaceState state) {
    below = state;
  }

  SpaceId space() {
    return space;
  }

  @Override
  public long size() {
    return recorder.size();
  }

  @Override
  public Optional<Membership> membership() {
    return membership;
  }

  @Override
  public ChainHead chainHead(DeviceId device) {
    ChainHead head = chainHeads.get(device);
    return head == null ? below.chainHead(device) : head;
  }

  @Override
  public long lastServerTimeMillis() {
    return lastServerTimeMillis;
  }

  @Override
  public long storedBytes() {
    return storedBytes;
  }

  @Override
  public long membershipBytes() {
    return membershipBytes;
  }

  @Override
  public Optional<AdmissionToken> token() {
    return token;
  }

  @Override
  public Restorations restorations() {
    return restorations;
  }

  /**
   * The space is kept under another token, once this draft is durable.
   *
   * @param bound the same, as the store keeps it
   */
  void renew(AdmissionToken newer, ByteString bound) {
    token = Optional.of(newer);
    grant = bound;
  }

  /**
   * With this draft the store learns of incarnations that were lost: not later than of the files that they excuse.
   *
   * @param told none of whose numbers is in {@link #restorations}
   */
  void tell(List<SignedIncarnation> told) {
    lost.addAll(told);
    restorations = restorations.told(told);
  }

  boolean tells() {
    return !lost.isEmpty();
  }

  /** With this draft the space begins an incarnation. */
  void begin(SignedIncarnation incarnation) {
    begins = Optional.of(incarnation);
    restorations = restorations.begun(incarnation);
  }

  Optional<SignedIncarnation> begins() {
    return begins;
  }

  /** The server time that the next file gets: now, or later when the clock has not moved on. */
  long nextServerTimeMillis(long nowMillis) {
    return Math.max(nowMillis, lastServerTimeMillis + 1);
  }

  /** @param place as far as everybody can work it out */
  private record Placed(FileId file, long place) {}

  /** The file that this draft, or the one below, has at a dot. */
  Optional<FileId> fileAt(Dot dot) {
    return placed(dot).map(Placed::file);
  }

  private Optional<Placed> placed(Dot dot) {
    Placed placed = dots.get(dot);
    if (placed != null) {
      return Optional.of(placed);
    }
    return below instanceof Draft before ? before.placed(dot) : Optional.empty();
  }

  /**
   * What the base of a device's next file is not below: the place of the file before it.
   *
   * @param answers of the store, which is asked for it when the head of the chain does not know
   */
  long base(DeviceId device, Answers answers) {
    ChainHead head = chainHead(device);
    return head.place().orElseGet(() -> place(answers.at(new Dot(device, head.counter()))));
  }

  /**
   * The place of a file that stands there, as far as everybody can work it out.
   *
   * @throws Refused when it was not looked up
   */
  long place(Dot dot, Answers answers) throws Refused {
    Optional<Placed> placed = placed(dot);
    if (placed.isPresent()) {
      return placed.get().place();
    }
    ChainHead head = chainHead(dot.device());
    return head.counter() == dot.counter() && head.place().isPresent()
        ? head.place().getAsLong()
        : place(answers.headed(dot).orElseThrow(Refused::notLookedUp));
  }

  /** What a device's next file follows, if that is a part of a compaction. */
  Part part(DeviceId device, Answers answers) {
    ChainHead head = chainHead(device);
    return head.part()
        .orElseGet(() -> Part.of(
            answers.at(new Dot(device, head.counter())).header().orElseThrow().header()));
  }

  private long place(Answers.Found found) {
    return membership
        .orElseThrow()
        .rules()
        .publicPlace(
            found.receipt().getServerTimeMillis(),
            found.receipt().getBase(),
            found.time().orElseThrow());
  }

  /**
   * The root that the log has at a size, of this draft or of what it stands on.
   *
   * @param answers of the store about the state below; empty when it was not asked
   */
  Optional<Hash> rootAt(long sizeThen, SpaceState state, Answers answers) {
    if (sizeThen >= expectedSize) {
      return Optional.of(Proofs.rootAt(sizeThen, recorder));
    }
    return below instanceof Draft before
        ? before.rootAt(sizeThen, state, answers)
        : state.recentRoot(sizeThen).or(() -> answers.root(sizeThen));
  }

  /**
   * Gives the file its place in the log.
   *
   * @param bearing what it does to compactions, as of this draft
   */
  Verdict.Admitted append(
      SignedHeader file,
      StagedPayload payload,
      Membership after,
      long serverTimeMillis,
      long base,
      Bearing bearing) {
    long sequence = size() + 1;
    Hash leaf = new Leaf(space, sequence, serverTimeMillis, base, file.id()).hash();
    CommitFile.Builder commit = commitFile(file, payload, leaf, serverTimeMillis, base);
    Part part = Part.of(file.header());
    part.toCommit(commit, bearing.holds(), part.isLast() && after.isOneDevice());
    commit.addAllAttestations(bearing.attestations());
    note(file, part);
    recorder.append(leaf);
    long place = after.rules().publicPlace(serverTimeMillis, base, file.header().time());
    chainHeads.put(file.header().device(), ChainHead.at(file, place));
    dots.put(Dot.of(file.header()), new Placed(file.id(), place));
    membership = Optional.of(after);
    lastServerTimeMillis = serverTimeMillis;
    storedBytes += (long) commit.getSignedHeader().size() + commit.getPayloadLength();
    if (file.header().kind() == FileKind.FILE_KIND_MEMBERSHIP) {
      membershipBytes += commit.getSignedHeader().size();
    }
    files.add(commit.build());
    return new Verdict.Admitted(sequence, serverTimeMillis, base);
  }

  private static CommitFile.Builder commitFile(
      SignedHeader file, StagedPayload payload, Hash leaf, long serverTimeMillis, long base) {
    return CommitFile.newBuilder()
        .setFile(file.id().byteString())
        .setSignedHeader(file.byteString())
        .setServerTimeMillis(serverTimeMillis)
        .setBase(base)
        .setLeafHash(leaf.byteString())
        .setDevice(file.header().device().byteString())
        .setCounter(file.header().counter())
        .setKind(file.header().kind())
        .setPayloadToken(payload.getToken())
        .setPayloadLength(payload.getLength())
        .setPayloadSha256(payload.getSha256())
        .setExpiresAtMillis(file.header().expiresAtMillis());
  }

  private void note(SignedHeader file, Part part) {
    FileHeader header = file.header();
    if (part.isFirst()) {
      begun.merge(header.device(), 1, Integer::sum);
    }
    if (part.isLast()) {
      completed.put(file.id(), header.device());
    }
    for (Attested one : header.attestations()) {
      said.computeIfAbsent(Saying.of(one, header), saying -> new ArrayList<>())
          .add(one.isContested());
    }
  }

  /** How many compactions of the device begin with this draft, or the one below. */
  int begun(DeviceId device) {
    int here = begun.getOrDefault(device, 0);
    return below instanceof Draft before ? here + before.begun(device) : here;
  }

  /**
   * The compaction of which something is said next, with what the device has said of it so far; empty when the log has none.
   *
   * @throws Refused when it was not looked up
   */
  Optional<Compaction> compaction(Saying saying, Answers answers) throws Refused {
    DeviceId author = completed.get(saying.compaction());
    Optional<Compaction> found = author != null
        ? Optional.of(Compaction.unsaid(author))
        : below instanceof Draft before
            ? before.compaction(saying, answers)
            : below.size() == 0 ? Optional.empty() : answers.compaction(saying);
    for (boolean contested : said.getOrDefault(saying, List.of())) {
      found = found.map(compaction -> compaction.after(contested));
    }
    return found;
  }

  /** The RFC 9162 path of a file of this draft to the head that this draft makes. */
  List<Hash> inclusionPath(long sequence) {
    return recorder.inclusion(sequence - 1);
  }

  /** Answered when this draft is durable, or judged again when it will never be. */
  void await(Waiting ask) {
    waiting.add(ask);
  }

  List<Waiting> waiting() {
    return waiting;
  }

  long expectedSize() {
    return expectedSize;
  }

  CompactTree tree() {
    return recorder.tree();
  }

  Map<DeviceId, ChainHead> chainHeads() {
    return chainHeads;
  }

  void toCommit(SpaceCommit.Builder commit) {
    commit
        .setSpace(space.byteString())
        .setExpectedSize(expectedSize)
        .setExpectedRoot(expectedRoot.byteString())
        .setExpectedIncarnation(expected.incarnation())
        .setExpectedRestored(expected.marked())
        .setExpectedLost(expected.lost().size())
        .setNewSize(size())
        .setNewRoot(recorder.root().byteString())
        .setNewFrontier(ByteString.copyFrom(recorder.frontier()))
        .setAdmissionToken(grant)
        .addAllFiles(files);
    begins.ifPresent(incarnation -> commit.setIncarnation(incarnation.exact()));
    lost.stream()
        .sorted(Restorations.BY_NUMBER)
        .forEach(incarnation -> commit.addLostIncarnations(incarnation.exact()));
  }
}
