package dev.sealift.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.sealift.gateway.TestDevice;
import dev.sealift.gateway.codec.Subprotocol;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.mesh.proto.AdmitReply;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.mesh.proto.AuthorizeReply;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.EntriesReply;
import dev.sealift.protocol.mesh.proto.OutlineReply;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.mesh.proto.SignedPositionsReply;
import dev.sealift.protocol.mesh.proto.StageReply;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Offer;
import dev.sealift.protocol.proto.PutFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A session that hears anything from its device and anything from the mesh, in any order: it does not throw, and keeps within its bounds. */
class GatewaySessionFuzzTest {
  private static final TestDevice DEVICE = new TestDevice(1);
  private static final PutFile SMALL = DEVICE.file(Rig.SPACE, 1, 10);
  private static final PutFile LARGE = DEVICE.file(Rig.SPACE, 1, 1 << 20);
  private static final int MOST_STEPS = 60;
  private static final int MOST_BYTES = 300;

  /** A single message in each state in which a session can be. */
  @FuzzTest
  void message(byte[] bytes) {
    List<Rig> rigs =
        List.of(new Rig(), Rig.open(), Rig.openAt(5), Rig.invitedAt(1), Rig.founding(Rig.SPACE));
    for (Rig rig : rigs) {
      requireTypedEnd(rig, rig.session.receive(bytes.clone(), rig.now));
    }
    Rig json = Rig.openIn(Subprotocol.JSON, 0);
    requireTypedEnd(json, json.session.receive(bytes.clone(), json.now));
  }

  private static void requireTypedEnd(Rig rig, List<Effect> effects) {
    if (rig.session.isClosed()) {
      assertThat(Rig.only(effects, Effect.Close.class).problem()).isPresent();
      rig.assertDead();
    }
  }

  @FuzzTest
  void course(FuzzedDataProvider data) throws InvalidProtocolBufferException {
    new Course(data).run();
  }

  private static final class Course {
    private final FuzzedDataProvider data;
    private final Map<Long, Effect.Ask> asked = new HashMap<>();
    private final Rig rig;
    private int subscriptions = 1;

    Course(FuzzedDataProvider data) {
      this.data = data;
      this.rig = switch (data.consumeInt(0, 3)) {
        case 0 -> new Rig();
        case 1 -> Rig.invitedAt(1);
        case 2 -> Rig.founding(Rig.SPACE);
        default -> Rig.openIn(data.pickValue(Subprotocol.values()), data.consumeInt(0, 100));
      };
    }

    void run() throws InvalidProtocolBufferException {
      for (int i = 0; i < MOST_STEPS && data.remainingBytes() > 0; i++) {
        rig.now += data.consumeInt(0, 200);
        check(step());
        if (rig.session.isClosed()) {
          rig.assertDead();
          return;
        }
      }
    }

    private List<Effect> step() throws InvalidProtocolBufferException {
      return switch (data.consumeInt(0, 13)) {
        case 0 -> rig.session.receive(data.consumeBytes(MOST_BYTES), rig.now);
        case 1, 2, 3 -> rig.send(frame());
        case 4, 5, 6 -> answer();
        case 7 -> rig.advanceTo(data.consumeInt(0, 200));
        case 8 -> rig.session.socketFull(rig.now);
        case 9 -> rig.session.socketDrained();
        case 10 -> rig.session.tick(rig.now);
        case 11 -> rig.session.offer(of(Offer.newBuilder()));
        case 12 ->
          data.consumeBoolean()
              ? rig.session.receiveControl(rig.now)
              : rig.session.receiveForeign(rig.now);
        default ->
          data.consumeInt(0, 9) == 0 ? rig.session.goAway(data.consumeLong()) : handshake();
      };
    }

    private List<Effect> handshake() {
      return rig.send(TestDevice.frame(DEVICE.hello(Rig.SPACE)));
    }

    /** Of a kind that devices send, with contents that are good or any. */
    private Frame frame() {
      Frame.Builder frame = Frame.newBuilder();
      switch (data.consumeInt(0, 9)) {
        case 0, 1 -> {
          int files = data.consumeInt(0, 3);
          frame.getPutBuilder().setRequest(data.consumeInt(1, 9));
          for (int i = 0; i < files; i++) {
            frame.getPutBuilder().addFiles(data.consumeInt(0, 7) == 0 ? LARGE : SMALL);
          }
        }
        case 2 -> {
          of(frame.getSubscribeBuilder());
          subscriptions++;
        }
        case 3 -> frame.getCreditBuilder().setBytes(data.consumeInt());
        case 4 -> of(frame.getFetchBuilder());
        case 5 -> of(frame.getPositionBuilder());
        case 6 -> of(frame.getOutlineBuilder());
        case 7 -> of(frame.getStepsBuilder());
        case 8 -> of(frame.getFetchPositionsBuilder());
        default -> of(frame.getFetchEntriesBuilder());
      }
      return frame.build();
    }

    /** What bytes say, as far as they say anything. */
    @SuppressWarnings("unchecked")
    private <T extends Message> T of(Message.Builder builder) {
      try {
        builder.mergeFrom(data.consumeBytes(MOST_BYTES));
      } catch (InvalidProtocolBufferException e) {
        // as far as it went
      }
      return (T) builder.build();
    }

    /** What the mesh says to something that it was asked, or was not. */
    private List<Effect> answer() {
      List<Long> tickets = new ArrayList<>(asked.keySet());
      boolean known = !tickets.isEmpty() && data.consumeInt(0, 7) > 0;
      long ticket = known ? data.pickValue(tickets) : data.consumeLong();
      Effect.Ask ask = asked.remove(ticket);
      if (ask == null) {
        return anyAnswer(ticket);
      }
      if (data.consumeInt(0, 5) == 0) {
        return rig.session.failed(ticket, data.pickValue(MeshTrouble.values()));
      }
      return data.consumeBoolean() ? goodAnswer(ask) : ownAnswer(ask);
    }

    private List<Effect> anyAnswer(long ticket) {
      return switch (data.consumeInt(0, 7)) {
        case 0 -> rig.session.authorized(ticket, of(AuthorizeReply.newBuilder()), 0, rig.now);
        case 1 -> rig.session.staged(ticket, of(StageReply.newBuilder()));
        case 2 -> rig.session.admitted(ticket, of(AdmitReply.newBuilder()));
        case 3 -> rig.session.read(ticket, of(ReadReply.newBuilder()));
        case 4 -> rig.session.outlined(ticket, of(OutlineReply.newBuilder()));
        case 5 -> rig.session.entriesRead(ticket, of(EntriesReply.newBuilder()));
        case 6 -> rig.session.positionsRead(ticket, of(SignedPositionsReply.newBuilder()));
        default -> rig.session.stepsFound(ticket, of(CompactionsReply.newBuilder()));
      };
    }

    /** Of the kind that was asked for, and with anything in it. */
    private List<Effect> ownAnswer(Effect.Ask ask) {
      long ticket = ask.ticket();
      if (ask instanceof Effect.Stage) {
        return rig.session.staged(ticket, of(StageReply.newBuilder()));
      } else if (ask instanceof Effect.Admit) {
        return rig.session.admitted(ticket, of(AdmitReply.newBuilder()));
      } else if (ask instanceof Effect.Read) {
        return rig.session.read(ticket, of(ReadReply.newBuilder()));
      } else if (ask instanceof Effect.ReadOutline) {
        return rig.session.outlined(ticket, of(OutlineReply.newBuilder()));
      } else if (ask instanceof Effect.ReadEntries) {
        return rig.session.entriesRead(ticket, of(EntriesReply.newBuilder()));
      } else if (ask instanceof Effect.FindSteps) {
        return rig.session.stepsFound(ticket, of(CompactionsReply.newBuilder()));
      } else if (ask instanceof Effect.ReadPositions) {
        return rig.session.positionsRead(ticket, of(SignedPositionsReply.newBuilder()));
      }
      return rig.session.authorized(
          ticket, of(AuthorizeReply.newBuilder()), data.consumeInt(), rig.now);
    }

    private List<Effect> goodAnswer(Effect.Ask ask) {
      long ticket = ask.ticket();
      if (ask instanceof Effect.Stage stage) {
        return rig.stage(ticket, stage.request().getPayloadsCount());
      } else if (ask instanceof Effect.Admit admit) {
        long[] sequences = new long[admit.request().getFilesCount()];
        for (int i = 0; i < sequences.length; i++) {
          sequences[i] = 1 + i + data.consumeInt(0, 200);
        }
        return rig.admit(ticket, sequences);
      } else if (ask instanceof Effect.Read) {
        return rig.session.read(
            ticket, Rig.entries(data.consumeInt(1, 5), data.consumeInt(0, 50_000)));
      } else if (ask instanceof Effect.ReadOutline outline) {
        return rig.session.outlined(
            ticket, Rig.gap(outline.request().getUpTo() - outline.request().getAfterSequence()));
      } else if (ask instanceof Effect.ReadEntries entries) {
        return rig.session.entriesRead(
            ticket, Rig.proven(entries.request().getSequencesCount(), data.consumeInt(0, 50_000)));
      } else if (ask instanceof Effect.FindSteps) {
        return rig.session.stepsFound(ticket, CompactionsReply.getDefaultInstance());
      } else if (ask instanceof Effect.ReadPositions) {
        return rig.session.positionsRead(ticket, SignedPositionsReply.getDefaultInstance());
      }
      return rig.authorize(ticket, data.pickValue(Authorization.values()), data.consumeInt(0, 200));
    }

    private void check(List<Effect> effects) {
      for (int i = 0; i < effects.size(); i++) {
        Effect effect = effects.get(i);
        if (effect instanceof Effect.Close) {
          assertThat(i).as("a Close is the last word").isEqualTo(effects.size() - 1);
        } else if (effect instanceof Effect.Ask ask) {
          asked.put(ask.ticket(), ask);
        } else if (effect instanceof Effect.Send send) {
          assertThat(rig.codec.length(send.frame())).isLessThanOrEqualTo(rig.codec.maxBytes());
        }
      }
      requireBounds();
    }

    private void requireBounds() {
      long stagedBytes = 0;
      int reads = 0;
      for (Effect.Ask ask : asked.values()) {
        if (ask instanceof Effect.Stage stage) {
          stagedBytes += stage.request().getPayloadsList().stream()
              .mapToLong(ByteString::size)
              .sum();
        }
        reads += ask instanceof Effect.Look ? 1 : 0;
      }
      assertThat(reads).isLessThanOrEqualTo(1 + subscriptions + MOST_STEPS);
      assertThat(stagedBytes).isLessThanOrEqualTo(2L * Limits.PUT_WINDOW_BYTES);
      assertThat(rig.session.device().isPresent() || !rig.session.isAuthenticated())
          .isTrue();
    }
  }
}
