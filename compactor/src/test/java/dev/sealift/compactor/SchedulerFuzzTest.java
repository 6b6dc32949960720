package dev.sealift.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.ExpireReply;
import dev.sealift.protocol.mesh.proto.InspectRequest;
import dev.sealift.protocol.mesh.proto.PresenceReply;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.SpacesReply;
import java.util.ArrayDeque;
import java.util.Deque;

/** A scheduler to which stores, gateways and engines say anything, in any order: it does not throw, and asks for nothing without end. */
class SchedulerFuzzTest {
  private static final int MOST_STEPS = 60;
  private static final int MOST_BYTES = 300;
  private static final int MOST_EFFECTS_A_STEP = 1_000;

  @FuzzTest
  void course(FuzzedDataProvider data) {
    new Course(data).run();
  }

  private static final class Course {
    private final FuzzedDataProvider data;
    private final Deque<Effect> asked = new ArrayDeque<>();
    private final Scheduler scheduler =
        new Scheduler(CompactorPolicy.usual(), new Tally(), this::ask);
    private long now = 1_000_000;
    private int effects;

    Course(FuzzedDataProvider data) {
      this.data = data;
    }

    private void ask(Effect effect) {
      effects++;
      asked.add(effect);
    }

    void run() {
      for (int i = 0; i < MOST_STEPS && data.remainingBytes() > 0; i++) {
        effects = 0;
        step();
        assertThat(effects).isLessThanOrEqualTo(MOST_EFFECTS_A_STEP);
      }
    }

    private void step() {
      switch (data.consumeInt(0, 5)) {
        case 0 ->
          scheduler.advanced(
              Ids.space(data.consumeInt(0, 3)),
              data.consumeBoolean()
                  ? data.consumeInt(0, 10_000)
                  : data.consumeLong(0, Long.MAX_VALUE),
              data.consumeLong(0, Long.MAX_VALUE),
              moment());
        case 1 -> {
          now += data.consumeInt(0, 3_600_000);
          scheduler.tick(moment());
        }
        case 2 -> present();
        case 3 -> assertThat(Inspector.space(any(InspectRequest.newBuilder()))).isNotNull();
        default -> answer();
      }
    }

    private void present() {
      PresenceReply.Builder reply = PresenceReply.newBuilder();
      if (data.consumeBoolean()) {
        reply.setSpace(Ids.space(data.consumeInt(0, 3)).byteString());
        for (int devices = data.consumeInt(0, 3); devices > 0; devices--) {
          reply.addDevicesBuilder().setDevice(Ids.device(data.consumeInt(1, 4)).byteString());
        }
      }
      try {
        scheduler.present(any(reply));
      } catch (FormatException refused) {
        assertThat(refused.getMessage()).isNotEmpty();
      }
    }

    private void answer() {
      Effect effect = asked.poll();
      if (effect instanceof Effect.AskStanding ask) {
        if (data.consumeInt(0, 3) == 0) {
          scheduler.notTold(ask.space(), moment());
        } else {
          CompactionsReply.Builder reply = CompactionsReply.newBuilder();
          reply.addLiveBuilder().setFiles(data.consumeInt(0, 100_000));
          scheduler.told(ask.space(), any(reply), moment());
        }
      } else if (effect instanceof Effect.AskSpaces) {
        scheduler.page(any(SpacesReply.newBuilder()));
      } else if (effect instanceof Effect.MakeOffer offer) {
        scheduler.offered(offer, data.consumeBoolean(), moment());
      } else if (effect instanceof Effect.Reclaim reclaim) {
        scheduler.reclaimed(reclaim.space(), any(ReclaimReply.newBuilder()), moment());
      } else if (effect instanceof Effect.Expire expire) {
        scheduler.expired(expire.space(), any(ExpireReply.newBuilder()), moment());
      }
    }

    private Moment moment() {
      return new Moment(now, World.WALL + now);
    }

    /** With what bytes say besides, as far as they say anything. */
    @SuppressWarnings("unchecked")
    private <T extends Message> T any(Message.Builder builder) {
      try {
        builder.mergeFrom(data.consumeBytes(MOST_BYTES));
      } catch (InvalidProtocolBufferException e) {
        // as far as it went
      }
      return (T) builder.build();
    }
  }
}
