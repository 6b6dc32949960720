package dev.sealift.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.proto.HeaderBody;
import dev.sealift.protocol.proto.Receipt;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Role;
import dev.sealift.protocol.proto.Rules;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bases, in a space that ranks by arrival: what everybody can work out of the place of the file before. */
class ArrivalTest {
  private static final long LATE_AFTER_MILLIS = 10_000;

  private final Author owner = new Author("owner");
  private CoreHarness core = new CoreHarness();
  private Upload genesis;
  private SpaceId space;

  @BeforeEach
  void found() throws Exception {
    Rules rules = SpaceRules.byArrival(LATE_AFTER_MILLIS).toProto();
    genesis = owner.genesis(CoreHarness.NOTARY.verifyingKey(), rules, body -> {});
    space = genesis.header().space();
    World.receiptOf(core.admit(space, owner, genesis));
  }

  private static Consumer<HeaderBody.Builder> writtenAt(long millis) {
    return body -> body.setHybridTime(HybridTime.of(millis, 0).bits());
  }

  private Receipt put(long writtenMillis) {
    return World.receiptOf(core.admit(space, owner, owner.next(space, writtenAt(writtenMillis))));
  }

  private CommitFile stored(Receipt receipt) {
    return core.store.log(space.byteString()).get((int) receipt.getSequence() - 1);
  }

  @Test
  void theFirstFileBuildsOnNothing() {
    assertThat(core.store.log(space.byteString()).get(0).getBase()).isZero();
  }

  @Test
  void theBaseIsTheServerTimeOfTheFileBefore() {
    long founded = core.store.log(space.byteString()).get(0).getServerTimeMillis();
    Receipt first = put(core.nowMillis);
    assertThat(first.getBase()).isEqualTo(founded);
    assertThat(put(core.nowMillis).getBase()).isEqualTo(first.getServerTimeMillis());
    assertThat(stored(first).getBase()).isEqualTo(founded);
  }

  @Test
  void ofAFileThatCameLateTheBaseGoesOn() {
    Receipt timely = put(core.nowMillis);
    long writtenMillis = core.nowMillis;
    core.nowMillis += LATE_AFTER_MILLIS + 1;
    Receipt late = put(writtenMillis);
    Receipt after = put(core.nowMillis);

    assertThat(late.getServerTimeMillis()).isEqualTo(writtenMillis + LATE_AFTER_MILLIS + 1);
    assertThat(late.getBase()).isEqualTo(timely.getServerTimeMillis());
    assertThat(after.getBase()).isEqualTo(timely.getServerTimeMillis());
  }

  @Test
  void noFileSaysWhenItExpires() {
    AdmitReply reply =
        core.admit(space, owner, owner.draft(space, body -> body.setExpiresAtMillis(1)));
    assertThat(reply.getOutcomes(0).getRefusal().getCode())
        .isEqualTo(RefusalCode.REFUSAL_CODE_UNSUPPORTED);
    assertThat(put(core.nowMillis).getSequence()).isEqualTo(2);
  }

  @Test
  void aFileIsInTimeUpToTheVeryMillisecond() {
    put(core.nowMillis);
    long writtenMillis = core.nowMillis;
    core.nowMillis += LATE_AFTER_MILLIS;
    Receipt justInTime = put(writtenMillis);

    assertThat(justInTime.getServerTimeMillis()).isEqualTo(writtenMillis + LATE_AFTER_MILLIS);
    assertThat(put(core.nowMillis).getBase()).isEqualTo(justInTime.getServerTimeMillis());
  }

  @Test
  void filesOfOneBatchBuildOnEachOther() {
    Upload one = owner.next(space, writtenAt(core.nowMillis));
    Upload two = owner.next(space, writtenAt(core.nowMillis));
    var reply = core.admit(space, owner, one, two);
    World.assertReceiptsVerify(space, reply, one, two);

    Receipt first = reply.getOutcomes(0).getReceipt();
    assertThat(reply.getOutcomes(1).getReceipt().getBase()).isEqualTo(first.getServerTimeMillis());
  }

  @Test
  void anEngineThatStartsAnewAsksTheStoreWhereAChainStands() {
    Receipt timely = put(core.nowMillis);
    long writtenMillis = core.nowMillis;
    core.nowMillis += LATE_AFTER_MILLIS + 1;
    put(writtenMillis);
    long now = core.nowMillis;
    core = new CoreHarness(core.store, EngineLimits.DEFAULT);
    core.nowMillis = now;

    assertThat(put(core.nowMillis).getBase()).isEqualTo(timely.getServerTimeMillis());
  }

  @Test
  void theReceiptOfAFileThatComesAgainHasItsBase() {
    put(core.nowMillis);
    Upload upload = owner.next(space, writtenAt(core.nowMillis));
    Receipt first = World.receiptOf(core.admit(space, owner, upload));
    core.nowMillis += 5;

    assertThat(first.getBase()).isPositive();
    assertThat(World.receiptOf(core.admit(space, owner, upload)).getBase())
        .isEqualTo(first.getBase());
  }

  private static long place(World world, Upload of) {
    return world.log().stream()
        .filter(file -> file.getFile().equals(of.header().id().byteString()))
        .findFirst()
        .orElseThrow()
        .getServerTimeMillis();
  }

  @Test
  void theBaseCountsFilesOfOtherChainsThatItBuildsOn() throws Exception {
    World world = new World(new CoreHarness(), SpaceRules.byArrival(LATE_AFTER_MILLIS));
    Author writer = world.member("writer", Role.ROLE_WRITER);
    Upload before = writer.last();
    Upload other = writer.next(world.space);
    long on = world.receipt(writer, other).getServerTimeMillis();
    world.receipt(writer, writer.next(world.space));

    long place = place(world, before);
    Upload one = world.owner.next(world.space, Author.buildingOn(before));
    assertThat(world.receipt(world.owner, one).getBase()).isEqualTo(place);
    Author late = world.member("late", Role.ROLE_WRITER);
    Upload two = late.next(world.space, Author.buildingOn(other));
    assertThat(world.receipt(late, two).getBase()).as("its own join is above").isGreaterThan(on);
  }

  @Test
  void whatItBuildsOnInTheSameBatchCountsToo() throws Exception {
    World world = new World(new CoreHarness(), SpaceRules.byArrival(LATE_AFTER_MILLIS));
    Author writer = world.member("writer", Role.ROLE_WRITER);
    Upload first = writer.next(world.space);
    Upload behind = writer.next(world.space);
    Upload second = world.owner.next(world.space, Author.buildingOn(first));
    var reply = world.core.admit(world.space, world.owner, first, behind, second);
    world.assertReceiptsVerify(reply, first, behind, second);

    assertThat(reply.getOutcomes(2).getReceipt().getBase())
        .isEqualTo(reply.getOutcomes(0).getReceipt().getServerTimeMillis());
  }

  @Test
  void ofALateFileThatItBuildsOnTheBaseGoesOn() throws Exception {
    World world = new World(new CoreHarness(), SpaceRules.byArrival(LATE_AFTER_MILLIS));
    Author writer = world.member("writer", Role.ROLE_WRITER);
    long join = place(world, writer.last());
    world.core.nowMillis = Author.START_MILLIS + LATE_AFTER_MILLIS + 1;
    Upload late = writer.next(world.space);
    assertThat(world.receipt(writer, late).getBase()).isEqualTo(join);
    CoreHarness anew = new CoreHarness(world.core.store, EngineLimits.DEFAULT);
    anew.nowMillis = world.core.nowMillis;

    Upload one = world.owner.next(world.space, Author.buildingOn(late));
    assertThat(World.receiptOf(anew.admit(world.space, world.owner, one)).getBase())
        .isEqualTo(join);
  }

  /** What stays of a header that was reclaimed tells the place that the header told. */
  @Test
  void ofFilesWhoseHeadersAreGoneTheBaseIsTheSame() throws Exception {
    World world = new World(new CoreHarness(), SpaceRules.byArrival(LATE_AFTER_MILLIS));
    Author writer = world.member("writer", Role.ROLE_WRITER);
    long join = place(world, writer.last());
    Upload timely = writer.next(world.space, writtenAt(world.core.nowMillis));
    long arrived = world.receipt(writer, timely).getServerTimeMillis();
    long written = world.core.nowMillis;
    world.core.nowMillis += LATE_AFTER_MILLIS + 1;
    Upload late = writer.next(world.space, writtenAt(written));
    world.receipt(writer, late);
    world.receipt(writer, writer.next(world.space, writtenAt(world.core.nowMillis)));
    for (Upload gone : List.of(timely, late)) {
      world.core.store.reclaimHeader(gone.header().id());
    }
    CoreHarness anew = new CoreHarness(world.core.store, EngineLimits.DEFAULT);
    anew.nowMillis = world.core.nowMillis;

    Upload onTimely = world.owner.draft(world.space, Author.buildingOn(timely));
    Upload onLate = world.owner.draft(world.space, Author.buildingOn(late));
    assertThat(arrived).isGreaterThan(join);
    assertThat(baseOf(anew, world, onTimely)).isEqualTo(arrived);
    assertThat(baseOf(new CoreHarness(world.core.store, EngineLimits.DEFAULT), world, onLate))
        .isEqualTo(arrived);
  }

  private static long baseOf(CoreHarness core, World world, Upload upload) {
    core.nowMillis = world.core.nowMillis;
    int size = world.log().size();
    long base = World.receiptOf(core.admit(world.space, world.owner, upload)).getBase();
    core.store.rollBack(world.space.byteString(), size);
    return base;
  }

  @Test
  void anEngineGoesOnInAReclaimedLog() throws Exception {
    World world = new World(new CoreHarness(), SpaceRules.byArrival(LATE_AFTER_MILLIS));
    Author writer = world.member("writer", Role.ROLE_WRITER);
    Upload first = writer.next(world.space);
    world.receipt(writer, first);
    Upload last = writer.next(world.space);
    world.receipt(writer, last);
    world.core.store.reclaimHeader(first.header().id());
    CoreHarness anew = new CoreHarness(world.core.store, EngineLimits.DEFAULT);
    anew.nowMillis = world.core.nowMillis;

    assertThat(
            anew.admit(world.space, writer, first).getOutcomes(0).getReceipt().getSequence())
        .isEqualTo(world.log().size() - 1);
    World.receiptOf(anew.admit(world.space, writer, writer.next(world.space)));
    World.receiptOf(anew.admit(world.space, world.owner, world.owner.next(world.space)));
    assertThat(anew.alarms).isEmpty();
  }

  /** It is there always: a store that has it not has lost it. */
  @Test
  void aStoreThatLostAChainsLastHeaderIsNotBelieved() throws Exception {
    World world = new World(new CoreHarness(), SpaceRules.byArrival(LATE_AFTER_MILLIS));
    Author writer = world.member("writer", Role.ROLE_WRITER);
    Upload last = writer.next(world.space);
    world.receipt(writer, last);
    world.core.store.reclaimHeader(last.header().id());
    CoreHarness anew = new CoreHarness(world.core.store, EngineLimits.DEFAULT);
    anew.nowMillis = world.core.nowMillis;

    anew.send(world.space, writer, writer.next(world.space));
    anew.settle();

    assertThat(anew.alarms).containsExactly(StoreFault.LOOK_UP_UNVERIFIED);
  }

  @Test
  void underTheRuleByHybridTimeNoFileHasABase() {
    World other = new World();
    other.receipt(other.owner, other.owner.next(other.space));
    assertThat(other.log()).allMatch(file -> file.getBase() == 0);
  }
}
