package dev.sealift.ops.hostile;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.client.error.SealiftException;
import dev.sealift.ops.simulate.Bed;
import dev.sealift.ops.simulate.BedDevice;
import dev.sealift.ops.simulate.Between;
import dev.sealift.ops.simulate.Way;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.Welcome;
import dev.sealift.protocol.wire.WelcomeStatement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where lies are told: a founder and another member, to whom nobody lies, and one device that is lied to. The liar has what it takes: the notary's key, a member's in league with it, all
 * that ever went over the wire, and the mesh's store. Whether a lie uses them is the lie's affair.
 */
final class Stage implements Between {
  private static final long LATE_AFTER_MILLIS = 60_000;
  private static final List<Long> DELAYS = List.of(0L, 5L, 80L);

  private final Bed bed;
  private final RandomGenerator dice;
  private final BedDevice founder;
  private final BedDevice other;
  private final Map<Way, Talk> talks = new IdentityHashMap<>();
  private final Map<DeviceId, Talk> current = new HashMap<>();
  private final Map<DeviceId, List<Frame>> said = new HashMap<>();

  /** What the founder has merged at the sizes of the log at which all was at rest. */
  private final Map<Long, Hash> truth = new HashMap<>();

  private @Nullable BedDevice victim;
  private Teller teller = Teller.HONEST;
  private StoreLie storeLie = StoreLie.HONEST;
  private @Nullable LyingStore store;
  private @Nullable Path trueStore;
  private long told;
  private long written;

  Stage(Bed bed) {
    this.bed = bed;
    this.dice = bed.dice();
    bed.keepIn(real -> {
      LyingStore lying = new LyingStore(real);
      store = lying;
      tellStore();
      return lying;
    });
    bed.stand(this);
    bed.mostDelayMillis(oneOf(DELAYS));
    founder = bed.found(rules());
    founder.write("first", "of the founder");
    Bed.Invited invited = bed.invite();
    other = bed.newcomer("other", invited);
    other.connect();
    BedDevice lied = bed.newcomer("victim", invited);
    victim = lied;
    lied.connect();
    settle();
    for (int i = between(1, 3); i > 0; i--) {
      write(i % 2 == 0 ? founder : lied);
      settle();
    }
  }

  private SpaceRules rules() {
    try {
      return dice.nextBoolean() ? SpaceRules.defaults() : SpaceRules.byArrival(LATE_AFTER_MILLIS);
    } catch (FormatException e) {
      throw new IllegalStateException("a minute is within bounds", e);
    }
  }

  Bed bed() {
    return bed;
  }

  BedDevice founder() {
    return founder;
  }

  BedDevice other() {
    return other;
  }

  /** Whom the liar lies to. */
  BedDevice victim() {
    return requireNonNull(victim);
  }

  /** The liar has another in mind from now on. */
  void victim(BedDevice whom) {
    victim = whom;
  }

  long nowMillis() {
    return bed.nowMillis();
  }

  SigningKey notary() {
    return bed.notary();
  }

  // Draws

  RandomGenerator dice() {
    return dice;
  }

  int between(int least, int most) {
    return least + dice.nextInt(most - least + 1);
  }

  <T> T oneOf(List<T> things) {
    return things.get(dice.nextInt(things.size()));
  }

  // What happens

  void write(BedDevice device) {
    written++;
    device.write("k" + between(1, 6), "note " + written);
  }

  /** All exchange what there is, and what comes of it is the truth from now on. */
  void settle() {
    if (!bed.rest()) {
      throw new NotSettledException("no rest: " + founder.state() + "; " + other.state() + "; "
          + victim().state() + "; the last met " + brief(victim().met()));
    }
    noteTruth();
  }

  /** The first of what a device met, each once. */
  static List<String> brief(List<SealiftException> met) {
    return met.stream()
        .map(one -> one.code() + " " + one.getMessage())
        .distinct()
        .limit(3)
        .toList();
  }

  void noteTruth() {
    truth.put(founder.position(), founder.mergeDigest());
  }

  /** What an honest device has merged that holds so much of the log; empty where none was ever asked. */
  Optional<Hash> truthAt(long size) {
    return Optional.ofNullable(truth.get(size));
  }

  /** The name of the last compaction in the true log. */
  FileId lastCompaction() {
    return bed.log().stream()
        .map(LogEntry::getSignedHeader)
        .filter(header -> !header.isEmpty())
        .map(Stage::parse)
        .filter(file -> file.header().kind() == FileKind.FILE_KIND_COMPACTION)
        .reduce((one, next) -> next)
        .orElseThrow()
        .id();
  }

  private static SignedHeader parse(ByteString header) {
    try {
      return SignedHeader.parse(header);
    } catch (FormatException e) {
      throw new IllegalStateException("what the mesh has admitted is well-formed", e);
    }
  }

  // The liar

  /** Lies from now on. */
  void tell(Teller with) {
    teller = with;
    with.begin();
  }

  Teller teller() {
    return teller;
  }

  /** As above, by the mesh's store. */
  void tell(StoreLie with) {
    storeLie = with;
    tellStore();
  }

  private void tellStore() {
    requireNonNull(store).tell(reply -> {
      ReadReply lie = storeLie.tell(reply);
      if (!lie.equals(reply)) {
        told++;
      }
      return lie;
    });
  }

  /** The mesh is to have that store again when the lie is over; the founder was disconnected. */
  void restores(Path store) {
    trueStore = store;
  }

  /** No more lies. */
  void repent() {
    teller = Teller.HONEST;
    storeLie = StoreLie.HONEST;
    tellStore();
    if (trueStore != null) {
      bed.exchangeStore(trueStore);
      trueStore = null;
      founder.connect();
    }
  }

  /** A lie was told just now. */
  void told() {
    told++;
  }

  /** How often one was. */
  long timesTold() {
    return told;
  }

  /** The true log, to go on with in another way. */
  ForgedLog log() {
    return new ForgedLog(notary(), founder.space(), bed.log());
  }

  /** The founder is in league with the mesh. */
  Pen pen() {
    return new Pen(founder.keys(), dice);
  }

  /** The connection that a device has or had last. */
  Talk talk(BedDevice device) {
    return requireNonNull(current.get(device.id()));
  }

  /** What was sent to a device so far, by the mesh itself. */
  List<Frame> said(BedDevice to, Predicate<Frame> which) {
    return said.getOrDefault(to.id(), List.of()).stream().filter(which).toList();
  }

  /** The Welcome as the notary signs it for a connection. */
  Frame signed(Talk talk, Welcome.Builder welcome) {
    try {
      WelcomeStatement statement =
          WelcomeStatement.sign(talk.handshake(notary().verifyingKey()), welcome, notary());
      return Frame.newBuilder()
          .setWelcome(welcome.setSignature(statement.signature()))
          .build();
    } catch (FormatException e) {
      throw new IllegalStateException("the Welcome is well-formed", e);
    }
  }

  // On the way

  @Override
  public List<byte[]> toDevice(Way way, byte[] message) {
    Frame frame = parse(message);
    Talk talk = talks.computeIfAbsent(way, Talk::new);
    talk.hear(frame);
    said.computeIfAbsent(way.of(), any -> new ArrayList<>()).add(frame);
    return isVictim(way) ? bytes(teller.toDevice(talk, frame)) : List.of(message);
  }

  @Override
  public List<byte[]> toMesh(Way way, byte[] message) {
    Frame frame = parse(message);
    Talk talk = talks.computeIfAbsent(way, Talk::new);
    talk.hear(frame);
    current.put(way.of(), talk);
    return isVictim(way) ? bytes(teller.toMesh(talk, frame)) : List.of(message);
  }

  private boolean isVictim(Way way) {
    BedDevice whom = victim;
    return whom != null && way.of().equals(whom.id());
  }

  private static List<byte[]> bytes(List<Frame> frames) {
    return frames.stream().map(Frame::toByteArray).toList();
  }

  private static Frame parse(byte[] message) {
    try {
      return Frame.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("what honest ends send are frames", e);
    }
  }
}
