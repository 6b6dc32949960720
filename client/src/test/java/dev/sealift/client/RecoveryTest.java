package dev.sealift.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.recovery.RecoveryWords;
import dev.sealift.client.sync.Await;
import dev.sealift.client.sync.FakeMesh;
import dev.sealift.client.sync.RecoverySpace;
import dev.sealift.protocol.proto.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryTest {
  private static final RestoreListener NOBODY = new RestoreListener() {};

  @TempDir
  Path folder;

  private World world;

  @BeforeEach
  void start() {
    world = new World(folder);
  }

  @AfterEach
  void end() {
    world.close();
  }

  private RecoveryWords create(String home) {
    NewPaperKey made = world.home(home).recovery().create(FakeMesh.ADDRESS);
    assertThat(made.coverage()).allMatch(Coverage::isCovered);
    return RecoveryWords.parse(String.join(" ", made.words().words())); // as on paper
  }

  private List<Restored> restore(String home, RecoveryWords words) {
    return world.home(home).recovery().restore(words, FakeMesh.ADDRESS, NOBODY);
  }

  private ErrorCode refusal(String home, RecoveryWords words) {
    return World.codeOf(() -> restore(home, words));
  }

  private static Members.Device self(Space space) {
    return space.members().orElseThrow().devices().stream()
        .filter(Members.Device::isThis)
        .findFirst()
        .orElseThrow();
  }

  private static List<Boolean> covered(List<Coverage> coverage) {
    return coverage.stream().map(Coverage::isCovered).toList();
  }

  private static void durable(Space space) {
    Await.done(space.whenDurable());
  }

  private List<String> recoveryFiles(String home) throws IOException {
    Path recovery = world.path(home).resolve("recovery");
    if (!Files.exists(recovery)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(recovery)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.endsWith("-wal") && !name.endsWith("-shm"))
          .sorted()
          .toList();
    }
  }

  @Test
  void aHomeThatIsLostComesBackWholeFromItsWords() {
    Space household = world.found("a");
    World.put(household, "1", "Hobart");
    Space friend = world.found("friend");
    World.put(friend, "2", "Apia");
    Space club = world.home("a").join(friend.invite(), "club");
    club.connect();
    Await.done(club.whenUpToDate());
    final RecoveryWords words = create("a");
    household.rotate(); // behind the paper key's back
    World.put(household, "3", "Suva");
    World.put(club, "4", "Nadi");
    durable(household);
    durable(club);
    Members.Device owner = self(household);
    Members.Device writer = self(club);
    String householdDigest = household.digest();
    String clubDigest = club.digest();
    world.close("a");

    List<String> told = new ArrayList<>();
    List<Restored> restored = world
        .home("b")
        .recovery()
        .restore(words, FakeMesh.ADDRESS, new RestoreListener() {
          @Override
          public void restoring(String space, int number, int count) {
            told.add(number + " of " + count + ": " + space);
          }

          @Override
          public void restored(Restored space) {
            told.add(space.space());
          }
        });

    assertThat(restored)
        .containsExactly(
            new Restored("club", true, Optional.empty()),
            new Restored("household", true, Optional.empty()));
    assertThat(told).containsExactly("1 of 2: club", "club", "2 of 2: household", "household");
    Space again = world.home("b").space("household");
    assertThat(again.digest()).isEqualTo(householdDigest);
    assertThat(self(again).member()).isEqualTo(owner.member());
    assertThat(self(again).role()).isEqualTo(MemberRole.OWNER);
    assertThat(self(again).id()).isNotEqualTo(owner.id());
    Space clubAgain = world.home("b").space("club");
    assertThat(clubAgain.digest()).isEqualTo(clubDigest);
    assertThat(self(clubAgain).member()).isEqualTo(writer.member());
    assertThat(self(clubAgain).role()).isEqualTo(MemberRole.WRITER);
    World.put(clubAgain, "5", "Lae");
    durable(clubAgain);
    world.agree(friend, clubAgain);
  }

  @Test
  void wordsRestoreAsOftenAsTheyAreNeededAndAgainOnTheSameHome() {
    World.put(world.found("a"), "1", "Hobart");
    RecoveryWords words = create("a");
    durable(world.home("a").space("household"));
    world.close("a");
    for (String home : List.of("b", "c")) {
      assertThat(restore(home, words))
          .containsExactly(new Restored("household", true, Optional.empty()));
      assertThat(World.name(world.home(home).space("household"), "1")).isEqualTo("Hobart");
      assertThat(restore(home, words))
          .containsExactly(new Restored("household", false, Optional.empty()));
      world.close(home);
    }
  }

  @Test
  void linksAreRenewedBeforeTheyAreUsedUp() {
    Space household = world.found("a");
    RecoveryWords words = create("a");
    for (int time = 1; time <= 9; time++) {
      restore("b" + time, words);
      world.close("b" + time);
    }
    Await.done(household.whenUpToDate());
    List<Integer> uses = household.members().orElseThrow().invitations().stream()
        .map(Members.OpenInvitation::usesLeft)
        .toList();
    assertThat(uses).as("the ninth renewed it").containsExactly(7, 16);
  }

  @Test
  void aLinkThatWasWithdrawnIsMadeAnew() {
    Space household = world.found("a");
    RecoveryWords words = create("a");
    household.remove(Removal.ofInvitations());
    Await.done(household.whenUpToDate());
    assertThat(covered(world.home("a").recovery().coverage())).containsExactly(false);
    Restored failed = restore("b", words).get(0);
    assertThat(failed.problem().map(SealiftException::code)).contains(ErrorCode.INVITATION_UNKNOWN);
    assertThat(world.home("b").spaces()).as("nothing half is left").isEmpty();

    assertThat(covered(world.home("a").recovery().cover())).containsExactly(true);
    assertThat(covered(world.home("a").recovery().coverage())).containsExactly(true);
    assertThat(household.members().orElseThrow().invitations())
        .singleElement()
        .matches(open -> open.member().equals(Optional.of(self(household).member())))
        .matches(open -> open.role() == MemberRole.OWNER);
  }

  @Test
  void spacesThatComeLaterAreAddedAndOnesThatCannotBeReachedAreNamed() {
    world.found("a");
    RecoveryWords words = create("a");
    Space work = world.home("a").create("work", World.SCHEMA);
    World.put(work, "1", "Hobart");
    List<Coverage> before = world.home("a").recovery().cover();
    assertThat(covered(before)).containsExactly(true, false);
    assertThat(before.get(1).problem().map(SealiftException::code))
        .contains(ErrorCode.NOT_CONNECTED);
    work.connect(FakeMesh.ADDRESS);
    assertThat(covered(world.home("a").recovery().coverage())).containsExactly(true, false);
    assertThat(covered(world.home("a").recovery().cover())).containsExactly(true, true);
    world.close("a");
    assertThat(restore("b", words)).hasSize(2);
    assertThat(World.name(world.home("b").space("work"), "1")).isEqualTo("Hobart");
  }

  @Test
  void aSpaceWhoseNameIsTakenComesUnderAnother() {
    world.found("a");
    RecoveryWords words = create("a");
    world.found("b");
    assertThat(restore("b", words))
        .containsExactly(new Restored("household-2", true, Optional.empty()));
    assertThat(covered(world.home("b").recovery().coverage())).containsExactly(true, true);
  }

  @Test
  void wordsThatWereReplacedLetNobodyIn() throws IOException {
    Space household = world.found("a");
    RecoveryWords old = create("a");
    restore("b", old);
    String oldLinks = household.members().orElseThrow().invitations().get(0).id();
    Recovery recovery = world.home("a").recovery();
    NewPaperKey made = recovery.replace(FakeMesh.ADDRESS, Optional.empty());
    assertThat(recovery.hasReplaced()).isTrue();
    assertThat(recovery.withdrawReplaced()).isEmpty();
    assertThat(recovery.hasReplaced()).isFalse();
    assertThat(recoveryFiles("a")).containsExactly("2.db", "2.keys", "current");

    Await.done(household.whenUpToDate());
    assertThat(household.members().orElseThrow().invitations())
        .extracting(Members.OpenInvitation::id)
        .hasSize(1)
        .doesNotContain(oldLinks);
    assertThat(refusal("c", old)).isEqualTo(ErrorCode.PAPER_KEY_REPLACED);
    assertThat(recoveryFiles("c")).isEmpty();
    assertThat(World.codeOf(() -> world.home("b").recovery().cover()))
        .as("another home of the same member")
        .isEqualTo(ErrorCode.PAPER_KEY_REPLACED);
    assertThat(restore("c", made.words()))
        .containsExactly(new Restored("household", true, Optional.empty()));

    assertThat(refusal("b", made.words())).isEqualTo(ErrorCode.PAPER_KEY_EXISTS);
    world.home("b").recovery().forget();
    assertThat(restore("b", made.words()))
        .containsExactly(new Restored("household", false, Optional.empty()));
  }

  @Test
  void whatCannotBeWithdrawnNowIsWithdrawnLater() {
    Space household = world.found("a");
    RecoveryWords old = create("a");
    var unused = world.home("a").recovery().replace(FakeMesh.ADDRESS, Optional.empty());
    world.close("a"); // before anything was withdrawn
    assertThat(restore("b", old)).hasSize(1);
    Recovery recovery = world.home("a").recovery();
    assertThat(recovery.hasReplaced()).isTrue();
    assertThat(recovery.withdrawReplaced()).isEmpty();
    assertThat(household.name()).isEqualTo("household");
    assertThat(refusal("c", old)).isEqualTo(ErrorCode.PAPER_KEY_REPLACED);
  }

  @Test
  void wordsOfNoPaperKeyRestoreNothingAndLeaveNothing() throws IOException {
    world.found("a");
    create("a");
    assertThat(refusal("b", RecoveryWords.random())).isEqualTo(ErrorCode.PAPER_KEY_UNKNOWN);
    assertThat(recoveryFiles("b")).isEmpty();
    assertThat(world.home("b").recovery().isThere()).isFalse();
    world.mesh.down();
    assertThat(refusal("b", RecoveryWords.random())).isEqualTo(ErrorCode.MESH_UNREACHABLE);
    world.mesh.up();
  }

  @Test
  void whatIsNotThereIsSaid() {
    world.found("a");
    Recovery recovery = world.home("a").recovery();
    assertThat(World.codeOf(recovery::coverage)).isEqualTo(ErrorCode.NO_PAPER_KEY);
    assertThat(World.codeOf(recovery::cover)).isEqualTo(ErrorCode.NO_PAPER_KEY);
    assertThat(World.codeOf(() -> recovery.replace(FakeMesh.ADDRESS, Optional.empty())))
        .isEqualTo(ErrorCode.NO_PAPER_KEY);
    create("a");
    assertThat(World.codeOf(() -> recovery.create(FakeMesh.ADDRESS)))
        .isEqualTo(ErrorCode.PAPER_KEY_EXISTS);
    recovery.forget();
    assertThat(recovery.isThere()).isFalse();
    assertThat(World.codeOf(recovery::coverage)).isEqualTo(ErrorCode.NO_PAPER_KEY);
  }

  @Test
  void aPaperKeyThatCouldNotBeMadeLeavesNothing() throws IOException {
    world.found("a");
    world.mesh.down();
    assertThat(World.codeOf(() -> world.home("a").recovery().create(FakeMesh.ADDRESS)))
        .isEqualTo(ErrorCode.MESH_UNREACHABLE);
    world.mesh.up();
    assertThat(recoveryFiles("a")).isEmpty();
    create("a");
  }

  @Test
  void theHomeKeepsNothingOfTheWordsThemselves() throws IOException {
    world.found("a");
    RecoveryWords words = create("a");
    RecoverySpace space = RecoverySpace.of(words.keys(), world.mesh.notary());
    assertThat(recoveryFiles("a")).noneMatch(name -> name.startsWith("paper"));
    world.close("a");
    try (Stream<Path> files = Files.walk(world.path("a"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        for (byte[] secret : List.of(
            space.founderKeys().signing().seed(),
            words.keys().founderHpkePrivate(),
            words.keys().invitationSecret())) {
          assertThat(bytes.contains(new String(secret, StandardCharsets.ISO_8859_1)))
              .as(file.getFileName().toString())
              .isFalse();
        }
      }
    }
  }

  @Test
  void aMeshThatShowsAnotherSpaceInItsPlaceIsNamed() throws IOException {
    Space household = world.found("a");
    RecoveryWords words = create("a");
    ByteString other = ByteString.copyFrom(world.log(household).file(1).file().toByteArray());
    world.mesh.wire((connection, toDevice, frame) -> toDevice
            && frame.hasFiles()
            && frame.getFiles().getFirstSequence() == 1
            && frame.getFiles().getEntriesCount() > 0
        ? List.of(
            Frame.newBuilder().setFiles(withGenesis(frame.getFiles(), other)).build())
        : List.of(frame));
    assertThat(refusal("b", words)).isEqualTo(ErrorCode.MESH_VIOLATION);
    assertThat(recoveryFiles("b")).isEmpty();
  }

  private static dev.sealift.protocol.proto.Files withGenesis(
      dev.sealift.protocol.proto.Files files, ByteString header) {
    return files.toBuilder()
        .setEntries(0, files.getEntries(0).toBuilder().setSignedHeader(header))
        .build();
  }
}
