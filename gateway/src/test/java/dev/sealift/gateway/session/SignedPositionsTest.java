package dev.sealift.gateway.session;

import static dev.sealift.gateway.session.Rig.assertClosedWith;
import static dev.sealift.gateway.session.Rig.only;
import static dev.sealift.gateway.session.Rig.onlyFrame;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.gateway.TestDevice;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.Position;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.mesh.proto.AuthorizeReply;
import dev.sealift.protocol.mesh.proto.DevicePosition;
import dev.sealift.protocol.mesh.proto.SignedPositionsReply;
import dev.sealift.protocol.mesh.proto.SignedPositionsRequest;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.PositionReport;
import dev.sealift.protocol.proto.Positions;
import dev.sealift.protocol.proto.Problem;
import dev.sealift.protocol.proto.ProblemCode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What devices sign of their positions: what is kept of it, and who is told. */
class SignedPositionsTest {
  private static final ProblemCode BAD = ProblemCode.PROBLEM_CODE_BAD_FRAME;
  private static final Hash ROOT = Hash.of(new byte[] {1}); // of TestDevice's heads
  private static final Hash OTHER = Hash.of(new byte[] {2});
  private static final HybridTime TIME = HybridTime.of(7, 7);

  private final Rig rig = Rig.openAt(9);

  private List<Effect> report(long sequence, ByteString signed) {
    return rig.send(Frame.newBuilder()
        .setPosition(PositionReport.newBuilder().setSequence(sequence).setSignedPosition(signed))
        .build());
  }

  private ByteString signed(SpaceId space, DeviceId device, int incarnation, long at, Hash root) {
    return rig.device.position(new Position(space, device, incarnation, at, root, TIME));
  }

  private ByteString signed(int incarnation, long at, Hash root) {
    return signed(Rig.SPACE, rig.device.id(), incarnation, at, root);
  }

  private ByteString kept(long sequence, ByteString signed) {
    DevicePosition position =
        only(report(sequence, signed), Effect.ReportPosition.class).position();
    assertThat(position.getSequence()).isEqualTo(sequence);
    return position.getSignedPosition();
  }

  @Test
  void aPositionAtAHeadOfThisLogIsKeptAsItCame() {
    ByteString at9 = signed(0, 9, ROOT);
    assertThat(kept(9, at9)).isEqualTo(at9);
    rig.advanceTo(12);
    assertThat(kept(9, at9)).isEqualTo(at9);
    ByteString at12 = signed(0, 12, ROOT);
    assertThat(kept(12, at12)).isEqualTo(at12);
    assertThat(kept(12, ByteString.EMPTY)).isEmpty();
  }

  /** A member cannot make others believe that this mesh shows two logs. */
  @Test
  void ofAnotherLogOrOneThatCannotBeToldTheSequenceAloneCounts() {
    assertThat(kept(9, signed(0, 9, OTHER))).isEmpty();
    assertThat(kept(9, signed(1, 9, ROOT))).isEmpty();
    assertThat(kept(8, signed(0, 8, ROOT))).isEmpty();
    DevicePosition beyond =
        only(report(10, signed(0, 10, ROOT)), Effect.ReportPosition.class).position();
    assertThat(beyond.getSequence()).isEqualTo(9);
    assertThat(beyond.getSignedPosition()).isEmpty();
  }

  /** Every one of them, and none that is older, however many there were. */
  @Test
  void theLastHeadsAreRemembered() {
    for (int present = 10; present < 9 + 3 * RecentHeads.MOST; present++) {
      rig.advanceTo(present);
      int oldest = Math.max(9, present - RecentHeads.MOST);
      for (int size = Math.max(9, oldest - 2); size <= present; size++) {
        ByteString at = signed(0, size, ROOT);
        assertThat(kept(size, at))
            .as("%d of %d", size, present)
            .isEqualTo(size < oldest ? ByteString.EMPTY : at);
      }
    }
  }

  /** Kept by its time, it would hide all that the device signs once its clock is right. */
  @Test
  void ofOneThatWasSignedAheadOfTimeTheSequenceAloneCounts() {
    long bound = Rig.WALL + SpaceRules.defaults().clockBoundMillis();
    ByteString just = at(HybridTime.of(bound, HybridTime.MAX_COUNTER));
    assertThat(kept(9, just)).isEqualTo(just);
    assertThat(kept(9, at(HybridTime.of(bound + 1, 0)))).isEmpty();
    assertThat(kept(9, at(new HybridTime(-1)))).isEmpty();
  }

  private ByteString at(HybridTime time) {
    return rig.device.position(new Position(Rig.SPACE, rig.device.id(), 0, 9, ROOT, time));
  }

  @Test
  void oneThatIsMalformedOrOfAnybodyElseClosesTheSession() {
    ByteString good = signed(0, 9, ROOT);
    for (ByteString bad : List.of(
        good.substring(0, 180),
        good.concat(ByteString.copyFrom(new byte[1])),
        ByteString.copyFrom(new byte[181]),
        signed(Rig.SPACE, new TestDevice(2).id(), 0, 9, ROOT),
        signed(SpaceId.of(OTHER), rig.device.id(), 0, 9, ROOT),
        signed(0, 8, ROOT))) {
      Rig session = Rig.openAt(9);
      assertClosedWith(
          session.send(Frame.newBuilder()
              .setPosition(PositionReport.newBuilder().setSequence(9).setSignedPosition(bad))
              .build()),
          BAD);
    }
  }

  @Test
  void theyAreReadUpToTheHeadAndAnsweredAsTheyCame() {
    ByteString after = new TestDevice(3).id().byteString();
    Effect.ReadPositions read = only(rig.fetchPositions(7, after), Effect.ReadPositions.class);
    assertThat(read.request())
        .isEqualTo(SignedPositionsRequest.newBuilder()
            .setSpace(Rig.SPACE.byteString())
            .setAfter(after)
            .setHeadSize(9)
            .build());

    ByteString any = ByteString.copyFromUtf8("as it came");
    SignedPositionsReply reply =
        SignedPositionsReply.newBuilder().addSignedPositions(any).build();
    Positions told = onlyFrame(rig.session.positionsRead(read.ticket(), reply)).getPositions();
    assertThat(told.getRequest()).isEqualTo(7);
    assertThat(told.getSignedPositionsList()).containsExactly(any);
    assertThat(told.getSignedHead()).isEqualTo(TestDevice.head(Rig.SPACE, 9));
  }

  @Test
  void theQuestionHasANumberAndAnIdOrNone() {
    assertClosedWith(Rig.openAt(9).fetchPositions(0, ByteString.EMPTY), BAD);
    assertClosedWith(Rig.openAt(9).fetchPositions(1, ByteString.copyFrom(new byte[31])), BAD);
    assertThat(Rig.openAt(9).fetchPositions(1, ByteString.copyFrom(new byte[32])))
        .hasSize(1);
  }

  @Test
  void itWaitsInLineWithWhatElseIsWanted() {
    rig.fetch(1, 0);
    for (int i = 0; i < ReadLane.MAX_FETCHES_WAITING; i++) {
      assertThat(rig.fetchPositions(2 + i, ByteString.EMPTY)).isEmpty();
    }
    Problem problem = onlyFrame(rig.fetchPositions(9, ByteString.EMPTY)).getProblem();
    assertThat(problem.getCode()).isEqualTo(ProblemCode.PROBLEM_CODE_TOO_MUCH);
    assertThat(problem.getRequest()).isEqualTo(9);
  }

  /** A device may see in the log that it has joined before its gateway hears that: it asks again. */
  @Test
  void whoIsNoMemberYetIsToldNothingAndStays() {
    Rig joining = Rig.invitedAt(9);
    assertBusy(joining.fetchPositions(7, ByteString.EMPTY), 7);
    assertThat(joining.session.isClosed()).isFalse();
  }

  private static void assertBusy(List<Effect> effects, long request) {
    Problem problem = onlyFrame(effects).getProblem();
    assertThat(problem.getCode()).isEqualTo(ProblemCode.PROBLEM_CODE_BUSY);
    assertThat(problem.getRequest()).isEqualTo(request);
  }

  private static SpaceHead loss() {
    return SpaceHead.find(TestDevice.head(Rig.SPACE, 12), 1_011, Rig.SPACE).orElseThrow();
  }

  /** What is told may have been signed after that device was removed. */
  @Test
  void whoMayHaveBeenRemovedIsNotToldWhatWasAskedBeforeEither() {
    Effect.ReadPositions read =
        only(rig.fetchPositions(7, ByteString.EMPTY), Effect.ReadPositions.class);
    assertBusy(rig.session.advanced(loss(), Optional.empty()), 7);
    SignedPositionsReply late = SignedPositionsReply.newBuilder()
        .addSignedPositions(ByteString.copyFromUtf8("late"))
        .build();
    assertThat(rig.session.positionsRead(read.ticket(), late)).isEmpty();
  }

  @Test
  void norWhatWaitedInLineOrForTheSocket() {
    rig.fetch(1, 0);
    assertThat(rig.fetchPositions(2, ByteString.EMPTY)).isEmpty();
    assertBusy(rig.session.advanced(loss(), Optional.empty()), 2);

    Rig full = Rig.openAt(9);
    long ticket = Rig.ticket(full.fetchPositions(3, ByteString.EMPTY));
    full.session.socketFull(full.now);
    assertThat(full.session.positionsRead(ticket, SignedPositionsReply.getDefaultInstance()))
        .isEmpty();
    assertBusy(full.session.advanced(loss(), Optional.empty()), 3);
    assertThat(Rig.all(full.session.socketDrained(), Effect.Send.class)).isEmpty();
  }

  /** Files are not to wait for what stores of an older version do not know. */
  @Test
  void whereNoStoreKnowsOfThemTheDeviceIsToldSoAtOnce() {
    long ticket = Rig.ticket(rig.fetchPositions(7, ByteString.EMPTY));
    Problem problem = onlyFrame(rig.session.failed(ticket, MeshTrouble.NOBODY)).getProblem();
    assertThat(problem.getCode()).isEqualTo(ProblemCode.PROBLEM_CODE_UNAVAILABLE);
    assertThat(problem.getRequest()).isEqualTo(7);
  }

  @Test
  void whoMayHaveBeenRemovedIsToldNothingUntilTheEngineHasSaid() {
    Effect.Authorize asked =
        only(rig.session.advanced(loss(), Optional.empty()), Effect.Authorize.class);
    assertBusy(rig.fetchPositions(7, ByteString.EMPTY), 7);

    AuthorizeReply stays = AuthorizeReply.newBuilder()
        .setAuthorization(Authorization.AUTHORIZATION_MEMBER)
        .setSignedHead(TestDevice.head(Rig.SPACE, 12))
        .setLossMillis(1_011)
        .build();
    rig.session.authorized(asked.ticket(), stays, 0, rig.now);
    assertThat(only(rig.fetchPositions(8, ByteString.EMPTY), Effect.ReadPositions.class)
            .request()
            .getHeadSize())
        .isEqualTo(12);
  }

  @Test
  void withoutAnAnswerOfTheStoreTheDeviceIsToldSo() {
    List<Effect> next = rig.fetchPositions(7, ByteString.EMPTY);
    for (int tries = 0; tries < Retry.MAX_TRIES; tries++) {
      next = rig.session.failed(Rig.ticket(next), MeshTrouble.TIMEOUT);
    }
    Problem problem = onlyFrame(next).getProblem();
    assertThat(problem.getCode()).isEqualTo(ProblemCode.PROBLEM_CODE_UNAVAILABLE);
    assertThat(problem.getRequest()).isEqualTo(7);
  }
}
