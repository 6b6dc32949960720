package dev.sealift.client;

import static dev.sealift.client.World.put;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.sync.Await;
import dev.sealift.client.sync.FakeConnection;
import dev.sealift.client.sync.Wire;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.Position;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Problem;
import dev.sealift.protocol.proto.ProblemCode;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What devices sign of their positions, and what others make of it. */
class PositionsTest {
  @TempDir
  Path folder;

  private World world;

  @BeforeEach
  void start() {
    world = new World(folder);
    world.mesh.keepPositions();
  }

  @AfterEach
  void end() {
    world.close();
  }

  private static String id(Space space) {
    return space.status().device();
  }

  private static List<String> seenBy(Space space, String key) {
    return space.table("cities").delivery(key).orElseThrow().seenBy();
  }

  private static Delivery.Reader reader(Space space, Space other) {
    return space.delivery().others().stream()
        .filter(reader -> reader.device().equals(id(other)))
        .findFirst()
        .orElseThrow();
  }

  private SignedPosition signedBy(Space space) {
    try {
      return SignedPosition.parse(world.mesh.signedPosition(World.device(space)).orElseThrow());
    } catch (FormatException e) {
      throw new AssertionError("a device signs what is well-formed", e);
    }
  }

  /** The mesh knows that a device holds all there is. */
  private void signs(Space space) {
    long size = world.log(space).size();
    Await.until(
        "it has signed where it is",
        () -> world
            .mesh
            .signedPosition(World.device(space))
            .filter(any -> signedBy(space).position().sequence() == size)
            .isPresent());
  }

  private void write(Space space, String key) {
    put(space, key, "Hobart");
    Await.done(space.whenDurable());
  }

  /** As if it had come from the device; its key is not to be had, so nobody's signature holds. */
  private ByteString forged(Space as, Position position) {
    return SignedPosition.sign(position, SigningKey.generate()).exact();
  }

  @Test
  void whoOnlyReadsShowsThatItHasSeen() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    write(a, "1");
    world.agree(a, b);
    CompletableFuture<Void> seen = a.whenSeenBy(id(b));
    Await.done(seen);
    assertThat(seenBy(a, "1")).containsExactly(id(b));
    assertThat(reader(a, b).hasAll()).isTrue();
    assertThat(reader(a, b).signed())
        .contains(java.time.Instant.ofEpochMilli(signedBy(b).position().time().millis()));
    assertThat(a.delivery().asOf()).isEqualTo(reader(a, b).signed());
    assertThat(a.delivery().behind()).isZero();
  }

  @Test
  void whoeverWatchesIsToldOfItAndItIsKnownInAHomeThatIsOpenedAgain() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    write(a, "1");
    world.agree(a, b);
    signs(b);
    List<Delivery> told = new CopyOnWriteArrayList<>();
    try (Watch watch = a.watchDelivery(Runnable::run, told::add)) {
      Await.until(
          "it is told that b has it",
          () -> told.get(told.size() - 1).others().get(0).hasAll());
    }
    Delivery before = a.delivery();
    world.close("a");
    assertThat(world.home("a").space("household").delivery()).isEqualTo(before);
  }

  @Test
  void nothingIsAskedWhileNobodyWantsToKnow() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    for (int i = 0; i < 5; i++) {
      write(a, "key" + i);
    }
    world.agree(a, b);
    signs(a);
    signs(b);
    assertThat(world.mesh.positionsAsked()).isZero();
    a.delivery();
    Await.until("it is asked", () -> world.mesh.positionsAsked() > 0);
    for (int i = 0; i < 20; i++) {
      a.delivery();
      write(a, "more" + i);
    }
    assertThat(world.mesh.positionsAsked()).as("not within five seconds").isEqualTo(1);
  }

  /** One from before there were any. */
  @Test
  void aMeshThatKeepsNoneIsToldAndAskedNothing() {
    world.close();
    world = new World(folder.resolve("another"));
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    write(a, "1");
    world.agree(a, b);
    a.delivery();
    Await.until(
        "it knows where b is",
        () -> world.mesh.position(World.device(b)) == world.log(a).size());
    assertThat(world.mesh.report(World.device(b)).getSignedPosition()).isEmpty();
    assertThat(world.mesh.positionsAsked()).isZero();
  }

  @Test
  void eachIsOfTheWholeLogAndLaterThanTheOneBefore() {
    Space a = world.found("a");
    List<Position> signed = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      write(a, "key" + round);
      world.agree(a);
      signs(a);
      signed.add(signedBy(a).position());
      a.disconnect();
      a.connect();
      HybridTime before = signed.get(signed.size() - 1).time();
      Await.until(
          "with each connection it signs anew",
          () -> signedBy(a).position().time().isAfter(before));
    }
    for (Position position : signed) {
      assertThat(position.root())
          .isEqualTo(world.log(a).headAt(position.sequence()).head().root());
      assertThat(position.space()).isEqualTo(world.log(a).space());
      assertThat(position.device()).isEqualTo(World.device(a));
    }
    assertThat(signed).extracting(Position::time).isSorted();
  }

  /** What a mesh does not show it cannot hide that others have. */
  @Test
  void howManyFilesTheMeshKeepsBackIsKnown() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    world.agree(a, b);
    long shown = world.log(a).size();
    world.mesh.show(World.device(a), world.log(a).upTo(shown));
    write(b, "1");
    write(b, "2");
    signs(b);
    a.delivery();
    Await.until("it knows", () -> a.delivery().behind() == 2);
    assertThat(a.status().position()).isEqualTo(shown);
    assertThat(reader(a, b).holds()).as("of what a has").isLessThanOrEqualTo(shown);
    world.close("a");
    Space again = world.home("a").space("household");
    assertThat(again.delivery().behind()).isEqualTo(2);

    world.mesh.showTruth();
    again.connect();
    Await.done(again.whenUpToDate());
    Await.until("it has come there", () -> again.delivery().behind() == 0);
    assertThat(reader(again, b).holds()).as("without asking").isGreaterThanOrEqualTo(shown + 2);
  }

  /** The first of all asks brings it. */
  private void isPassedOver(Space a, Space b, ByteString position) {
    world.mesh.sign(World.device(b), position);
    Delivery before = a.delivery();
    int asked = world.mesh.positionsAsked();
    a.disconnect();
    a.connect();
    Await.done(a.whenUpToDate());
    a.delivery();
    Await.until("it was asked", () -> world.mesh.positionsAsked() > asked);
    Await.done(a.whenUpToDate());
    assertThat(a.delivery()).isEqualTo(before);
    assertThat(a.status().problem()).isEmpty();
  }

  @Test
  void whatItsDeviceHasNotSignedIsPassedOver() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    write(a, "1");
    world.agree(a, b);
    signs(b);
    b.disconnect();
    Position good = signedBy(b).position();
    Hash other = Hash.of(new byte[] {7});
    isPassedOver(a, b, forged(b, good));
    isPassedOver(
        a,
        b,
        forged(
            b, new Position(good.space(), good.device(), 0, good.sequence(), other, good.time())));
    isPassedOver(
        a,
        b,
        forged(
            b,
            new Position(good.space(), good.device(), 0, good.sequence() + 9, other, good.time())));
    isPassedOver(
        a,
        b,
        forged(
            b,
            new Position(
                SpaceId.of(other), good.device(), 0, good.sequence(), good.root(), good.time())));
    assertThat(seenBy(a, "1")).isEmpty();
  }

  /** The mesh passes on what b has signed before: it is true still, and no more than it was. */
  @Test
  void whatIsReplayedSaysNoMoreThanItDid() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    world.agree(a, b);
    signs(b);
    ByteString old = signedBy(b).exact();
    long sequence = signedBy(b).position().sequence();
    b.disconnect();
    write(a, "1");
    a.disconnect();
    world.mesh.sign(World.device(b), old);
    a.connect();
    Await.done(a.whenUpToDate());
    a.delivery();
    Await.until("it was asked", () -> reader(a, b).holds() == sequence);
    assertThat(seenBy(a, "1")).isEmpty();
  }

  /** b was shown another log, which it holds; both logs have the same size. */
  private void forkFrom(Space a, Space b, long common) {
    world.mesh.show(World.device(b), world.log(a).upTo(common));
    write(b, "forked");
    signs(b, common + 1);
  }

  private void signs(Space space, long sequence) {
    Await.until(
        "it has signed where it is",
        () -> world.mesh.signedPosition(World.device(space)).isPresent()
            && signedBy(space).position().sequence() == sequence);
  }

  @Test
  void whoeverHoldsAnotherLogConvictsTheMesh() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    world.agree(a, b);
    long common = world.log(a).size();
    a.disconnect();
    forkFrom(a, b, common);
    b.disconnect();
    a.connect();
    write(a, "1");
    a.delivery();
    assertThat(World.problem(a).code()).isEqualTo(ErrorCode.MESH_VIOLATION);
    assertThat(World.problem(a).getMessage()).contains("SEEN_ANOTHER_LOG");
    a.disconnect();
    a.connect();
    assertThat(World.problem(a).getMessage()).as("each time").contains("SEEN_ANOTHER_LOG");
    assertThat(a.caught())
        .as("a device's word that nobody else has seen passed on")
        .isEmpty();
  }

  @Test
  void whatLiesAheadIsComparedAsSoonAsTheLogComesThere() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    world.agree(a, b);
    long common = world.log(a).size();
    forkFrom(a, b, common);
    b.disconnect();
    a.delivery();
    Await.until("it is remembered", () -> a.delivery().behind() == 1);
    world.close("a");
    Space again = world.home("a").space("household");
    put(again, "1", "Hobart");
    again.connect();
    assertThat(World.problem(again).getMessage()).contains("SEEN_ANOTHER_LOG");
    assertThat(again.status().position()).as("nothing of it is applied").isEqualTo(common);
  }

  /** Nobody counts what was signed years ahead; so it must not hide what is signed afterwards. */
  @Test
  void aClockThatWasFarAheadOnceHidesNothingThatIsSignedLater() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    world.agree(a, b);
    signs(b);
    world.clockJumps("b", TimeUnit.DAYS.toMillis(3_650));
    write(a, "1");
    signs(b);
    assertThat(signedBy(b).position().time().millis())
        .isGreaterThan(System.currentTimeMillis() + TimeUnit.DAYS.toMillis(3_000));
    b.disconnect();
    b.connect(); // and learns the time
    Await.done(a.whenSeenBy(id(b)));
    assertThat(seenBy(a, "1")).containsExactly(id(b));
  }

  @Test
  void aMeshThatCannotTellNowIsAskedAgain() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    write(a, "1");
    world.agree(a, b);
    signs(b);
    AtomicBoolean busy = new AtomicBoolean(true);
    AtomicInteger refused = new AtomicInteger();
    world.mesh.wire(onPositions(busy, frame -> {
      refused.incrementAndGet();
      return Frame.newBuilder()
          .setProblem(Problem.newBuilder()
              .setCode(ProblemCode.PROBLEM_CODE_BUSY)
              .setRequest(frame.getPositions().getRequest()))
          .build();
    }));
    a.disconnect();
    a.connect();
    Await.done(a.whenUpToDate());
    CompletableFuture<Void> seen = a.whenSeenBy(id(b));
    Await.until("it was refused", () -> refused.get() > 0);
    assertThat(seen).isNotDone();
    assertThat(a.status().problem()).isEmpty();
    busy.set(false);
    Await.done(seen);
  }

  /** What the notary has signed is evidence, in whatever frame it comes. */
  @Test
  void aForkInTheHeadOfPositionsIsShown() throws FormatException {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    write(a, "1");
    world.agree(a, b);
    signs(b);
    TreeHead head = world.log(a).head().head();
    ByteString forked = SignedTreeHead.sign(
            new TreeHead(
                head.space(), 0, head.size(), Hash.of(new byte[] {9}), head.serverTimeMillis()),
            world.mesh.notaryKey())
        .byteString();
    world.mesh.wire(onPositions(new AtomicBoolean(true), frame -> {
      Frame.Builder twisted = frame.toBuilder();
      twisted.getPositionsBuilder().setSignedHead(forked);
      return twisted.build();
    }));
    a.delivery();
    assertThat(World.problem(a).getMessage()).contains("FORKED");
    assertThat(a.caught()).hasSize(1);
  }

  @Test
  void whoWaitsForADeviceThatIsLetGoIsTold() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    world.agree(a, b);
    b.disconnect();
    put(a, "1", "Hobart");
    CompletableFuture<Void> seen = a.whenSeenBy(id(b));
    a.remove(Removal.of(id(b)));
    assertThat(Await.failure(seen))
        .isInstanceOfSatisfying(
            SealiftException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_INPUT));
  }

  /** Of more devices than a frame has room for, most of them gone. */
  @Test
  void whatIsToldComesFrameByFrame() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    write(a, "1");
    world.agree(a, b);
    signs(a);
    signs(b);
    for (int i = 0; i < Limits.MAX_POSITIONS; i++) {
      DeviceId stranger = DeviceId.of(Hash.of(new byte[] {(byte) i, (byte) (i >> 8)}));
      world.mesh.sign(
          stranger,
          forged(
              a, new Position(world.log(a).space(), stranger, 0, 1, Hash.of(), HybridTime.ZERO)));
    }
    Await.done(a.whenSeenBy(id(b)));
    Await.until("it has asked for all", () -> world.mesh.positionsAsked() == 2);
    assertThat(a.status().problem()).isEmpty();
  }

  /** It makes up devices that are not in the space, one frame after another. */
  @Test
  void aMeshThatNeverComesToAnEndIsNotAskedForEver() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    write(a, "1");
    world.agree(a, b);
    signs(b);
    Position any = signedBy(b).position();
    AtomicInteger made = new AtomicInteger();
    world.mesh.wire(onPositions(new AtomicBoolean(true), frame -> {
      Frame.Builder endless = frame.toBuilder();
      endless.getPositionsBuilder().clearSignedPositions();
      for (int i = 0; i < Limits.MAX_POSITIONS; i++) {
        endless.getPositionsBuilder().addSignedPositions(byNobody(any, made.incrementAndGet()));
      }
      return endless.build();
    }));
    a.delivery();
    Await.until("a round is over", () -> world.mesh.positionsAsked() >= 64);
    write(a, "2");
    Await.done(a.whenUpToDate());
    assertThat(world.mesh.positionsAsked()).as("not within five seconds").isEqualTo(64);
    assertThat(a.status().problem()).isEmpty();
  }

  /** Devices rise with their numbers. */
  private static ByteString byNobody(Position like, int number) {
    byte[] exact = new byte[SignedPosition.BYTES];
    System.arraycopy(like.bytes(), 0, exact, 0, Position.BYTES);
    ByteBuffer.wrap(exact).putInt(1 + SpaceId.BYTES, number);
    return ByteString.copyFrom(exact);
  }

  @Test
  void whoLeftSaysNothingAnyMore() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    world.agree(a, b);
    signs(b);
    ByteString position = signedBy(b).exact();
    DeviceId gone = World.device(b);
    a.remove(Removal.of(id(b)));
    Await.done(a.whenUpToDate());
    world.mesh.sign(gone, position);
    a.disconnect();
    a.connect();
    Await.done(a.whenUpToDate());
    int asked = world.mesh.positionsAsked();
    a.delivery();
    Await.until("it is asked", () -> world.mesh.positionsAsked() > asked);
    Await.done(a.whenUpToDate());
    assertThat(a.delivery().others()).isEmpty();
    assertThat(a.status().problem()).isEmpty();
  }

  @Test
  void whatIsNoAnswerEndsTheConnection() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    world.agree(a, b);
    signs(a);
    signs(b);
    AtomicBoolean twists = new AtomicBoolean(true);
    world.mesh.wire(onPositions(twists, frame -> {
      Frame.Builder twisted = frame.toBuilder();
      ByteString first = twisted.getPositions().getSignedPositions(0);
      twisted.getPositionsBuilder().addSignedPositions(first); // devices do not rise
      return twisted.build();
    }));
    a.delivery();
    assertThat(World.problem(a).code()).isEqualTo(ErrorCode.NOT_A_MESH);
    twists.set(false);
    Await.done(a.whenUpToDate());
    Await.until("it is asked again", () -> reader(a, b).hasAll());
  }

  private interface Twist {
    Frame twist(Frame frame);
  }

  private static Wire onPositions(AtomicBoolean on, Twist twist) {
    return (FakeConnection connection, boolean toDevice, Frame frame) ->
        List.of(toDevice && frame.hasPositions() && on.get() ? twist.twist(frame) : frame);
  }
}
