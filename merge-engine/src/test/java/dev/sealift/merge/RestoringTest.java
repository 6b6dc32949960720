package dev.sealift.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.log.Leaf;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.proto.AdmitFile;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.AttestationEffect;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.mesh.proto.AuthorizeReply;
import dev.sealift.protocol.mesh.proto.CommitAttestation;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.mesh.proto.SpaceAdvanced;
import dev.sealift.protocol.mesh.proto.StagedPayload;
import dev.sealift.protocol.proto.Attestation;
import dev.sealift.protocol.proto.AttestationVerdict;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Restoration;
import dev.sealift.protocol.proto.Role;
import dev.sealift.protocol.proto.SequenceRange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A store that was put back to an older state, and the devices that know more than it does. */
class RestoringTest {
  private static final long RECOVERY_MILLIS = 60_000;

  /** Genesis, an invitation, a join. */
  private static final int KEPT = 3;

  /** Unix seconds. */
  private static final int MARK = (int) (Author.START_MILLIS / 1000);

  private final FakeStore store = new FakeStore();
  private final World world = new World(engine(), rules());
  private final Author member = world.member("member", Role.ROLE_WRITER);
  private final List<Upload> lost = new ArrayList<>();
  private List<CommitFile> whole;
  private SignedTreeHead head;
  private CoreHarness core;

  /** Of the space. */
  SpaceRules rules() {
    return SpaceRules.defaults();
  }

  /** Of one of the files that are lost. */
  long expiryMillis() {
    return 1;
  }

  private CoreHarness engine() {
    return new CoreHarness(
        store, EngineLimits.DEFAULT, SpacePolicy.unbounded().withRecoveryMillis(RECOVERY_MILLIS));
  }

  @BeforeEach
  void loseTheNewestFiles() {
    lose(world.owner.next(world.space, Author.buildingOn(member.last())));
    Upload handedOver = member.next(world.space);
    lose(handedOver);
    lose(world.owner.next(world.space, Author.buildingOn(handedOver)));
    lose(world.owner.next(world.space, body -> body.setExpiresAtMillis(expiryMillis())));
    whole = world.log();
    head = world.head();
    store.rollBack(world.space.byteString(), KEPT);
    store.markRestored(MARK);
    core = engine();
    core.nowMillis = world.core.nowMillis;
  }

  private void lose(Upload upload) {
    World.receiptOf(world.core.admit(world.space, world.owner, upload));
    lost.add(upload);
  }

  private List<AdmitFile> files(int from, int to) {
    List<AdmitFile> files = new ArrayList<>();
    for (int i = from; i < to; i++) {
      CommitFile file = whole.get(i);
      files.add(AdmitFile.newBuilder()
          .setSignedHeader(file.getSignedHeader())
          .setServerTimeMillis(file.getServerTimeMillis())
          .setPayload(StagedPayload.newBuilder()
              .setToken(file.getPayloadToken())
              .setLength(file.getPayloadLength())
              .setSha256(file.getPayloadSha256())
              .setNotesCompactions(true))
          .build());
    }
    return files;
  }

  /** For files up to, not including, an index. */
  private Restoration.Builder proof(int from, int to) {
    Restoration.Builder restoration =
        Restoration.newBuilder().setFirstSequence(from + 1).setSignedHead(head.byteString());
    Proofs.consistency(to, whole.size(), this::node)
        .forEach(hash -> restoration.addConsistency(hash.byteString()));
    return restoration;
  }

  private Hash node(int level, long index) {
    CompactTree tree = new CompactTree();
    for (long i = index << level; i < (index + 1) << level; i++) {
      tree.append(leaf(whole.get((int) i)));
    }
    return tree.root();
  }

  private static Hash leaf(CommitFile file) {
    try {
      return Hash.parse(file.getLeafHash());
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  private AdmitReply bring(int from, int to) {
    return core.restore(world.space, world.owner, files(from, to), proof(from, to));
  }

  private void assertRefused(AdmitReply reply, RefusalCode code) {
    assertThat(reply.getOutcomesList())
        .isNotEmpty()
        .allSatisfy(outcome -> assertThat(outcome.getRefusal().getCode()).isEqualTo(code));
    assertThat(world.log()).isEqualTo(whole.subList(0, KEPT));
  }

  /** Time enough for the space to go on. */
  private void letRecoveryEnd() {
    core.authorize(world.space, world.owner, null);
    core.nowMillis += RECOVERY_MILLIS;
    core.authorize(world.space, world.owner, null);
  }

  private Incarnation begun() {
    List<ByteString> signed = store.incarnations(world.space.byteString());
    assertThat(signed).hasSize(1);
    return read(signed.get(0));
  }

  private static Incarnation read(ByteString signed) {
    try {
      SignedIncarnation incarnation = SignedIncarnation.parse(signed);
      assertThat(incarnation.verify(CoreHarness.NOTARY.verifyingKey())).isTrue();
      return incarnation.incarnation();
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void filesGoBackToTheirPlacesWithTheirTimesAndOldReceiptsHold() {
    AdmitReply reply = bring(KEPT, whole.size());

    world.assertReceiptsVerify(reply, lost.toArray(Upload[]::new));
    assertThat(world.log()).isEqualTo(whole);
    assertThat(reply.getSignedHead())
        .isEqualTo(head.byteString()); // the very bytes that it signed before
  }

  @Test
  void theyMayComeInPartsAndAgainAndFromSeveralDevices() {
    bring(KEPT, KEPT + 1);
    AdmitReply again = bring(KEPT, KEPT + 2);
    bring(KEPT + 2, whole.size());

    assertThat(again.getOutcomesList()).allMatch(outcome -> outcome.hasReceipt());
    assertThat(world.log()).isEqualTo(whole);
  }

  @Test
  void aStrangerMayBringThemSinceTheyProveThemselves() {
    Author stranger = new Author("stranger");

    AuthorizeReply welcome = core.authorize(world.space, stranger, null);
    AdmitReply reply =
        core.restore(world.space, stranger, files(KEPT, whole.size()), proof(KEPT, whole.size()));

    assertThat(welcome.getAuthorization()).isEqualTo(Authorization.AUTHORIZATION_RECOVERING);
    assertThat(welcome.getRecoveringMillis()).isEqualTo(RECOVERY_MILLIS);
    assertThat(reply.getOutcomes(0).hasReceipt()).isTrue();
  }

  @Test
  void aSpaceThatIsLostWholeIsRebuiltFromItsGenesisOn() {
    store.lose(world.space.byteString());
    core = engine();
    core.nowMillis = world.core.nowMillis;

    AuthorizeReply unknown = core.authorize(world.space, world.owner, null);
    bring(0, whole.size());

    assertThat(unknown.getAuthorization()).isEqualTo(Authorization.AUTHORIZATION_UNKNOWN_SPACE);
    assertThat(unknown.getRecoveringMillis()).isEqualTo(RECOVERY_MILLIS);
    assertThat(world.log()).isEqualTo(whole);
  }

  @Test
  void anotherServerTimeIsNotWhatWasSigned() {
    List<AdmitFile> files = files(KEPT, whole.size());
    AdmitFile first = files.get(0);
    files.set(
        0,
        first.toBuilder().setServerTimeMillis(first.getServerTimeMillis() + 1).build());

    assertRefused(
        core.restore(world.space, world.owner, files, proof(KEPT, whole.size())),
        RefusalCode.REFUSAL_CODE_UNKNOWN_HEAD);
  }

  @Test
  void anotherOrderIsNotWhatWasSigned() {
    List<AdmitFile> files = files(KEPT, whole.size());
    Collections.swap(files, 0, 1);

    assertRefused(
        core.restore(world.space, world.owner, files, proof(KEPT, whole.size())),
        RefusalCode.REFUSAL_CODE_UNKNOWN_HEAD);
  }

  @Test
  void aFileThatWasNeverThereIsNotBroughtBack() {
    List<AdmitFile> files = files(KEPT, whole.size());
    files.add(world.owner.next(world.space).admitFile().toBuilder()
        .setServerTimeMillis(core.nowMillis + 1)
        .build());

    assertRefused(
        core.restore(world.space, world.owner, files, proof(KEPT, whole.size())),
        RefusalCode.REFUSAL_CODE_UNKNOWN_HEAD);
  }

  @Test
  void aHeadBySomebodyElseProvesNothing() {
    TreeHead same = head.head();
    SignedTreeHead forged = SignedTreeHead.sign(same, SigningKey.generate());

    assertRefused(
        core.restore(
            world.space,
            world.owner,
            files(KEPT, whole.size()),
            proof(KEPT, whole.size()).setSignedHead(forged.byteString())),
        RefusalCode.REFUSAL_CODE_UNKNOWN_HEAD);
  }

  @Test
  void anotherPayloadIsNotTaken() {
    List<AdmitFile> files = files(KEPT, whole.size());
    files.set(
        0,
        files.get(0).toBuilder()
            .setPayload(Upload.staged(ByteString.copyFromUtf8("another")))
            .build());

    assertRefused(
        core.restore(world.space, world.owner, files, proof(KEPT, whole.size())),
        RefusalCode.REFUSAL_CODE_PAYLOAD_MISMATCH);
  }

  @Test
  void aGapIsNotLeft() {
    assertRefused(bring(KEPT + 1, whole.size()), RefusalCode.REFUSAL_CODE_BUSY);
  }

  @Test
  void nothingNewIsTakenMeanwhileAndAllAfterwards() {
    Upload next = world.owner.draft(world.space);
    AdmitReply meanwhile = core.admit(world.space, world.owner, next);
    assertRefused(meanwhile, RefusalCode.REFUSAL_CODE_BUSY);
    bring(KEPT, whole.size());

    letRecoveryEnd();

    AdmitReply reply = core.admit(world.space, world.owner, next);
    assertThat(reply.getOutcomes(0).getReceipt().getSequence()).isEqualTo(whole.size() + 1);
    assertThat(begun().number()).isEqualTo(MARK);
    assertThat(begun().size()).isEqualTo(whole.size());
    assertThat(begun().lost()).isZero();
  }

  private Upload compaction(int part) {
    return world.owner.next(world.space, body -> {
      World.seen(head.head().size(), head.head().root()).accept(body);
      body.setKind(FileKind.FILE_KIND_COMPACTION)
          .setGeneration(1)
          .addSupersedes(
              SequenceRange.newBuilder().setFirst(1).setLast(head.head().size()))
          .setPart(part)
          .setParts(2);
    });
  }

  /** It stays a link of its author's chain. That it supersedes nothing of another log is for who knows that log's root at its base. */
  @Test
  void aCompactionOfALogThatWasLostIsTakenBackByAnyDevice() {
    Upload first = compaction(1);
    Upload second = compaction(2);
    letRecoveryEnd();
    core.admit(world.space, member, lost.toArray(Upload[]::new));

    AdmitReply early = core.admit(world.space, member, second);
    AdmitReply reply = core.admit(world.space, member, first, second);

    assertThat(early.getOutcomes(0).getRefusal().getCode())
        .isEqualTo(RefusalCode.REFUSAL_CODE_CHAIN_GAP);
    world.assertReceiptsVerify(reply, first, second);
    assertThat(reply.getOutcomesList()).allMatch(outcome -> outcome.hasReceipt());
    assertThat(world.log())
        .filteredOn(CommitFile::hasCompaction)
        .extracting(file -> file.getCompaction().getHolds())
        .containsExactly(false, false);
  }

  /** Its base lies among the files that go back with it, so that no root there was ever durable here. */
  @Test
  void aCompactionThatGoesBackToItsPlaceIsOfThisLogStill() throws FormatException {
    bring(KEPT, whole.size());
    letRecoveryEnd();
    core.admit(world.space, world.owner, compaction(1), compaction(2));
    AdmitReply put = core.admit(world.space, member, attestation(), attestation());
    whole = world.log();
    head = SignedTreeHead.parse(put.getSignedHead());
    store.rollBack(world.space.byteString(), KEPT);
    store.putIncarnations(world.space.byteString(), List.of());
    store.markRestored(MARK + 1);
    long now = core.nowMillis;
    core = engine();
    core.nowMillis = now;

    bring(KEPT, whole.size());

    assertThat(world.log()).isEqualTo(whole);
    assertThat(whole)
        .filteredOn(CommitFile::hasCompaction)
        .extracting(file -> file.getCompaction().getHolds())
        .containsExactly(true, true);
    assertThat(whole)
        .flatExtracting(CommitFile::getAttestationsList)
        .extracting(CommitAttestation::getEffect)
        .containsExactly(
            AttestationEffect.ATTESTATION_EFFECT_CONTESTS,
            AttestationEffect.ATTESTATION_EFFECT_ATTESTS);
  }

  /** What another device brings is not judged as its author's would be, but nothing contests what is sealed. */
  @Test
  void aLostContestOfWhatIsSealedMeanwhileIsNotTakenBack() {
    Upload first = compaction(1);
    Upload second = compaction(2);
    Upload contest = attestation();
    letRecoveryEnd();
    core.admit(world.space, member, lost.toArray(Upload[]::new));
    core.admit(world.space, world.owner, first, second);
    store.seal(second.header().id());

    AdmitReply reply = core.admit(world.space, world.owner, contest);

    assertThat(reply.getOutcomes(0).getRefusal().getCode())
        .isEqualTo(RefusalCode.REFUSAL_CODE_BAD_ATTESTATION);
  }

  private boolean contests;

  /** Of the owner's last file, which is a compaction's: first against it, then for it. */
  private Upload attestation() {
    contests = !contests;
    return member.next(
        world.space,
        body -> body.setKind(FileKind.FILE_KIND_ATTESTATION)
            .addAttestations(Attestation.newBuilder()
                .setCompaction(world.owner.last().header().id().byteString())
                .setVerdict(
                    contests
                        ? AttestationVerdict.ATTESTATION_VERDICT_CONTESTED
                        : AttestationVerdict.ATTESTATION_VERDICT_ATTESTED)),
        ByteString.EMPTY);
  }

  @Test
  void aClockThatJumpsEndsNoRecovery() {
    core.authorize(world.space, world.owner, null);
    core.jump(365L * 24 * 3_600_000);

    AuthorizeReply reply = core.authorize(world.space, world.owner, null);
    bring(KEPT, whole.size());

    assertThat(reply.getAuthorization()).isEqualTo(Authorization.AUTHORIZATION_RECOVERING);
    assertThat(reply.getRecoveringMillis()).isEqualTo(RECOVERY_MILLIS);
    assertThat(world.log()).isEqualTo(whole);
    assertThat(store.incarnations(world.space.byteString())).isEmpty();
  }

  @Test
  void aSpaceThatIsForgottenForLackOfMemoryAndLoadedAgainBeginsItsTimeNotAnew() {
    EngineLimits tiny =
        new EngineLimits(100, 1 << 20, 100, 1 << 20, 0, 100, 1 << 20, 64, 4, 4, 500, 30_000);
    core =
        new CoreHarness(store, tiny, SpacePolicy.unbounded().withRecoveryMillis(RECOVERY_MILLIS));
    core.nowMillis = world.core.nowMillis;
    core.authorize(world.space, world.owner, null);
    core.nowMillis += RECOVERY_MILLIS / 2;
    for (int i = 0; i < 4; i++) {
      Author founder = new Author("founder " + i);
      Upload genesis = founder.genesis(CoreHarness.NOTARY.verifyingKey());
      World.receiptOf(core.admit(genesis.header().space(), founder, genesis));
    }
    int loads = core.loads();

    AuthorizeReply again = core.authorize(world.space, world.owner, null);
    assertThat(core.loads()).isEqualTo(loads + 1);
    assertThat(again.getAuthorization()).isEqualTo(Authorization.AUTHORIZATION_RECOVERING);
    assertThat(again.getRecoveringMillis()).isEqualTo(RECOVERY_MILLIS / 2);

    core.nowMillis += RECOVERY_MILLIS / 2;
    assertThat(core.authorize(world.space, world.owner, null).getAuthorization())
        .isEqualTo(Authorization.AUTHORIZATION_MEMBER);
  }

  @Test
  void aSpaceThatNobodyAskedForInTimeGoesOnAtOnce() throws Exception {
    core.authorize(
        SpaceId.parse(ByteString.copyFrom(new byte[32])),
        world.owner,
        null); // the engine has seen the mark
    core.nowMillis += RECOVERY_MILLIS;

    assertThat(core.authorize(world.space, world.owner, null).getAuthorization())
        .isEqualTo(Authorization.AUTHORIZATION_MEMBER);
    assertThat(begun().size()).isEqualTo(KEPT);
    World.receiptOf(core.admit(world.space, world.owner, lost.get(0))); // once more, in a new place
  }

  @Test
  void aSpaceThatIsNotThereIsSimplyUnknownOnceTheTimeIsOver() {
    store.lose(world.space.byteString());
    AuthorizeReply first = core.authorize(world.space, world.owner, null);
    core.nowMillis += RecoveryWindows.REBUILD_MILLIS - 1;
    AuthorizeReply last = core.authorize(world.space, world.owner, null);
    core.nowMillis += 1;
    AuthorizeReply over = core.authorize(world.space, world.owner, null);

    assertThat(List.of(first, last, over))
        .extracting(AuthorizeReply::getAuthorization)
        .containsOnly(Authorization.AUTHORIZATION_UNKNOWN_SPACE);
    assertThat(List.of(first, last, over))
        .extracting(AuthorizeReply::getRecoveringMillis)
        .containsExactly(RECOVERY_MILLIS, 1L, 0L);
  }

  @Test
  void aSpaceThatComesBackWholeAfterTheTimeOfTheOthersHasItsOwn() throws Exception {
    store.lose(world.space.byteString());
    core.authorize(SpaceId.parse(ByteString.copyFrom(new byte[32])), world.owner, null);
    core.nowMillis += 10 * RECOVERY_MILLIS;

    AuthorizeReply late = core.authorize(world.space, world.owner, null);
    bring(0, 2);
    core.nowMillis += RECOVERY_MILLIS - 1;
    bring(2, whole.size());

    assertThat(late.getRecoveringMillis()).isEqualTo(RECOVERY_MILLIS);
    assertThat(world.log()).isEqualTo(whole);
    core.nowMillis += 1;
    assertThat(core.authorize(world.space, world.owner, null).getAuthorization())
        .isEqualTo(Authorization.AUTHORIZATION_MEMBER);
    assertThat(begun().size()).isEqualTo(whole.size());
  }

  @Test
  void noIncarnationBeginsAtATimeThatIsNotBelieved() {
    core.authorize(world.space, world.owner, null);
    core.jump(365L * 24 * 3_600_000);
    core.engine.believeClock(false);
    core.nowMillis += RECOVERY_MILLIS;

    AuthorizeReply reply = core.authorize(world.space, world.owner, null);
    assertThat(reply.getAuthorization()).isEqualTo(Authorization.AUTHORIZATION_RECOVERING);
    assertThat(reply.getRecoveringMillis()).isPositive();
    bring(KEPT, whole.size()); // as long as it lasts
    assertThat(world.log()).isEqualTo(whole);

    core.jump(-365L * 24 * 3_600_000);
    core.engine.believeClock(true);
    core.authorize(world.space, world.owner, null);
    assertThat(begun().serverTimeMillis()).isEqualTo(core.nowMillis);
  }

  @Test
  void theNextRestorationHasTheWholeTimeAndKnowsNothingOfTheLast() {
    bring(KEPT, KEPT + 1);
    letRecoveryEnd();
    store.markRestored(MARK + 60);

    AuthorizeReply reply = core.authorize(world.space, world.owner, null);
    assertThat(reply.getRecoveringMillis()).isEqualTo(RECOVERY_MILLIS);
    letRecoveryEnd();

    List<ByteString> all = store.incarnations(world.space.byteString());
    assertThat(all).hasSize(2);
    assertThat(read(all.get(1)).lost()).isZero();
  }

  @Test
  void theIncarnationSaysWhatNobodyBrought() {
    bring(KEPT, KEPT + 1);

    letRecoveryEnd();

    assertThat(begun().size()).isEqualTo(KEPT + 1);
    assertThat(begun().lost()).isEqualTo(whole.size() - KEPT - 1);
  }

  @Test
  void aHeadThatNothingProvesDoesNotSayHowMuchWasKnown() {
    bring(KEPT, KEPT + 1);
    TreeHead madeUp =
        new TreeHead(world.space, 0, (1L << 62) - 1, head.head().root(), core.nowMillis);
    SignedTreeHead forged = SignedTreeHead.sign(madeUp, SigningKey.generate());
    AdmitReply reply = core.restore(
        world.space,
        new Author("stranger"),
        files(KEPT, KEPT + 1),
        proof(KEPT, KEPT + 1).setSignedHead(forged.byteString()));
    assertThat(reply.getOutcomes(0).hasReceipt()).isTrue(); // it is back, whoever asks

    letRecoveryEnd();

    assertThat(begun().lost()).isEqualTo(whole.size() - KEPT - 1);
  }

  @Test
  void afterwardsNothingIsPutBackButWhatWasLostMayBePutOnceMoreByAnybodyInTheSpace() {
    letRecoveryEnd();
    assertRefused(bring(KEPT, whole.size()), RefusalCode.REFUSAL_CODE_BUSY);

    AdmitReply reply = core.admit(world.space, member, lost.get(0));

    assertThat(reply.getOutcomes(0).hasReceipt()).as("%s", reply).isTrue();
  }

  @Test
  void aChangeThatWasMadeAfterTheRestorationIsPutByItsAuthorAlone() {
    letRecoveryEnd();
    core.nowMillis += 3_600_000;
    long made = HybridTime.of(core.nowMillis, 0).bits();
    Upload late = world.owner.next(
        world.space, Author.change(world.link()).andThen(body -> body.setHybridTime(made)));

    AdmitReply reply = core.admit(world.space, member, late);

    assertThat(reply.getOutcomes(0).getRefusal().getCode())
        .isEqualTo(RefusalCode.REFUSAL_CODE_NOT_A_MEMBER);
  }

  @Test
  void twoEnginesAtOnceBeginItOnce() {
    CoreHarness other = engine();
    other.nowMillis = core.nowMillis;
    other.authorize(world.space, world.owner, null);
    letRecoveryEnd();

    other.nowMillis += RECOVERY_MILLIS;
    AuthorizeReply welcome = other.authorize(world.space, world.owner, null);

    assertThat(begun().number()).isEqualTo(MARK);
    assertThat(welcome.getAuthorization()).isEqualTo(Authorization.AUTHORIZATION_MEMBER);
    assertThat(welcome.getIncarnationsList())
        .isEqualTo(store.incarnations(world.space.byteString()));
  }

  @Test
  void anEngineThatStillRecoversPutsNothingIntoAnIncarnationThatAnotherBegan() {
    CoreHarness other = engine();
    other.nowMillis = core.nowMillis;
    other.authorize(world.space, world.owner, null);
    letRecoveryEnd();
    List<SpaceAdvanced> before = List.copyOf(other.published);

    AdmitReply late = other.restore(
        world.space, world.owner, files(KEPT, whole.size()), proof(KEPT, whole.size()));

    assertRefused(late, RefusalCode.REFUSAL_CODE_BUSY);
    assertThat(other.published.subList(before.size(), other.published.size()))
        .allMatch(advanced -> advanced.getSignedHead().equals(lastHead(core).byteString()));
    assertThat(begun().size()).isEqualTo(KEPT);
  }

  /** An engine that came to the space later, whose time is not over when the other's is. */
  private CoreHarness later() {
    core.authorize(world.space, world.owner, null);
    core.nowMillis += RECOVERY_MILLIS / 2;
    CoreHarness later = engine();
    later.nowMillis = core.nowMillis;
    assertThat(later.authorize(world.space, world.owner, null).getAuthorization())
        .isEqualTo(Authorization.AUTHORIZATION_RECOVERING);
    return later;
  }

  @Test
  void anEngineThatDidNotBeginTheIncarnationNoticesWithTheNextDeviceThatConnects() {
    CoreHarness later = later();
    core.nowMillis += RECOVERY_MILLIS / 2;
    core.authorize(world.space, world.owner, null);
    assertThat(store.begun(world.space.byteString())).hasSize(1);

    AuthorizeReply welcome = later.authorize(world.space, world.owner, null);

    assertThat(welcome.getAuthorization()).isEqualTo(Authorization.AUTHORIZATION_MEMBER);
    assertThat(welcome.getIncarnationsList()).isEqualTo(store.begun(world.space.byteString()));
    assertThat(lastHead(later).head().incarnation()).isEqualTo(MARK); // and says so to gateways
  }

  @Test
  void anEngineThatDidNotBeginTheIncarnationNoticesWithTheNextFile() {
    CoreHarness later = later();
    core.nowMillis += RECOVERY_MILLIS / 2;
    core.authorize(world.space, world.owner, null);

    AdmitReply reply = later.admit(world.space, world.owner, lost.get(0));

    assertThat(reply.getOutcomes(0).hasReceipt()).as("%s", reply).isTrue();
  }

  @Test
  void whatWasToldBeforeAnotherEngineBeganIsNotToldAgainWhenTheStoreIsMarkedOnceMore() {
    ByteString between = loseAnExcusedFile();
    CoreHarness later = later();
    later.restore(
        world.space,
        world.owner,
        files(KEPT, whole.size()),
        proof(KEPT, whole.size()).addIncarnations(between));
    core.nowMillis += RECOVERY_MILLIS / 2;
    core.authorize(world.space, world.owner, null);
    assertThat(store.begun(world.space.byteString())).hasSize(1);
    store.markRestored(MARK + 120);

    core = later;
    letRecoveryEnd();

    assertThat(core.authorize(world.space, world.owner, null).getAuthorization())
        .isEqualTo(Authorization.AUTHORIZATION_MEMBER);
    assertThat(store.begun(world.space.byteString())).hasSize(2);
    assertThat(store.lost(world.space.byteString())).containsExactly(between);
  }

  @Test
  void anEngineThatWasNotToldBeginsWithWhatAnotherOneWasTold() {
    ByteString between = loseAnExcusedFile();
    bring(KEPT, whole.size());
    core.authorize(world.space, world.owner, null);
    CoreHarness other = engine();
    other.nowMillis = core.nowMillis;
    other.restore(
        world.space,
        world.owner,
        files(KEPT, KEPT + 1),
        proof(KEPT, KEPT + 1).addIncarnations(between)); // nothing that the log would show

    letRecoveryEnd();

    Incarnation next = read(store.begun(world.space.byteString()).get(0));
    assertThat(store.lost(world.space.byteString())).containsExactly(between);
    assertThat(next.number()).isEqualTo(MARK + 60);
  }

  @Test
  void aSpaceThatIsFoundedLaterHasLostNothing() {
    Author founder = new Author("somebody else");
    Upload genesis = founder.genesis(CoreHarness.NOTARY.verifyingKey());
    SpaceId space = genesis.header().space();
    World.receiptOf(core.admit(space, founder, genesis));

    assertThat(store.incarnations(space.byteString())).hasSize(1);
    AuthorizeReply welcome = core.authorize(space, founder, null);
    assertThat(welcome.getAuthorization()).isEqualTo(Authorization.AUTHORIZATION_MEMBER);
  }

  /** Restores the copy of before once more: of what was since, devices alone know. */
  private ByteString restoreAgain(int mark) {
    letRecoveryEnd();
    ByteString lostIncarnation = store.incarnations(world.space.byteString()).get(0);
    Upload next = world.owner.next(world.space);
    World.receiptOf(core.admit(world.space, world.owner, next));
    lost.add(next);
    whole = world.log();
    head = lastHead(core);
    store.rollBack(world.space.byteString(), KEPT);
    store.putIncarnations(world.space.byteString(), List.of());
    store.markRestored(mark);
    long now = core.nowMillis;
    core = engine();
    core.nowMillis = now;
    return lostIncarnation;
  }

  private static SignedTreeHead lastHead(CoreHarness of) {
    try {
      return SignedTreeHead.parse(of.published.get(of.published.size() - 1).getSignedHead());
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theSameCopyRestoredAgainTakesBackWhatStoodInTheIncarnationBetween() {
    bring(KEPT, whole.size());
    restoreAgain(MARK + 60);

    assertThat(bring(KEPT, whole.size()).getOutcomesList())
        .allMatch(outcome -> outcome.hasReceipt());

    letRecoveryEnd();
    assertThat(world.log()).isEqualTo(whole);
    assertThat(begun().number()).isEqualTo(MARK + 60);
    assertThat(begun().lost()).isZero();
  }

  @Test
  void anEmptyStoreTakesBackWhatStoodInAnIncarnationToo() {
    bring(KEPT, whole.size());
    restoreAgain(MARK + 60);
    store.lose(world.space.byteString());

    bring(0, whole.size());

    letRecoveryEnd();
    assertThat(world.log()).isEqualTo(whole);
    assertThat(begun().number()).isEqualTo(MARK + 60);
  }

  @Test
  void aNumberThatDevicesKnowNeverComesAgainThoughTheOperatorsClockWentBack() {
    bring(KEPT, whole.size());
    restoreAgain(MARK - 3600);
    bring(KEPT, whole.size());

    letRecoveryEnd();

    assertThat(begun().number()).isEqualTo(MARK + 1);
    assertThat(core.authorize(world.space, world.owner, null).getAuthorization())
        .isEqualTo(Authorization.AUTHORIZATION_MEMBER);
  }

  @Test
  void numbersAreUnsigned() {
    store.markRestored(0x9000_0000);
    bring(KEPT, whole.size());

    letRecoveryEnd();

    assertThat(begun().number()).isEqualTo(0x9000_0000);
    assertThat(core.authorize(world.space, world.owner, null).getAuthorization())
        .isEqualTo(Authorization.AUTHORIZATION_MEMBER);
  }

  @Test
  void anIncarnationThatWasLostComesBackWithTheFilesThatStoodInIt() {
    bring(KEPT, whole.size());
    ByteString between = restoreAgain(MARK + 60);
    core.restore(
        world.space,
        world.owner,
        files(KEPT, whole.size()),
        proof(KEPT, whole.size()).addIncarnations(between));
    AuthorizeReply recovering = core.authorize(world.space, world.owner, null);

    letRecoveryEnd();

    List<ByteString> all = store.incarnations(world.space.byteString());
    assertThat(recovering.getIncarnationsList()).containsExactly(between);
    assertThat(all).hasSize(2).startsWith(between);
    assertThat(read(all.get(1)).size()).isEqualTo(whole.size());
    assertThat(core.authorize(world.space, world.owner, null).getIncarnationsList())
        .isEqualTo(all);
    CoreHarness later = engine();
    later.nowMillis = core.nowMillis;
    assertThat(later.authorize(world.space, world.owner, null).getIncarnationsList())
        .isEqualTo(all);
  }

  /** In an incarnation that was lost stands a file that it excuses: what its author had seen was lost before. */
  private ByteString loseAnExcusedFile() {
    bring(KEPT, whole.size());
    letRecoveryEnd();
    for (int i = 0; i < 2; i++) {
      World.receiptOf(core.admit(
          world.space,
          world.owner,
          world.owner.next(world.space, World.seen(whole.size() + 1, Hash.of(new byte[] {1})))));
    }
    return restoreAgain(MARK + 60);
  }

  /** As who joins then does: what an author has seen is in the log, or an incarnation says why not. */
  private void assertANewcomerIsToldWhyWhatWasSeenIsNotThere(CoreHarness of) {
    List<Incarnation> told =
        of.authorize(world.space, world.owner, null).getIncarnationsList().stream()
            .map(RestoringTest::read)
            .toList();
    List<CommitFile> log = world.log();
    assertThat(log).allSatisfy(file -> {
      FileHeader header = SignedHeader.parse(file.getSignedHeader()).header();
      long seen = header.seen().sequence();
      boolean isThere = seen == 0
          || seen <= log.size() && root(log, (int) seen).equals(header.seen().root());
      boolean isExcused = told.stream()
          .anyMatch(begun -> begun.excuses(header.seen(), header.time().millis(), 0));
      assertThat(isThere || isExcused).isTrue();
    });
  }

  @Test
  void whatDevicesToldOutlivesTheEngineWithTheFilesThatItExcuses() {
    ByteString between = loseAnExcusedFile();
    core.restore(
        world.space,
        world.owner,
        files(KEPT, whole.size()),
        proof(KEPT, whole.size()).addIncarnations(between));
    assertThat(store.lost(world.space.byteString())).containsExactly(between);
    assertThat(store.begun(world.space.byteString())).isEmpty();
    assertThat(lastHead(core).head().incarnation()).isZero();

    CoreHarness later = engine();
    later.nowMillis = core.nowMillis;
    core = later;
    letRecoveryEnd();

    assertThat(world.log()).isEqualTo(whole);
    assertThat(store.begun(world.space.byteString())).hasSize(1);
    assertThat(store.incarnations(world.space.byteString())).startsWith(between);
    assertANewcomerIsToldWhyWhatWasSeenIsNotThere(core);
  }

  @Test
  void whatDevicesToldIsKeptAlsoWithNothingToBringBack() {
    ByteString between = loseAnExcusedFile();
    bring(KEPT, whole.size());

    AdmitReply reply = core.restore(
        world.space,
        world.owner,
        files(KEPT, KEPT + 1),
        proof(KEPT, KEPT + 1).addIncarnations(between));

    assertThat(reply.getOutcomes(0).hasReceipt()).isTrue();
    assertThat(store.lost(world.space.byteString())).containsExactly(between);
  }

  @Test
  void aSpaceThatIsBroughtBackWholeKeepsWhatDevicesToldFromItsGenesisOn() {
    ByteString between = loseAnExcusedFile();
    store.lose(world.space.byteString());

    core.restore(world.space, world.owner, files(0, 2), proof(0, 2).addIncarnations(between));

    assertThat(store.lost(world.space.byteString())).containsExactly(between);
  }

  @Test
  void twoEnginesThatAreToldTheSameKeepItOnce() {
    ByteString between = loseAnExcusedFile();
    CoreHarness other = engine();
    other.nowMillis = core.nowMillis;
    other.authorize(world.space, world.owner, null);
    core.restore(
        world.space,
        world.owner,
        files(KEPT, KEPT + 1),
        proof(KEPT, KEPT + 1).addIncarnations(between));

    AdmitReply reply = other.restore(
        world.space,
        world.owner,
        files(KEPT, whole.size()),
        proof(KEPT, whole.size()).addIncarnations(between));

    assertThat(reply.getOutcomesList()).allMatch(outcome -> outcome.hasReceipt());
    assertThat(store.lost(world.space.byteString())).containsExactly(between);
  }

  @Test
  void anIncarnationWhoseNumberHasBegunHereIsNotOneThatWasLost() {
    bring(KEPT, whole.size());
    letRecoveryEnd();
    ByteString sameNumber = SignedIncarnation.sign(
            new Incarnation(world.space, MARK, 0, CompactTree.EMPTY_ROOT, 0, 1), CoreHarness.NOTARY)
        .exact();
    store.markRestored(MARK + 60);
    core = engine();
    core.nowMillis = world.core.nowMillis;
    core.restore(
        world.space,
        world.owner,
        files(KEPT, KEPT + 1),
        proof(KEPT, KEPT + 1).addIncarnations(sameNumber));

    letRecoveryEnd();

    assertThat(store.lost(world.space.byteString())).isEmpty();
    assertThat(store.begun(world.space.byteString())).hasSize(2);
  }

  /** The log goes one way, the mesh is restored, and it goes another; then the copy of before comes once more. */
  @Test
  void whereTheLogWentTwoWaysTheSpaceGoesOnFromWhereTheyPart() {
    List<CommitFile> oneWay = whole;
    bring(KEPT, KEPT + 2);
    letRecoveryEnd();
    ByteString between = store.incarnations(world.space.byteString()).get(0);
    Upload another = member.next(world.space);
    World.receiptOf(core.admit(world.space, member, another));
    TreeHead seen = lastHead(core).head();
    Upload onTop = member.next(world.space, World.seen(seen.size(), seen.root()));
    World.receiptOf(core.admit(world.space, member, onTop));
    List<CommitFile> otherWay = world.log();
    SignedTreeHead otherHead = lastHead(core);
    store.rollBack(world.space.byteString(), KEPT);
    store.putIncarnations(world.space.byteString(), List.of());
    store.markRestored(MARK + 60);
    core = engine();
    core.nowMillis = world.core.nowMillis + RECOVERY_MILLIS;

    // Who comes first brings the log of before; then one comes who was there between.
    bring(KEPT, oneWay.size());
    whole = otherWay;
    head = otherHead;
    core.restore(
        world.space, member, files(KEPT, KEPT + 2), proof(KEPT, KEPT + 2).addIncarnations(between));
    letRecoveryEnd();

    Incarnation next = read(store.incarnations(world.space.byteString()).get(1));
    assertThat(world.log()).isEqualTo(oneWay);
    assertThat(next.size()).isEqualTo(KEPT + 2);
    assertThat(next.root()).isEqualTo(read(between).root());
    // What went the other way may be put once more, though its author has seen another log.
    assertThat(core.admit(world.space, world.owner, another, onTop).getOutcomesList())
        .allMatch(outcome -> outcome.hasReceipt());
  }

  @Test
  void anIncarnationThatIsToldMustBeTheNotarys() {
    bring(KEPT, whole.size());
    ByteString between = restoreAgain(MARK + 60);
    SignedIncarnation forged = SignedIncarnation.sign(
        new Incarnation(world.space, MARK + 120, 0, CompactTree.EMPTY_ROOT, 0, 1),
        SigningKey.generate());
    core.restore(
        world.space,
        new Author("stranger"),
        files(KEPT, whole.size()),
        proof(KEPT, whole.size()).addIncarnations(between).addIncarnations(forged.exact()));

    letRecoveryEnd();

    assertThat(begun().number()).isEqualTo(MARK + 60);
    assertThat(begun().size()).isEqualTo(whole.size());
  }

  @Test
  void aSpaceThatHasHadAllItsIncarnationsIsNotServedRatherThanBeginOneMore() {
    List<ByteString> all = new ArrayList<>();
    for (int i = 0; i < Limits.MAX_INCARNATIONS; i++) {
      Incarnation begun = new Incarnation(world.space, MARK + i, KEPT, root(KEPT), KEPT, 1);
      all.add(SignedIncarnation.sign(begun, CoreHarness.NOTARY).exact());
    }
    store.putIncarnations(world.space.byteString(), all);
    store.markRestored(MARK + Limits.MAX_INCARNATIONS - 1);
    core = engine();
    assertThat(core.authorize(world.space, world.owner, null).getAuthorization())
        .isEqualTo(Authorization.AUTHORIZATION_MEMBER);

    store.markRestored(MARK + Limits.MAX_INCARNATIONS);
    core = engine();
    long id = core.sendAuthorize(world.space, world.owner, null);
    core.settle();

    assertThat(core.failures).containsEntry(id, MeshFailure.UNAVAILABLE);
    assertThat(core.alarms).containsExactly(StoreFault.INCARNATIONS_USED_UP);
  }

  private Hash root(int size) {
    return root(whole, size);
  }

  private static Hash root(List<CommitFile> log, int size) {
    CompactTree tree = new CompactTree();
    log.subList(0, size).forEach(file -> tree.append(leaf(file)));
    return tree.root();
  }

  /** The notary signed what is no log, as a mesh of long ago might have; the same draft has others' files. */
  @Test
  void ofARequestThatIsRefusedHalfwayNothingStays() {
    List<AdmitFile> files = files(KEPT, KEPT + 1);
    Upload gap = new Author("nobody")
        .next(
            world.space, body -> body.setCounter(5).setPrevious(ByteString.copyFrom(new byte[32])));
    files.add(gap.admitFile().toBuilder()
        .setServerTimeMillis(whole.get(KEPT).getServerTimeMillis() + 1)
        .build());
    CompactTree tree = new CompactTree();
    whole.subList(0, KEPT + 1).forEach(file -> tree.append(leaf(file)));
    tree.append(new Leaf(
            world.space,
            KEPT + 2,
            whole.get(KEPT).getServerTimeMillis() + 1,
            0,
            gap.header().id())
        .hash());
    SignedTreeHead signed = SignedTreeHead.sign(
        new TreeHead(world.space, 0, KEPT + 2, tree.root(), core.nowMillis), CoreHarness.NOTARY);
    long first = core.sendRestore(
        world.space,
        world.owner,
        files,
        Restoration.newBuilder().setFirstSequence(KEPT + 1).setSignedHead(signed.byteString()));
    long second = core.sendRestore(
        world.space, world.owner, files(KEPT, whole.size()), proof(KEPT, whole.size()));
    core.settle();

    assertThat(core.reply(first).getOutcomesList()).allMatch(outcome -> outcome.hasRefusal());
    assertThat(core.reply(second).getOutcomesList()).allMatch(outcome -> outcome.hasReceipt());
    assertThat(world.log()).isEqualTo(whole);
  }

  @Test
  void manySpacesThatBeginAtOnceBeginInCommitsThatAStoreTakes() {
    List<Author> founders = new ArrayList<>();
    List<SpaceId> spaces = new ArrayList<>();
    for (int i = 0; i < FakeStore.MAX_COMMIT_SPACES + 10; i++) {
      Author founder = new Author("founder " + i);
      Upload genesis = founder.genesis(CoreHarness.NOTARY.verifyingKey());
      founders.add(founder);
      spaces.add(genesis.header().space());
      core.admit(genesis.header().space(), founder, genesis);
    }
    store.markRestored(MARK + 60);
    core = engine();
    for (int i = 0; i < spaces.size(); i++) {
      core.authorize(spaces.get(i), founders.get(i), null);
    }
    core.nowMillis += RECOVERY_MILLIS;

    for (int i = 0; i < spaces.size(); i++) {
      core.sendAuthorize(spaces.get(i), founders.get(i), null);
    }
    core.settle();

    assertThat(spaces)
        .allSatisfy(space -> assertThat(store.incarnations(space.byteString())).hasSize(2));
    assertThat(core.authorizeReplies.values())
        .filteredOn(reply -> reply.getAuthorization() == Authorization.AUTHORIZATION_MEMBER)
        .hasSize(spaces.size());
  }

  @Test
  void whatFollowsAGenesisBeforeThatIsDurableBeginsNothingAgain() {
    Author founder = new Author("somebody else");
    Upload genesis = founder.genesis(CoreHarness.NOTARY.verifyingKey());
    SpaceId space = genesis.header().space();

    long first = core.send(space, founder, genesis);
    core.step(CoreHarness.Fate.ANSWERED); // loaded; the genesis is on its way
    long second = core.send(space, founder, founder.next(space));
    core.settle();

    World.receiptOf(core.reply(first));
    World.receiptOf(core.reply(second));
    assertThat(store.incarnations(space.byteString())).hasSize(1);
    assertThat(store.conflicts()).isZero();
  }

  @Test
  void anIncarnationThatTheNotaryDidNotSignIsNotBelieved() {
    SignedIncarnation forged = SignedIncarnation.sign(
        new Incarnation(world.space, 1, KEPT, head.head().root(), KEPT, 1), SigningKey.generate());
    store.putIncarnations(world.space.byteString(), List.of(forged.exact()));

    long id = core.sendAuthorize(world.space, world.owner, null);
    core.settle();

    assertThat(core.failures).containsEntry(id, MeshFailure.UNAVAILABLE);
    assertThat(core.alarms).containsExactly(StoreFault.INCARNATION_UNVERIFIED);
  }
}
