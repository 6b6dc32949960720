package dev.sealift.client;

import static dev.sealift.client.World.name;
import static dev.sealift.client.World.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.sync.Await;
import dev.sealift.client.sync.FakeMesh;
import dev.sealift.client.sync.SyncState;
import dev.sealift.client.sync.Wire;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.GoAway;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExchangeTest {
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

  @Test
  void twoDevicesSeeWhatTheOtherWrote() {
    Space a = world.found("a");
    put(a, "1", "Hobart");
    Space b = world.join("b", a.invite());
    put(b, "2", "Perth");
    world.agree(a, b);
    assertThat(name(a, "2")).isEqualTo("Perth");
    assertThat(name(b, "1")).isEqualTo("Hobart");
  }

  @Test
  void aSpaceIsUsedBeforeItIsEverConnected() {
    Space a = world.home("a").create("household", World.SCHEMA);
    put(a, "1", "Hobart");
    assertThat(name(a, "1")).isEqualTo("Hobart");
    assertThat(a.status().state()).isEqualTo(SyncState.OFFLINE);
    assertThat(a.status().space()).isEmpty();
    a.connect(FakeMesh.ADDRESS);
    Space b = world.join("b", a.invite());
    world.agree(a, b);
    assertThat(name(b, "1")).isEqualTo("Hobart");
  }

  @Test
  void aLinkWorksWhileItsInviterIsOffline() {
    Space a = world.found("a");
    put(a, "1", "Hobart");
    String link = a.invite();
    world.close("a");
    Space b = world.join("b", link);
    assertThat(name(b, "1")).isEqualTo("Hobart");
    assertThat(b.status().member()).isTrue();
  }

  @Test
  void whatWasWrittenBeforeALinkIsThereForWhoeverTakesIt() {
    Space a = world.found("a");
    a.disconnect();
    put(a, "1", "Hobart");
    a.connect(FakeMesh.ADDRESS);
    String link = a.invite();
    world.close("a");
    assertThat(name(world.join("b", link), "1")).isEqualTo("Hobart");
  }

  @Test
  void editsOfDifferentCellsAreBothKept() {
    Space a = world.found("a");
    put(a, "1", "Hobart");
    Space b = world.join("b", a.invite());
    a.disconnect();
    b.disconnect();
    a.table("cities").patch("1", Row.of("country", "AU"));
    b.table("cities").patch("1", Row.of("population", 252_669));
    a.connect();
    b.connect();
    world.agree(a, b);
    Row row = a.table("cities").get("1").orElseThrow();
    assertThat(row).isEqualTo(Row.of("name", "Hobart", "country", "AU", "population", 252_669));
  }

  @Test
  void ofTwoEditsOfOneCellTheLaterIsShownEverywhere() {
    Space a = world.found("a");
    put(a, "1", "Hobart");
    Space b = world.join("b", a.invite());
    a.disconnect();
    b.disconnect();
    a.table("cities").patch("1", Row.of("name", "Hobart Town"));
    world.writesLater("b"); // each reckons the mesh's time with the latency that it saw
    b.table("cities").patch("1", Row.of("name", "nipaluna"));
    b.connect();
    a.connect();
    world.agree(a, b);
    assertThat(name(a, "1")).isEqualTo("nipaluna");
  }

  @Test
  void aRemovedRowIsGoneEverywhereAndComesBackWholeWhenItIsWritten() {
    Space a = world.found("a");
    a.table("cities").put("1", Row.of("name", "Hobart", "country", "AU"));
    Space b = world.join("b", a.invite());
    b.table("cities").remove("1");
    Await.done(b.whenDurable());
    world.agree(a, b);
    assertThat(a.table("cities").get("1")).isEmpty();
    a.table("cities").patch("1", Row.of("population", 252_669));
    Await.done(a.whenDurable());
    world.agree(a, b);
    assertThat(b.table("cities").get("1").orElseThrow().text("country")).contains("AU");
  }

  @Test
  void tablesTravelWithTheData() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    a.declare(Schema.of(Schema.table("notes", "id").text("text")));
    Await.done(a.whenDurable());
    world.agree(a, b);
    b.table("notes").put("n", Row.of("text", "hello"));
    Await.done(b.whenDurable());
    world.agree(a, b);
    assertThat(a.table("notes").get("n").orElseThrow().text("text")).contains("hello");
  }

  @Test
  void whatFitsIntoNoSingleFileArrivesWhole() {
    Space a = world.found("a");
    byte[] noise = new byte[400_000];
    new Random(1).nextBytes(noise);
    a.declare(Schema.of(Schema.table("pictures", "id").bytes("bytes")));
    a.write(writes -> {
      for (int i = 0; i < 12; i++) {
        noise[i]++;
        writes.put("pictures", "p" + i, Row.of("bytes", noise));
      }
    });
    Await.done(a.whenDurable());
    Space b = world.join("b", a.invite());
    world.agree(a, b);
    assertThat(b.table("pictures").count()).isEqualTo(12);
  }

  @Test
  void twoInvitationsInARowLetTwoDevicesIn() {
    Space a = world.found("a");
    String first = a.invite();
    String second = a.invite();
    Space b = world.join("b", first);
    Space c = world.join("c", second);
    put(b, "1", "Hobart");
    put(c, "2", "Perth");
    Await.done(b.whenDurable());
    Await.done(c.whenDurable());
    world.agree(a, b, c);
  }

  @Test
  void aMemberWhoMayNotInviteIsToldSoAndGoesOnSyncing() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    SealiftException refused = World.thrownBy(b::invite);
    assertThat(refused.code()).isEqualTo(ErrorCode.NOT_ALLOWED);
    put(b, "1", "Hobart");
    Await.done(b.whenDurable());
    world.agree(a, b);
  }

  // Waiting

  @Test
  void durableMeansThatTheMeshHasIt() {
    Space a = world.found("a");
    long before = world.log(a).size();
    a.disconnect();
    put(a, "1", "Hobart");
    CompletableFuture<Void> durable = a.whenDurable();
    assertThat(durable).isNotDone();
    assertThat(a.status().pendingWrites()).isPositive();
    a.connect();
    Await.done(durable);
    assertThat(world.log(a).size()).isEqualTo(before + 1);
    assertThat(a.whenDurable()).isCompleted();
  }

  @Test
  void durableWaitsForTheReceiptAndForNoLaterWrite() {
    Space a = world.found("a");
    world.mesh.holdAnswers();
    world.mesh.wire((connection, toDevice, frame) -> frame.hasFiles() ? List.of() : List.of(frame));
    put(a, "1", "Hobart");
    Await.until("it was put", () -> world.mesh.heldAnswers() == 1);
    CompletableFuture<Void> first = a.whenDurable();
    world.mesh.wire((connection, toDevice, frame) ->
        frame.hasPut() || frame.hasFiles() ? List.of() : List.of(frame));
    put(a, "2", "Perth");
    CompletableFuture<Void> second = a.whenDurable();
    assertThat(first).isNotDone();
    world.mesh.releaseAnswers();
    Await.done(first);
    assertThat(second).isNotDone();
    world.mesh.wire(Wire.HONEST);
    world.mesh.cutAll();
    Await.done(second);
  }

  @Test
  void manyWritersOfOneDeviceAllHearOfTheirDurability() {
    Space a = world.found("a");
    for (int i = 0; i < 200; i++) {
      put(a, "k" + i, "v");
      if (i % 3 == 0) {
        Await.done(a.whenDurable());
      }
    }
    Await.done(a.whenDurable());
    assertThat(a.status().pendingWrites() + a.status().waitingFiles()).isZero();
  }

  @Test
  void upToDateIsNotSaidBeforeWhatTheMeshHasIsHere() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    b.disconnect();
    put(a, "1", "Hobart");
    Await.done(a.whenDurable());
    CompletableFuture<Void> upToDate = b.whenUpToDate();
    assertThat(upToDate).isNotDone();
    b.connect();
    Await.done(upToDate);
    assertThat(name(b, "1")).isEqualTo("Hobart");
  }

  @Test
  void askingToBeUpToDateCountsWhatTheMeshHasByThen() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    for (int i = 0; i < 50; i++) {
      put(a, "k", "v" + i);
      Await.done(a.whenDurable());
      Await.done(b.whenUpToDate());
      assertThat(name(b, "k")).isEqualTo("v" + i);
    }
  }

  @Test
  void whoWaitsIsToldWhenTheSpaceIsClosed() {
    Space a = world.home("a").create("household", World.SCHEMA);
    put(a, "1", "Hobart");
    CompletableFuture<Void> durable = a.whenDurable();
    CompletableFuture<Void> upToDate = a.whenUpToDate();
    world.close("a");
    assertThat(((SealiftException) Await.failure(durable)).code()).isEqualTo(ErrorCode.CLOSED);
    assertThat(((SealiftException) Await.failure(upToDate)).code()).isEqualTo(ErrorCode.CLOSED);
  }

  @Test
  void aCallbackMayEndTheExchangeThatItIsToldOf() {
    Space a = world.found("a");
    put(a, "1", "Hobart");
    CompletableFuture<Void> ended = a.whenDurable().thenRun(a::disconnect);
    Await.done(ended);
    Await.until("it is offline", () -> a.status().state() == SyncState.OFFLINE);
    a.connect();
    Await.done(a.whenUpToDate());
  }

  // Connecting

  @Test
  void theStateSaysWhereThingsStand() {
    Space a = world.home("a").create("household", World.SCHEMA);
    assertThat(a.status().state()).isEqualTo(SyncState.OFFLINE);
    world.mesh.down();
    a.connect(FakeMesh.ADDRESS);
    assertThat(World.problem(a).code()).isEqualTo(ErrorCode.MESH_UNREACHABLE);
    assertThat(a.status().state()).isEqualTo(SyncState.CONNECTING);
    world.mesh.up();
    Await.done(a.whenUpToDate());
    assertThat(a.status().state()).isEqualTo(SyncState.UP_TO_DATE);
    assertThat(a.status().problem()).isEmpty();
    assertThat(a.status().mesh()).contains(FakeMesh.ADDRESS);
    assertThat(a.status().member()).isTrue();
    a.disconnect();
    assertThat(a.status().state()).isEqualTo(SyncState.OFFLINE);
  }

  @Test
  void aBrokenConnectionIsMadeAgainByItself() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    for (int i = 0; i < 3; i++) {
      world.mesh.cutAll();
      put(a, "k" + i, "v");
      Await.done(a.whenDurable());
    }
    world.agree(a, b);
  }

  @Test
  void aMeshThatGoesAwayIsComeBackTo() {
    Space a = world.found("a");
    world.mesh.deliverToAll(Frame.newBuilder()
        .setGoAway(GoAway.newBuilder().setRetryAfterMillis(20))
        .build());
    put(a, "1", "Hobart");
    Await.done(a.whenDurable());
    Await.done(a.whenUpToDate());
  }

  @Test
  void withoutAnAddressThereIsNothingToConnectTo() {
    Space a = world.home("a").create("household", World.SCHEMA);
    assertThat(World.codeOf(a::connect)).isEqualTo(ErrorCode.NOT_CONNECTED);
    assertThat(World.codeOf(a::invite)).isEqualTo(ErrorCode.NOT_CONNECTED);
    for (String wrong : List.of("http://mesh.test", "ws:///v1", "ws://me@mesh.test", "mesh.test")) {
      assertThat(World.codeOf(() -> a.connect(URI.create(wrong))))
          .isEqualTo(ErrorCode.INVALID_INPUT);
    }
  }

  @Test
  void aQuestionThatComesDuringTheHandshakeIsAnswered() {
    Space a = world.found("a");
    a.disconnect();
    AtomicReference<CompletableFuture<Void>> asked = new AtomicReference<>();
    world.mesh.wire((connection, toDevice, frame) -> {
      if (frame.hasWelcome()) {
        asked.set(a.whenUpToDate());
      }
      return List.of(frame);
    });
    a.connect();
    Await.until("it was welcomed", () -> asked.get() != null);
    Await.done(asked.get());
  }

  @Test
  void aCallbackMayDisconnectWhileAnotherThreadDoes() {
    Space a = world.found("a");
    put(a, "1", "Hobart");
    a.disconnect();
    put(a, "1", "Sydney");
    Thread other = new Thread(a::disconnect);
    CompletableFuture<Void> ended = a.whenDurable().thenRun(() -> {
      other.start();
      Await.until("it waits for the loop", () -> other.getState() == Thread.State.WAITING);
      a.disconnect();
    });
    a.connect();
    Await.done(ended);
    Await.until("both have ended", () -> !other.isAlive());
    assertThat(a.status().state()).isEqualTo(SyncState.OFFLINE);
  }
}
