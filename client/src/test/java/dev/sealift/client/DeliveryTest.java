package dev.sealift.client;

import static dev.sealift.client.World.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.WriteDelivery.Stage;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.sync.Await;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Offer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a device can say of how far its writes have come. */
class DeliveryTest {
  /** As few files of events as any device compacts. */
  private static final int FEW = 64;

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

  private static WriteDelivery of(Space space, String key) {
    return space.table("cities").delivery(key).orElseThrow();
  }

  private static String id(Space space) {
    return space.status().device();
  }

  private static Delivery.Reader reader(Space space, Space other) {
    return space.delivery().others().stream()
        .filter(reader -> reader.device().equals(id(other)))
        .findFirst()
        .orElseThrow();
  }

  private static void write(Space space, String key) {
    put(space, key, "Hobart");
    Await.done(space.whenDurable());
  }

  @Test
  void aWriteIsLocalThenDurableThenSeen() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    world.agree(a, b);
    a.disconnect();
    put(a, "1", "Hobart");
    assertThat(of(a, "1")).isEqualTo(new WriteDelivery(Stage.LOCAL, 0, List.of(), List.of(id(b))));
    assertThat(a.delivery().pendingWrites()).isPositive();

    b.disconnect();
    a.connect();
    Await.done(a.whenDurable());
    Await.until("a has read it back", () -> of(a, "1").stage() == Stage.DURABLE);
    assertThat(of(a, "1").seenBy()).isEmpty();
    assertThat(of(a, "1").sequence()).isEqualTo(world.log(a).size());

    b.connect();
    Await.done(b.whenUpToDate());
    assertThat(of(a, "1").seenBy())
        .as("b has read it, and has signed nothing since")
        .isEmpty();
    write(b, "2");
    world.agree(a, b);
    assertThat(of(a, "1").seenBy()).containsExactly(id(b));
    assertThat(of(a, "1").unseenBy()).isEmpty();
    assertThat(reader(a, b).hasAll()).isTrue();
    assertThat(reader(b, a).holds())
        .as("a has signed nothing behind what b wrote")
        .isLessThan(world.log(a).size());
  }

  @Test
  void onlyWhatWasHeldWhenItWasSignedIsSeen() throws IOException {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    world.agree(a, b);
    b.disconnect();
    write(a, "1");
    put(b, "2", "written before it has read what a wrote");
    b.handOver(OutputStream.nullOutputStream()); // packs it, with what b holds now
    b.connect();
    world.agree(a, b);
    assertThat(of(a, "1").unseenBy()).containsExactly(id(b));
    write(b, "3");
    world.agree(a, b);
    assertThat(of(a, "1").seenBy()).containsExactly(id(b));
  }

  @Test
  void whoeverWaitsUntilItIsSeenIsTold() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    world.agree(a, b);
    put(a, "1", "Hobart");
    CompletableFuture<Void> seen = a.whenSeenBy(id(b));
    Await.done(a.whenDurable());
    world.agree(a, b);
    assertThat(seen).isNotDone();
    write(b, "2");
    Await.done(seen);
    assertThat(a.whenSeenBy(id(b))).as("nothing was written since").isCompleted();
    put(a, "3", "Perth");
    CompletableFuture<Void> unseen = a.whenSeenBy(id(b));
    assertThat(unseen).isNotDone();
    assertThat(World.codeOf(() -> a.whenSeenBy(id(a)))).isEqualTo(ErrorCode.INVALID_INPUT);
    assertThat(World.codeOf(() -> a.whenSeenBy("00"))).isEqualTo(ErrorCode.INVALID_INPUT);
    world.close("a");
    assertThat(unseen).isCompletedExceptionally();
  }

  @Test
  void whoeverWatchesIsToldOfEachChange() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    world.agree(a, b);
    List<Delivery> told = new CopyOnWriteArrayList<>();
    try (Watch watch = a.watchDelivery(Runnable::run, told::add)) {
      assertThat(told).containsExactly(a.delivery());
      write(a, "1");
      Await.until(
          "it is told that b lacks it",
          () -> told.stream().anyMatch(now -> !now.others().get(0).hasAll()));
      write(b, "2");
      Await.until(
          "it is told that b has it",
          () -> told.get(told.size() - 1).others().get(0).hasAll());
      assertThat(told).doesNotHaveDuplicates().anyMatch(now -> now.pendingWrites() > 0);
    }
  }

  @Test
  void howFreshItIsGoesByWhatOthersHaveSigned() {
    Space a = world.found("a");
    assertThat(a.delivery().asOf()).isEmpty();
    Space b = world.join("b", a.invite());
    world.agree(a, b);
    Instant joined = a.delivery().asOf().orElseThrow();
    write(b, "1");
    world.agree(a, b);
    assertThat(a.delivery().asOf().orElseThrow()).isAfterOrEqualTo(joined);
    assertThat(reader(a, b).signed()).isEqualTo(a.delivery().asOf());
  }

  @Test
  void itIsKnownInAHomeThatIsOpenedAgain() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    write(a, "1");
    world.agree(a, b);
    write(b, "2");
    world.agree(a, b);
    WriteDelivery before = of(a, "1");
    assertThat(before.seenBy()).containsExactly(id(b));
    Delivery all = a.delivery();
    world.close("a");
    Space again = world.home("a").space("household");
    assertThat(of(again, "1")).isEqualTo(before);
    assertThat(again.delivery()).isEqualTo(all);
  }

  @Test
  void writesOfOthersAreTheirs() {
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    write(a, "1");
    world.agree(a, b);
    assertThat(b.table("cities").delivery("1")).isEmpty();
    assertThat(b.delivery(b.table("cities").history("1").get(0))).isEmpty();
    assertThat(a.table("cities").delivery("nothing")).isEmpty();
  }

  private void offerTo(Space space) {
    Await.until(
        "the mesh knows how far it is",
        () -> world.mesh.report(World.device(space)).getSequence() > 0);
    for (int i = 0; i < FEW; i++) {
      write(space, "key" + i % 7);
    }
    assertThat(of(space, "key0").stage()).isEqualTo(Stage.DURABLE);
    world.mesh.deliverTo(
        World.device(space),
        Frame.newBuilder()
            .setOffer(Offer.newBuilder().setLower(FEW).setUpper(FEW))
            .build());
  }

  @Test
  void whatACompactionStandsForIsCompactedWhereNobodyElseCouldCompareIt() {
    world.mesh.takeCompactions();
    Space a = world.found("a");
    offerTo(a);
    Await.until("it is compacted", () -> of(a, "key0").stage() == Stage.COMPACTED);
    write(a, "new");
    assertThat(of(a, "new").stage()).isEqualTo(Stage.DURABLE);
  }

  @Test
  void whatACompactionStandsForIsCompactedOnceAnotherHasComparedIt() {
    world.mesh.takeCompactions();
    Space a = world.found("a");
    Space b = world.join("b", a.invite());
    world.agree(a, b);
    b.disconnect();
    offerTo(a);
    Await.until("it is made", () -> a.status().compaction().lastCompacted().isPresent());
    assertThat(of(a, "key0").stage()).isEqualTo(Stage.DURABLE);
    b.connect();
    Await.until("it is compacted", () -> of(a, "key0").stage() == Stage.COMPACTED);
    assertThat(of(a, "key0").seenBy()).as("who compares has it").containsExactly(id(b));
  }
}
