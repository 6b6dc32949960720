package dev.sealift.ops.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Offer;
import dev.sealift.protocol.proto.Step;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A mesh that tells a device without end that it is its turn to compact, and that nothing of what it made stands: what that costs the device is bounded by what members write, and by the device's own time. */
class HostileOfferTest extends CompactingBed {
  private static final long HOUR_MILLIS = 60 * MINUTE_MILLIS;

  private int lies;

  private Device founder() {
    Device founder = device("founder");
    founder.found(List.of(NOTES), SpaceRules.defaults());
    founder.connect();
    edit(founder, 80);
    scheduler.runUntil(scheduler.nowMillis() + 3 * MINUTE_MILLIS);
    mesh.network().lie(this::withOtherSteps);
    return founder;
  }

  /** As though hardly anything stood, and that were news each time: so nobody waits for what was made to stand. */
  private byte[] withOtherSteps(byte[] bytes) {
    try {
      Frame frame = Frame.parseFrom(bytes);
      if (!frame.hasStepList()) {
        return bytes;
      }
      lies++;
      Step step = Step.newBuilder()
          .setFirst(1)
          .setBase(1)
          .setGeneration(lies)
          .addParts(2)
          .build();
      return frame.toBuilder()
          .setStepList(frame.getStepList().toBuilder().clearSteps().addSteps(step))
          .build()
          .toByteArray();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** Each file of events comes with an offer in front and behind. */
  private void writeAndOffer(Device device, int files, long betweenMillis) {
    Offer offer = Offer.newBuilder().setLower(2).setUpper(2).build();
    for (int i = 0; i < files; i++) {
      mesh.offer(device.id(), offer);
      String body = "note " + i;
      device.write(batch -> batch.put("notes", "k", Map.of("body", new Value.Text(body))));
      scheduler.runUntil(scheduler.nowMillis() + betweenMillis / 2);
      mesh.offer(device.id(), offer);
      scheduler.runUntil(scheduler.nowMillis() + betweenMillis / 2);
    }
    rest();
  }

  @Test
  void whatIsWrittenFastIsCompactedOnceInTenMinutes() {
    Device founder = founder();
    long began = scheduler.nowMillis();
    writeAndOffer(founder, 600, 2_000);
    long minutes = (scheduler.nowMillis() - began) / MINUTE_MILLIS;
    assertThat(minutes).isBetween(19L, 21L);
    assertThat(compactions(founder)).as("it does its share").isBetween(2L, 3L);
  }

  @Test
  void whatIsWrittenSlowlyIsCompactedOnceInSixtyFourFilesOfEvents() {
    Device founder = founder();
    writeAndOffer(founder, 140, HOUR_MILLIS / 2);
    assertThat(compactions(founder)).as("it does its share").isBetween(2L, 3L);
  }

  /** Offers alone, as many as the mesh likes. */
  @Test
  void whoIsOfferedWorkAgainAndAgainThoughNothingIsWrittenDoesItOnce() {
    Device founder = founder();
    Offer offer = Offer.newBuilder().setLower(2).setUpper(2).build();
    for (int i = 0; i < 100; i++) {
      mesh.offer(founder.id(), offer);
      scheduler.runUntil(scheduler.nowMillis() + HOUR_MILLIS / 4);
    }
    assertThat(compactions(founder)).isEqualTo(1);
  }

  /** What it has seen outlives the app: a mesh gains nothing by its being started again. */
  @Test
  void whoIsStartedAgainHasNotForgottenWhatItHasMade() {
    Device founder = founder();
    Offer offer = Offer.newBuilder().setLower(2).setUpper(2).build();
    for (int i = 0; i < 10; i++) {
      mesh.offer(founder.id(), offer);
      scheduler.runUntil(scheduler.nowMillis() + MINUTE_MILLIS);
      founder.disconnect();
      founder.connect();
      rest();
      scheduler.runUntil(scheduler.nowMillis() + 3 * MINUTE_MILLIS);
    }
    assertThat(compactions(founder)).isEqualTo(1);
  }
}
