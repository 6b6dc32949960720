package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.ChainHead;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.client.vault.Vault;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.admission.AdmissionToken;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.evidence.ShownReceipt;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.MemberId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.membership.MembershipException;
import dev.sealift.protocol.wire.WelcomeStatement;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What a device remembers of its space beside the data: keys (sealed by the vault), who the space and its notary are, and the
 * log's state. Kept among the store's settings, so that it changes in one transaction with the data.
 */
public final class SpaceRecords {
  private static final String HANDED_OVER = "handedOver";
  private static final String MEMBER = "member";
  private static final String SPACE = "space";
  private static final String NOTARY = "notary";
  private static final String MESH = "mesh";
  private static final String EPOCH = "epoch.";
  private static final String INVITATION = "invitation";
  private static final String INVITATION_SEQUENCE = "invitation.sequence";
  private static final String TREE = "log.tree";
  private static final String EDGE = "log.edge";
  private static final String INCARNATION = "log.incarnation";
  private static final String INCARNATIONS = "log.incarnations";
  private static final String HELD_HEAD = "log.head.held";
  private static final String HEAD = "log.head";
  private static final String NEXT_HEAD = "log.head.next";
  private static final String MEMBERSHIP = "membership.";
  private static final String RECEIPT = "receipt.";
  private static final String WELCOME = "mesh.welcome";
  private static final String EVIDENCE = "evidence.";
  private static final String CLOCK = "mesh.clock";
  private static final String TOKEN = "admission.token";
  private static final String UNREADABLE = "unreadable";
  private static final String REPORTED = "position.reported";
  private static final String POSITION_SIGNED = "position.signed";
  private static final String EVENT_FILES = "compaction.eventFiles";
  private static final String COMPACTED = "compaction.lastMillis";

  private final SpaceStore store;
  private final Vault vault;

  public SpaceRecords(SpaceStore store, Vault vault) {
    this.store = store;
    this.vault = vault;
  }

  /** A new space: who this device belongs to. */
  public void start(Batch batch) {
    batch.putSetting(MEMBER, MemberId.random(new SecureRandom()).toByteArray());
  }

  /** What an invitation link says. */
  public void startJoining(
      Batch batch,
      SpaceId space,
      VerifyingKey notary,
      SignedTreeHead head,
      byte[] secret,
      long sequence) {
    startJoining(batch, space, notary, secret, sequence);
    putHeads(batch, LogState.empty().withHead(head));
  }

  /** Where nothing is known of the log. */
  void startJoining(Batch batch, SpaceId space, VerifyingKey notary, byte[] secret, long sequence) {
    putSpace(batch, space, notary);
    batch.putSetting(INVITATION, vault.seal(INVITATION, secret));
    batch.putSetting(INVITATION_SEQUENCE, longBytes(sequence));
  }

  public void putMesh(Batch batch, URI mesh) {
    batch.putSetting(MESH, mesh.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Whoever has it can use it, so it is sealed like a key. */
  public void putAdmissionToken(Batch batch, AdmissionToken token) {
    batch.putSetting(TOKEN, vault.seal(TOKEN, token.byteString().toByteArray()));
  }

  Optional<ByteString> admissionToken() {
    return read(TOKEN, bytes -> ByteString.copyFrom(vault.open(TOKEN, bytes)));
  }

  void putSpace(Batch batch, SpaceId space, VerifyingKey notary) {
    batch.putSetting(SPACE, space.toByteArray());
    batch.putSetting(NOTARY, notary.toByteArray());
  }

  void putEpochKey(Batch batch, EpochKey key) {
    String name = name(KeyName.of(key));
    batch.putSetting(name, vault.seal(name, key.secret()));
  }

  void removeEpochKey(Batch batch, KeyName key) {
    batch.removeSetting(name(key));
  }

  private static String name(KeyName key) {
    return key.id().isEmpty()
        ? EPOCH + key.epoch()
        : EPOCH + key.epoch() + "." + HexFormat.of().formatHex(key.id().toByteArray());
  }

  /** The heads that the notary was seen to sign, as far as they are still needed. */
  void putHeads(Batch batch, LogState state) {
    if (state.incarnation() != 0) {
      batch.putSetting(INCARNATION, longBytes(state.incarnation()));
    }
    if (!state.heldHead().equals(state.newestHead())) {
      putHead(batch, HELD_HEAD, state.heldHead()); // else the newest says it
    }
    putHead(batch, HEAD, state.newestHead());
    putHead(batch, NEXT_HEAD, state.nextHead());
  }

  private static void putHead(Batch batch, String name, Optional<SignedTreeHead> head) {
    head.ifPresentOrElse(
        signed -> batch.putSetting(name, signed.bytes()), () -> batch.removeSetting(name));
  }

  void putMembership(Batch batch, long number, SignedHeader file, long serverTimeMillis) {
    byte[] header = file.toByteArray();
    batch.putSetting(
        MEMBERSHIP + number,
        ByteBuffer.allocate(Long.BYTES + header.length)
            .putLong(serverTimeMillis)
            .put(header)
            .array());
  }

  void putLog(Batch batch, LogState state) {
    putHeads(batch, state);
    putTree(batch, state.tree(), state.serverTimeMillis());
  }

  /** The log's tree in front of the first file whose id is known, as are those of all behind it: empty unless the store came by a step over old files. */
  CompactTree edge() {
    Optional<byte[]> kept = store.setting(EDGE);
    if (kept.isEmpty()) {
      return new CompactTree();
    }
    ByteBuffer bytes = ByteBuffer.wrap(kept.get());
    try {
      return CompactTree.restore(
          bytes.getLong(), Arrays.copyOfRange(kept.get(), Long.BYTES, kept.get().length));
    } catch (FormatException e) {
      throw damaged(e);
    }
  }

  void putEdge(Batch batch, CompactTree tree) {
    byte[] frontier = tree.frontier();
    batch.putSetting(
        EDGE,
        ByteBuffer.allocate(Long.BYTES + frontier.length)
            .putLong(tree.size())
            .put(frontier)
            .array());
  }

  void removeEdge(Batch batch) {
    batch.removeSetting(EDGE);
  }

  void putTree(Batch batch, CompactTree tree, long serverTimeMillis) {
    if (tree.size() == 0) {
      batch.removeSetting(TREE);
      return;
    }
    byte[] frontier = tree.frontier();
    batch.putSetting(
        TREE,
        ByteBuffer.allocate(2 * Long.BYTES + frontier.length)
            .putLong(tree.size())
            .putLong(serverTimeMillis)
            .put(frontier)
            .array());
  }

  /** Kept for as long as files from before may come, for a mesh that lost some of them itself, and for who asks what it said that it lost. */
  void putIncarnations(Batch batch, List<SignedIncarnation> incarnations) {
    ByteString all = ByteString.EMPTY;
    for (SignedIncarnation signed : incarnations) {
      all = all.concat(signed.exact());
    }
    batch.putSetting(INCARNATIONS, all.toByteArray());
  }

  /** In their order. */
  List<SignedIncarnation> incarnations() {
    return read(INCARNATIONS, SpaceRecords::parseIncarnations).orElse(List.of());
  }

  private static List<SignedIncarnation> parseIncarnations(byte[] bytes) throws FormatException {
    List<SignedIncarnation> incarnations = new ArrayList<>();
    for (int at = 0; at + SignedIncarnation.BYTES <= bytes.length; at += SignedIncarnation.BYTES) {
      incarnations.add(
          SignedIncarnation.parse(ByteString.copyFrom(bytes, at, SignedIncarnation.BYTES)));
    }
    return incarnations;
  }

  /** Forgets the membership changes that came after a server time. */
  void removeMembershipAfter(Batch batch, long serverTimeMillis) throws FormatException {
    long number = 0;
    for (Optional<Link> link = membershipFile(0); link.isPresent(); ) {
      if (link.get().serverTimeMillis() > serverTimeMillis) {
        batch.removeSetting(MEMBERSHIP + number);
      }
      number++;
      link = membershipFile(number);
    }
  }

  void putReceipt(Batch batch, ShownReceipt receipt) {
    batch.putSetting(RECEIPT + receipt.receipt().getSequence(), receipt.bytes());
  }

  void removeReceipt(Batch batch, long sequence) {
    batch.removeSetting(RECEIPT + sequence);
  }

  /** Of places that the log is held up to. */
  void removeReceiptsUpTo(Batch batch, long size) {
    removeReceipts(batch, sequence -> sequence <= size);
  }

  /** Forgets what was promised of places that a restored mesh has taken back. */
  void removeReceiptsAfter(Batch batch, long size) {
    removeReceipts(batch, sequence -> sequence > size);
  }

  private void removeReceipts(Batch batch, LongPredicate which) {
    store.settingNames(RECEIPT).stream()
        .mapToLong(name -> Long.parseLong(name.substring(RECEIPT.length())))
        .filter(which)
        .forEach(sequence -> removeReceipt(batch, sequence));
  }

  void putClock(Batch batch, long offsetMillis) {
    batch.putSetting(CLOCK, longBytes(offsetMillis));
  }

  /**
   * The position that the mesh is told: by then it is on the disk, and so is everything before it. Nobody reads it: it is here for who
   * looks into a store, and a transaction without a change would sync nothing.
   */
  void putReported(Batch batch, long position) {
    batch.putSetting(REPORTED, longBytes(position));
  }

  /** The time of the last position that was signed here: the next one is above it. */
  void putPositionSigned(Batch batch, HybridTime time) {
    batch.putSetting(POSITION_SIGNED, longBytes(time.bits()));
  }

  HybridTime positionSigned() {
    return new HybridTime(number(POSITION_SIGNED));
  }

  /** The last file of this device's chain that was handed over, and has to stay as it is with all before it; 0 for none. */
  void putHandedOver(Batch batch, long counter) {
    batch.putSetting(HANDED_OVER, longBytes(counter));
  }

  long handedOver() {
    return number(HANDED_OVER);
  }

  void putUnreadable(Batch batch, long files) {
    batch.putSetting(UNREADABLE, longBytes(files));
  }

  /** How many files of events this device has applied since it began to make its last compaction. */
  void putEventFiles(Batch batch, long files) {
    batch.putSetting(EVENT_FILES, longBytes(files));
  }

  /** Empty in a store that was there before they were counted. */
  Optional<Long> eventFiles() {
    return store.setting(EVENT_FILES).map(bytes -> ByteBuffer.wrap(bytes).getLong());
  }

  /** A compaction of this device is whole in the log, at that server time. */
  void putCompacted(Batch batch, long serverTimeMillis) {
    batch.putSetting(COMPACTED, longBytes(serverTimeMillis));
  }

  /** When the last compaction of this device was whole in the log, by the mesh's clock. */
  public Optional<Long> lastCompactedMillis() {
    return store.setting(COMPACTED).map(bytes -> ByteBuffer.wrap(bytes).getLong());
  }

  /** Whether this device has made a compaction, and not sent all of it. */
  public boolean isCompacting() {
    return store.setting(Compacting.PLAN).isPresent();
  }

  /** What the notary said as the last connection began that it was believed in. */
  void putWelcome(Batch batch, WelcomeStatement statement) {
    batch.putSetting(WELCOME, statement.encode().toByteArray());
  }

  Optional<WelcomeStatement> welcome() {
    return read(WELCOME, bytes -> WelcomeStatement.parse(ByteString.copyFrom(bytes)));
  }

  /** What a mesh was caught at: as the device has signed it, by a name that says what it is. */
  void putEvidence(Batch batch, String name, ByteString signed) {
    batch.putSetting(EVIDENCE + name, signed.toByteArray());
  }

  /** The names of all that is kept. */
  List<String> evidence() {
    return store.settingNames(EVIDENCE).stream()
        .map(name -> name.substring(EVIDENCE.length()))
        .toList();
  }

  Optional<ByteString> evidence(String name) {
    return read(EVIDENCE + name, ByteString::copyFrom);
  }

  MemberId member() {
    return read(MEMBER, MemberId::of).orElseThrow(() -> damaged(null));
  }

  public Optional<SpaceId> space() {
    return read(SPACE, SpaceId::of);
  }

  public Optional<VerifyingKey> notary() {
    return read(NOTARY, VerifyingKey::of);
  }

  public Optional<URI> mesh() {
    return read(MESH, bytes -> URI.create(new String(bytes, StandardCharsets.UTF_8)));
  }

  Optional<EpochKey> epochKey(KeyName key) {
    String name = name(key);
    return read(name, bytes -> EpochKey.of(key.epoch(), vault.open(name, bytes)));
  }

  /** All that are kept, also of epochs that a restored mesh has lost. */
  List<EpochKey> epochKeys() {
    return store.settingNames(EPOCH).stream()
        .map(name -> read(name, bytes -> EpochKey.of(epoch(name), vault.open(name, bytes))))
        .flatMap(Optional::stream)
        .toList();
  }

  private static int epoch(String name) {
    int end = name.indexOf('.', EPOCH.length());
    return Integer.parseInt(name.substring(EPOCH.length(), end < 0 ? name.length() : end));
  }

  boolean hasEpochKey() {
    return !store.settingNames(EPOCH).isEmpty();
  }

  Optional<InvitationKeys> invitation() {
    return read(INVITATION, bytes -> InvitationKeys.derive(vault.open(INVITATION, bytes)));
  }

  long invitationSequence() {
    return number(INVITATION_SEQUENCE);
  }

  public long clockOffsetMillis() {
    return number(CLOCK);
  }

  /** Whether the mesh's clock was ever learned. */
  boolean knowsClock() {
    return store.setting(CLOCK).isPresent();
  }

  /** Files that were signed by a member and yet could not be read. */
  public long unreadable() {
    return number(UNREADABLE);
  }

  /** Which file the mesh has promised to be at a place that the log is not held up to. */
  Optional<FileId> promised(long sequence) {
    return store
        .setting(RECEIPT + sequence)
        .map(bytes -> bytes.length == FileId.BYTES
            ? parsed(bytes, FileId::of) // all that earlier versions kept
            : parsed(bytes, ShownReceipt::parse).file());
  }

  /** The receipt by which it did; empty where an earlier version did not keep that. */
  Optional<ShownReceipt> receipt(long sequence) {
    return store
        .setting(RECEIPT + sequence)
        .filter(bytes -> bytes.length != FileId.BYTES)
        .map(bytes -> parsed(bytes, ShownReceipt::parse));
  }

  /** The log's state as the last batch left it. */
  LogState log() {
    int incarnation = (int) number(INCARNATION);
    Optional<SignedTreeHead> held = read(HELD_HEAD, SignedTreeHead::parse);
    Optional<SignedTreeHead> newest = read(HEAD, SignedTreeHead::parse);
    Optional<SignedTreeHead> next = read(NEXT_HEAD, SignedTreeHead::parse);
    Optional<byte[]> tree = store.setting(TREE);
    if (tree.isEmpty()) {
      return new LogState(
          new CompactTree(), 0, incarnation, held, newest, next, Optional.empty(), Map.of());
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(tree.get());
      long size = bytes.getLong();
      long serverTimeMillis = bytes.getLong();
      byte[] frontier = Arrays.copyOfRange(tree.get(), bytes.position(), bytes.limit());
      CompactTree restored = CompactTree.restore(size, frontier);
      Membership membership = membership();
      LogState heads = new LogState(
          new CompactTree(), 0, incarnation, held, newest, next, Optional.empty(), Map.of());
      return heads.advanced(
          restored, serverTimeMillis, Optional.of(membership), chains(membership));
    } catch (FormatException | MembershipException e) {
      throw damaged(e);
    }
  }

  /** Who is in the space, as far as the log is held; empty before anything of it has come. */
  public Optional<Membership> members() {
    return log().membership();
  }

  /** Whether the log, as far as it is held, has a device in the space. */
  public boolean isMember(DeviceId device) {
    return members().flatMap(members -> members.device(device)).isPresent();
  }

  private Membership membership() throws FormatException, MembershipException {
    Membership membership =
        Membership.found(membershipFile(0).orElseThrow(() -> damaged(null)).header());
    for (Optional<Link> link = membershipFile(1); link.isPresent(); ) {
      membership = membership.apply(link.get().header(), link.get().serverTimeMillis());
      link = membershipFile(membership.number() + 1);
    }
    return membership;
  }

  private record Link(SignedHeader header, long serverTimeMillis) {}

  private Optional<Link> membershipFile(long number) throws FormatException {
    Optional<byte[]> bytes = store.setting(MEMBERSHIP + number);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    long time = ByteBuffer.wrap(bytes.get()).getLong();
    byte[] header = Arrays.copyOfRange(bytes.get(), Long.BYTES, bytes.get().length);
    return Optional.of(new Link(SignedHeader.parse(header), time));
  }

  private Map<DeviceId, ChainHead> chains(Membership membership) {
    Map<DeviceId, ChainHead> chains = new HashMap<>();
    membership
        .everDevices()
        .forEach(device ->
            store.chainHead(device.id()).ifPresent(head -> chains.put(device.id(), head)));
    return chains;
  }

  private long number(String name) {
    return store.setting(name).map(bytes -> ByteBuffer.wrap(bytes).getLong()).orElse(0L);
  }

  private static byte[] longBytes(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }

  private interface Reading<T> {
    T from(byte[] bytes) throws FormatException;
  }

  private <T> Optional<T> read(String name, Reading<T> reading) {
    return store.setting(name).map(bytes -> parsed(bytes, reading));
  }

  private static <T> T parsed(byte[] bytes, Reading<T> reading) {
    try {
      return reading.from(bytes);
    } catch (FormatException e) {
      throw damaged(e);
    }
  }

  private static SealiftException damaged(@Nullable Throwable cause) {
    return new SealiftException(
        ErrorCode.STORE_DAMAGED,
        "What this home remembers of the space is damaged. Restore it from a backup.",
        cause);
  }
}
