package dev.sealift.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.mesh.proto.CommitReply;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.proto.RefusalCode;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A space of a restored mesh whose time for taking back is over, and a store that does not take the commit that begins the incarnation. */
class BeginningTest {
  private static final long RECOVERY_MILLIS = 60_000;

  /** What one request may take, and more. */
  private static final int STEPS = 100;

  private final FakeStore store = new FakeStore();
  private final World world = new World(new CoreHarness(store, EngineLimits.DEFAULT));
  private final CoreHarness core = new CoreHarness(
      store, EngineLimits.DEFAULT, SpacePolicy.unbounded().withRecoveryMillis(RECOVERY_MILLIS));
  private int commits;

  @BeforeEach
  void theTimeIsOver() {
    store.markRestored(1);
    core.authorize(world.space, world.owner, null);
    core.nowMillis += RECOVERY_MILLIS;
  }

  /** Everything but commits is answered. */
  private void settle(Consumer<Effect.Commit> answer) {
    boolean goesOn = true;
    for (int i = 0; goesOn; i++) {
      assertThat(i).as("steps").isLessThan(STEPS);
      if (core.asked.peek() instanceof Effect.Commit commit) {
        core.asked.remove();
        commits++;
        answer.accept(commit);
      } else {
        goesOn = core.step(CoreHarness.Fate.ANSWERED);
      }
    }
  }

  private void answer(CommitResult result) {
    core.engine.committed(CommitReply.newBuilder().addResults(result).build(), core.nowMillis);
  }

  private void assertBeginsOnceTheStoreIsWellAgain() {
    assertThat(core.authorize(world.space, world.owner, null).getAuthorization())
        .isEqualTo(Authorization.AUTHORIZATION_MEMBER);
    assertThat(store.incarnations(world.space.byteString())).hasSize(1);
  }

  @Test
  void whoWaitsHearsOfAStoreThatDoesNotAnswerTheCommit() {
    Upload next = world.owner.next(world.space);
    long connecting = core.sendAuthorize(world.space, world.owner, null);
    long sending = core.send(world.space, world.owner, next);

    settle(commit -> core.engine.commitFailed(core.nowMillis));

    assertThat(commits).isEqualTo(1);
    assertThat(core.failures).containsEntry(connecting, MeshFailure.UNAVAILABLE);
    assertThat(core.reply(sending).getOutcomes(0).getRefusal().getCode())
        .isEqualTo(RefusalCode.REFUSAL_CODE_STORE_UNAVAILABLE);
    assertThat(core.engine.pendingFiles()).isZero();
    assertBeginsOnceTheStoreIsWellAgain();
  }

  @Test
  void aCommitThatIsLostAgainAndAgainIsTriedNoMoreThanAFilesIs() {
    for (int round = 1; round <= 2; round++) {
      long connecting = core.sendAuthorize(world.space, world.owner, null);

      settle(commit -> answer(CommitResult.COMMIT_RESULT_CONFLICT));

      assertThat(commits).isEqualTo(round * EngineLimits.TRIES);
      assertThat(core.failures).containsEntry(connecting, MeshFailure.UNAVAILABLE);
    }
    assertBeginsOnceTheStoreIsWellAgain();
  }

  @Test
  void whatItCostsToBeginOnceIsNotCountedTheNextTime() {
    for (int mark = 2; mark <= EngineLimits.TRIES + 1; mark++) {
      store.markRestored(mark);
      core.authorize(world.space, world.owner, null);
      core.nowMillis += RECOVERY_MILLIS;
      long connecting = core.sendAuthorize(world.space, world.owner, null);
      int before = commits;

      settle(commit -> answer(
          commits == before + 1
              ? CommitResult.COMMIT_RESULT_CONFLICT
              : store.commit(commit.request()).getResults(0)));

      assertThat(core.authorizeReplies.get(connecting).getAuthorization())
          .isEqualTo(Authorization.AUTHORIZATION_MEMBER);
    }
  }

  @Test
  void aStoreThatMissesThePayloadOfNoFileIsNotAskedForEver() {
    long connecting = core.sendAuthorize(world.space, world.owner, null);

    settle(commit -> answer(CommitResult.COMMIT_RESULT_PAYLOAD_MISSING));

    assertThat(core.failures).containsEntry(connecting, MeshFailure.UNAVAILABLE);
  }
}
