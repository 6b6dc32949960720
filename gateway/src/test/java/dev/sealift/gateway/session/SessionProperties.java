package dev.sealift.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.gateway.TestDevice;
import dev.sealift.gateway.codec.Subprotocol;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.mesh.proto.SignedPositionsReply;
import dev.sealift.protocol.mesh.proto.StageReply;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.PayloadAbsence;
import dev.sealift.protocol.proto.PutFile;
import dev.sealift.protocol.proto.RefusalCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** Whatever comes, in whatever order: the session never throws and never goes beyond its bounds. */
class SessionProperties {
  private static final TestDevice DEVICE = new TestDevice(1);
  private static final PutFile[] FILES = {
    DEVICE.file(Rig.SPACE, 1, 0),
    DEVICE.file(Rig.SPACE, 1, 100_000),
    DEVICE.file(Rig.SPACE, 1, 1 << 20)
  };

  @Property(tries = 500)
  void anyBytesAreRefusedWithATypedProblemOrUnderstood(@ForAll @Size(max = 300) byte[] bytes) {
    for (Rig rig : List.of(new Rig(), Rig.open(), Rig.invitedAt(1), Rig.founding(Rig.SPACE))) {
      List<Effect> effects = rig.session.receive(bytes.clone(), rig.now);
      if (rig.session.isClosed()) {
        assertThat(Rig.only(effects, Effect.Close.class).problem()).isPresent();
      }
    }
  }

  @Property(tries = 300)
  void aGoodFrameWithSomeBytesChangedNeverThrows(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] frame = anyFrame(random).toByteArray();
    for (int i = 0; i <= random.nextInt(4) && frame.length > 0; i++) {
      frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
    }
    Rig.openAt(random.nextInt(9)).session.receive(frame, Rig.START);
  }

  /**
   * Plays a device and a mesh that do anything in any order, and checks after each step what must always hold: the Puts
   * and reads under way stay within their bounds, each Put that was taken gets one result, in order, and each Close is the last
   * word.
   */
  @Property(tries = 100)
  void anyCourseOfEventsStaysWithinBounds(@ForAll Subprotocol subprotocol, @ForAll long seed) {
    new Course(subprotocol, new Random(seed)).run(300);
  }

  @Example
  void aLongCourseStaysWithinBounds() {
    new Course(Subprotocol.BINARY, new Random(42)).run(5_000);
  }

  private static Frame anyFrame(Random random) {
    Frame.Builder frame = Frame.newBuilder();
    switch (random.nextInt(12)) {
      case 0, 1, 2, 3 -> frame.setPut(TestDevice.put(random.nextInt(1_000), anyFiles(random)));
      case 4 ->
        frame
            .getSubscribeBuilder()
            .setAfterSequence(random.nextInt(60))
            .setCreditBytes(random.nextInt(200_000))
            .setOmitOwnPayloads(random.nextBoolean());
      case 5, 6, 7 -> frame.getCreditBuilder().setBytes(random.nextInt(200_000));
      case 8, 9 ->
        frame
            .getFetchBuilder()
            .setRequest(1 + random.nextInt(9))
            .setAfterSequence(random.nextInt(60))
            .setMaxBytes(random.nextInt());
      case 10 -> frame.getPositionBuilder().setSequence(random.nextInt(60));
      case 11 -> frame.getFetchPositionsBuilder().setRequest(1 + random.nextInt(9));
      default -> frame.getGoAwayBuilder().setRetryAfterMillis(random.nextLong());
    }
    return frame.build();
  }

  private static final Map<Long, LogEntry> EXPIRED = new HashMap<>();

  /** An entry whose payload went by the head of this size. */
  private static LogEntry expiredAt(long size) {
    long atMillis = Rig.head(size).serverTimeMillis();
    return LogEntry.newBuilder()
        .setSignedHeader(new TestDevice(7).expiringHeader(Rig.SPACE, atMillis))
        .setAbsence(PayloadAbsence.PAYLOAD_ABSENCE_EXPIRED)
        .build();
  }

  private static PutFile[] anyFiles(Random random) {
    PutFile[] files = new PutFile[1 + random.nextInt(2)];
    for (int i = 0; i < files.length; i++) {
      files[i] = FILES[random.nextInt(10) == 0 ? 2 : random.nextInt(2)];
    }
    return files;
  }

  /** A random course, and a model of what must hold in it. */
  private static final class Course {
    private final Subprotocol subprotocol;
    private final Random random;
    private final Map<Long, Effect.Ask> asked = new HashMap<>();
    private final List<Long> putsUnderWay = new ArrayList<>();
    private Rig rig;
    private long logSize;
    private boolean socketFull;
    private boolean goingAway;
    private int subscriptions;

    private Course(Subprotocol subprotocol, Random random) {
      this.subprotocol = subprotocol;
      this.rig = Rig.openIn(subprotocol, 0);
      this.random = random;
    }

    private void run(int steps) {
      for (int i = 0; i < steps; i++) {
        check(step());
        if (rig.session.isClosed()) {
          rig.assertDead();
          startAgain();
        }
      }
    }

    private void startAgain() {
      logSize = random.nextInt(50);
      rig = Rig.openIn(subprotocol, logSize);
      asked.clear();
      putsUnderWay.clear();
      socketFull = false;
      goingAway = false;
      subscriptions = 0;
    }

    private List<Effect> step() {
      rig.now += random.nextInt(50);
      int kind = random.nextInt(100);
      if (kind < 30) {
        return send(anyFrame(random));
      } else if (kind < 80) {
        return asked.isEmpty() ? List.of() : answer(anyTicket());
      } else if (kind < 86) {
        logSize += random.nextInt(4);
        return rig.advanceTo(logSize);
      } else if (kind < 90) {
        socketFull = true;
        return rig.session.socketFull(rig.now);
      } else if (kind < 97) {
        socketFull = false;
        return rig.session.socketDrained();
      } else if (kind < 99) {
        return rig.session.tick(rig.now);
      }
      goingAway = random.nextInt(20) == 0;
      return goingAway ? rig.session.goAway(500) : rig.session.receiveControl(rig.now);
    }

    private List<Effect> send(Frame frame) {
      List<Effect> effects = rig.send(frame);
      subscriptions += frame.hasSubscribe() ? 1 : 0;
      if (frame.hasPut() && !goingAway && !rig.session.isClosed()) {
        putsUnderWay.add(frame.getPut().getRequest());
      }
      return effects;
    }

    private long anyTicket() {
      return new ArrayList<>(asked.keySet()).get(random.nextInt(asked.size()));
    }

    private List<Effect> answer(long ticket) {
      Effect.Ask ask = asked.remove(ticket);
      if (random.nextInt(8) == 0) {
        MeshTrouble[] troubles = MeshTrouble.values();
        return rig.session.failed(ticket, troubles[random.nextInt(troubles.length)]);
      } else if (ask instanceof Effect.Stage stage) {
        int files = stage.request().getPayloadsCount();
        StageReply reply = Rig.stageReply(random.nextInt(30) == 0 ? files + 1 : files);
        return rig.session.staged(ticket, reply);
      } else if (ask instanceof Effect.Admit admit) {
        return answer(admit);
      } else if (ask instanceof Effect.Read read) {
        return answer(read);
      } else if (ask instanceof Effect.ReadOutline outline) {
        long files = outline.request().getUpTo() - outline.request().getAfterSequence();
        assertThat(files).isPositive();
        return rig.session.outlined(ticket, Rig.gap(files));
      } else if (ask instanceof Effect.ReadEntries entries) {
        int count = 1 + random.nextInt(entries.request().getSequencesCount());
        return rig.session.entriesRead(ticket, Rig.proven(count, random.nextInt(50_000)));
      } else if (ask instanceof Effect.FindSteps) {
        return rig.session.stepsFound(ticket, CompactionsReply.getDefaultInstance());
      } else if (ask instanceof Effect.ReadPositions) {
        return rig.session.positionsRead(ticket, SignedPositionsReply.getDefaultInstance());
      }
      return rig.authorize(ticket, Authorization.AUTHORIZATION_MEMBER, logSize);
    }

    private List<Effect> answer(Effect.Admit admit) {
      if (admit.request().getFilesCount() == 1 && random.nextInt(4) == 0) {
        return rig.session.admitted(
            admit.ticket(), Rig.refusal(RefusalCode.REFUSAL_CODE_CHAIN_GAP));
      }
      long[] sequences = new long[admit.request().getFilesCount()];
      for (int i = 0; i < sequences.length; i++) {
        sequences[i] = ++logSize;
      }
      return rig.admit(admit.ticket(), sequences);
    }

    private List<Effect> answer(Effect.Read read) {
      long there = read.request().getHeadSize() - read.request().getAfterSequence();
      assertThat(there).isPositive();
      int count = (int) Math.min(there, 1 + random.nextInt(5));
      ReadReply reply = Rig.entries(count, random.nextInt(50_000));
      return rig.session.read(read.ticket(), random.nextInt(4) == 0 ? withExpired(reply) : reply);
    }

    /** By a head that the store has, and the gateway may not have heard of. */
    private ReadReply withExpired(ReadReply reply) {
      long size = Math.max(0, logSize - random.nextInt(3));
      return reply.toBuilder()
          .setEntries(0, EXPIRED.computeIfAbsent(size, SessionProperties::expiredAt))
          .build();
    }

    private void check(List<Effect> effects) {
      for (int i = 0; i < effects.size(); i++) {
        Effect effect = effects.get(i);
        if (effect instanceof Effect.Close) {
          assertThat(i).as("a Close is the last word").isEqualTo(effects.size() - 1);
        } else if (effect instanceof Effect.Ask ask) {
          asked.put(ask.ticket(), ask);
        } else if (effect instanceof Effect.Send send) {
          check(send.frame());
        }
      }
      checkBounds();
    }

    private void check(Frame sent) {
      assertThat(sent.getSerializedSize()).isLessThanOrEqualTo(Limits.MAX_FRAME_BYTES);
      assertThat(rig.codec.length(sent)).isLessThanOrEqualTo(rig.codec.maxBytes());
      if (sent.hasPutResult()) {
        assertThat(sent.getPutResult().getRequest()).isEqualTo(putsUnderWay.remove(0));
      } else if (sent.hasFiles()
          || sent.hasAdvanced()
          || sent.hasOutlineFiles()
          || sent.hasEntries()
          || sent.hasStepList()) {
        assertThat(socketFull).as("nothing large goes to a full socket").isFalse();
      }
      if (sent.hasFiles()) {
        long told = SpaceHead.find(sent.getFiles().getSignedHead(), 0, Rig.SPACE)
            .orElseThrow()
            .serverTimeMillis();
        assertThat(Expired.latest(sent.getFiles().getEntriesList().stream()))
            .as("its head says that it has expired")
            .isLessThanOrEqualTo(told);
      }
    }

    private void checkBounds() {
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
      assertThat(putsUnderWay.size()).isLessThanOrEqualTo(PutLane.MAX_PUTS_UNDER_WAY);
      // An answer to a subscription that was replaced may still be on its way beside the next one.
      assertThat(reads).isLessThanOrEqualTo(1 + subscriptions);
      assertThat(stagedBytes).isLessThanOrEqualTo(2L * Limits.PUT_WINDOW_BYTES);
    }
  }
}
