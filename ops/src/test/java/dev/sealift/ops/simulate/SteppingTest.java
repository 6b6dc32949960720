package dev.sealift.ops.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.client.sync.CompactionThresholds;
import dev.sealift.client.sync.OpenedInvitation;
import dev.sealift.client.value.Bytes;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.OutlinePart;
import dev.sealift.protocol.proto.PayloadAbsence;
import dev.sealift.protocol.proto.Step;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Devices that compact, and devices that come in by that, over a real mesh's core. */
class SteppingTest extends CompactingBed {
  @Test
  void aNewDeviceComesInByWhatAnotherOneHasCompacted() {
    Device alone = device("alone");
    alone.found(List.of(NOTES), SpaceRules.defaults());
    alone.connect();
    edit(alone, 420);
    long position = alone.store().position();
    assertThat(position).as("files and compactions").isGreaterThan(420);
    assertThat(compactions(alone)).as("each of new files").isBetween(3L, 4L);

    Device young = joined("young", alone);

    assertThat(young.store().mergeDigest()).isEqualTo(alone.store().mergeDigest());
    assertThat(young.store().visibleDigest()).isEqualTo(alone.store().visibleDigest());
    assertThat(young.store().canCarry(2)).as("it holds the files themselves").isFalse();
    edit(young, 3);
    assertThat(young.store().mergeDigest()).isEqualTo(alone.store().mergeDigest());
  }

  @Test
  void whatNobodyAttestsIsNotTaken() {
    Device host = device("host");
    host.found(List.of(NOTES), SpaceRules.defaults());
    host.connect();
    rest();
    joined("other", host).disconnect(); // from now on somebody else could attest
    edit(host, 420, 20);
    assertThat(compactions(host)).as("made once, for one waits until it stands").isEqualTo(1);

    Device young = joined("young", host);

    assertThat(young.store().mergeDigest()).isEqualTo(host.store().mergeDigest());
    assertThat(young.store().canCarry(2)).as("it holds the files themselves").isTrue();
  }

  /** Two compactions, the older one far larger: three questions, however many steps there are. */
  @Test
  void aRowOfStepsIsScoutedAndFetchedAtOnce() {
    Device alone = device("alone");
    alone.found(List.of(NOTES), SpaceRules.defaults());
    alone.connect();
    for (int i = 0; i < 150; i++) {
      String key = "large" + i;
      String body = HexFormat.of().formatHex(dice.bytes(1_000)); // half of it does not deflate
      alone.write(batch -> batch.put("notes", key, Map.of("body", new Value.Text(body))));
      scheduler.runUntil(scheduler.nowMillis() + 20);
    }
    edit(alone, 250);
    Invited invited = invitation(alone);
    alone.disconnect();
    Map<Frame.BodyCase, Integer> answers = new EnumMap<>(Frame.BodyCase.class);
    List<Step> steps = new ArrayList<>();
    lie(frame -> {
      answers.merge(frame.getBodyCase(), 1, Integer::sum);
      steps.addAll(frame.getStepList().getStepsList());
      return frame;
    });

    thresholds = new CompactionThresholds(100_000, 100_000);
    Device young = joined("young", invited);

    assertThat(young.store().mergeDigest()).isEqualTo(alone.store().mergeDigest());
    assertThat(young.store().canCarry(2)).as("it holds the files themselves").isFalse();
    assertThat(steps).hasSizeGreaterThan(1);
    assertThat(answers.get(Frame.BodyCase.STEP_LIST)).isEqualTo(1);
    assertThat(answers.get(Frame.BodyCase.OUTLINE_FILES)).isEqualTo(1);
    assertThat(answers.get(Frame.BodyCase.ENTRIES)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Disk.Cut.class)
  void aStepThatIsCutOffAnywhereIsTakenInTheEnd(Disk.Cut how) {
    Device alone = compacted();
    byte[] secret = dice.bytes(InvitationKeys.SECRET_BYTES);
    OpenedInvitation invitation = invite(alone, secret);
    for (int commits = 1; commits <= 41; commits += 4) {
      Device young = device(how + " " + commits);
      young.join(invitation, secret, List.of());
      young.disk().cutAt(commits, how);
      young.connect();
      rest();
      assertThat(young.store().mergeDigest()).isEqualTo(alone.store().mergeDigest());
      assertThat(young.store().canCarry(2)).as("it holds the files themselves").isFalse();
      young.disconnect();
      young.close();
    }
  }

  // A mesh that lies

  private Device compacted() {
    Device alone = device("alone");
    alone.found(List.of(NOTES), SpaceRules.defaults());
    alone.connect();
    edit(alone, 300);
    return alone;
  }

  private void lie(UnaryOperator<Frame> lie) {
    mesh.network().lie(bytes -> {
      try {
        return lie.apply(Frame.parseFrom(bytes)).toByteArray();
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(e);
      }
    });
  }

  static List<Named<Consumer<Step.Builder>>> falseSteps() {
    return List.of(
        Named.of("a base further on", step -> step.setBase(step.getBase() + 1)),
        Named.of("a base before it", step -> step.setBase(step.getBase() - 1)),
        Named.of("a base behind the head", step -> step.setBase(100_000)),
        Named.of("a file of events", step -> step.setParts(0, 7)),
        Named.of("genesis", step -> step.setParts(0, 1)),
        Named.of("one part twice", step -> step.addParts(step.getParts(0))),
        Named.of("a part behind the head", step -> step.setParts(0, 100_000)),
        Named.of("no part", Step.Builder::clearParts));
  }

  @ParameterizedTest
  @MethodSource("falseSteps")
  void aStepThatIsNoneIsNotTaken(Consumer<Step.Builder> falsely) {
    Device alone = compacted();
    lie(frame -> {
      Frame.Builder told = frame.toBuilder();
      if (frame.getStepList().getStepsCount() > 0) {
        falsely.accept(told.getStepListBuilder().getStepsBuilder(0));
      }
      return told.build();
    });
    Device young = joined("young", alone);
    assertThat(young.store().mergeDigest()).isEqualTo(alone.store().mergeDigest());
    assertThat(young.store().canCarry(2)).as("it holds the files themselves").isTrue();
  }

  static List<Arguments> alterations() {
    return List.of(
        Arguments.of(
            Named.<Consumer<Frame.Builder>>of("a payload", told -> {
              if (told.hasEntries()) {
                LogEntry.Builder entry =
                    told.getEntriesBuilder().getEntriesBuilder(0).getEntryBuilder();
                entry.setPayload(
                    ByteString.copyFromUtf8("x").concat(entry.getPayload().substring(1)));
              }
            }),
            "PAYLOAD_ALTERED"),
        Arguments.of(
            Named.<Consumer<Frame.Builder>>of("a time", told -> {
              if (told.hasEntries()) {
                LogEntry.Builder entry =
                    told.getEntriesBuilder().getEntriesBuilder(0).getEntryBuilder();
                entry.setServerTimeMillis(entry.getServerTimeMillis() + 1);
              }
            }),
            "LOG_ALTERED"),
        Arguments.of(
            Named.<Consumer<Frame.Builder>>of("what is in a gap", told -> {
              if (told.hasOutlineFiles()) {
                told.getOutlineFilesBuilder().getPartsBuilderList().stream()
                    .filter(OutlinePart.Builder::hasGap)
                    .forEach(part -> part.getGapBuilder().setHashes(0, Hash.of().byteString()));
              }
            }),
            "LOG_ALTERED"),
        Arguments.of(
            Named.<Consumer<Frame.Builder>>of("who joined", told -> {
              if (told.hasOutlineFiles()) {
                told.getOutlineFilesBuilder().getPartsBuilderList().stream()
                    .filter(OutlinePart.Builder::hasEntry)
                    .forEach(part -> part.getEntryBuilder().setPayload(ByteString.EMPTY));
              }
            }),
            "PAYLOAD_ALTERED"));
  }

  @ParameterizedTest
  @MethodSource("alterations")
  void aMeshThatAltersWhatAStepIsMadeOfIsCaught(
      Consumer<Frame.Builder> alteration, String violation) {
    Device alone = compacted();
    byte[] secret = dice.bytes(InvitationKeys.SECRET_BYTES);
    OpenedInvitation invitation = invite(alone, secret);
    Device young = device("young");
    young.join(invitation, secret, List.of());
    lie(frame -> {
      Frame.Builder told = frame.toBuilder();
      alteration.accept(told);
      return told.build();
    });
    young.connect();

    assertThatThrownBy(this::rest).isInstanceOf(Fault.class).hasMessageContaining(violation);
    assertThat(young.store().position()).isZero();
  }

  // A mesh that has let go of files

  /** As a mesh does it: what stands up to a sequence is gone, but for who is in the space, and what is read does not go from one to the other. */
  private void reclaim(long upTo) {
    lie(reclaiming(upTo));
  }

  private static UnaryOperator<Frame> reclaiming(long upTo) {
    return frame -> {
      if (!frame.hasFiles() || frame.getFiles().getRequest() != 0) {
        return frame;
      }
      Frame.Builder told = frame.toBuilder();
      long sequence = frame.getFiles().getFirstSequence();
      for (LogEntry.Builder entry : told.getFilesBuilder().getEntriesBuilderList()) {
        SignedHeader header = parse(Bytes.of(entry.getSignedHeader().toByteArray()));
        if (sequence++ <= upTo && header.header().kind() != FileKind.FILE_KIND_MEMBERSHIP) {
          entry
              .clearSignedHeader()
              .clearPayload()
              .setFile(header.id().byteString())
              .setAbsence(PayloadAbsence.PAYLOAD_ABSENCE_RECLAIMED);
        }
      }
      return told.build();
    };
  }

  @Test
  void whatIsGoneIsPassedByACompaction() {
    Device host = device("host");
    host.found(List.of(NOTES), SpaceRules.defaults());
    host.connect();
    rest();
    thresholds = new CompactionThresholds(100_000, 100_000);
    Device away = joined("away", host);
    edit(host, 20);
    away.disconnect();
    away.write(batch -> batch.put("notes", "own", Map.of("body", new Value.Text("own"))));
    Device other = joined("other", host);
    edit(host, 100);
    assertThat(compactions(host)).isEqualTo(1);
    reclaim(90);

    away.connect();
    rest();

    assertThat(away.store().mergeDigest()).isEqualTo(host.store().mergeDigest());
    assertThat(away.store().mergeDigest()).isEqualTo(other.store().mergeDigest());
    assertThat(away.store().page("notes", "", 100)).containsKey("own");
    assertThat(away.store().canCarry(2)).as("it holds the files themselves").isFalse();
  }

  /** Files of its own are among what is gone: it does not know them any more, and what was not sent in the copy it sends once more. */
  @Test
  void aHomePutBackFromBeforeWhatIsGoneGoesOn() {
    Device host = device("host");
    host.found(List.of(NOTES), SpaceRules.defaults());
    host.connect();
    rest();
    thresholds = new CompactionThresholds(100_000, 100_000);
    Device away = joined("away", host);
    away.disconnect();
    note(away, "unsent", "in the copy");
    away.backUp();
    away.connect();
    note(away, "lost", "by the copy");
    rest();
    away.disconnect();
    joined("other", host);
    edit(host, 120);
    assertThat(compactions(host)).isEqualTo(1);
    away.putBack(device -> {});
    scheduler.runUntil(scheduler.nowMillis() + MINUTE_MILLIS);
    note(away, "new", "behind the copy");
    reclaim(90);

    away.connect();
    rest();
    note(away, "last", "with a counter of its own");
    rest();

    assertThat(away.store().canCarry(2)).as("it holds the files themselves").isFalse();
    assertThat(host.store().page("notes", "", 100)).containsKeys("unsent", "lost", "new", "last");
    assertThat(away.store().mergeDigest()).isEqualTo(host.store().mergeDigest());
    assertThat(away.store().visibleDigest()).isEqualTo(host.store().visibleDigest());
    assertThat(host.store().inbox(10)).as("sent twice, and nobody's loss").isEmpty();
  }

  private static void note(Device device, String key, String body) {
    device.write(batch -> batch.put("notes", key, Map.of("body", new Value.Text(body))));
  }

  /** A gateway knows less of the log than the store, where what stood was superseded just now. */
  @Test
  void aMeshThatKnowsOfNoStepForAWhileIsNotBlamed() {
    Device host = device("host");
    host.found(List.of(NOTES), SpaceRules.defaults());
    host.connect();
    rest();
    thresholds = new CompactionThresholds(100_000, 100_000);
    Device away = joined("away", host);
    edit(host, 20);
    away.disconnect();
    joined("other", host);
    edit(host, 100);
    AtomicInteger unknown = new AtomicInteger(2);
    lie(frame -> frame.hasStepList() && unknown.getAndDecrement() > 0
        ? frame.toBuilder()
            .setStepList(frame.getStepList().toBuilder().clearSteps())
            .build()
        : reclaiming(90).apply(frame));

    away.connect();
    rest();

    assertThat(unknown.get()).isNegative();
    assertThat(away.store().mergeDigest()).isEqualTo(host.store().mergeDigest());
    assertThat(away.store().canCarry(2)).as("it holds the files themselves").isFalse();
  }

  /** It does not hold the files that would be folded again when the mesh was restored, so a step has to mend its rows; and a gateway knows of none for a while. */
  @Test
  void whoNeedsAStepDoesNotBeginAnewWhereAMeshKnowsOfNoneForAWhile() {
    Device host = device("host");
    host.found(List.of(NOTES), SpaceRules.defaults());
    host.connect();
    edit(host, 120);
    thresholds = new CompactionThresholds(100_000, 100_000);
    joined("attesting", host);
    reclaim(90);
    Device away = joined("away", host);
    assertThat(away.store().canCarry(2)).as("it came in by a step").isFalse();
    mesh.backUp();
    edit(host, 20);
    away.disconnect();
    mesh.recoveryMillis(0); // nobody brings back where they stood
    mesh.restore();
    edit(host, 250);
    AtomicInteger unknown = new AtomicInteger(2);
    List<Long> positions = new ArrayList<>();
    lie(frame -> {
      if (!frame.hasStepList()) {
        return frame;
      }
      positions.add(away.store().position());
      return unknown.getAndDecrement() > 0
          ? frame.toBuilder()
              .setStepList(frame.getStepList().toBuilder().clearSteps())
              .build()
          : frame;
    });

    away.connect();
    rest();

    assertThat(positions).hasSize(3).doesNotContain(0L);
    assertThat(away.store().mergeDigest()).isEqualTo(host.store().mergeDigest());
  }

  @Test
  void whatIsGoneWithNothingInItsPlaceIsNamed() {
    thresholds = new CompactionThresholds(100_000, 100_000);
    Device host = device("host");
    host.found(List.of(NOTES), SpaceRules.defaults());
    host.connect();
    edit(host, 100);
    byte[] secret = dice.bytes(InvitationKeys.SECRET_BYTES);
    OpenedInvitation invitation = invite(host, secret);
    Device young = device("young");
    young.join(invitation, secret, List.of());
    reclaim(90);
    young.connect();

    assertThatThrownBy(this::rest)
        .isInstanceOf(Fault.class)
        .hasMessageContaining("PAYLOAD_MISSING");
  }
}
