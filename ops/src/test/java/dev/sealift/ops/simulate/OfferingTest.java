package dev.sealift.ops.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.sync.CompactionThresholds;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.Offer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Devices that the mesh tells that it is their turn to compact. */
class OfferingTest extends CompactingBed {
  /** Of themselves they would not, for long. */
  @BeforeEach
  void leaveItToOthers() {
    thresholds = new CompactionThresholds(10_000, 20_000);
  }

  /** With files in the log, and long enough for the mesh to look again whether it may write. */
  private Device founder(int files) {
    Device founder = device("founder");
    founder.found(List.of(NOTES), SpaceRules.defaults());
    founder.connect();
    edit(founder, files);
    scheduler.runUntil(scheduler.nowMillis() + 3 * MINUTE_MILLIS);
    return founder;
  }

  private void offer(Device device, long lower, long upper) {
    Offer offer = Offer.newBuilder().setLower(lower).setUpper(upper).build();
    assertThat(mesh.offer(device.id(), offer)).as("it is there").isTrue();
    scheduler.runUntil(scheduler.nowMillis() + MINUTE_MILLIS);
    rest();
  }

  @Test
  void whoIsOfferedItCompactsThoughItsOwnPlaceIsFarAwayAndOnce() {
    Device founder = founder(120);
    assertThat(compactions(founder)).isZero();
    offer(founder, 100, 400);
    assertThat(compactions(founder)).isEqualTo(1);
    founder.disconnect();
    founder.connect();
    edit(founder, 120);
    assertThat(compactions(founder)).as("an offer is for one").isEqualTo(1);
  }

  @Test
  void whatWasOfferedLastIsWhatADeviceGoesByAsLongAsItIsConnected() {
    Device founder = founder(80);
    offer(founder, 100, 400);
    edit(founder, 30);
    assertThat(compactions(founder)).isEqualTo(1);
    edit(founder, 120);
    assertThat(compactions(founder)).isEqualTo(2);
  }

  @Test
  void whatNoOfferCanBeIsPassedOverAndSoIsOneForTooFewFiles() {
    Device founder = founder(120);
    offer(founder, 1, 400);
    offer(founder, 100, 99);
    offer(founder, 500, 900);
    assertThat(compactions(founder)).isZero();
  }

  @Test
  void whoWaitsForACompactionToStandMakesNoOtherThoughItIsOffered() {
    Device founder = founder(120);
    Invited by = invitation(founder);
    Device other = device("other"); // so that what is made has to be attested, by nobody
    other.compactsNothing();
    other.join(by.invitation(), by.secret(), List.of());
    other.connect();
    rest();
    offer(founder, 100, 400);
    assertThat(compactions(founder)).isEqualTo(1);
    edit(founder, 120, 20);
    offer(founder, 100, 400);
    assertThat(compactions(founder)).isEqualTo(1);
    scheduler.runUntil(scheduler.nowMillis() + 10 * MINUTE_MILLIS);
    edit(founder, 1);
    offer(founder, 100, 400);
    assertThat(compactions(founder)).as("its patience is over").isEqualTo(2);
  }

  @Test
  void whoDoesNotCompactIsNeverOfferedAnything() {
    Device reader = device("reader");
    reader.compactsNothing();
    reader.found(List.of(NOTES), SpaceRules.defaults());
    reader.connect();
    edit(reader, 10);
    scheduler.runUntil(scheduler.nowMillis() + 3 * MINUTE_MILLIS);
    assertThat(mesh.offer(reader.id(), Offer.getDefaultInstance())).isFalse();
  }
}
