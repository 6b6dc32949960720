package dev.sealift.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.admission.SpaceQuota;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.Refusal;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a space may have, from both sides of each bound. */
class QuotaTest {
  private final FakeStore store = new FakeStore();

  private CoreHarness engine(SpaceQuota quota) {
    return new CoreHarness(store, EngineLimits.DEFAULT, new SpacePolicy(List.of(), quota));
  }

  private static Outcome write(CoreHarness core, World world) {
    return core.admit(world.space, world.owner, world.owner.draft(world.space)).getOutcomes(0);
  }

  private static long stored(World world) {
    return world.log().stream()
        .mapToLong(file -> file.getSignedHeader().size() + file.getPayloadLength())
        .sum();
  }

  private static void assertOverQuota(Outcome outcome) {
    Refusal refusal = outcome.getRefusal();
    assertThat(refusal.getCode()).isEqualTo(RefusalCode.REFUSAL_CODE_OVER_QUOTA);
    assertThat(refusal.getRetryAfterMillis()).isEqualTo(HouseRules.QUOTA_RETRY_MILLIS);
  }

  @Test
  void theLastByteMayBeUsedAndNotOneMore() {
    World world = new World(engine(SpaceQuota.UNSAID));
    Upload next = world.owner.draft(world.space);
    long all =
        stored(world) + next.header().byteString().size() + next.payload().size();

    assertOverQuota(write(engine(Tokens.bytes(all - 1)), world));
    assertThat(write(engine(Tokens.bytes(all)), world).hasReceipt()).isTrue();
  }

  @Test
  void theLastFileMayBeAdmittedAndNotOneMore() {
    World world = new World(engine(Tokens.files(2)));
    World.receiptOf(world.core.admit(world.space, world.owner, world.owner.next(world.space)));
    assertOverQuota(write(world.core, world));
    assertOverQuota(write(engine(Tokens.files(2)), world)); // also after a restart
  }

  @Test
  void filesOfOneRequestCountOneAfterAnother() {
    World world = new World(engine(Tokens.files(3)));
    List<Outcome> outcomes = world
        .core
        .admit(
            world.space,
            world.owner,
            world.owner.next(world.space),
            world.owner.next(world.space),
            world.owner.next(world.space))
        .getOutcomesList();
    assertThat(outcomes.get(0).hasReceipt()).isTrue();
    assertThat(outcomes.get(1).hasReceipt()).isTrue();
    assertOverQuota(outcomes.get(2));
  }

  @Test
  void whatWasAdmittedGetsItsReceiptAlsoInAFullSpace() {
    World world = new World(engine(Tokens.files(2)));
    Upload upload = world.owner.next(world.space);
    World.receiptOf(world.core.admit(world.space, world.owner, upload));
    assertOverQuota(write(world.core, world));
    assertThat(world.outcome(world.owner, upload).getReceipt().getSequence()).isEqualTo(2);
  }

  @Test
  void aFullSpaceCanStillChangeItsMembersWithinTheReserve() {
    World world = new World(engine(Tokens.bytes(1)));
    assertOverQuota(write(world.core, world));
    world.invite("someone", Role.ROLE_WRITER, 1);

    World counted = new World(new CoreHarness(
        new FakeStore(), EngineLimits.DEFAULT, new SpacePolicy(List.of(), Tokens.files(1))));
    for (int i = 0; i < HouseRules.RESERVE_FILES; i++) {
      counted.invite("guest " + i, Role.ROLE_READER, 1);
    }
    Upload beyond = counted.owner.draft(
        counted.space,
        Author.change(counted
            .link()
            .setOpenInvitation(Author.invitation(
                new Author("one more"),
                Role.ROLE_READER,
                Author.START_MILLIS + World.INVITATION_MILLIS,
                1))));
    assertThat(beyond.header().header().kind()).isEqualTo(FileKind.FILE_KIND_MEMBERSHIP);
    assertOverQuota(counted.core.admit(counted.space, counted.owner, beyond).getOutcomes(0));
  }

  @Test
  void roomThatWasReclaimedIsNoticedWithinAMinute() {
    CoreHarness core = engine(SpaceQuota.UNSAID);
    World world = new World(core);
    CoreHarness small = engine(Tokens.bytes(stored(world)));
    assertOverQuota(write(small, world));
    store.reclaim(world.space.byteString(), 100_000);

    small.nowMillis += Slot.MORE_ROOM_MILLIS - 1;
    int loads = small.loads();
    assertOverQuota(write(small, world));
    assertThat(small.loads()).isEqualTo(loads);
    small.nowMillis += 1;
    assertThat(write(small, world).hasReceipt()).isTrue();
    assertThat(small.loads()).isEqualTo(loads + 1);
  }

  @Test
  void aSpaceThatStaysFullIsLoadedOnceAMinuteAndNoMore() {
    World world = new World(engine(SpaceQuota.UNSAID));
    CoreHarness small = engine(Tokens.files(1));
    for (int i = 0; i < 10; i++) {
      assertOverQuota(write(small, world));
    }
    small.nowMillis += Slot.MORE_ROOM_MILLIS;
    for (int i = 0; i < 10; i++) {
      assertOverQuota(write(small, world));
    }
    assertThat(small.loads()).isEqualTo(2);
  }

  @Test
  void whoIsTooFastIsToldExactlyWhenToComeBack() {
    CoreHarness core = engine(new SpaceQuota(0, 0, 0, 0, 0, 1, 0, 0));
    World world = new World(core);
    for (int i = 1; i < Rate.BURST_SECONDS; i++) {
      World.receiptOf(core.admit(world.space, world.owner, world.owner.next(world.space)));
    }
    Refusal refusal = write(core, world).getRefusal();
    assertThat(refusal.getCode()).isEqualTo(RefusalCode.REFUSAL_CODE_BUSY);
    assertThat(refusal.getRetryAfterMillis()).isEqualTo(1_000);
    core.nowMillis += 999;
    assertThat(write(core, world).hasRefusal()).isTrue();
    core.nowMillis += 1;
    assertThat(write(core, world).hasReceipt()).isTrue();
  }

  @Test
  void aRetryAfterALostCommitCountsOnce() {
    CoreHarness core = engine(new SpaceQuota(0, 0, 0, 0, 0, 1, 0, 0));
    World world = new World(core);
    for (int i = 1; i < Rate.BURST_SECONDS - 1; i++) {
      World.receiptOf(core.admit(world.space, world.owner, world.owner.next(world.space)));
    }
    long id = core.send(world.space, world.owner, world.owner.next(world.space));
    core.step(CoreHarness.Fate.REQUEST_LOST);
    core.settle();
    World.receiptOf(core.reply(id));
    core.nowMillis += 1_000;
    assertThat(write(core, world).hasReceipt()).isTrue();
  }

  @Test
  void aClockThatIsNotBelievedGivesNoNumbersAndAllReceipts() {
    CoreHarness core = engine(SpaceQuota.UNSAID);
    World world = new World(core);
    core.engine.believeClock(false);
    Refusal refusal = write(core, world).getRefusal();
    assertThat(refusal.getCode()).isEqualTo(RefusalCode.REFUSAL_CODE_CLOCK_DOUBTFUL);
    assertThat(refusal.getRetryAfterMillis()).isEqualTo(HouseRules.CLOCK_RETRY_MILLIS);
    World.receiptOf(core.admit(world.space, world.owner, world.genesis));
    core.engine.believeClock(true);
    assertThat(write(core, world).hasReceipt()).isTrue();
  }

  @Test
  void aStoreThatClaimsNonsenseOfItsBytesIsNotBelievedToHoldLessThanNothing() {
    World world = new World(engine(SpaceQuota.UNSAID));
    store.reclaim(world.space.byteString(), Long.MAX_VALUE / 2);
    assertOverQuota(write(engine(Tokens.bytes(1)), world));
  }
}
