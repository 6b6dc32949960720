package dev.sealift.gateway.session;

import static dev.sealift.gateway.session.Rig.all;
import static dev.sealift.gateway.session.Rig.assertClosedWith;
import static dev.sealift.gateway.session.Rig.entries;
import static dev.sealift.gateway.session.Rig.only;
import static dev.sealift.gateway.session.Rig.onlyFrame;
import static dev.sealift.gateway.session.Rig.ticket;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.gateway.TestDevice;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.mesh.proto.AuthorizeReply;
import dev.sealift.protocol.mesh.proto.PresentDevice;
import dev.sealift.protocol.proto.DeviceHint;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Offer;
import dev.sealift.protocol.proto.PositionReport;
import dev.sealift.protocol.proto.ProblemCode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who is there to compact, and is told that it is its turn. */
class OfferTest {
  private static final Offer OFFER =
      Offer.newBuilder().setLower(250).setUpper(1_000).build();

  private static Rig open(boolean mayWrite) {
    Rig rig = new Rig();
    rig.session.authorized(rig.knock(Rig.SPACE), member(mayWrite), 0, rig.now);
    return rig;
  }

  private static AuthorizeReply member(boolean mayWrite) {
    return AuthorizeReply.newBuilder()
        .setAuthorization(Authorization.AUTHORIZATION_MEMBER)
        .setMayWrite(mayWrite)
        .setSignedHead(TestDevice.head(Rig.SPACE, 9))
        .build();
  }

  private static Frame report(boolean takesOffers, DeviceHint... hints) {
    PositionReport.Builder report = PositionReport.newBuilder()
        .setSequence(9)
        .setTakesOffers(takesOffers)
        .addAllHints(List.of(hints));
    return Frame.newBuilder().setPosition(report).build();
  }

  @Test
  void aWriterThatTakesOffersIsThereAndIsTold() {
    Rig rig = open(true);
    assertThat(rig.session.present()).as("it has not said so yet").isEmpty();
    rig.send(report(true, DeviceHint.DEVICE_HINT_METERED));
    assertThat(rig.session.present())
        .contains(PresentDevice.newBuilder()
            .setDevice(rig.device.id().byteString())
            .addHints(DeviceHint.DEVICE_HINT_METERED)
            .build());
    assertThat(onlyFrame(rig.session.offer(OFFER)).getOffer()).isEqualTo(OFFER);
  }

  @Test
  void whoKnowsNothingOfOffersNeverMeetsOne() {
    Rig rig = open(true);
    rig.position(9);
    assertThat(rig.session.present()).isEmpty();
    assertThat(rig.session.offer(OFFER)).isEmpty();
  }

  @Test
  void whoMayOnlyReadIsNotThere() {
    Rig rig = open(false);
    rig.send(report(true));
    assertThat(rig.session.present()).isEmpty();
    assertThat(rig.session.offer(OFFER)).isEmpty();
  }

  @Test
  void whoMayWriteNoMoreIsGoneWithTheNextLook() {
    Rig rig = open(true);
    rig.send(report(true));
    rig.session.recheckSoon();
    long ticket = ticket(rig.session.tick(rig.now));
    rig.session.authorized(ticket, member(false), 0, rig.now);
    assertThat(rig.session.present()).isEmpty();
  }

  @Test
  void eachReportSaysAllAnew() {
    Rig rig = open(true);
    rig.send(report(true, DeviceHint.DEVICE_HINT_ON_BATTERY));
    rig.send(report(true));
    assertThat(rig.session.present().orElseThrow().getHintsList()).isEmpty();
    rig.send(report(false));
    assertThat(rig.session.present()).isEmpty();
  }

  @Test
  void hintsCountOnceAndUnknownOnesNot() {
    Rig rig = open(true);
    PositionReport.Builder report = PositionReport.newBuilder().setTakesOffers(true);
    report.addHintsValue(0).addHintsValue(99);
    for (int again = 2; again < Limits.MAX_DEVICE_HINTS; again++) {
      report.addHints(DeviceHint.DEVICE_HINT_SLOW);
    }
    rig.send(Frame.newBuilder().setPosition(report).build());
    assertThat(rig.session.present().orElseThrow().getHintsList())
        .containsExactly(DeviceHint.DEVICE_HINT_SLOW);
    report.addHints(DeviceHint.DEVICE_HINT_SLOW);
    assertClosedWith(
        rig.send(Frame.newBuilder().setPosition(report).build()),
        ProblemCode.PROBLEM_CODE_BAD_FRAME);
  }

  @Test
  void whoIsInvitedOrIsSentAwayIsNotThere() {
    Rig invited = Rig.invitedAt(9);
    invited.send(report(true));
    assertThat(invited.session.present()).isEmpty();
    Rig leaving = open(true);
    leaving.send(report(true));
    leaving.fetch(1, 0);
    leaving.session.goAway(500);
    assertThat(leaving.session.present()).isEmpty();
    assertThat(leaving.session.offer(OFFER)).isEmpty();
  }

  @Test
  void creditSaysHowFastTheDeviceTakesFilesIn() {
    Rig rig = Rig.openAt(100);
    List<Effect> effects = rig.subscribe(0, 1 << 20);
    for (int frame = 0; frame < 2; frame++) {
      effects = rig.session.read(ticket(effects), entries(50, 1_000));
    }
    assertThat(all(rig.credit(20_000), Effect.Paced.class)).isEmpty();
    rig.now += 250;
    Taken taken = only(rig.credit(20_000), Effect.Paced.class).taken();
    assertThat(taken.reads()).isEqualTo(1);
    assertThat(taken.files()).isBetween(15L, 20L);
    assertThat(taken.millis()).isEqualTo(250);
  }
}
