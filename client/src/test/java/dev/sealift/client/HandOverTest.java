package dev.sealift.client;

import static dev.sealift.client.World.codeOf;
import static dev.sealift.client.World.name;
import static dev.sealift.client.World.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.sync.Await;
import dev.sealift.client.sync.FakeLog;
import dev.sealift.client.sync.FakeMesh;
import dev.sealift.client.sync.HandOvers;
import dev.sealift.client.sync.Rogue;
import dev.sealift.client.sync.Wire;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.file.SeenLog;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.proto.Refusal;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Role;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Devices without a mesh in reach give each other what they wrote, go on from it, and come to the same as everybody once any of them reaches the mesh. */
class HandOverTest {
  private static final Schema TAGS =
      Schema.of(Schema.table("notes", "id").counter("visits").set("tags"));

  @TempDir
  Path folder;

  private World world;
  private Space a;
  private Space b;
  private Space c;

  /** Of the space. */
  SpaceOptions options() {
    return SpaceOptions.defaults();
  }

  @BeforeEach
  void start() {
    world = new World(folder);
    a = world.found("a", options());
    a.declare(TAGS);
    b = world.join("b", a.invite());
    c = world.join("c", a.invite());
    put(a, "x", "before");
    Await.done(a.whenDurable());
    world.agree(a, b, c);
    apart();
  }

  @AfterEach
  void end() {
    world.close();
  }

  private void apart() {
    Stream.of(a, b, c).forEach(Space::disconnect);
  }

  static byte[] handOver(Space from) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      from.handOver(out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int takeOver(Space to, byte[] bytes) {
    try {
      return to.takeOver(new ByteArrayInputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int give(Space from, Space to) {
    return takeOver(to, handOver(from));
  }

  private void allMeet(List<Space> order) {
    for (Space next : order) {
      next.connect();
      Await.done(next.whenDurable());
      Await.done(next.whenUpToDate());
    }
    List<Space> all = List.of(a, b, c);
    all.stream().filter(space -> !order.contains(space)).forEach(Space::connect);
    world.agree(a, b, c);
    assertThat(all.stream().map(Space::mergeDigest).distinct())
        .as("merge digests")
        .hasSize(1);
    assertThat(all.stream().map(space -> space.status().displacedFiles()))
        .as("files that wait")
        .containsOnly(0L);
  }

  static List<List<String>> orders() {
    List<List<String>> orders = new ArrayList<>();
    for (String first : List.of("a", "b", "c")) {
      for (String second : List.of("a", "b", "c")) {
        if (!first.equals(second)) {
          orders.add(List.of(first, second));
        }
      }
    }
    return orders;
  }

  private Space space(String home) {
    return switch (home) {
      case "a" -> a;
      case "b" -> b;
      default -> c;
    };
  }

  @ParameterizedTest
  @MethodSource("orders")
  void eachGoesOnFromWhatTheOtherWrote(List<String> order) {
    put(a, "x", "by a");
    assertThat(give(a, b)).isEqualTo(1);
    assertThat(name(b, "x")).isEqualTo("by a");
    put(b, "x", "by b, who saw a's");
    put(b, "y", "new");
    assertThat(give(b, c)).as("b's, and a's that it holds").isEqualTo(2);
    assertThat(give(b, a)).as("b's; a's own is no news").isEqualTo(1);
    assertThat(name(a, "x")).isEqualTo("by b, who saw a's");
    put(a, "x", "by a again");
    assertThat(give(a, b)).isEqualTo(1);
    put(c, "y", "by c, who saw b's");

    allMeet(order.stream().map(this::space).toList());
    for (Space space : List.of(a, b, c)) {
      assertThat(name(space, "x")).isEqualTo("by a again");
      assertThat(name(space, "y")).isEqualTo("by c, who saw b's");
      assertThat(space.inbox()).as("everybody had seen what he replaced").isEmpty();
    }
  }

  @Test
  void whatWasWrittenApartIsInEveryInboxAsEver() {
    put(a, "x", "by a");
    put(b, "x", "by b");
    byte[] ofA = handOver(a);
    assertThat(give(b, a)).isEqualTo(1);
    assertThat(takeOver(b, ofA)).isEqualTo(1);
    String winner = name(b, "x");
    assertThat(name(a, "x")).isEqualTo(winner);
    assertThat(a.inbox()).as("the log has yet to say so").isEmpty();

    allMeet(List.of(b, a));
    boolean byArrival = options().ranking() == Ranking.ARRIVAL;
    for (Space space : List.of(a, b, c)) {
      assertThat(space.inbox()).hasSize(1);
      assertThat(name(space, "x"))
          .as("what it brought of others' came before its own")
          .isEqualTo(byArrival ? "by b" : winner);
    }
  }

  @Test
  void compoundCellsGoOnFromEachOther() {
    Table notes = a.table("notes");
    notes.increment("n", "visits", 2);
    notes.add("n", "tags", "red");
    notes.add("n", "tags", "blue");
    give(a, b);
    b.table("notes").increment("n", "visits", 3);
    b.table("notes").discard("n", "tags", "red");
    give(b, a);
    assertThat(a.table("notes").values("n", "tags")).containsExactly(Value.of("blue"));
    assertThat(a.table("notes").values("n", "visits")).containsExactly(Value.of(5));
    a.table("notes").discard("n", "tags", "blue");
    a.table("notes").increment("n", "visits", 1);

    allMeet(List.of(b, a));
    assertThat(c.table("notes").values("n", "tags")).isEmpty();
    assertThat(c.table("notes").values("n", "visits")).containsExactly(Value.of(6));
  }

  @Test
  void removalsGoOnFromEachOther() {
    put(a, "y", "new");
    give(a, b);
    b.table("cities").remove("y");
    b.table("cities").remove("x");
    give(b, a);
    assertThat(a.table("cities").count()).isZero();
    allMeet(List.of(a, b));
    assertThat(c.table("cities").count()).isZero();
    assertThat(c.inbox()).isEmpty();
  }

  @Test
  void transactionsAreJudgedByTheLog() {
    a.transact(tx -> {
      tx.get("cities", "x");
      tx.put("cities", "x", Row.of("name", "by a"));
    });
    give(a, b);
    b.transact(tx -> {
      assertThat(tx.get("cities", "x").orElseThrow().text("name")).contains("by a");
      tx.put("cities", "x", Row.of("name", "by b"));
    });
    c.connect(); // somebody else is there first
    put(c, "x", "by c");
    Await.done(c.whenDurable());
    allMeet(List.of(b, a));
    for (Space space : List.of(a, b, c)) {
      assertThat(name(space, "x")).isEqualTo("by c");
      assertThat(space.inbox())
          .extracting(item -> item.transaction().isPresent())
          .containsOnly(true);
    }
  }

  @Test
  void aFileThatWasHandedOverStaysAsItIs() {
    put(a, "x", "first");
    byte[] handed = handOver(a);
    put(a, "x", "second");
    assertThat(handOver(a)).isNotEqualTo(handed);
    allMeet(List.of(a));
    List<SignedHeader> log =
        world.log(a).files().stream().map(FakeLog.Stored::file).toList();
    for (SignedHeader file : HandOvers.headers(handed)) {
      assertThat(log).contains(file);
    }
    assertThat(takeOver(b, handed)).as("the log has it").isZero();
  }

  @ParameterizedTest
  @EnumSource(
      value = RefusalCode.class,
      names = {"REFUSAL_CODE_OVER_QUOTA", "REFUSAL_CODE_CLOCK_AHEAD", "REFUSAL_CODE_BUSY"})
  void aFileThatWasHandedOverWaitsAsItIsWhenItIsRefused(RefusalCode code) {
    put(a, "x", "by a");
    byte[] handed = handOver(a);
    put(a, "y", "later");
    Refusal refusal = Refusal.newBuilder()
        .setCode(code)
        .setServerTimeMillis(System.currentTimeMillis())
        .build();
    world.mesh.refuse(file -> Optional.of(refusal));
    a.connect();
    World.problem(a);
    world.mesh.refuse(file -> Optional.empty());

    allMeet(List.of(a));
    List<SignedHeader> log =
        world.log(a).files().stream().map(FakeLog.Stored::file).toList();
    assertThat(log).containsAll(HandOvers.headers(handed));
    assertThat(name(c, "y")).isEqualTo("later");
  }

  @Test
  void nothingIsHandedOverTwice() {
    assertThat(give(a, b)).isZero();
    put(a, "x", "by a");
    byte[] handed = handOver(a);
    assertThat(takeOver(b, handed)).isEqualTo(1);
    assertThat(takeOver(b, handed)).isZero();
    assertThat(takeOver(a, handed)).isZero();
    assertThat(b.status().displacedFiles()).isEqualTo(1);
    assertThat(takeOver(a, handOver(b))).isZero();
  }

  @Test
  void aHomeThatIsOpenedAnewHasThemStill() {
    put(a, "x", "by a");
    give(a, b);
    world.close("b");
    b = world.home("b").space("household");
    assertThat(name(b, "x")).isEqualTo("by a");
    put(b, "y", "on it");
    allMeet(List.of(b));
    assertThat(name(c, "x")).isEqualTo("by a");
  }

  @Test
  void whatComesWhileTheOtherIsConnectedGoesToTheMeshAtOnce() {
    b.connect();
    Await.done(b.whenUpToDate());
    put(a, "x", "by a");
    give(a, b);
    c.connect();
    Await.until("c has it", () -> name(c, "x").equals("by a"));
    allMeet(List.of(b, c, a));
  }

  @Test
  void whoIsToldOfSomethingMayWaitForAHandOver() {
    b.connect();
    Await.done(b.whenUpToDate());
    world.mesh.holdAnswers();
    put(b, "y", "new");
    CompletableFuture<byte[]> told = b.whenDurable()
        .thenApply(nothing -> Await.done(CompletableFuture.supplyAsync(() -> handOver(b))));
    Await.until("the answer to it", () -> world.mesh.heldAnswers() > 0);
    world.mesh.releaseAnswers();
    assertThat(HandOvers.headers(Await.done(told))).isEmpty();
  }

  // What is refused

  private void assertNothingTaken(ErrorCode code, byte[] bytes) {
    String before = b.digest();
    assertThat(codeOf(() -> takeOver(b, bytes))).isEqualTo(code);
    assertThat(b.digest()).isEqualTo(before);
    assertThat(b.status().displacedFiles()).isZero();
  }

  @Test
  void whatIsDamagedIsRefusedWhole() {
    put(a, "x", "by a");
    byte[] handed = handOver(a);
    for (int length = 0; length < handed.length; length += length < 64 ? 1 : 97) {
      assertNothingTaken(ErrorCode.BAD_HAND_OVER, Arrays.copyOf(handed, length));
    }
    assertNothingTaken(ErrorCode.BAD_HAND_OVER, Arrays.copyOf(handed, handed.length + 1));
    int count = 16 + 4 + 32;
    assertNothingTaken(ErrorCode.BAD_HAND_OVER, withInt(handed, count, 1_000_000_000));
    assertNothingTaken(ErrorCode.BAD_HAND_OVER, withInt(handed, count, -1));
    assertNothingTaken(ErrorCode.BAD_HAND_OVER, withInt(handed, count + 4, 1_000_000_000));
    assertNothingTaken(ErrorCode.BAD_HAND_OVER, withInt(handed, count + 4, 0));
    assertNothingTaken(ErrorCode.NEWER_FORMAT, withInt(handed, 16, 2));
    assertNothingTaken(ErrorCode.WRONG_SPACE, withInt(handed, 20, 7));
    for (int at = count + 8; at < handed.length; at += 41) {
      byte[] altered = handed.clone();
      altered[at] ^= 1;
      String before = b.digest();
      assertThat(codeOf(() -> takeOver(b, altered))).isNotEqualTo(ErrorCode.INTERNAL);
      assertThat(b.digest()).isEqualTo(before);
    }
    assertThat(takeOver(b, handed)).isEqualTo(1);
  }

  private static byte[] withInt(byte[] bytes, int at, int number) {
    byte[] altered = bytes.clone();
    ByteBuffer.wrap(altered).putInt(at, number);
    return altered;
  }

  @Test
  void whatBuildsOnOthersIsRefusedWithoutThem() {
    put(a, "x", "first");
    byte[] first = handOver(a);
    put(a, "x", "second");
    List<SignedHeader> before = HandOvers.headers(first);
    byte[] both = handOver(a);
    assertNothingTaken(ErrorCode.FILES_MISSING, HandOvers.without(both, before));

    takeOver(c, both);
    put(c, "x", "on a's");
    byte[] ofAll = handOver(c);
    List<SignedHeader> ofA = new ArrayList<>(HandOvers.headers(both));
    assertNothingTaken(ErrorCode.FILES_MISSING, HandOvers.without(ofAll, ofA));
    assertThat(takeOver(b, ofAll)).isEqualTo(3);
    assertThat(name(b, "x")).isEqualTo("on a's");
  }

  @Test
  void filesOfAnotherSpaceOrOfNobodyAreRefused() {
    Space other = world.home("other").create("other", World.SCHEMA);
    assertThat(codeOf(() -> handOver(other))).isEqualTo(ErrorCode.NOT_CONNECTED);
    other.connect(FakeMesh.ADDRESS);
    Await.done(other.whenUpToDate());
    put(other, "x", "elsewhere");
    assertNothingTaken(ErrorCode.WRONG_SPACE, handOver(other));

    a.connect();
    Space late = world.join("late", a.invite());
    late.disconnect();
    put(late, "x", "by one who joined meanwhile");
    byte[] handed = handOver(late);
    assertNothingTaken(ErrorCode.NOT_A_MEMBER, handed);
    b.connect();
    Await.done(b.whenUpToDate());
    assertThat(takeOver(b, handed)).isEqualTo(1);
    late.connect();
    allMeet(List.of(a, b, c));
  }

  @Test
  void whatIsStampedAheadIsRefused() {
    world.close("a");
    a = world.home("a", 3_600_000).space("household");
    put(a, "x", "in an hour");
    byte[] handed = handOver(a);
    assertNothingTaken(ErrorCode.FILES_AHEAD, handed);
  }

  @Test
  void whatAClockThatWasFarAheadHasStampedIsMadeAgain() {
    world.close("a");
    a = world.home("a", 2 * 3_600_000).space("household");
    put(a, "x", "in two hours");
    byte[] handed = handOver(a);
    put(a, "y", "behind it");
    allMeet(List.of(a));
    assertThat(world.log(a).files().stream().map(FakeLog.Stored::file))
        .doesNotContainAnyElementsOf(HandOvers.headers(handed));
    assertThat(name(c, "x")).isEqualTo("in two hours");
    assertThat(name(c, "y")).isEqualTo("behind it");
  }

  @Test
  void whoSaysToHaveSeenAnotherLogIsNotBelieved() {
    Rogue rogue = new Rogue(world.mesh);
    Space victim = victimOf(rogue);
    SeenLog another = new SeenLog(1, Hash.of(new byte[] {1}));
    Rogue.Made lie = rogue.put("k", "lie", Lies.lastOf(rogue.log(), rogue.id()), another);
    assertThat(codeOf(() -> takeOver(victim, HandOvers.of(lie))))
        .isEqualTo(ErrorCode.FILES_MISSING);
    assertGoesOn(victim);
  }

  @Test
  void whatHasItsReceiptIsHereThoughTheLogDoesNotShowItYet() {
    put(b, "x", "by b");
    give(b, c);
    put(c, "y", "on it");
    byte[] ofBoth = handOver(c);
    world.mesh.wire((connection, toDevice, frame) ->
        frame.getFiles().getEntriesCount() > 0 ? List.of() : List.of(frame));
    b.connect();
    Await.done(b.whenDurable());
    assertThat(takeOver(b, ofBoth)).isEqualTo(1);
    b.disconnect();
    world.mesh.wire(Wire.HONEST);
    allMeet(List.of(b, c, a));
  }

  @Test
  void whatIsTooMuchToHandOverIsNotPackedInVain() {
    int rows = 240;
    putNoise(a, rows);
    assertThat(codeOf(() -> handOver(a))).isEqualTo(ErrorCode.TOO_MANY_FILES);
    assertThat(a.status().pendingWrites()).isEqualTo(rows);
    assertThat(a.status().waitingFiles()).isZero();
    allMeet(List.of(a));
  }

  /** Rows of 300 kB each, however well they are packed. */
  private static void putNoise(Space space, int rows) {
    byte[] noise = new byte[300_000];
    for (int i = 0; i < rows; i++) {
      new Random(i).nextBytes(noise);
      put(space, "row " + i, Base64.getEncoder().encodeToString(noise));
    }
  }

  @Test
  void noMoreIsKeptOfOthersThanCouldBePassedOn() {
    putNoise(a, 115);
    putNoise(c, 115);
    assertThat(give(a, b)).isGreaterThan(30);
    long held = b.status().displacedFiles();
    byte[] ofC = handOver(c);
    assertThat(codeOf(() -> takeOver(b, ofC))).isEqualTo(ErrorCode.TOO_MANY_FILES);
    assertThat(b.status().displacedFiles()).isEqualTo(held);
    b.connect();
    Await.until("the mesh has a's", () -> b.status().displacedFiles() == 0);
    assertThat(takeOver(b, ofC)).isGreaterThan(30);
    allMeet(List.of(b));
  }

  // What can never be admitted

  private static final long YEAR_MILLIS = 365L * 24 * 3_600_000;

  /** A device of a space whose founder signs what no device would, and not connected. */
  private Space victimOf(Rogue rogue) {
    Space victim = world.join("victim", rogue.invite(Role.ROLE_WRITER, 1));
    victim.declare(World.SCHEMA);
    put(victim, "x", "before");
    Await.done(victim.whenDurable());
    victim.disconnect();
    return victim;
  }

  private static void assertGoesOn(Space space) {
    put(space, "y", "on it");
    space.connect();
    Await.done(space.whenDurable());
    assertThat(name(space, "y")).isEqualTo("on it");
  }

  @Test
  void aFileThatHasSeenALogThatIsNowhereHoldsNobodyUp() {
    Rogue rogue = new Rogue(world.mesh);
    Space victim = victimOf(rogue);
    SeenLog nowhere = new SeenLog(rogue.log().size() + 5, Hash.of(new byte[] {1}));
    Rogue.Made lie = rogue.put("k", "lie", Lies.lastOf(rogue.log(), rogue.id()), nowhere);
    Rogue.Made behind =
        rogue.put("k", "more", Optional.of(lie.header()), rogue.log().seen());
    String before = victim.digest();
    assertThat(takeOver(victim, HandOvers.of(lie, behind))).isEqualTo(2);
    assertThat(victim.digest()).isNotEqualTo(before);
    assertGoesOn(victim);
    assertThat(World.problem(victim).code()).isEqualTo(ErrorCode.FILE_REFUSED);
    Space other = world.join("other", rogue.invite(Role.ROLE_WRITER, 1));
    world.agree(victim, other); // what is nowhere else does not show here either
  }

  @Test
  void aFileByOneWhoMayNotWriteAnyMoreHoldsNobodyUp() {
    put(a, "x", "by a");
    give(a, b);
    DeviceId author = World.device(a);
    Refusal refusal =
        Refusal.newBuilder().setCode(RefusalCode.REFUSAL_CODE_NOT_A_MEMBER).build();
    world.mesh.refuse(
        file -> file.header().device().equals(author) ? Optional.of(refusal) : Optional.empty());
    assertGoesOn(b);
    assertThat(b.status().displacedFiles()).isZero();
  }

  @Test
  void whatWaitsForATimeToComeHoldsUpOnlyWhatHasSeenIt() {
    put(b, "z", "before it");
    put(a, "x", "by a");
    give(a, b);
    put(b, "y", "on it");
    DeviceId author = World.device(a);
    Refusal refusal = Refusal.newBuilder()
        .setCode(RefusalCode.REFUSAL_CODE_CLOCK_AHEAD)
        .setServerTimeMillis(System.currentTimeMillis())
        .build();
    world.mesh.refuse(
        file -> file.header().device().equals(author) ? Optional.of(refusal) : Optional.empty());
    b.connect();
    c.connect();
    Await.until("what b wrote before it", () -> name(c, "z").equals("before it"));
    assertThat(b.status().pendingWrites()).isEqualTo(1);
    assertThat(World.problem(b).code()).isEqualTo(ErrorCode.MESH_BUSY);
    world.mesh.refuse(file -> Optional.empty());
    allMeet(List.of(b, a));
    assertThat(name(c, "y")).isEqualTo("on it");
    assertThat(c.inbox()).isEmpty();
  }

  /** Files that were handed over, and as many fewer in their places. */
  @ParameterizedTest
  @CsvSource({"2, false", "2, true", "3, false", "3, true"})
  void whatWasMadeAgainInFewerFilesHoldsNobodyUp(int files, boolean passedOn) {
    world.copy("a", "backup");
    a = world.home("a").space("household");
    for (int i = 0; i < files; i++) {
      put(a, "x", "file " + i);
      give(a, b);
    }
    put(b, "y", "on the last");
    if (passedOn) {
      assertThat(give(b, c)).isEqualTo(files + 1);
    }
    world.close("a");
    a = world.home("backup").space("household");
    put(a, "z", "instead");
    a.connect();
    Await.done(a.whenDurable());

    b.connect();
    Await.done(b.whenDurable());
    c.connect();
    Await.until("c has b's", () -> name(c, "y").equals("on the last"));
    world.agree(a, b, c);
    assertGoesOn(b);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void clocksThatWereBothAheadArePutRight(boolean authorFirst) {
    world.close("a");
    world.close("b");
    a = world.home("a", YEAR_MILLIS).space("household");
    b = world.home("b", YEAR_MILLIS).space("household");
    put(a, "x", "in a year");
    give(a, b);
    put(b, "y", "on it");
    allMeet(authorFirst ? List.of(a, b) : List.of(b, a));
    put(b, "y", "again");
    Await.done(b.whenDurable());
    world.agree(a, b, c);
    assertThat(name(c, "x")).isEqualTo("in a year");
    assertThat(name(c, "y")).isEqualTo("again");
    long aheadMillis = world.log(b).files().stream()
        .mapToLong(stored -> stored.file().header().time().millis() - System.currentTimeMillis())
        .max()
        .orElseThrow();
    assertThat(aheadMillis).isLessThan(600_000);
  }

  // Two copies of one home

  @Test
  void twoCopiesThatHandOverAreInConflictAndLoseNothing() {
    a.connect();
    Await.done(a.whenUpToDate());
    world.copy("a", "copy");
    a = world.home("a").space("household");
    Space copy = world.home("copy").space("household");
    put(a, "x", "by a");
    put(copy, "z", "by the copy");
    give(a, b);
    byte[] ofCopy = handOver(copy);
    assertThat(codeOf(() -> takeOver(b, ofCopy))).isEqualTo(ErrorCode.FILES_CONFLICT);
    put(b, "y", "on a's");
    give(b, c);

    copy.connect(); // the copy's file has the place; a's, and b's on it, can never be admitted as
    // they are
    Await.done(copy.whenDurable());
    c.connect();
    allMeet(List.of(b, a));
    world.agree(a, b, c, copy);
    for (Space space : List.of(a, b, c, copy)) {
      assertThat(name(space, "x")).isEqualTo("by a");
      assertThat(name(space, "y")).isEqualTo("on a's");
      assertThat(name(space, "z")).isEqualTo("by the copy");
    }
  }

  @Test
  void aBackupThatIsPutBackTakesItsOwnFilesOver() {
    world.copy("a", "backup");
    a = world.home("a").space("household");
    put(a, "y", "after the backup");
    give(a, b);
    world.close("a");
    a = world.home("backup").space("household");
    assertThat(give(b, a)).isEqualTo(1);
    assertThat(name(a, "y")).isEqualTo("after the backup");
    assertThat(codeOf(() -> handOver(a))).isEqualTo(ErrorCode.NOT_CONNECTED);
    put(a, "z", "and on");
    allMeet(List.of(a, b));
    assertThat(name(c, "y")).isEqualTo("after the backup");
    assertThat(name(c, "z")).isEqualTo("and on");
    assertThat(name(b, "z")).isEqualTo("and on");
  }
}
