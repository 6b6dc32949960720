package dev.sealift.ops.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.client.store.ColumnSchema;
import dev.sealift.client.store.ColumnType;
import dev.sealift.client.store.TableSchema;
import dev.sealift.client.sync.CompactionThresholds;
import dev.sealift.client.sync.OpenedInvitation;
import dev.sealift.client.value.Bytes;
import dev.sealift.client.value.Value;
import dev.sealift.client.vault.Vault;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.link.InvitationKeys;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.Offer;
import dev.sealift.protocol.proto.OutlinePart;
import dev.sealift.protocol.proto.Step;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Devices that compact, and devices that come in by that, over a real mesh's core. */
class SteppingTest {
  private static final TableSchema NOTES = new TableSchema(
      "notes", "id", List.of(new ColumnSchema("body", ColumnType.TEXT, Optional.empty())));
  private static final long MINUTE_MILLIS = 60_000;

  @TempDir
  private Path folder;

  private final Scheduler scheduler =
      new Scheduler(Instant.parse("2026-01-01T00:00:00Z").toEpochMilli());
  private final Dice dice = new Dice(1);
  private final Trace trace = new Trace(scheduler, true);
  private final List<Device> devices = new ArrayList<>();
  private Mesh mesh;
  private Vault vault;

  @BeforeEach
  void start() {
    mesh = new Mesh(scheduler, dice.fork(), trace, new MeshDisk(folder, scheduler));
    mesh.admitCompactions();
    vault = Vault.open(folder.resolve("vault"), null);
  }

  @AfterEach
  void end() {
    devices.forEach(Device::close);
    mesh.close();
  }

  private Device device(String name) {
    Device device = new Device(
        name,
        scheduler,
        mesh.network(),
        dice.fork(),
        trace,
        vault,
        Simulation.keys(dice),
        new Disk(folder.resolve(name + ".db")));
    device.start();
    device.compacts(new CompactionThresholds(100, 400));
    devices.add(device);
    return device;
  }

  private void rest() {
    devices.stream().filter(Device::isConnecting).forEach(Device::ask);
    long until = scheduler.nowMillis() + 10 * MINUTE_MILLIS;
    do {
      scheduler.runUntil(scheduler.nowMillis() + 100);
      assertThat(scheduler.nowMillis()).as("%s", trace.lines()).isLessThan(until);
    } while (!devices.stream()
        .allMatch(device -> !device.isConnecting() || device.isRunning() && device.isUpToDate()));
  }

  private void edit(Device device, int files) {
    for (int i = 0; i < files; i++) {
      String key = "k" + i % 50;
      String body = "note " + i;
      device.write(batch -> batch.put("notes", key, Map.of("body", new Value.Text(body))));
      scheduler.runUntil(scheduler.nowMillis() + 20);
    }
    rest();
  }

  private OpenedInvitation invite(Device host, byte[] secret) {
    CompletableFuture<OpenedInvitation> opened =
        host.invite(secret, Duration.ofDays(60).toMillis(), 100).orElseThrow();
    scheduler.runUntil(scheduler.nowMillis() + MINUTE_MILLIS);
    return opened.join();
  }

  private Device joined(String name, Device host) {
    byte[] secret = dice.bytes(InvitationKeys.SECRET_BYTES);
    OpenedInvitation invitation = invite(host, secret);
    Device device = device(name);
    device.join(invitation, secret, List.of());
    device.connect();
    rest();
    return device;
  }

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
    joined("other", host); // from now on somebody else could attest
    edit(host, 420);
    assertThat(compactions(host)).as("made once, for one waits until it stands").isEqualTo(1);

    Device young = joined("young", host);

    assertThat(young.store().mergeDigest()).isEqualTo(host.store().mergeDigest());
    assertThat(young.store().canCarry(2)).as("it holds the files themselves").isTrue();
  }

  /** With files in the log, and long enough for the mesh to look again whether it may write. */
  private Device founderThatLeavesItToOthers(int files) {
    Device alone = device("alone");
    alone.compacts(new CompactionThresholds(10_000, 20_000));
    alone.found(List.of(NOTES), SpaceRules.defaults());
    alone.connect();
    edit(alone, files);
    scheduler.runUntil(scheduler.nowMillis() + 3 * MINUTE_MILLIS);
    return alone;
  }

  private void offer(Device device, long lower, long upper) {
    Offer offer = Offer.newBuilder().setLower(lower).setUpper(upper).build();
    assertThat(mesh.offer(device.id(), offer)).as("it is there").isTrue();
    scheduler.runUntil(scheduler.nowMillis() + MINUTE_MILLIS);
    rest();
  }

  @Test
  void whoIsOfferedItCompactsThoughItsOwnPlaceIsFarAwayAndOnce() {
    Device alone = founderThatLeavesItToOthers(120);
    assertThat(compactions(alone)).isZero();
    offer(alone, 100, 400);
    assertThat(compactions(alone)).isEqualTo(1);
    edit(alone, 120);
    assertThat(compactions(alone)).as("an offer is for one").isEqualTo(1);
  }

  @Test
  void whatNoOfferCanBeIsPassedOverAndSoIsOneForTooFewFiles() {
    Device alone = founderThatLeavesItToOthers(120);
    offer(alone, 1, 400);
    offer(alone, 100, 99);
    offer(alone, 500, 900);
    assertThat(compactions(alone)).isZero();
  }

  @Test
  void whoWaitsForACompactionToStandMakesNoOtherThoughItIsOffered() {
    Device alone = founderThatLeavesItToOthers(120);
    joined("other", alone); // so that what is made has to be attested, and waits
    offer(alone, 100, 400);
    assertThat(compactions(alone)).isEqualTo(1);
    offer(alone, 100, 400);
    assertThat(compactions(alone)).isEqualTo(1);
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

  private static long compactions(Device device) {
    return device.store().files(1, 10_000, Long.MAX_VALUE).stream()
        .map(file -> parse(file.header()))
        .filter(file -> file.header().kind() == FileKind.FILE_KIND_COMPACTION)
        .filter(file -> file.header().part() == file.header().parts())
        .count();
  }

  private static SignedHeader parse(Bytes header) {
    try {
      return SignedHeader.parse(header.toByteArray());
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
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
}
