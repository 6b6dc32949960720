package dev.sealift.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.mesh.proto.AdmitFile;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.mesh.proto.AuthorizeReply;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.mesh.proto.StagedPayload;
import dev.sealift.protocol.proto.Restoration;
import dev.sealift.protocol.proto.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A mesh that was restored twice from one copy, while the devices that were in the incarnation between were away, so that the next began
 * without knowing of it; and that is restored once more. Of the log the owner brings back what it was before, and the member was between.
 */
class PassedOverTest {
  private static final long RECOVERY_MILLIS = 60_000;
  private static final int BETWEEN = 50;
  private static final int LATER = 100;
  private static final int NOW = 200;

  /** Genesis, an invitation, a join: what the copy has. */
  private static final int KEPT = 3;

  private final FakeStore store = new FakeStore();
  private final World world = new World(new CoreHarness(store, EngineLimits.DEFAULT));
  private final Author member = world.member("member", Role.ROLE_WRITER);
  private CoreHarness core = world.core;
  private ByteString between;

  private ByteString space() {
    return world.space.byteString();
  }

  private void restart() {
    long nowMillis = core.nowMillis;
    core = new CoreHarness(
        store, EngineLimits.DEFAULT, SpacePolicy.unbounded().withRecoveryMillis(RECOVERY_MILLIS));
    core.nowMillis = nowMillis;
  }

  private void restore(int size, List<ByteString> begun, int mark) {
    store.rollBack(space(), size);
    store.putIncarnations(space(), begun);
    store.markRestored(mark);
    restart();
  }

  private void append(Author author, int files) {
    for (int i = 0; i < files; i++) {
      World.receiptOf(core.admit(world.space, author, author.next(world.space)));
    }
  }

  /** All from a sequence on. */
  private void bring(List<CommitFile> log, int from, SignedTreeHead head) {
    AdmitReply reply = core.restore(
        world.space,
        world.owner,
        log.subList(from, log.size()).stream().map(PassedOverTest::file).toList(),
        Restoration.newBuilder().setFirstSequence(from + 1).setSignedHead(head.byteString()));
    assertThat(reply.getOutcomesList()).allMatch(outcome -> outcome.hasReceipt());
  }

  private static AdmitFile file(CommitFile file) {
    return AdmitFile.newBuilder()
        .setSignedHeader(file.getSignedHeader())
        .setServerTimeMillis(file.getServerTimeMillis())
        .setPayload(StagedPayload.newBuilder()
            .setToken(file.getPayloadToken())
            .setLength(file.getPayloadLength())
            .setSha256(file.getPayloadSha256()))
        .build();
  }

  /** With a file that is back already. */
  private void tell(ByteString incarnation) {
    core.restore(
        world.space,
        member,
        List.of(file(world.log().get(0))),
        Restoration.newBuilder().setFirstSequence(1).addIncarnations(incarnation));
  }

  private AuthorizeReply letRecoveryEnd() {
    core.authorize(world.space, world.owner, null);
    core.nowMillis += RECOVERY_MILLIS;
    AuthorizeReply welcome = core.authorize(world.space, world.owner, null);
    assertThat(welcome.getAuthorization()).isEqualTo(Authorization.AUTHORIZATION_MEMBER);
    return welcome;
  }

  private SignedTreeHead lastHead() {
    try {
      return SignedTreeHead.parse(core.published.get(core.published.size() - 1).getSignedHead());
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  private Incarnation newest() {
    List<ByteString> begun = store.begun(space());
    try {
      return SignedIncarnation.parse(begun.get(begun.size() - 1)).incarnation();
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  /** The one between, and the later one, which begins with so many files of before as are brought back; then files that are lost once more. */
  private void goTwoWays(int before) {
    append(world.owner, before);
    List<CommitFile> whole = world.log();
    SignedTreeHead head = lastHead();
    restore(KEPT, List.of(), BETWEEN);
    letRecoveryEnd();
    between = store.begun(space()).get(0);
    append(member, 4);

    restore(KEPT, List.of(), LATER);
    if (before > 0) {
      bring(whole, KEPT, head);
    }
    letRecoveryEnd();
    assertThat(newest().size()).isEqualTo(KEPT + before);
    append(world.owner, 2);
    whole = world.log();
    head = lastHead();

    restore(KEPT + before, store.begun(space()), NOW);
    bring(whole, KEPT + before, head);
  }

  @Test
  void theNextNamesWhereTheOneThatWasPassedOverBegan() {
    goTwoWays(2);
    tell(between);

    letRecoveryEnd();

    assertThat(newest().number()).isEqualTo(NOW);
    assertThat(newest().size()).isEqualTo(KEPT);
    assertThat(store.lost(space())).containsExactly(between);
  }

  @Test
  void anEngineThatIsToldAgainAfterARestartBeginsTheSame() {
    goTwoWays(2);
    tell(between);
    restart();
    tell(between);

    letRecoveryEnd();

    assertThat(newest().size()).isEqualTo(KEPT);
    assertThat(store.lost(space())).containsExactly(between);
  }

  /** So devices that were in it find it missing, and go back to where it began by themselves. */
  @Test
  void anEngineThatForgotWhatItWasToldDoesNotNameItToDevices() {
    goTwoWays(2);
    tell(between);
    restart();

    AuthorizeReply welcome = letRecoveryEnd();

    assertThat(newest().size()).isEqualTo(world.log().size());
    assertThat(welcome.getIncarnationsList()).isEqualTo(store.begun(space()));
  }

  @Test
  void oncePassedOverAndSettledItHoldsNothingUpAnyMore() {
    goTwoWays(2);
    tell(between);
    letRecoveryEnd();
    store.markRestored(NOW + 1);
    restart();
    tell(between);

    letRecoveryEnd();

    assertThat(newest().number()).isEqualTo(NOW + 1);
    assertThat(newest().size()).isEqualTo(world.log().size());
  }

  @Test
  void oneThatTheLaterLeadsBackFromIsKeptAtOnceAndHoldsNothingUp() {
    goTwoWays(0);
    restart(); // with nothing proved
    tell(between);
    assertThat(store.lost(space())).containsExactly(between);

    letRecoveryEnd();

    assertThat(newest().number()).isEqualTo(NOW);
    assertThat(newest().size()).isEqualTo(world.log().size());
  }
}
