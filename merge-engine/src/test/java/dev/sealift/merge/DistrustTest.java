package dev.sealift.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.Leaf;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.LookUpReply;
import dev.sealift.protocol.proto.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a store says is believed only as far as it verifies. */
class DistrustTest {
  private final World world = new World();
  private final CoreHarness core = world.core;
  private final Author owner = world.owner;

  /** Loads the space into a fresh engine, with a twist to what the store says. */
  private CoreHarness loadTwisted(Consumer<LoadSpaceReply.Builder> twist) {
    CoreHarness cold = new CoreHarness(core.store, EngineLimits.DEFAULT);
    long id = cold.sendAuthorize(world.space, owner, null);
    LoadSpaceReply.Builder reply = core.store.load(world.space.byteString()).toBuilder();
    twist.accept(reply);
    cold.asked.clear();
    cold.engine.loaded(world.space, reply.build(), cold.nowMillis);
    cold.settle();
    assertThat(cold.isAnswered(id)).isTrue();
    return cold;
  }

  private StoreFault faultOf(Consumer<LoadSpaceReply.Builder> twist) {
    CoreHarness cold = loadTwisted(twist);
    assertThat(cold.failures.values()).containsExactly(MeshFailure.UNAVAILABLE);
    assertThat(cold.alarms).hasSize(1);
    return cold.alarms.get(0);
  }

  private static ByteString otherHash() {
    return Hash.of(new byte[] {1}).byteString();
  }

  @Test
  void whatTheStoreSaysIsBelievedWhenItVerifies() {
    world.member("writer", Role.ROLE_WRITER);
    assertThat(loadTwisted(reply -> {}).alarms).isEmpty();
  }

  @Test
  void aFrontierThatDoesNotGiveTheRootIsNotBelieved() {
    assertThat(faultOf(reply -> reply.setRoot(otherHash())))
        .isEqualTo(StoreFault.TREE_INCONSISTENT);
    assertThat(faultOf(reply -> reply.setFrontier(otherHash())))
        .isEqualTo(StoreFault.TREE_INCONSISTENT);
    assertThat(faultOf(reply -> reply.setFrontier(ByteString.EMPTY)))
        .isEqualTo(StoreFault.TREE_INCONSISTENT);
    assertThat(faultOf(reply -> reply.setSize(0))).isEqualTo(StoreFault.TREE_INCONSISTENT);
    assertThat(faultOf(reply -> reply.setSize(-1))).isEqualTo(StoreFault.TREE_INCONSISTENT);
    assertThat(faultOf(reply -> reply.setLastServerTimeMillis(-1)))
        .isEqualTo(StoreFault.TREE_INCONSISTENT);
  }

  @Test
  void aMembershipChainThatIsCutForgedOrMissingIsNotBelieved() {
    world.member("writer", Role.ROLE_WRITER);
    assertThat(faultOf(LoadSpaceReply.Builder::clearMembership))
        .isEqualTo(StoreFault.MEMBERSHIP_UNVERIFIED);
    assertThat(faultOf(reply -> reply.removeMembership(0)))
        .isEqualTo(StoreFault.MEMBERSHIP_UNVERIFIED);
    assertThat(faultOf(reply -> reply.removeMembership(1)))
        .isEqualTo(StoreFault.MEMBERSHIP_UNVERIFIED);
    assertThat(faultOf(reply -> flipLastBit(reply, 2))).isEqualTo(StoreFault.MEMBERSHIP_UNVERIFIED);
    assertThat(faultOf(reply -> reply.getMembershipBuilder(1).setSequence(1)))
        .isEqualTo(StoreFault.MEMBERSHIP_UNVERIFIED);
    assertThat(faultOf(reply -> reply.getMembershipBuilder(2).setServerTimeMillis(0)))
        .isEqualTo(StoreFault.MEMBERSHIP_UNVERIFIED);
  }

  private static void flipLastBit(LoadSpaceReply.Builder reply, int link) {
    byte[] bytes = reply.getMembership(link).getSignedHeader().toByteArray();
    bytes[bytes.length - 33] ^= 1;
    reply.getMembershipBuilder(link).setSignedHeader(ByteString.copyFrom(bytes));
  }

  @Test
  void aSpaceOfAnotherMeshIsNotServed() {
    List<StoreFault> alarms = new ArrayList<>();
    Engine foreign =
        new Engine(SigningKey.generate(), EngineLimits.DEFAULT, SpacePolicy.open(), effect -> {
          if (effect instanceof Effect.Alarm alarm) {
            alarms.add(alarm.fault());
          }
        });
    foreign.authorize(
        1,
        dev.sealift.protocol.mesh.proto.AuthorizeRequest.newBuilder()
            .setSpace(world.space.byteString())
            .setDevice(owner.id().byteString())
            .build(),
        core.nowMillis);
    foreign.loaded(world.space, core.store.load(world.space.byteString()), core.nowMillis);
    assertThat(alarms).containsExactly(StoreFault.FOREIGN_NOTARY);
  }

  @Test
  void chainsThatDoNotAddUpAreNotBelieved() {
    world.member("writer", Role.ROLE_WRITER);
    assertThat(faultOf(reply -> reply.removeChains(1))).isEqualTo(StoreFault.CHAINS_INCONSISTENT);
    assertThat(faultOf(reply -> reply.getChainsBuilder(0).setCounter(1)))
        .isEqualTo(StoreFault.CHAINS_INCONSISTENT);
    assertThat(faultOf(reply -> reply.getChainsBuilder(0).setDevice(otherHash())))
        .isEqualTo(StoreFault.CHAINS_INCONSISTENT);
    assertThat(faultOf(reply -> reply.getChainsBuilder(0).setCounter(Long.MAX_VALUE)))
        .isEqualTo(StoreFault.CHAINS_INCONSISTENT);
  }

  @Test
  void aDistrustedSpaceIsRefusedForAWhileOthersGoOnAndARepairIsNoticed() {
    CoreHarness cold = loadTwisted(reply -> reply.setRoot(otherHash()));
    long refused = cold.sendAuthorize(world.space, owner, null);
    assertThat(cold.failures).containsEntry(refused, MeshFailure.UNAVAILABLE);
    Author founder = new Author("founder");
    Upload genesis = founder.genesis(CoreHarness.NOTARY.verifyingKey());
    World.receiptOf(cold.admit(genesis.header().space(), founder, genesis));
    cold.nowMillis += EngineLimits.DISTRUST_MILLIS;
    cold.authorize(world.space, owner, null);
  }

  @Test
  void aStoreThatRolledBackUnderARunningEngineIsNoticedAndNothingIsSigned() {
    world.receipt(owner, owner.next(world.space));
    core.store.rollBack(world.space.byteString(), 1);
    int published = core.published.size();
    long id = core.send(world.space, owner, owner.next(world.space));
    core.settle();
    assertThat(core.failures).containsEntry(id, MeshFailure.UNAVAILABLE);
    assertThat(core.alarms).containsExactly(StoreFault.ROLLED_BACK);
    assertThat(core.published).hasSize(published);
  }

  @Test
  void aSpaceToWhichTheStoreCannotAppendIsRefusedWholeOthersGoOnAndARepairIsNoticed() {
    world.receipt(owner, owner.next(world.space));
    core.store.damage(world.space.byteString());
    Upload lost = owner.next(world.space);
    Author other = new Author("other");
    Upload others = other.genesis(CoreHarness.NOTARY.verifyingKey());
    Author busy = new Author("busy");
    Upload before = busy.genesis(CoreHarness.NOTARY.verifyingKey());
    core.send(
        before.header().space(), busy, before); // while it is committed one of both spaces forms
    long first = core.send(world.space, owner, lost);
    long beside = core.send(others.header().space(), other, others);
    long behind = core.send(world.space, owner, owner.next(world.space));
    core.settle();
    assertThat(core.failures)
        .containsEntry(first, MeshFailure.UNAVAILABLE)
        .containsEntry(behind, MeshFailure.UNAVAILABLE);
    assertThat(core.admitReplies).containsKey(beside);
    assertThat(core.alarms).containsExactly(StoreFault.TREE_INCONSISTENT);
    long refused = core.sendAuthorize(world.space, owner, null);
    assertThat(core.failures).containsEntry(refused, MeshFailure.UNAVAILABLE);
    Author founder = new Author("founder");
    Upload genesis = founder.genesis(CoreHarness.NOTARY.verifyingKey());
    World.receiptOf(core.admit(genesis.header().space(), founder, genesis));

    core.store.repair(world.space.byteString());
    core.nowMillis += EngineLimits.DISTRUST_MILLIS;
    world.receipt(owner, lost);
  }

  @Test
  void aStoreThatTookAnotherWayUnderARunningEngineIsNoticed() {
    world.receipt(owner, owner.next(world.space));
    long id = core.send(world.space, owner, owner.next(world.space));
    forkSecondFile();
    core.settle();
    assertThat(core.failures).containsEntry(id, MeshFailure.UNAVAILABLE);
    assertThat(core.alarms).containsExactly(StoreFault.FORKED);
  }

  @Test
  void aLongerLogThatIsNotTheKnownOneIsNoticed() {
    world.receipt(owner, owner.next(world.space));
    CoreHarness other = new CoreHarness(core.store, EngineLimits.DEFAULT);
    forkSecondFile();
    World.receiptOf(other.admit(world.space, owner, owner.next(world.space)));
    long id = core.send(world.space, owner, owner.next(world.space));
    core.settle();
    assertThat(core.failures).containsEntry(id, MeshFailure.UNAVAILABLE);
    assertThat(core.alarms).containsExactly(StoreFault.FORKED);
  }

  /** The same file at the same place, at another time: another leaf, another root. */
  private void forkSecondFile() {
    List<CommitFile> log = new ArrayList<>(world.log());
    CommitFile second = log.get(1);
    long time = second.getServerTimeMillis() + 1;
    try {
      Hash leaf = new Leaf(
              world.space, 2, time, 0, dev.sealift.protocol.id.FileId.parse(second.getFile()))
          .hash();
      log.set(
          1,
          second.toBuilder()
              .setServerTimeMillis(time)
              .setLeafHash(leaf.byteString())
              .build());
    } catch (dev.sealift.protocol.FormatException e) {
      throw new AssertionError(e);
    }
    core.store.replace(world.space.byteString(), log);
  }

  @Test
  void aLookedUpFileThatDoesNotVerifyIsNotBelieved() {
    assertThat(lookUpFault(reply -> reply.getFilesBuilder(0).getReceiptBuilder().setSequence(2)))
        .isEqualTo(StoreFault.LOOK_UP_UNVERIFIED);
    assertThat(lookUpFault(reply -> reply.getFilesBuilder(0).setFile(otherHash())))
        .isEqualTo(StoreFault.LOOK_UP_UNVERIFIED);
    assertThat(lookUpFault(reply -> reply.getFilesBuilder(0).clearFile()))
        .isEqualTo(StoreFault.LOOK_UP_UNVERIFIED);
    assertThat(lookUpFault(LookUpReply.Builder::clearFiles))
        .isEqualTo(StoreFault.LOOK_UP_UNVERIFIED);
    assertThat(lookUpFault(LookUpReply.Builder::clearRoots))
        .isEqualTo(StoreFault.LOOK_UP_UNVERIFIED);
  }

  private StoreFault lookUpFault(Consumer<LookUpReply.Builder> twist) {
    CoreHarness fresh = new CoreHarness(core.store, EngineLimits.DEFAULT);
    fresh.authorize(world.space, owner, null);
    long id = fresh.send(world.space, owner, world.genesis);
    Effect.LookUp asked = (Effect.LookUp) fresh.asked.remove();
    LookUpReply.Builder reply = core.store.lookUp(asked.request()).toBuilder();
    twist.accept(reply);
    fresh.engine.lookedUp(world.space, reply.build(), fresh.nowMillis);
    assertThat(fresh.failures).containsEntry(id, MeshFailure.UNAVAILABLE);
    return fresh.alarms.get(0);
  }
}
