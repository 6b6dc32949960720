package dev.sealift.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.admission.AdmissionGrant;
import dev.sealift.protocol.admission.AdmissionToken;
import dev.sealift.protocol.admission.SpaceQuota;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A mesh that keeps spaces under admission tokens. */
class TokenTest {
  private static final long NOW = Author.START_MILLIS;

  private final FakeStore store = new FakeStore();
  private CoreHarness core = new CoreHarness(store, EngineLimits.DEFAULT, Tokens.policy());

  private static AdmissionToken token(long issuedAtMillis, SpaceQuota quota) {
    return Tokens.token(1, issuedAtMillis, quota);
  }

  private void present(AdmissionToken token) {
    core.token = token.byteString();
  }

  private void presentNothing() {
    core.token = ByteString.EMPTY;
  }

  private World founded(AdmissionToken token) {
    present(token);
    World world = new World(core);
    presentNothing();
    return world;
  }

  private RefusalCode founding(ByteString token) {
    Author founder = new Author("founder");
    Upload genesis = founder.genesis(CoreHarness.NOTARY.verifyingKey());
    core.token = token;
    return core.admit(genesis.header().space(), founder, genesis)
        .getOutcomes(0)
        .getRefusal()
        .getCode();
  }

  private Outcome write(World world, Author author) {
    return core.admit(world.space, author, author.draft(world.space)).getOutcomes(0);
  }

  private RefusalCode refusal(World world, Author author) {
    return write(world, author).getRefusal().getCode();
  }

  /** Another engine over the same store, which knows nothing but what that says. */
  private void restart(SpacePolicy policy) {
    CoreHarness again = new CoreHarness(store, EngineLimits.DEFAULT, policy);
    again.nowMillis = core.nowMillis;
    core = again;
  }

  private AdmissionToken kept(SpaceId space) throws Exception {
    return AdmissionGrant.open(
        store.grant(space.byteString()), space, CoreHarness.NOTARY.verifyingKey());
  }

  @Test
  void foundingTakesATokenOfTheOperator() {
    AdmissionToken good = token(NOW, SpaceQuota.UNSAID);
    assertThat(founding(ByteString.EMPTY)).isEqualTo(RefusalCode.REFUSAL_CODE_TOKEN_REQUIRED);
    assertThat(founding(ByteString.copyFromUtf8("no token")))
        .isEqualTo(RefusalCode.REFUSAL_CODE_TOKEN_INVALID);
    assertThat(founding(
            Tokens.token(SigningKey.generate(), 1, NOW, SpaceQuota.UNSAID).byteString()))
        .isEqualTo(RefusalCode.REFUSAL_CODE_TOKEN_INVALID);
    assertThat(founding(good.byteString())).isEqualTo(RefusalCode.REFUSAL_CODE_UNSPECIFIED);
  }

  @Test
  void aTokenIsGoodUntilItExpiresAndFromAWhileBeforeItWasIssued() {
    long early = NOW + TokenDesk.ISSUER_AHEAD_MILLIS;
    long late = NOW - Tokens.VALID_MILLIS;
    assertThat(founding(token(early + 1, SpaceQuota.UNSAID).byteString()))
        .isEqualTo(RefusalCode.REFUSAL_CODE_TOKEN_INVALID);
    assertThat(founding(token(late, SpaceQuota.UNSAID).byteString()))
        .isEqualTo(RefusalCode.REFUSAL_CODE_TOKEN_EXPIRED);
    assertThat(founding(token(late + 1, SpaceQuota.UNSAID).byteString()))
        .isEqualTo(RefusalCode.REFUSAL_CODE_UNSPECIFIED);
    assertThat(new World(core).log()).hasSize(1); // with the same token, still presented
  }

  @Test
  void aRefusalOfATokenSaysWhenToComeBack() {
    Author founder = new Author("founder");
    Upload genesis = founder.genesis(CoreHarness.NOTARY.verifyingKey());
    assertThat(core.admit(genesis.header().space(), founder, genesis)
            .getOutcomes(0)
            .getRefusal()
            .getRetryAfterMillis())
        .isEqualTo(HouseRules.QUOTA_RETRY_MILLIS);
  }

  @Test
  void devicesThatJoinLaterNeedNoTokenAlsoAfterARestart() {
    World world = founded(token(NOW, SpaceQuota.UNSAID));
    Author joiner = world.member("joiner", Role.ROLE_WRITER);
    assertThat(write(world, joiner).hasReceipt()).isTrue();
    restart(Tokens.policy());
    assertThat(core.admit(world.space, joiner, joiner.next(world.space))
            .getOutcomes(0)
            .hasReceipt())
        .isTrue();
    assertThat(core.alarms).isEmpty();
  }

  @Test
  void whenTheTokenIsOverReadingGoesOnAndNothingNewIsAdmitted() {
    World world = founded(token(NOW, SpaceQuota.UNSAID));
    Upload before = world.owner.next(world.space);
    World.receiptOf(core.admit(world.space, world.owner, before));
    core.nowMillis = NOW + Tokens.VALID_MILLIS;

    assertThat(refusal(world, world.owner)).isEqualTo(RefusalCode.REFUSAL_CODE_TOKEN_EXPIRED);
    assertThat(core.authorize(world.space, world.owner, null).getAuthorization())
        .isEqualTo(Authorization.AUTHORIZATION_MEMBER);
    World.receiptOf(core.admit(world.space, world.owner, before));
  }

  @Test
  void anyMemberRenewsForAllWithTheNextCommit() throws Exception {
    World world = founded(token(NOW, SpaceQuota.UNSAID));
    Author joiner = world.member("joiner", Role.ROLE_WRITER);
    core.nowMillis = NOW + Tokens.VALID_MILLIS;
    assertThat(refusal(world, world.owner)).isEqualTo(RefusalCode.REFUSAL_CODE_TOKEN_EXPIRED);

    AdmissionToken newer = token(core.nowMillis, SpaceQuota.UNSAID);
    present(newer);
    World.receiptOf(core.admit(world.space, joiner, joiner.next(world.space)));
    presentNothing();
    assertThat(kept(world.space)).isEqualTo(newer);
    assertThat(write(world, world.owner).hasReceipt()).isTrue();
    restart(Tokens.policy());
    assertThat(core.admit(world.space, joiner, joiner.next(world.space))
            .getOutcomes(0)
            .hasReceipt())
        .isTrue();
  }

  @Test
  void aRenewalThatWasLostWithItsCommitComesWithTheNextTry() throws Exception {
    World world = founded(token(NOW, SpaceQuota.UNSAID));
    AdmissionToken newer = token(NOW + 1, SpaceQuota.UNSAID);
    present(newer);
    long id = core.send(world.space, world.owner, world.owner.next(world.space));
    core.step(CoreHarness.Fate.REQUEST_LOST);
    core.settle();
    World.receiptOf(core.reply(id));
    assertThat(kept(world.space)).isEqualTo(newer);
  }

  @Test
  void anOlderTokenChangesNothing() throws Exception {
    AdmissionToken first = token(NOW, SpaceQuota.UNSAID);
    World world = founded(first);
    present(token(NOW - 1, Tokens.files(1)));
    World.receiptOf(core.admit(world.space, world.owner, world.owner.next(world.space)));
    assertThat(kept(world.space)).isEqualTo(first);
  }

  @Test
  void aBadTokenDoesNoHarmAsLongAsTheSpacesOwnIsGood() {
    World world = founded(token(NOW, SpaceQuota.UNSAID));
    core.token = ByteString.copyFromUtf8("no token");
    assertThat(write(world, world.owner).hasReceipt()).isTrue();
  }

  /** Or a guest could take a space from who pays for it, or shrink it. */
  @Test
  void anotherTenantsTokenCountsByAnOwnerAloneAsLongAsTheSpacesOwnIsGood() throws Exception {
    AdmissionToken first = token(NOW, SpaceQuota.UNSAID);
    World world = founded(first);
    Author joiner = world.member("joiner", Role.ROLE_WRITER);
    AdmissionToken foreign = Tokens.token(2, NOW + 1, Tokens.files(1));
    present(foreign);
    World.receiptOf(core.admit(world.space, joiner, joiner.next(world.space)));
    assertThat(kept(world.space)).isEqualTo(first);

    AdmissionToken moved = Tokens.token(2, NOW + 1, SpaceQuota.UNSAID);
    present(moved);
    World.receiptOf(core.admit(world.space, world.owner, world.owner.next(world.space)));
    assertThat(kept(world.space)).isEqualTo(moved);
  }

  @Test
  void aTokenOfAKeyThatIsNoLongerConfiguredIsInvalid() {
    World world = founded(token(NOW, SpaceQuota.UNSAID));
    restart(new SpacePolicy(List.of(SigningKey.generate().verifyingKey()), SpaceQuota.UNSAID));
    assertThat(refusal(world, world.owner)).isEqualTo(RefusalCode.REFUSAL_CODE_TOKEN_INVALID);
  }

  @Test
  void aTokenThatTheStoreMovedFromAnotherSpaceIsNoticedAndCountsForNothing() {
    World rich = founded(token(NOW, SpaceQuota.UNSAID));
    Author founder = new Author("poor founder");
    Upload genesis = founder.genesis(CoreHarness.NOTARY.verifyingKey());
    SpaceId poor = genesis.header().space();
    present(token(NOW, Tokens.files(1)));
    World.receiptOf(core.admit(poor, founder, genesis));
    store.putGrant(poor.byteString(), store.grant(rich.space.byteString()));

    restart(Tokens.policy());
    assertThat(core.admit(poor, founder, founder.draft(poor))
            .getOutcomes(0)
            .getRefusal()
            .getCode())
        .isEqualTo(RefusalCode.REFUSAL_CODE_TOKEN_REQUIRED);
    assertThat(core.alarms).containsExactly(StoreFault.TOKEN_UNVERIFIED);
    assertThat(core.authorize(poor, founder, null).getAuthorization())
        .isEqualTo(Authorization.AUTHORIZATION_MEMBER);
  }

  @Test
  void withoutKeysTokensAreOfNoConcern() {
    core = new CoreHarness(store, EngineLimits.DEFAULT, SpacePolicy.open());
    core.token = ByteString.copyFromUtf8("no token");
    World world = new World(core);
    assertThat(write(world, world.owner).hasReceipt()).isTrue();
    assertThat(store.grant(world.space.byteString()).isEmpty()).isTrue();
  }

  @Test
  void aConnectingDeviceIsToldWhatItsSpaceMayHave() {
    World world = founded(token(NOW, new SpaceQuota(0, 0, 7, 2, 0, 0, 0, 9)));
    var quota = core.authorize(world.space, world.owner, null).getQuota();
    assertThat(quota.getConnections()).isEqualTo(7);
    assertThat(quota.getDeviceConnections()).isEqualTo(2);
    assertThat(quota.getDeviceFramesPerSecond()).isEqualTo(9);
    assertThat(quota.getStoredBytes()).isEqualTo(SpacePolicy.STORED_BYTES);
  }
}
