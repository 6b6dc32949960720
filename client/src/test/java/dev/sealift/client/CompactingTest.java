package dev.sealift.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.compact.CellName;
import dev.sealift.client.compact.StepRange;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.Difference;
import dev.sealift.client.store.HeldCompaction;
import dev.sealift.client.store.HeldCompaction.Begun;
import dev.sealift.client.store.HeldCompaction.Part;
import dev.sealift.client.store.HeldCompaction.Said;
import dev.sealift.client.store.HeldCompaction.Word;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.sync.Await;
import dev.sealift.client.sync.DeviceHint;
import dev.sealift.client.sync.FakeMesh;
import dev.sealift.client.sync.SyncState;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.file.Attested;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Offer;
import dev.sealift.protocol.proto.PositionReport;
import dev.sealift.protocol.proto.Problem;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.Refusal;
import dev.sealift.protocol.proto.RefusalCode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That an app's devices compact by themselves, and where they do not. */
class CompactingTest {
  /** As few files of events as any device compacts. */
  private static final int FEW = 64;

  @TempDir
  Path folder;

  private World world;

  @BeforeEach
  void start() {
    world = new World(folder);
  }

  @AfterEach
  void end() {
    world.close();
  }

  private PositionReport report(Space space) {
    return world.mesh.report(World.device(space));
  }

  private Space known(Space space) {
    Await.until("the mesh knows how far it is", () -> report(space).getSequence() > 0);
    return space;
  }

  /** Files of events, each of its own. */
  private static void write(Space space, int files) {
    for (int i = 0; i < files; i++) {
      World.put(space, "key" + i % 7, "value " + i);
      Await.done(space.whenDurable());
    }
  }

  private static final Frame OFFER = Frame.newBuilder()
      .setOffer(Offer.newBuilder().setLower(FEW).setUpper(FEW))
      .build();

  private void offer() {
    world.mesh.deliverToAll(OFFER);
  }

  /** A clock that looks at a space's status whenever the exchange asks for the time, which it does while it is at work. */
  private static final class Watching implements LongSupplier {
    final AtomicReference<Space> space = new AtomicReference<>();
    final AtomicBoolean compacting = new AtomicBoolean();
    final AtomicBoolean comparing = new AtomicBoolean();

    @Override
    public long getAsLong() {
      Space watched = space.get();
      if (watched != null && Thread.currentThread().getName().equals("sealift-sync")) {
        CompactionStatus now = watched.status().compaction();
        compacting.compareAndSet(false, now.compacting());
        comparing.compareAndSet(false, now.comparing());
      }
      return System.currentTimeMillis();
    }
  }

  private List<FileKind> kinds(Space space) {
    return world.log(space).files().stream()
        .map(stored -> stored.file().header().kind())
        .toList();
  }

  @Test
  void aDeviceCompactsWhenItIsToldWithoutBeingConfigured() {
    world.mesh.takeCompactions();
    Space space = known(world.found("home"));
    assertThat(report(space).getTakesOffers()).isTrue();
    write(space, FEW);
    assertThat(kinds(space)).doesNotContain(FileKind.FILE_KIND_COMPACTION);

    offer();

    Await.until("a compaction", () -> kinds(space).contains(FileKind.FILE_KIND_COMPACTION));
    world.agree(space);
    assertThat(space.status().problem()).isEmpty();
  }

  @Test
  void whereAMeshTakesNoneNothingIsMadeAndNothingIsSaid() {
    Space space = known(world.found("home"));
    assertThat(report(space).getTakesOffers()).isFalse();
    offer();
    write(space, FEW);
    offer();
    write(space, 1);
    assertThat(kinds(space)).doesNotContain(FileKind.FILE_KIND_COMPACTION);
    assertThat(space.status().problem()).isEmpty();
  }

  @Test
  void whoLeavesItToOthersIsNotThereToBeTold() {
    world.mesh.takeCompactions();
    Sealift home = Sealift.open(
        folder.resolve("other"), Options.defaults().transport(world.mesh).compaction(false));
    try (home) {
      Space space = home.create("household", World.SCHEMA);
      space.connect(FakeMesh.ADDRESS);
      Await.done(space.whenUpToDate());
      assertThat(report(known(space)).getTakesOffers()).isFalse();
      write(space, FEW);
      offer();
      write(space, 1);
      assertThat(kinds(space)).doesNotContain(FileKind.FILE_KIND_COMPACTION);
    }
  }

  @Test
  void whatADeviceDoesAboutCompactionsIsSeenInItsStatus() {
    world.mesh.takeCompactions();
    Watching author = new Watching();
    Watching other = new Watching();
    Options options = Options.defaults().transport(world.mesh);
    try (Sealift one = Sealift.open(folder.resolve("one"), options.clock(author));
        Sealift two = Sealift.open(folder.resolve("two"), options.clock(other))) {
      Space a = one.create("household", World.SCHEMA);
      a.connect(FakeMesh.ADDRESS);
      Await.done(a.whenUpToDate());
      Space b = two.join(a.invite());
      b.connect();
      Await.done(b.whenUpToDate());
      write(known(a), FEW);
      assertThat(a.status().compaction())
          .isEqualTo(new CompactionStatus(false, false, Optional.empty(), List.of()));
      author.space.set(a);
      other.space.set(b);

      world.mesh.deliverTo(World.device(a), OFFER);

      Await.until("it is attested", () -> kinds(a).contains(FileKind.FILE_KIND_ATTESTATION));
      world.agree(a, b);
      assertThat(author.compacting).isTrue();
      assertThat(author.comparing).isFalse();
      assertThat(other.compacting).isFalse();
      assertThat(other.comparing).isTrue();
      Instant last = Instant.ofEpochMilli(whole(a));
      assertThat(a.status().compaction())
          .isEqualTo(new CompactionStatus(false, false, Optional.of(last), List.of()));
      assertThat(b.status().compaction())
          .isEqualTo(new CompactionStatus(false, false, Optional.empty(), List.of()));
    }
  }

  /** It would say something else, should it compare once more. */
  @Test
  void whatWasComparedAndCouldNotBeSaidIsSaidLaterAndNotComparedAgain() throws SQLException {
    world.mesh.takeCompactions();
    Space a = known(world.found("a"));
    Space b = known(world.join("b", a.invite()));
    AtomicInteger refused = new AtomicInteger();
    world.mesh.refuse(file -> {
      boolean attests = file.header().kind() == FileKind.FILE_KIND_ATTESTATION;
      refused.addAndGet(attests ? 1 : 0);
      Refusal refusal =
          Refusal.newBuilder().setCode(RefusalCode.REFUSAL_CODE_OVER_QUOTA).build();
      return attests ? Optional.of(refusal) : Optional.empty();
    });
    write(a, FEW);
    world.mesh.deliverTo(World.device(a), OFFER);
    Await.until("there is no room for what it says", () -> refused.get() == 1);
    Path db = world.path("b").resolve("spaces").resolve("household.db");
    try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + db);
        Statement damage = database.createStatement()) {
      assertThat(damage.executeUpdate("UPDATE \"_cities\" SET name = 'damaged'"))
          .isEqualTo(7);
    }
    world.mesh.refuse(file -> Optional.empty());
    world.mesh.cutAll();

    Await.until("it is said", () -> kinds(a).contains(FileKind.FILE_KIND_ATTESTATION));
    assertThat(verdicts(a)).containsExactly(false);
    assertThat(b.status().compaction().contested()).isEmpty();
  }

  /** Whether each is against a compaction. */
  private List<Boolean> verdicts(Space space) {
    return world.log(space).files().stream()
        .flatMap(stored -> stored.file().header().attestations().stream())
        .map(Attested::isContested)
        .toList();
  }

  /** When the compaction was whole in the log. */
  private long whole(Space space) {
    return world.log(space).files().stream()
        .filter(stored -> stored.file().header().kind() == FileKind.FILE_KIND_COMPACTION)
        .mapToLong(stored -> stored.leaf().serverTimeMillis())
        .max()
        .orElseThrow();
  }

  /** As it stands in the store of a device that has compared it. */
  @Test
  void whatADeviceContestsIsNamedInItsStatus() throws FormatException {
    Space space = world.found("home");
    DeviceId device = World.device(space);
    world.close("home");
    FileId name = FileId.of(new byte[FileId.BYTES]);
    HeldCompaction contested = new HeldCompaction(
        new Begun(device, new StepRange(1, 2), Hash.of(), 1, 3),
        new Part(1, 3, name, 4),
        new Word(
            false,
            true,
            Said.CONTESTED,
            Optional.of(new Difference(Difference.Kind.FORMAT, Optional.empty(), CellName.ROW))));
    Path db = world.path("home").resolve("spaces").resolve("household.db");
    try (SpaceStore store = SpaceStore.open(db, device, System::currentTimeMillis);
        Batch batch = store.batch()) {
      batch.putCompaction(contested);
      batch.commit();
    }
    assertThat(world.home("home").space("household").status().compaction().contested())
        .containsExactly(name.toString());
  }

  /** Asked which compactions there are, it says each time that it cannot tell. */
  private AtomicInteger tellNothing() {
    AtomicInteger asked = new AtomicInteger();
    world.mesh.wire((connection, toDevice, frame) -> {
      if (toDevice || !frame.hasSteps()) {
        return List.of(frame);
      }
      asked.incrementAndGet();
      connection.deliver(Frame.newBuilder()
          .setProblem(Problem.newBuilder()
              .setCode(ProblemCode.PROBLEM_CODE_UNAVAILABLE)
              .setRequest(frame.getSteps().getRequest()))
          .build());
      return List.of();
    });
    return asked;
  }

  @Test
  void whoComesInFarBehindAsksOnceWhichCompactionsStand() {
    Space founder = world.found("a");
    write(
        founder, 260); // more than a device compacts at that is offered nothing, and takes files of
    String link = founder.invite();
    world.close("a");
    world.mesh.takeCompactions();
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger askedBefore = new AtomicInteger();
    world.mesh.wire((connection, toDevice, frame) -> {
      if (!toDevice && frame.hasSteps()) {
        asked.incrementAndGet();
      } else if (!toDevice && isOfCompaction(frame)) {
        askedBefore.compareAndSet(0, asked.get());
      }
      return List.of(frame);
    });
    world.join("b", link);
    offer(); // whoever's turn it would be
    Await.until("it compacts", () -> askedBefore.get() > 0);
    assertThat(askedBefore).hasValue(1);
  }

  private static boolean isOfCompaction(Frame frame) {
    return frame.getPut().getFilesList().stream().anyMatch(file -> {
      try {
        return SignedHeader.parse(file.getSignedHeader()).header().kind()
            == FileKind.FILE_KIND_COMPACTION;
      } catch (FormatException e) {
        throw new AssertionError("a device puts files", e);
      }
    });
  }

  @Test
  void whoIsNotToldWhatStandsGoesOnWithoutCompacting() {
    world.mesh.takeCompactions();
    Space space = known(world.found("home"));
    AtomicInteger asked = tellNothing();
    write(space, FEW);
    int connects = world.mesh.connects();
    for (int i = 0; i < 3; i++) {
      offer();
      write(space, 1);
    }
    Await.done(space.whenUpToDate());
    assertThat(asked).hasValue(1);
    assertThat(world.mesh.connects()).isEqualTo(connects);
    assertThat(kinds(space)).doesNotContain(FileKind.FILE_KIND_COMPACTION);
    assertThat(space.status().problem()).isEmpty();
  }

  @Test
  void aNewDeviceThatIsNotToldOfAnyStepsGoesByTheFiles() {
    world.mesh.takeCompactions();
    Space space = known(world.found("home"));
    write(space, 257);
    String link = space.invite();
    AtomicInteger asked = tellNothing();
    int connects = world.mesh.connects();
    Space young = world.join("young", link);
    world.agree(space, young);
    assertThat(asked).hasPositiveValue();
    assertThat(world.mesh.connects()).isEqualTo(connects + 1);
    assertThat(young.status().problem()).isEmpty();
  }

  /** It says that it takes them, and does not. */
  @Test
  void aMeshThatRefusesACompactionIsSentOneAndTheAppHearsNothingOfIt() {
    world.mesh.takeCompactions();
    Space space = world.found("home");
    List<SignedHeader> refused = new ArrayList<>();
    world.mesh.refuse(file -> {
      boolean isCompaction = file.header().kind() == FileKind.FILE_KIND_COMPACTION;
      if (isCompaction) {
        refused.add(file);
      }
      Refusal refusal =
          Refusal.newBuilder().setCode(RefusalCode.REFUSAL_CODE_UNSUPPORTED).build();
      return isCompaction ? Optional.of(refusal) : Optional.empty();
    });
    write(space, FEW);
    for (int connection = 0; connection < 3; connection++) {
      offer();
      write(space, 1);
      Await.done(space.whenUpToDate());
      assertThat(space.status().problem()).isEmpty();
      assertThat(space.status().state()).isEqualTo(SyncState.UP_TO_DATE);
      space.connect();
      Await.done(space.whenUpToDate());
    }
    assertThat(refused).hasSize(1);
  }

  @Test
  void whatSpeaksAgainstGivingADeviceWorkIsToldAtOnceAndChangesAtAnyTime() {
    Space space = known(world.found("home"));
    Sealift home = world.home("home");
    assertThat(report(space).getHintsList()).isEmpty();
    home.hint(Set.of(DeviceHint.METERED, DeviceHint.ON_BATTERY));
    Await.until("two hints", () -> report(space).getHintsCount() == 2);
    assertThat(report(space).getHintsList())
        .containsExactly(
            dev.sealift.protocol.proto.DeviceHint.DEVICE_HINT_ON_BATTERY,
            dev.sealift.protocol.proto.DeviceHint.DEVICE_HINT_METERED);
    home.hint(Set.of(DeviceHint.SLOW));
    Await.until("one hint", () -> report(space).getHintsCount() == 1);
    home.hint(Set.of());
    Await.until("no hint", () -> report(space).getHintsCount() == 0);
  }

  @Test
  void whatWasSaidBeforeASpaceIsConnectedIsToldWhenItIs() {
    world.home("home").hint(Set.of(DeviceHint.SLOW));
    Space space = known(world.found("home"));
    assertThat(report(space).getHintsCount()).isEqualTo(1);
  }
}
