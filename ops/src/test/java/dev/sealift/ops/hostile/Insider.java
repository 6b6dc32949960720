package dev.sealift.ops.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.sync.OpenedInvitation;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.ops.simulate.Bed;
import dev.sealift.ops.simulate.BedDevice;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.membership.Membership;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.Put;
import dev.sealift.protocol.proto.PutFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Says to a real mesh, over members' own connections, what their clients would not. The answers are kept from the clients. */
final class Insider {
  /** Far beyond what clients count up to. */
  private static final long FIRST_REQUEST = 1L << 40;

  private static final long LOOK_MILLIS = 100;
  private static final long DOOR_MILLIS = 2_000;
  private static final long SETTLING_MILLIS = 5_000;
  private static final long PATIENCE_MILLIS = Duration.ofMinutes(1).toMillis();

  private final Stage stage;
  private final BedDevice witness;
  private final Map<DeviceId, BedDevice> members = new HashMap<>();
  private final List<Frame> answers = new ArrayList<>();
  private long lastRequest = FIRST_REQUEST;
  private final Bed.Invited door;
  private final List<BedDevice> strangers = new ArrayList<>();
  private int newcomers;

  Insider(Stage stage) {
    this.stage = stage;
    this.witness = stage.victim();
    for (BedDevice device : List.of(stage.founder(), stage.other(), witness)) {
      members.put(device.id(), device);
    }
    door = stage.bed().invite();
  }

  /** What the mesh makes of the last file of a plot, once it has taken all before it. */
  Outcome play(Plot plot) {
    long begin = stage.nowMillis();
    List<Plot.Step> steps = plot.steps();
    for (Plot.Step step : steps.subList(0, steps.size() - 1)) {
      Outcome outcome = put(step);
      assertThat(outcome.hasReceipt()).as("what comes before it: %s", outcome).isTrue();
      stage.bed().pass(SETTLING_MILLIS);
      if (step == steps.get(0)) {
        letAsFarAsTheDoor(plot);
      }
    }
    Plot.Step last = steps.get(steps.size() - 1);
    stage.bed().pass(Math.max(0, begin + last.laterMillis() - stage.nowMillis()));
    return put(last);
  }

  private Outcome put(Plot.Step step) {
    BedDevice by = members.computeIfAbsent(step.by().id(), id -> atTheDoor(step.by(), door));
    Outcome outcome = put(by, step.file());
    if (strangers.contains(by)) {
      by.disconnect(); // its client would go on by itself
    }
    return outcome;
  }

  /** Strangers of a plot come by the invitation that it has opened. */
  private void letAsFarAsTheDoor(Plot plot) {
    plot.secret().ifPresent(secret -> {
      ForgedLog log = stage.log();
      OpenedInvitation opened = new OpenedInvitation(
          log.space(), stage.notary().verifyingKey(), log.head(stage.nowMillis()), log.size());
      for (Plot.Step step : plot.steps()) {
        members.computeIfAbsent(
            step.by().id(), id -> atTheDoor(step.by(), new Bed.Invited(opened, secret)));
      }
    });
  }

  /** Connected by a good link, and kept from joining by it. */
  private BedDevice atTheDoor(DeviceKeyPair keys, Bed.Invited link) {
    BedDevice newcomer = stage.bed().newcomer("newcomer" + ++newcomers, link, keys);
    stage.victim(newcomer);
    stage.tell(new Teller() {
      @Override
      public List<Frame> toMesh(Talk talk, Frame frame) {
        return frame.hasPut() ? List.of() : List.of(frame);
      }
    });
    newcomer.connect();
    stage.bed().pass(DOOR_MILLIS);
    strangers.add(newcomer);
    return newcomer;
  }

  Outcome put(BedDevice by, Pen.Written file) {
    Put put = Put.newBuilder()
        .setRequest(++lastRequest)
        .addFiles(PutFile.newBuilder().setSignedHeader(file.header()).setPayload(file.payload()))
        .build();
    Frame answer = say(by, Frame.newBuilder().setPut(put).build());
    assertThat(answer.hasPutResult()).as("%s", answer).isTrue();
    return answer.getPutResult().getOutcomes(0);
  }

  /** The mesh's answer to a frame with the next request: a result, or a problem. */
  Frame say(BedDevice by, Frame frame) {
    stage.victim(by);
    answers.clear();
    stage.tell(new Teller() {
      @Override
      public List<Frame> toDevice(Talk talk, Frame told) {
        boolean isAnswer = told.hasProblem()
            || told.hasPutResult() && told.getPutResult().getRequest() == lastRequest;
        if (isAnswer) {
          answers.add(told);
        }
        return isAnswer ? List.of() : List.of(told);
      }
    });
    stage.talk(by).say(frame);
    long until = stage.nowMillis() + PATIENCE_MILLIS;
    while (answers.isEmpty() && stage.nowMillis() < until) {
      stage.bed().pass(LOOK_MILLIS);
    }
    stage.tell(Teller.HONEST);
    stage.victim(witness);
    assertThat(answers).as("answers of the mesh to %s", by.state()).isNotEmpty();
    return answers.get(0);
  }

  /** Whoever may write writes, the attacker's own client too, and all who are in the space have it. */
  void assertGoesOn() {
    strangers.forEach(BedDevice::disconnect);
    Membership membership = stage.log().membership();
    members.values().stream()
        .filter(device -> membership.device(device.id()).isEmpty())
        .forEach(BedDevice::disconnect);
    stage.settle();
    List<BedDevice> there = List.of(stage.founder(), stage.other(), witness).stream()
        .filter(device -> membership.device(device.id()).isPresent())
        .toList();
    for (BedDevice device : there) {
      if (membership.device(device.id()).orElseThrow().mayWrite()) {
        stage.write(device);
        stage.settle();
      }
    }
    assertThat(there).allSatisfy(device -> {
      assertThat(device.position()).isEqualTo(stage.founder().position());
      assertThat(device.mergeDigest()).isEqualTo(stage.founder().mergeDigest());
      assertThat(device.visibleDigest()).isEqualTo(stage.founder().visibleDigest());
    });
  }
}
