package dev.sealift.compactor;

import static dev.sealift.compactor.Waiting.await;
import static dev.sealift.compactor.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.Addresses;
import dev.sealift.protocol.mesh.Roster;
import dev.sealift.protocol.mesh.Shards;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.PresenceReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.junit5.VertxExtension;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The shell over a real event bus, with a clock that runs ahead as fast as somebody waits. */
@ExtendWith(VertxExtension.class)
class CompactorVerticleTest {
  private static final String ENGINE = "engine";
  private static final long TICK_MILLIS = 1;

  /** What a moment of waiting is to the compactor. */
  private static final long STEP_MILLIS = 200;

  private final AtomicLong millis = new AtomicLong(1_000);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private long wall = FakeBus.STOOD_AT;
  private Vertx vertx;
  private FakeBus bus;

  @BeforeEach
  void open(Vertx opened) {
    vertx = opened;
    bus = new FakeBus(opened);
    await(bus.open());
  }

  private void deploy(String id, List<String> compactors, CompactorPolicy policy) {
    Roster roster = new Roster() {
      @Override
      public Collection<String> engines() {
        return List.of(ENGINE);
      }

      @Override
      public Collection<String> stores() {
        return List.of("store");
      }

      @Override
      public Collection<String> compactors() {
        return compactors;
      }
    };
    await(vertx.deployVerticle(new CompactorVerticle(
        id,
        roster,
        () -> Instant.ofEpochMilli(wall + millis.get()),
        millis::get,
        TICK_MILLIS,
        policy,
        compactors.indexOf(id) == 0 ? meters : new SimpleMeterRegistry())));
  }

  private void deploy() {
    deploy("c", List.of("c"), CompactorPolicy.usual());
  }

  private void untilInTime(String what, BooleanSupplier condition) {
    until(what, () -> {
      millis.addAndGet(STEP_MILLIS);
      return condition.getAsBoolean();
    });
  }

  @Test
  void aSpaceThatHasGrownIsOfferedToADeviceAndWhatIsSupersededGoesADayLater() {
    deploy();
    SpaceId space = Ids.space(1);
    bus.devices.put(space, Ids.device(5));
    bus.advance(space, 1_000, ENGINE, 1);
    untilInTime("an offer", () -> !bus.offers.isEmpty());
    assertThat(bus.offers.peek().getDevice()).isEqualTo(Ids.device(5).byteString());
    assertThat(bus.offers.peek().getOffer().getUpper()).isEqualTo(1_000);
    untilInTime("another look", () -> bus.asked.size() >= 2);
    assertThat(bus.reclaims).isEmpty();
    millis.addAndGet(CompactorPolicy.GRACE.toMillis());
    untilInTime("a reclaim", () -> !bus.reclaims.isEmpty());
    ReclaimRequest request = bus.reclaims.peek();
    assertThat(request.getCompaction()).isEqualTo(1_000);
    assertThat(request.getStoodBeforeMillis()).isGreaterThanOrEqualTo(FakeBus.STOOD_AT);
    untilInTime("it is counted", () -> count("sealift.compactor.reclaimed.files") == 7);
    assertThat(count("sealift.compactor.reclaimed.bytes")).isEqualTo(700);
    assertThat(count("sealift.compactor.offers")).isEqualTo(1);
    assertThat(meters
            .get("sealift.compactor.offers.ended")
            .tag("how", "begun")
            .counter()
            .count())
        .isEqualTo(1);
  }

  private double count(String name) {
    return meters.get(name).counter().count();
  }

  /** By the head's server time, whatever any clock shows. */
  @Test
  void whatExpiresGoesWhenTheNewsOfALogHaveReachedIt() {
    deploy();
    SpaceId space = Ids.space(1);
    bus.expiresAt = FakeBus.SERVER_TIME + 5;
    bus.advance(space, 1_000, FakeBus.SERVER_TIME + 1, ENGINE, 1);
    untilInTime("a look", () -> !bus.asked.isEmpty());
    assertThat(bus.asked.peek().getExpiry()).isTrue();
    bus.advance(space, 1_001, FakeBus.SERVER_TIME + 4, ENGINE, 2);
    bus.advance(space, 1_002, FakeBus.SERVER_TIME + 5, ENGINE, 3);
    untilInTime("it goes", () -> count("sealift.compactor.expired.files") == 5);
    assertThat(count("sealift.compactor.expired.bytes")).isEqualTo(500);
    assertThat(bus.expires)
        .singleElement()
        .satisfies(request -> assertThat(request.getSpace()).isEqualTo(space.byteString()));
  }

  @Test
  void aClockThatIsAheadOfTheEnginesMakesNothingGo() {
    wall = FakeBus.STOOD_AT + 10 * CompactorPolicy.GRACE.toMillis();
    deploy();
    SpaceId space = Ids.space(1);
    bus.engineTime(FakeBus.STOOD_AT, ENGINE, 0);
    bus.advance(space, 1_000, ENGINE, 1);
    bus.live.put(space, 0L);
    untilInTime("a look", () -> !bus.asked.isEmpty());
    untilInTime(
        "what stands waits",
        () -> meters
                .get("sealift.compactor.reclaims.waiting")
                .tag("why", "grace")
                .gauge()
                .value()
            == 1);
    assertThat(bus.reclaims).isEmpty();
  }

  @Test
  void whatIsNoMessageIsPassedOver() {
    deploy();
    for (String address :
        List.of(Addresses.SPACE_ADVANCED, Addresses.ENGINE_TIME, Addresses.presence("c"))) {
      vertx.eventBus().publish(address, Buffer.buffer(new byte[] {-1, -1, -1}));
      vertx.eventBus().publish(address, "text");
    }
    bus.send(
        Addresses.presence("c"),
        PresenceReply.newBuilder().setSpace(ByteString.copyFromUtf8("no space")).build());
    bus.advance(Ids.space(1), 1_000, ENGINE, 1);
    untilInTime("it goes on", () -> !bus.asked.isEmpty());
  }

  @Test
  void severalCompactorsShareTheSpaces() {
    List<String> both = List.of("c", "d");
    deploy("c", both, CompactorPolicy.usual());
    deploy("d", both, CompactorPolicy.usual());
    Map<String, Integer> owned = new HashMap<>();
    for (int number = 1; number <= 40; number++) {
      SpaceId space = Ids.space(number << 24);
      owned.merge(Shards.owner(Shards.shardOf(space), both).orElseThrow(), 1, Integer::sum);
      bus.advance(space, 1_000, ENGINE, number);
    }
    assertThat(owned).hasSize(2);
    untilInTime("all are asked about", () -> bus.asked.size() >= 40);
    Set<ByteString> spaces =
        bus.asked.stream().map(CompactionsRequest::getSpace).collect(Collectors.toSet());
    assertThat(spaces).hasSize(40);
    assertThat(bus.asked).as("each by one of them").hasSize(40);
  }

  @Test
  void newsThatWereMissedAreMadeGoodByAPassOverAllSpaces() {
    deploy();
    untilInTime("the pass at the start", () -> bus.swept.size() == 1);
    bus.engineTime(wall, ENGINE, 3);
    millis.addAndGet(CompactorLimits.SWEEP_AT_MOST_EVERY_MILLIS);
    untilInTime("another pass", () -> bus.swept.size() == 2);
  }

  @Test
  void whereItIsOffItDoesNothing() {
    deploy("c", List.of("c"), CompactorPolicy.off());
    ReplyFailure nobody = await(vertx
        .eventBus()
        .<Buffer>request(Addresses.presence("c"), Buffer.buffer())
        .transform(reply ->
            io.vertx.core.Future.succeededFuture(((ReplyException) reply.cause()).failureType())));
    assertThat(nobody).isEqualTo(ReplyFailure.NO_HANDLERS);
  }
}
