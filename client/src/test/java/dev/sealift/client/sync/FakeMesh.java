package dev.sealift.client.sync;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.PositionReport;
import dev.sealift.protocol.proto.Refusal;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * A mesh in memory that speaks the wire protocol frame by frame, as gateway and merge engine do together. Honest by itself; a
 * {@link Wire} may tear, delay and twist what passes, and a device may be {@linkplain #show shown} another log than the others.
 *
 * <p>It has no thread: what a device sends is answered before its call returns, under the mesh's one lock, and what others
 * are pushed is queued at their ends.
 */
public final class FakeMesh implements Transport {
  public static final URI ADDRESS = URI.create("ws://mesh.test:7400");

  private final SigningKey notaryKey;
  private final AtomicLong aheadMillis = new AtomicLong();
  private final Random random = new Random(7);
  private final Map<SpaceId, FakeLog> logs = new HashMap<>();
  private final Map<DeviceId, FakeLog> shown = new HashMap<>();
  private final Map<DeviceId, PositionReport> positions = new HashMap<>();
  private final List<FakeConnection> connections = new ArrayList<>();
  private final List<Throwable> complaints = new ArrayList<>();
  private final List<Runnable> heldAnswers = new ArrayList<>();
  private Wire wire = Wire.HONEST;
  private Function<SignedHeader, Optional<Refusal>> refusals = file -> Optional.empty();
  private boolean up = true;
  private boolean holdsAnswers;
  private boolean takesCompactions;
  private boolean keepsPositions;
  private final Map<DeviceId, ByteString> signed = new TreeMap<>();
  private int positionsAsked;
  private int entriesAFrame = 1024;
  private int connects;

  public FakeMesh() {
    this(SigningKey.generate());
  }

  /** Another mesh that proves itself with the same key. */
  public FakeMesh(SigningKey notaryKey) {
    this.notaryKey = notaryKey;
  }

  // What tests do to it

  public synchronized void down() {
    up = false;
    cutAll();
  }

  public synchronized void up() {
    up = true;
  }

  /** Breaks every connection. */
  public synchronized void cutAll() {
    List.copyOf(connections).forEach(FakeConnection::cut);
  }

  /** The gateway of every connection stops in mid-instruction: sockets stay open, and nothing answers. New connections find another. */
  public synchronized void freezeAll() {
    connections.forEach(FakeConnection::freeze);
  }

  public synchronized void wire(Wire newWire) {
    wire = newWire;
  }

  /** Refuses files before looking at them. */
  public synchronized void refuse(Function<SignedHeader, Optional<Refusal>> newRefusals) {
    refusals = newRefusals;
  }

  /** From now on a device is shown this log; its files go there too. */
  public synchronized void show(DeviceId device, FakeLog log) {
    shown.put(device, log);
    push();
  }

  /** Everybody is shown the space's own log again. */
  public synchronized void showTruth() {
    shown.clear();
  }

  public synchronized void entriesAFrame(int entries) {
    entriesAFrame = entries;
  }

  /** From the next connections on it says so. */
  public synchronized void takeCompactions() {
    takesCompactions = true;
  }

  /** From the next connections on it says so, and tells devices what others have signed. */
  public synchronized void keepPositions() {
    keepsPositions = true;
  }

  /** Answers to Puts come after what they push, from now on until {@link #releaseAnswers}. */
  public synchronized void holdAnswers() {
    holdsAnswers = true;
  }

  public synchronized void releaseAnswers() {
    holdsAnswers = false;
    List<Runnable> held = List.copyOf(heldAnswers);
    heldAnswers.clear();
    held.forEach(Runnable::run);
  }

  /** Moves the mesh's clock away from the system's. */
  public void clockAhead(long millis) {
    aheadMillis.set(millis);
  }

  // What tests see of it

  public synchronized FakeLog log(String spaceInHex) {
    return logs.values().stream()
        .filter(log -> log.space().toString().equals(spaceInHex))
        .findFirst()
        .orElseThrow();
  }

  /** How many connections were asked for, also while it was down. */
  public synchronized int connects() {
    return connects;
  }

  public synchronized int heldAnswers() {
    return heldAnswers.size();
  }

  /** How far a device has said it is. */
  public synchronized long position(DeviceId device) {
    return report(device).getSequence();
  }

  /** What a device has said last of how far it is, and of itself. */
  public synchronized PositionReport report(DeviceId device) {
    return positions.getOrDefault(device, PositionReport.getDefaultInstance());
  }

  /** The newest position that a device has signed. */
  public synchronized Optional<ByteString> signedPosition(DeviceId device) {
    return Optional.ofNullable(signed.get(device));
  }

  /** As if a device had signed it. */
  public synchronized void sign(DeviceId device, ByteString position) {
    signed.put(device, position);
  }

  /** How often devices have asked what others have signed. */
  public synchronized int positionsAsked() {
    return positionsAsked;
  }

  /** What devices did that no gateway expects; empty at the end of every test. */
  public synchronized List<Throwable> complaints() {
    return List.copyOf(complaints);
  }

  public SigningKey notaryKey() {
    return notaryKey;
  }

  public VerifyingKey notary() {
    return notaryKey.verifyingKey();
  }

  public long meshMillis() {
    return System.currentTimeMillis() + aheadMillis.get();
  }

  /** A log of no space yet, for tests that write one themselves. */
  public FakeLog newLog() {
    return new FakeLog(notaryKey, this::meshMillis);
  }

  public synchronized void add(FakeLog log) {
    logs.put(log.space(), log);
  }

  /** Its store is gone, and it goes on with an empty one as if nothing had been: see {@link #add}. */
  public synchronized void loseEverything() {
    logs.clear();
    cutAll();
  }

  /** Files that did not come over a connection are there. */
  public synchronized void push() {
    List.copyOf(connections).forEach(FakeConnection::push);
  }

  /** Something for everybody. */
  public synchronized void deliverToAll(Frame frame) {
    List.copyOf(connections).forEach(connection -> connection.deliver(frame));
  }

  /** Something for one device. */
  public synchronized void deliverTo(DeviceId device, Frame frame) {
    List.copyOf(connections).stream()
        .filter(connection -> connection.device().equals(Optional.of(device)))
        .forEach(connection -> connection.deliver(frame));
  }

  /** What is no frame, for everybody. */
  public synchronized void deliverBytesToAll(byte[] bytes) {
    List.copyOf(connections).forEach(connection -> connection.deliverBytes(bytes));
  }

  @Override
  public synchronized Connection connect(URI mesh, Listener listener) throws TransportException {
    connects++;
    if (!up || !mesh.equals(ADDRESS)) {
      throw new TransportException(TransportException.Kind.UNREACHABLE, "it is down", null);
    }
    connections.removeIf(connection -> !connection.isOpen());
    FakeConnection connection = new FakeConnection(this, listener);
    connections.add(connection);
    return connection;
  }

  // For its connections

  Wire wire() {
    return wire;
  }

  int entriesAFrame() {
    return entriesAFrame;
  }

  Optional<Refusal> refusal(SignedHeader file) {
    return refusals.apply(file);
  }

  Optional<FakeLog> log(SpaceId space, Optional<DeviceId> device) {
    Optional<FakeLog> lie = device.flatMap(id -> Optional.ofNullable(shown.get(id)));
    return lie.isPresent() ? lie : Optional.ofNullable(logs.get(space));
  }

  void complain(Throwable what) {
    complaints.add(what);
  }

  void position(DeviceId device, PositionReport report) {
    positions.put(device, report);
    if (!report.getSignedPosition().isEmpty()) {
      signed.put(device, report.getSignedPosition());
    }
  }

  boolean keepsPositions() {
    return keepsPositions;
  }

  /** By device, whatever their spaces are: those of another one are for the devices to tell. */
  List<ByteString> signedBehind(ByteString device) {
    positionsAsked++;
    return signed.entrySet().stream()
        .filter(one -> ByteString.unsignedLexicographicalComparator()
                .compare(one.getKey().byteString(), device)
            > 0)
        .map(Map.Entry::getValue)
        .limit(Limits.MAX_POSITIONS)
        .toList();
  }

  boolean takesCompactions() {
    return takesCompactions;
  }

  void answer(FakeConnection connection, Frame frame) {
    if (holdsAnswers) {
      heldAnswers.add(() -> connection.deliver(frame));
    } else {
      connection.deliver(frame);
    }
  }

  ByteString randomBytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }
}
