package dev.sealift.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.sync.Await;
import dev.sealift.client.sync.FakeMesh;
import dev.sealift.client.sync.Rogue;
import dev.sealift.client.sync.SyncState;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JoiningTest {
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

  private Space attempt(String home, String link) {
    Space space = world.home(home).join(link);
    space.connect();
    return space;
  }

  @Test
  void anInvitationIsForAsManyAsItSays() {
    Space a = world.found("a");
    String link = a.invite(Invitation.forOneWriter().uses(2));
    Space b = world.join("b", link);
    Space c = world.join("c", link);
    world.agree(a, b, c);
    SealiftException refused = World.stopped(attempt("d", link));
    assertThat(refused.code()).isEqualTo(ErrorCode.INVITATION_USED_UP);
    assertThat(refused).hasMessageContaining("Ask for a new one");
  }

  @Test
  void anInvitationExpiresByTheMeshsClock() {
    Space a = world.found("a");
    String link = a.invite(Invitation.forOneWriter().validFor(Duration.ofHours(1)));
    world.mesh.clockAhead(Duration.ofHours(2).toMillis());
    assertThat(World.stopped(attempt("b", link)).code()).isEqualTo(ErrorCode.INVITATION_EXPIRED);
  }

  @Test
  void anInvitationThatExpiresOnTheWayInIsSaidToHaveExpired() {
    Space a = world.found("a");
    String link = a.invite(Invitation.forOneWriter().validFor(Duration.ofHours(1)));
    world.mesh.wire((connection, toDevice, frame) -> {
      if (frame.hasPut()) {
        world.mesh.clockAhead(Duration.ofHours(2).toMillis());
      }
      return List.of(frame);
    });
    assertThat(World.stopped(attempt("b", link)).code()).isEqualTo(ErrorCode.INVITATION_EXPIRED);
  }

  @Test
  void anInvitationThatTheSpaceDoesNotHaveIsSaidToBeUnknown() {
    Rogue rogue = new Rogue(world.mesh);
    String link = rogue.invite(Role.ROLE_WRITER, 1);
    world.mesh.add(rogue.log().upTo(rogue.log().size() - 1));
    assertThat(World.stopped(attempt("b", link)).code()).isEqualTo(ErrorCode.INVITATION_UNKNOWN);
  }

  @Test
  void anotherMeshAtTheAddressIsNotTheSpacesMesh() {
    Space a = world.found("a");
    String link = a.invite();
    FakeMesh other = new FakeMesh();
    try (Sealift home = Sealift.open(folder.resolve("b"), Options.defaults().transport(other))) {
      Space b = home.join(link);
      b.connect();
      assertThat(World.stopped(b).code()).isEqualTo(ErrorCode.WRONG_MESH);
    }
    assertThat(other.complaints()).isEmpty();
  }

  @Test
  void aMeshThatCannotProveItsKeyIsNotTheSpacesMesh() {
    Space a = world.found("a");
    world.mesh.wire((connection, toDevice, frame) -> frame.hasChallenge()
        ? List.of(Frame.newBuilder()
            .setChallenge(frame.getChallenge().toBuilder()
                .setServerTimeMillis(frame.getChallenge().getServerTimeMillis() + 1))
            .build())
        : List.of(frame));
    a.disconnect();
    a.connect();
    assertThat(World.stopped(a).code()).isEqualTo(ErrorCode.WRONG_MESH);
  }

  @Test
  void aMeshThatHasLostTheSpaceIsToldFromOneThatNeverHadIt() {
    Space a = world.found("a");
    FakeMesh empty = new FakeMesh(world.mesh.notaryKey());
    world.close("a");
    try (Sealift home = Sealift.open(world.path("a"), Options.defaults().transport(empty))) {
      Space again = home.space("household");
      again.connect();
      assertThat(World.problem(again).code()).isEqualTo(ErrorCode.MESH_LOST_SPACE);
      assertThat(again.status().state()).isEqualTo(SyncState.CONNECTING);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello",
        "http://mesh.test:7400/join/",
        "http://mesh.test:7400/join/abc",
        "http://mesh.test:7400/join/abc#def",
        "ftp://mesh.test/join/abc#def"
      })
  void whatIsNoLinkIsRefused(String text) {
    assertThat(World.codeOf(() -> world.home("a").join(text))).isEqualTo(ErrorCode.BAD_LINK);
  }

  @Test
  void aLinkThatWasDamagedOnTheWayIsRefusedAndNotRepeated() {
    String link = world.found("a").invite();
    String cut = link.substring(0, link.length() - 1);
    String altered = link.replace("/join/C", "/join/D");
    for (String damaged : List.of(cut, altered, link.substring(0, link.indexOf('#')), link + "A")) {
      SealiftException refused = World.thrownBy(() -> world.home("b").join(damaged));
      assertThat(refused.code()).isEqualTo(ErrorCode.BAD_LINK);
      assertThat(refused.getMessage())
          .doesNotContain(link.substring(link.indexOf('#') + 1, link.length() - 2));
    }
    assertThat(world.home("b").spaces()).isEmpty();
  }

  @Test
  void theJoinersNameForTheSpaceIsItsOwnAffair() {
    Space a = world.found("a");
    Space b = world.home("b").join(a.invite(), "ours");
    b.connect();
    Await.done(b.whenUpToDate());
    world.agree(a, b);
    assertThat(world.home("b").spaces()).containsExactly("ours");
    assertThat(World.codeOf(() -> world.home("b").join(a.invite(), "ours")))
        .isEqualTo(ErrorCode.SPACE_EXISTS);
  }

  @Test
  void ofTwoWhoJoinAtOnceTheSlowerTriesAgainByItself() {
    Space a = world.found("a");
    String link = a.invite(Invitation.forOneWriter().uses(2));
    world.mesh.down();
    Space b = attempt("b", link);
    Space c = attempt("c", link);
    holdPutsUntil(2);
    world.mesh.up();
    Await.done(b.whenUpToDate());
    Await.done(c.whenUpToDate());
    world.agree(a, b, c);
  }

  /** Puts of the first round wait for one another, so that all build on the same log. */
  private void holdPutsUntil(int count) {
    List<Runnable> held = new java.util.ArrayList<>();
    world.mesh.wire((connection, toDevice, frame) -> {
      if (!frame.hasPut() || held.size() == count) {
        return List.of(frame);
      }
      held.add(() -> connection.receiveNow(frame));
      if (held.size() == count) {
        held.forEach(Runnable::run);
      }
      return List.of();
    });
  }

  @Test
  void anInvitationThatLostItsPlaceToAJoinIsMadeAgain() {
    Space a = world.found("a");
    String first = a.invite();
    Space b = world.home("b").join(first);
    holdPutsUntil(2);
    CompletableFuture<String> second = CompletableFuture.supplyAsync(a::invite);
    b.connect();
    Await.done(b.whenUpToDate());
    Space c = world.join("c", Await.done(second));
    world.agree(a, b, c);
  }

  @Test
  void anInvitationIsMadeAgainAlsoWhenTheNewsCameBeforeTheRefusal() {
    Space a = world.found("a");
    String first = a.invite();
    Space b = world.home("b").join(first);
    List<Runnable> held = new java.util.ArrayList<>();
    world.mesh.wire((connection, toDevice, frame) -> {
      boolean inviting =
          frame.hasPut() && connection.device().filter(World.device(a)::equals).isPresent();
      if (inviting && held.isEmpty()) {
        held.add(() -> connection.receiveNow(frame));
        return List.of();
      }
      return List.of(frame);
    });
    CompletableFuture<String> second = CompletableFuture.supplyAsync(a::invite);
    Await.until("it is on its way", () -> held.size() == 1);
    b.connect();
    Await.done(b.whenUpToDate());
    Await.until("a has heard of b", () -> a.status().position() == world.log(a).size());
    held.get(0).run();
    Space c = world.join("c", Await.done(second));
    world.agree(a, b, c);
  }

  @Test
  void anInvitationOutlivesABrokenConnection() {
    Space a = world.found("a");
    world.mesh.wire((connection, toDevice, frame) -> {
      if (frame.hasPutResult()) {
        connection.cut();
        world.mesh.wire(dev.sealift.client.sync.Wire.HONEST);
      }
      return List.of(frame);
    });
    Space b = world.join("b", a.invite());
    world.agree(a, b);
    assertThat(world.log(a).files()).hasSize(4);
  }

  @Test
  void invitingAfterTheExchangeHasStoppedFailsAtOnce() {
    Space a = world.found("a");
    world.mesh.wire((connection, toDevice, frame) -> {
      if (frame.hasProve()) {
        connection.problem(dev.sealift.protocol.proto.ProblemCode.PROBLEM_CODE_NOT_A_MEMBER);
      }
      return List.of(frame);
    });
    world.mesh.cutAll();
    assertThat(World.stopped(a).code()).isEqualTo(ErrorCode.NOT_A_MEMBER);
    long start = System.nanoTime();
    assertThat(World.codeOf(a::invite)).isEqualTo(ErrorCode.NOT_A_MEMBER);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void anInvitationsBoundsAreChecked() {
    Invitation invitation = Invitation.forOneWriter();
    assertThat(World.codeOf(() -> invitation.uses(0))).isEqualTo(ErrorCode.INVALID_INPUT);
    assertThat(World.codeOf(() -> invitation.uses(10_001))).isEqualTo(ErrorCode.INVALID_INPUT);
    assertThat(World.codeOf(() -> invitation.validFor(Duration.ZERO)))
        .isEqualTo(ErrorCode.INVALID_INPUT);
    assertThat(World.codeOf(() -> invitation.validFor(Duration.ofDays(3651))))
        .isEqualTo(ErrorCode.INVALID_INPUT);
    invitation
        .uses(10_000)
        .validFor(Duration.ofDays(3650))
        .validFor(Duration.ofSeconds(1))
        .uses(1);
  }
}
