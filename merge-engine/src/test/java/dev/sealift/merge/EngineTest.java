package dev.sealift.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.merge.CoreHarness.Fate;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.AdmitFile;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.mesh.proto.AuthorizeReply;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.mesh.proto.CommitReply;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.proto.Receipt;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Role;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Batches, retries, conflicts, and a store that does not answer. */
class EngineTest {
  private final World world = new World();
  private final CoreHarness core = world.core;
  private final Author owner = world.owner;

  private static RefusalCode code(AdmitReply reply, int file) {
    return reply.getOutcomes(file).getRefusal().getCode();
  }

  @Test
  void whileOneCommitIsUnderWayTheNextCollects() {
    int before = core.store.commits();
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ids.add(core.send(world.space, owner, owner.next(world.space)));
    }
    assertThat(ids).noneMatch(core::isAnswered);
    core.settle();
    assertThat(core.store.commits() - before).isEqualTo(2);
    assertThat(ids).allMatch(core.admitReplies::containsKey);
    assertThat(world.log()).hasSize(11);
  }

  @Test
  void aBatchTakesAsManyFilesAsItMayAndNoMore() {
    CoreHarness small = new CoreHarness(new FakeStore(), limits(100, 3));
    World world = new World(small);
    for (int i = 0; i < 5; i++) {
      small.send(world.space, world.owner, world.owner.next(world.space));
    }
    assertThat(commitSizes(small, world)).containsExactly(1, 3, 1);
  }

  private static List<Integer> commitSizes(CoreHarness core, World world) {
    List<Integer> sizes = new ArrayList<>();
    int size = world.log().size();
    do {
      if (world.log().size() > size) {
        sizes.add(world.log().size() - size);
        size = world.log().size();
      }
    } while (core.step(Fate.ANSWERED));
    return sizes;
  }

  private static EngineLimits limits(int pendingFiles, int batchFiles) {
    return new EngineLimits(
        pendingFiles,
        1 << 20,
        pendingFiles,
        1 << 20,
        0,
        batchFiles,
        8 << 20,
        64,
        1000,
        4,
        500,
        30_000);
  }

  @Test
  void whatIsPendingIsBoundedAndTheFirstBeyondIsBusy() {
    CoreHarness small = new CoreHarness(new FakeStore(), limits(3, 256));
    World world = new World(small);
    for (int i = 0; i < 3; i++) {
      long id = small.send(world.space, world.owner, world.owner.next(world.space));
      assertThat(small.failures).doesNotContainKey(id);
    }
    long beyond = small.send(world.space, world.owner, world.owner.draft(world.space));
    assertThat(small.failures).containsEntry(beyond, MeshFailure.BUSY);
    small.settle();
    small.admit(world.space, world.owner, world.owner.next(world.space));
    assertThat(world.log()).hasSize(5);
    assertThat(small.engine.pendingFiles()).isZero();
    assertThat(small.engine.pendingHeaderBytes()).isZero();
  }

  @Test
  void theSameFileAgainGetsTheSameReceipt() {
    Upload upload = owner.next(world.space);
    Receipt first = world.receipt(owner, upload);
    world.receipt(owner, owner.next(world.space));
    core.nowMillis += 60_000;
    Receipt again = world.receipt(owner, upload);
    assertThat(again.getSequence()).isEqualTo(first.getSequence());
    assertThat(again.getServerTimeMillis()).isEqualTo(first.getServerTimeMillis());
    assertThat(world.log()).hasSize(3);
  }

  @Test
  void aRetryIsGivenItsReceiptEvenIfTheFileWouldBeRefusedToday() {
    Upload upload = owner.next(world.space);
    Receipt first = world.receipt(owner, upload);
    AdmitFile changed = upload.admitFile().toBuilder()
        .setPayload(Upload.staged(ByteString.copyFromUtf8("cut off")))
        .build();
    core.nowMillis -= 3_600_000;
    long id = core.send(world.space, owner.id(), List.of(changed));
    core.settle();
    assertThat(World.receiptOf(core.reply(id)).getSequence()).isEqualTo(first.getSequence());
  }

  @Test
  void aRetryThatComesWhileTheFirstIsUnderWayGetsTheSameReceipt() {
    Upload upload = owner.next(world.space);
    long first = core.send(world.space, owner, upload);
    long second = core.send(world.space, owner, upload, upload);
    core.settle();
    Receipt receipt = World.receiptOf(core.reply(first));
    AdmitReply again = core.reply(second);
    world.assertReceiptsVerify(again, upload, upload);
    assertThat(again.getOutcomes(0).getReceipt().getSequence()).isEqualTo(receipt.getSequence());
    assertThat(again.getOutcomes(1).getReceipt().getSequence()).isEqualTo(receipt.getSequence());
    assertThat(world.log()).hasSize(2);
  }

  @Test
  void aRequestOfOldAndNewFilesGetsPathsToOneHead() {
    Upload old = owner.next(world.space);
    world.receipt(owner, old);
    Upload fresh = owner.next(world.space);
    AdmitReply reply = core.admit(world.space, owner, world.genesis, old, fresh);
    world.assertReceiptsVerify(reply, world.genesis, old, fresh);
    assertThat(reply.getOutcomesList()).allMatch(outcome -> outcome.hasReceipt());
    assertThat(world.log()).hasSize(3);
  }

  @Test
  void theClockMayGoBackAndServerTimeDoesNot() {
    long before = world.receipt(owner, owner.next(world.space)).getServerTimeMillis();
    core.nowMillis -= 60_000;
    assertThat(world.receipt(owner, owner.next(world.space)).getServerTimeMillis())
        .isEqualTo(before + 1);
  }

  @Test
  void aCommitWhoseReplyIsLostIsFoundByLookingItUp() {
    Upload upload = owner.next(world.space);
    long id = core.send(world.space, owner, upload);
    int published = core.published.size();
    core.step(Fate.REPLY_LOST);
    assertThat(core.isAnswered(id)).isFalse();
    assertThat(core.published).as("nothing is signed before the reload").hasSize(published);
    core.settle();
    world.assertReceiptsVerify(core.reply(id), upload);
    assertThat(World.receiptOf(core.reply(id)).getSequence()).isEqualTo(2);
    assertThat(world.log()).hasSize(2);
    assertThat(core.published)
        .as("who is told of a commit is told of this one")
        .hasSize(published + 1);
    assertThat(core.published.get(published).getSignedHead())
        .isEqualTo(core.reply(id).getSignedHead());
  }

  @Test
  void aCommitThatNeverReachedTheStoreIsTriedAgain() {
    long id = core.send(world.space, owner, owner.next(world.space));
    long behind = core.send(world.space, owner, owner.next(world.space));
    core.step(Fate.REQUEST_LOST);
    core.settle();
    assertThat(World.receiptOf(core.reply(id)).getSequence()).isEqualTo(2);
    assertThat(World.receiptOf(core.reply(behind)).getSequence()).isEqualTo(3);
  }

  @Test
  void aStoreThatNeverCommitsMakesTheEngineBusyAfterBoundedTries() {
    long id = core.send(world.space, owner, owner.next(world.space));
    int tries = 0;
    while (!core.isAnswered(id)) {
      boolean commit = core.asked.peek() instanceof Effect.Commit;
      tries += commit ? 1 : 0;
      core.step(commit ? Fate.REQUEST_LOST : Fate.ANSWERED);
    }
    assertThat(tries).isEqualTo(EngineLimits.TRIES);
    assertThat(code(core.reply(id), 0)).isEqualTo(RefusalCode.REFUSAL_CODE_BUSY);
    assertThat(core.reply(id).getOutcomes(0).getRefusal().getRetryAfterMillis()).isPositive();
    assertThat(world.log()).hasSize(1);
  }

  @Test
  void aStoreThatDoesNotLoadMakesFilesAndConnectionsWait() {
    CoreHarness cold = new CoreHarness(core.store, EngineLimits.DEFAULT);
    long admit = cold.send(world.space, owner, owner.draft(world.space));
    long authorize = cold.sendAuthorize(world.space, owner, null);
    cold.step(Fate.REQUEST_LOST);
    assertThat(code(cold.reply(admit), 0)).isEqualTo(RefusalCode.REFUSAL_CODE_STORE_UNAVAILABLE);
    assertThat(cold.failures).containsEntry(authorize, MeshFailure.UNAVAILABLE);
    World.receiptOf(cold.admit(world.space, owner, owner.draft(world.space)));
  }

  /** Devices of so many spaces ask an engine that has none of them loaded. */
  private List<Long> askForSpaces(int count) {
    List<Long> asked = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SpaceId space = new Author("founder " + i)
          .genesis(CoreHarness.NOTARY.verifyingKey())
          .header()
          .space();
      asked.add(core.sendAuthorize(space, owner, null));
    }
    return asked;
  }

  @Test
  void fewSpacesAreLoadedAtOnceAndTheOthersInTheirTurn() {
    List<Long> asked = askForSpaces(100);

    assertThat(core.asked).hasSize(StoreCalls.MAX_LOADS);
    while (core.step(CoreHarness.Fate.ANSWERED)) {
      assertThat(core.asked).hasSizeLessThanOrEqualTo(StoreCalls.MAX_LOADS);
    }
    assertThat(asked).allSatisfy(id -> assertThat(core.authorizeReplies).containsKey(id));
  }

  @Test
  void whatWaitsForALoadIsRefusedInTimeWhenTheStoreIsSilent() {
    List<Long> asked = askForSpaces(100);
    core.nowMillis += StoreCalls.MAX_LOAD_WAIT_MILLIS - 1;
    core.step(CoreHarness.Fate.REQUEST_LOST);
    assertThat(asked).filteredOn(core::isAnswered).hasSize(1);

    core.nowMillis += 1;
    core.step(CoreHarness.Fate.REQUEST_LOST);
    assertThat(asked.subList(StoreCalls.MAX_LOADS + 1, asked.size()))
        .allSatisfy(id -> assertThat(core.failures).containsKey(id));

    core.settle(); // the store is back
    assertThat(asked).allMatch(core::isAnswered);
    assertThat(core.authorize(world.space, owner, null).getAuthorization())
        .isEqualTo(Authorization.AUTHORIZATION_MEMBER);
  }

  @Test
  void aLookUpThatFailsRefusesWhatWaitedForIt() {
    long id = core.send(world.space, owner, world.genesis);
    core.step(Fate.REQUEST_LOST);
    assertThat(code(core.reply(id), 0)).isEqualTo(RefusalCode.REFUSAL_CODE_STORE_UNAVAILABLE);
    World.receiptOf(core.admit(world.space, owner, world.genesis));
  }

  @Test
  void aLostPayloadIsAskedForAgainAndLeavesNoTrace() {
    Upload upload = owner.next(world.space);
    AdmitFile.Builder lost = upload.admitFile().toBuilder();
    lost.getPayloadBuilder().setToken(ByteString.copyFromUtf8("lost"));
    core.store.loseToken(ByteString.copyFromUtf8("lost"));
    long id = core.send(world.space, owner.id(), List.of(lost.build()));
    long behind = core.send(world.space, owner, owner.draft(world.space));
    core.settle();
    assertThat(code(core.reply(id), 0)).isEqualTo(RefusalCode.REFUSAL_CODE_STORE_UNAVAILABLE);
    assertThat(code(core.reply(behind), 0)).isEqualTo(RefusalCode.REFUSAL_CODE_CHAIN_GAP);
    assertThat(world.receipt(owner, upload).getSequence()).isEqualTo(2);
  }

  @Test
  void theLoserOfARaceReloadsAndNothingIsLostOrDoubled() {
    CoreHarness other = new CoreHarness(core.store, EngineLimits.DEFAULT);
    Author writer = world.member("writer", Role.ROLE_WRITER);
    other.authorize(world.space, owner, null);
    long here = core.send(world.space, owner, owner.next(world.space));
    long there = other.send(world.space, writer, writer.next(world.space));
    core.settle();
    other.settle();
    assertThat(World.receiptOf(core.reply(here)).getSequence()).isEqualTo(4);
    assertThat(World.receiptOf(other.reply(there)).getSequence()).isEqualTo(5);
  }

  @Test
  void oneSpacesConflictDoesNotHoldUpAnotherInTheSameBatch() {
    Author second = new Author("second founder");
    Upload genesis = second.genesis(CoreHarness.NOTARY.verifyingKey());
    var secondSpace = genesis.header().space();
    core.admit(secondSpace, second, genesis);
    CoreHarness other = new CoreHarness(core.store, EngineLimits.DEFAULT);
    Upload taken = owner.next(world.space);
    other.admit(world.space, owner, taken);
    long blocker = core.send(secondSpace, second, second.next(secondSpace));
    long stale = core.send(world.space, owner, taken);
    long fine = core.send(secondSpace, second, second.next(secondSpace));
    core.step(Fate.ANSWERED);
    core.step(Fate.ANSWERED);
    assertThat(core.isAnswered(blocker)).isTrue();
    assertThat(core.isAnswered(fine)).isTrue();
    assertThat(core.isAnswered(stale)).isFalse();
    core.settle();
    assertThat(World.receiptOf(core.reply(stale)).getSequence()).isEqualTo(2);
    assertThat(world.log()).hasSize(2);
  }

  @Test
  void anEngineThatFellBehindDoesNotRefuseByWhatItRemembers() {
    CoreHarness other = new CoreHarness(core.store, EngineLimits.DEFAULT);
    other.admit(world.space, owner, owner.next(world.space));
    other.admit(world.space, owner, owner.next(world.space));
    assertThat(World.receiptOf(core.admit(world.space, owner, owner.next(world.space))))
        .matches(receipt -> receipt.getSequence() == 4);
  }

  @Test
  void aCommitSentBeforeARequestConfirmsNothingAboutIt() {
    core.send(world.space, owner, owner.next(world.space));
    Effect.Commit underWay = (Effect.Commit) core.asked.remove();
    CommitReply committed = core.store.commit(underWay.request());
    CoreHarness other = new CoreHarness(core.store, EngineLimits.DEFAULT);
    World.receiptOf(other.admit(world.space, owner, owner.next(world.space)));
    long behind = core.send(world.space, owner, owner.next(world.space));
    core.engine.committed(committed, core.nowMillis);
    core.settle();
    assertThat(World.receiptOf(core.reply(behind)).getSequence()).isEqualTo(4);
  }

  @Test
  void anEngineThatFellBehindTellsAConnectingDeviceTheNewestHead() throws Exception {
    CoreHarness other = new CoreHarness(core.store, EngineLimits.DEFAULT);
    Upload newest = owner.next(world.space);
    AdmitReply there = other.admit(world.space, owner, newest);
    AuthorizeReply here = core.authorize(world.space, owner, null);
    assertThat(here.getSignedHead()).isEqualTo(there.getSignedHead());
    assertThat(here.getChainCounter()).isEqualTo(2);
    assertThat(here.getChainFile()).isEqualTo(newest.header().id().byteString());
  }

  @Test
  void aDeviceThatJoinsElsewhereBehindALoadIsAMemberHereToo() {
    CoreHarness other = new CoreHarness(core.store, EngineLimits.DEFAULT);
    Author invitation = world.invite("invitation", Role.ROLE_WRITER, 1);
    Author joiner = new Author("joiner");
    Upload join = joiner.join(world.space, world.link(), invitation);
    World.receiptOf(other.admit(world.space, owner, owner.next(world.space)));
    core.sendAuthorize(world.space, owner, null);
    core.step(Fate.ANSWERED); // the log is longer: it is loaded
    core.asked.remove();
    LoadSpaceReply before = core.store.load(world.space.byteString());

    World.receiptOf(other.admit(world.space, joiner, join));
    long connecting = core.sendAuthorize(world.space, joiner, null);
    core.engine.loaded(world.space, before, core.nowMillis);
    core.settle();

    assertThat(core.authorizeReplies.get(connecting).getAuthorization())
        .isEqualTo(Authorization.AUTHORIZATION_MEMBER);
  }

  @Test
  void whatAnotherEngineCommittedIsPublishedByTheOneThatFindsItOnce() {
    int published = core.published.size();
    CoreHarness other = new CoreHarness(core.store, EngineLimits.DEFAULT);
    AdmitReply there = other.admit(world.space, owner, owner.next(world.space));
    core.authorize(world.space, owner, null);
    core.authorize(world.space, owner, null);
    assertThat(core.published).hasSize(published + 1);
    assertThat(core.published.get(published).getSignedHead()).isEqualTo(there.getSignedHead());
  }

  @Test
  void whatIsUnderWayIsNotToldToAConnectingDeviceBeforeItIsDurable() {
    core.send(world.space, owner, owner.next(world.space));
    long id = core.sendAuthorize(world.space, owner, null);
    assertThat(core.isAnswered(id)).isFalse();
    core.settle();
    assertThat(core.authorizeReplies.get(id).getChainCounter()).isEqualTo(2);
  }

  @Test
  void whoMayConnectIsToldByTheMembership() {
    Author invitation = world.invite("invitation", Role.ROLE_WRITER, 1);
    Author stranger = new Author("stranger");
    assertThat(authorization(owner, null)).isEqualTo(Authorization.AUTHORIZATION_MEMBER);
    assertThat(authorization(stranger, null)).isEqualTo(Authorization.AUTHORIZATION_NOT_A_MEMBER);
    assertThat(authorization(stranger, new Author("none")))
        .isEqualTo(Authorization.AUTHORIZATION_INVITATION_UNKNOWN);
    assertThat(authorization(stranger, invitation)).isEqualTo(Authorization.AUTHORIZATION_INVITED);
    core.nowMillis = Author.START_MILLIS + World.INVITATION_MILLIS - 1;
    assertThat(authorization(stranger, invitation)).isEqualTo(Authorization.AUTHORIZATION_INVITED);
    core.nowMillis++;
    assertThat(authorization(stranger, invitation))
        .isEqualTo(Authorization.AUTHORIZATION_INVITATION_EXPIRED);
    core.nowMillis = Author.START_MILLIS;
    World.receiptOf(
        core.admit(world.space, stranger, stranger.join(world.space, world.link(), invitation)));
    assertThat(authorization(new Author("late"), invitation))
        .isEqualTo(Authorization.AUTHORIZATION_INVITATION_USED_UP);
  }

  @Test
  void whetherADeviceMayWriteIsToldWithIt() {
    Author writer = world.member("writer", Role.ROLE_WRITER);
    Author reader = world.member("reader", Role.ROLE_READER);
    Author invitation = world.invite("invitation", Role.ROLE_WRITER, 1);
    assertThat(core.authorize(world.space, owner, null).getMayWrite()).isTrue();
    assertThat(core.authorize(world.space, writer, null).getMayWrite()).isTrue();
    assertThat(core.authorize(world.space, reader, null).getMayWrite()).isFalse();
    assertThat(core.authorize(world.space, new Author("guest"), invitation).getMayWrite())
        .isFalse();
  }

  private Authorization authorization(Author author, Author invitation) {
    return core.authorize(world.space, author, invitation).getAuthorization();
  }

  @Test
  void aSpaceThatIsNotThereIsUnknownAndNotKeptInMemory() {
    int before = core.engine.loadedSpaces();
    Author founder = new Author("founder");
    var unknown = founder.genesis(CoreHarness.NOTARY.verifyingKey()).header().space();
    AuthorizeReply reply = core.authorize(unknown, founder, null);
    assertThat(reply.getAuthorization()).isEqualTo(Authorization.AUTHORIZATION_UNKNOWN_SPACE);
    assertThat(reply.getSignedHead().isEmpty()).isTrue();
    assertThat(core.engine.loadedSpaces()).isEqualTo(before);
  }

  @Test
  void theSpaceUnusedForLongestIsForgottenAndLoadedAgain() {
    EngineLimits three =
        new EngineLimits(100, 1 << 20, 100, 1 << 20, 0, 100, 1 << 20, 64, 4, 4, 500, 30_000);
    CoreHarness small = new CoreHarness(core.store, three);
    small.authorize(world.space, owner, null);
    for (int i = 0; i < 3; i++) {
      Author founder = new Author("founder " + i);
      Upload genesis = founder.genesis(CoreHarness.NOTARY.verifyingKey());
      World.receiptOf(small.admit(genesis.header().space(), founder, genesis));
    }
    assertThat(small.engine.loadedSpaces()).isLessThanOrEqualTo(3);
    World.receiptOf(small.admit(world.space, owner, owner.next(world.space)));
  }

  @Test
  void aCommitUnderWayIsStillAnsweredWhenTheEngineStopsAndTheRestIsNot() {
    long underWay = core.send(world.space, owner, owner.next(world.space));
    long forming = core.send(world.space, owner, owner.next(world.space));
    core.engine.stop();
    assertThat(core.failures).containsEntry(forming, MeshFailure.UNAVAILABLE);
    assertThat(core.engine.isStopped()).isFalse();
    core.settle();
    assertThat(core.engine.isStopped()).isTrue();
    assertThat(World.receiptOf(core.reply(underWay)).getSequence()).isEqualTo(2);
    long late = core.send(world.space, owner, owner.draft(world.space));
    assertThat(core.failures).containsEntry(late, MeshFailure.UNAVAILABLE);
    assertThat(core.engine.pendingFiles()).isZero();
  }

  @Test
  void anUnansweredCommitAtTheStopFailsItsRequests() {
    long underWay = core.send(world.space, owner, owner.next(world.space));
    core.engine.stop();
    core.step(Fate.REPLY_LOST);
    assertThat(core.failures).containsEntry(underWay, MeshFailure.UNAVAILABLE);
    assertThat(core.engine.isStopped()).isTrue();
  }

  @Test
  void everyReceiptOfALargeBatchVerifies() {
    Upload[] uploads = new Upload[64];
    for (int i = 0; i < uploads.length; i++) {
      uploads[i] = owner.next(world.space, world.seenNewest());
    }
    AdmitReply reply = core.admit(world.space, owner, uploads);
    world.assertReceiptsVerify(reply, uploads);
    assertThat(reply.getOutcomesList()).allMatch(outcome -> outcome.hasReceipt());
    assertThat(world.log()).extracting(CommitFile::getCounter).hasSize(65);
  }
}
