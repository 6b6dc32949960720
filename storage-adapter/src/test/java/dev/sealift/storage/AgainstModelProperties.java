package dev.sealift.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.mesh.proto.AttestationEffect;
import dev.sealift.protocol.mesh.proto.AttestedBy;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.CompactionQuestion;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.EffectiveCompaction;
import dev.sealift.protocol.mesh.proto.EntriesRequest;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.LookUpRequest;
import dev.sealift.protocol.mesh.proto.OutlineRequest;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.PayloadAbsence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/**
 * Whatever is asked in whatever order, a store and the model in memory give the same answers. A store's own class extends
 * this and says how to open it.
 */
public abstract class AgainstModelProperties {
  private static final int SPACES = 3;
  private static final int STEPS = 60;
  private static final List<DeviceId> DEVICES =
      List.of(SampleLog.device("Anna"), SampleLog.device("Ben"), SampleLog.device("Cleo"));

  private FileStore store;
  private StoreDriver driver;
  private final ModelFileStore.Disk disk = new ModelFileStore.Disk();
  private StoreDriver model = new StoreDriver(new ModelFileStore(disk));

  /** Opens the store of this property: empty at first, and with what it had after it was closed. */
  protected abstract FileStore open() throws Exception;

  /** Removes the store, which is closed. */
  protected abstract void remove() throws Exception;

  @BeforeProperty
  void openStore() throws Exception {
    reopen();
  }

  @AfterProperty
  void removeStore() throws Exception {
    store.close();
    remove();
  }

  private void reopen() throws Exception {
    store = open();
    driver = new StoreDriver(store);
  }

  private void restart() throws Exception {
    store.close();
    reopen();
    model = new StoreDriver(new ModelFileStore(disk));
  }

  @Property(tries = 40, shrinking = ShrinkingMode.OFF)
  void answersLikeTheModel(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    List<SampleLog> logs = new ArrayList<>();
    for (int i = 0; i < SPACES; i++) {
      logs.add(new SampleLog("space " + seed + " " + i));
    }
    for (int i = 0; i < STEPS; i++) {
      step(random, logs.get(random.nextInt(SPACES)));
    }
    for (SampleLog log : logs) {
      compareEverything(log);
      assertNothingIsLost(log);
      reclaimAll(random, log);
      compareEverything(log);
      assertNothingIsLost(log);
    }
  }

  private void step(Random random, SampleLog log) throws Exception {
    switch (random.nextInt(20)) {
      case 14, 15, 16 -> appendCompactions(random, log);
      case 17, 13 -> compareCompactions(random, log);
      case 18 -> compareOutline(random, log);
      case 0, 1, 2, 3, 4 -> append(random, log, log);
      case 5 -> append(random, log, behind(random, log));
      case 6, 7 -> compareRead(random, log);
      case 8 -> compareLookUp(random, log);
      case 9 -> recordPosition(random, log);
      case 10 -> compareExpiry(random, log);
      case 11, 12 -> reclaim(random, log);
      default -> restart();
    }
  }

  /** A caller that missed some of the newest files. */
  private static SampleLog behind(Random random, SampleLog log) {
    return log.copyUpTo(random.nextInt((int) log.size() + 1));
  }

  private void append(Random random, SampleLog log, SampleLog as) {
    DeviceId device = DEVICES.get(random.nextInt(DEVICES.size()));
    ByteString[] payloads = new ByteString[1 + random.nextInt(40)];
    for (int i = 0; i < payloads.length; i++) {
      byte[] bytes = new byte[random.nextInt(300)];
      random.nextBytes(bytes);
      payloads[i] = ByteString.copyFrom(bytes);
    }
    FileKind kind =
        random.nextInt(4) == 0 ? FileKind.FILE_KIND_MEMBERSHIP : FileKind.FILE_KIND_EVENTS;
    List<SampleFile> files = kind == FileKind.FILE_KIND_EVENTS && random.nextBoolean()
        ? as.expiring(device, random.nextInt(2_000), payloads)
        : as.next(device, kind, payloads);
    ByteString token = ByteString.copyFrom(new byte[random.nextInt(3)]);
    List<CommitResult> results = model.commit(with(token, model.staged(as, files)));
    assertThat(driver.commit(with(token, driver.staged(as, files)))).isEqualTo(results);
    if (results.get(0) == CommitResult.COMMIT_RESULT_COMMITTED) {
      log.accept(files);
    }
  }

  /** A few files of events, compactions and attestations in one commit, which may be about one another. */
  private void appendCompactions(Random random, SampleLog log) {
    SampleLog grown = log.copy();
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      grown.accept(files(random, grown));
    }
    List<SampleFile> files = grown.files().subList((int) log.size(), (int) grown.size());
    List<CommitResult> results = model.commit(model.staged(log, files));
    assertThat(driver.commit(driver.staged(log, files))).isEqualTo(results);
    if (results.get(0) == CommitResult.COMMIT_RESULT_COMMITTED) {
      log.accept(files);
    }
  }

  private static List<SampleFile> files(Random random, SampleLog log) {
    DeviceId device = DEVICES.get(random.nextInt(DEVICES.size()));
    ByteString payload = ByteString.copyFrom(new byte[random.nextInt(20)]);
    int kind = log.size() == 0 ? 0 : random.nextInt(6);
    if (kind == 0) {
      return log.next(device, FileKind.FILE_KIND_EVENTS, payload, payload);
    }
    if (kind <= 3) {
      AttestationEffect effect = AttestationEffect.forNumber(random.nextInt(4));
      return log.attestation(device, effect, someFile(random, log));
    }
    long base = 1 + random.nextInt((int) log.size());
    long first = 1 + (random.nextBoolean() ? 0 : random.nextInt((int) base));
    ByteString[] parts = new ByteString[1 + random.nextInt(3)];
    Arrays.fill(parts, payload);
    List<SampleFile> files = log.compaction(
        device,
        first,
        base,
        1 + random.nextInt(3),
        random.nextInt(5) > 0,
        random.nextBoolean(),
        parts);
    return files.subList(0, random.nextInt(5) > 0 ? files.size() : 1);
  }

  /** Of a compaction, as a rule, and often of the newest. */
  private static FileId someFile(Random random, SampleLog log) {
    List<SampleFile> compactions =
        log.files().stream().filter(file -> file.compaction().isPresent()).toList();
    List<SampleFile> among =
        compactions.isEmpty() || random.nextInt(5) == 0 ? log.files() : compactions;
    int newest = among.size() - 1;
    return among
        .get(random.nextBoolean() ? newest : random.nextInt(among.size()))
        .id();
  }

  private void compareCompactions(Random random, SampleLog log) {
    CompactionsRequest.Builder request = StoreDriver.ask(log);
    if (random.nextBoolean()) {
      request.setHeadSize(random.nextInt((int) log.size() + 1));
    }
    for (int i = 0; i < 20; i++) {
      request.addSequences(random.nextInt((int) log.size() + 2));
    }
    if (random.nextBoolean()) {
      request.setAll(true);
    } else {
      request.setStepsAfter(random.nextInt((int) log.size() + 2));
    }
    request.setMaxLive(random.nextInt(4) == 0 ? 1 + random.nextInt(10) : 1000);
    request.setOpen(random.nextBoolean());
    request.setExpiry(random.nextBoolean()).setMaxExpiring(random.nextInt(30));
    assertThat(driver.compactions(request)).isEqualTo(model.compactions(request));
  }

  private void compareOutline(Random random, SampleLog log) {
    long head = random.nextInt((int) log.size() + 1);
    long upTo = random.nextInt((int) head + 1);
    OutlineRequest.Builder outline = StoreDriver.outlineOf(
            log, random.nextInt((int) upTo + 1), upTo)
        .setHeadSize(head)
        .setMaxBytes(random.nextInt(8000))
        .setMaxEntries(random.nextInt(50));
    assertThat(driver.outline(outline)).isEqualTo(model.outline(outline));
    Long[] sequences = LongStream.rangeClosed(1, head)
        .filter(sequence -> random.nextInt(8) == 0)
        .limit(Limits.MAX_FETCH_ENTRIES)
        .boxed()
        .toArray(Long[]::new);
    EntriesRequest.Builder entries =
        StoreDriver.entriesOf(log, sequences).setHeadSize(head).setMaxBytes(random.nextInt(4000));
    assertThat(driver.entries(entries)).isEqualTo(model.entries(entries));
  }

  private static SpaceCommit with(ByteString token, SpaceCommit commit) {
    return commit.toBuilder().setAdmissionToken(token).build();
  }

  private void compareRead(Random random, SampleLog log) {
    long head = random.nextInt((int) log.size() + 1);
    long after = random.nextInt((int) head + 1);
    DeviceId omitted = DEVICES.get(random.nextInt(DEVICES.size()));
    var request = StoreDriver.range(log, after, head)
        .setMaxBytes(random.nextInt(8000))
        .setMaxFiles(random.nextInt(50))
        .setOmitPayloadsOf(random.nextBoolean() ? omitted.byteString() : ByteString.EMPTY)
        .build();
    assertThat(driver.read(request)).isEqualTo(model.read(request));
  }

  private void compareLookUp(Random random, SampleLog log) {
    LookUpRequest.Builder request =
        LookUpRequest.newBuilder().setSpace(log.space().byteString());
    request.setSize(random.nextInt((int) log.size() + 1)).setHeaders(random.nextBoolean());
    for (int i = 0; i < 5; i++) {
      DeviceId device = DEVICES.get(random.nextInt(DEVICES.size()));
      long counter = random.nextInt((int) log.lastCounter(device) + 2);
      request.addDots(Dot.newBuilder().setDevice(device.byteString()).setCounter(counter));
      request.addRootSizes(random.nextInt((int) log.size() + 2));
      if (log.size() > 0) {
        request.addCompactions(CompactionQuestion.newBuilder()
            .setCompaction(someFile(random, log).byteString())
            .setDevice(device.byteString()));
      }
      request.addBegunBy(device.byteString());
    }
    assertThat(driver.lookUp(request.build())).isEqualTo(model.lookUp(request.build()));
  }

  private void recordPosition(Random random, SampleLog log) {
    DeviceId device = DEVICES.get(random.nextInt(DEVICES.size()));
    long sequence = random.nextInt((int) log.size() + 2);
    ByteString signed =
        random.nextBoolean() ? StoreDriver.signed(sequence, random.nextLong()) : ByteString.EMPTY;
    driver.record(log, device, sequence, signed);
    model.record(log, device, sequence, signed);
  }

  /** Under any file, a compaction as a rule, from anywhere on, with anything against it. */
  private void reclaim(Random random, SampleLog log) {
    List<Long> compactions = compactions(log);
    long compaction = compactions.isEmpty() || random.nextInt(5) == 0
        ? random.nextInt((int) log.size() + 2)
        : compactions.get(random.nextInt(compactions.size()));
    ReclaimRequest.Builder request = StoreDriver.reclaimOf(log, compaction)
        .setMaxFiles(random.nextInt(30))
        .setAfter(random.nextBoolean() ? 0 : random.nextInt((int) log.size() + 2));
    if (random.nextInt(3) == 0) {
      request.setSeenSinceMillis(0);
    }
    if (random.nextInt(3) == 0 && log.size() > 0) {
      SampleFile some = log.files().get(random.nextInt((int) log.size()));
      request.setStoodBeforeMillis(some.serverTimeMillis());
    }
    compareReclaim(request, log);
  }

  private void compareExpiry(Random random, SampleLog log) {
    int most = 1 + random.nextInt(60);
    assertThat(driver.expire(log, most)).isEqualTo(model.expire(log, most));
    assertThat(driver.load(log).getStoredBytes()).isEqualTo(model.load(log).getStoredBytes());
    if (log.size() > 0) {
      assertThat(driver.sizeOf(log)).isEqualTo(model.sizeOf(log));
    }
  }

  /** All their parts. */
  private static List<Long> compactions(SampleLog log) {
    return LongStream.rangeClosed(1, log.size())
        .filter(s -> log.files().get((int) s - 1).compaction().isPresent())
        .boxed()
        .toList();
  }

  private ReclaimReply compareReclaim(ReclaimRequest.Builder request, SampleLog log) {
    ReclaimReply reply = driver.reclaim(request);
    assertThat(reply).isEqualTo(model.reclaim(request));
    assertThat(driver.load(log).getStoredBytes()).isEqualTo(model.load(log).getStoredBytes());
    return reply;
  }

  /** Whatever stands takes its place for good: what should go is gone then. */
  private void reclaimAll(Random random, SampleLog log) {
    for (long compaction : compactions(log)) {
      ReclaimRequest.Builder request = StoreDriver.reclaimOf(log, compaction);
      long after;
      do {
        after =
            compareReclaim(request.setMaxFiles(1 + random.nextInt(100)), log).getLookedAt();
        request.setAfter(after);
      } while (after > 0);
    }
  }

  /**
   * By what the store says alone: whatever is gone a step stands for, with all its parts and with what is said for it; and what loads, chains and
   * outlines need is there.
   */
  private void assertNothingIsLost(SampleLog log) {
    List<LogEntry> entries = driver.readAll(log).getEntriesList();
    List<EffectiveCompaction> steps =
        driver.compactions(StoreDriver.ask(log).setAll(true)).getCompactionsList();
    Set<DeviceId> chains = new HashSet<>();
    for (int i = entries.size() - 1; i >= 0; i--) {
      long sequence = i + 1L;
      FileKind kind = log.files().get(i).kind();
      boolean isLast = chains.add(log.files().get(i).device());
      boolean hasPayload = entries.get(i).getAbsence() != PayloadAbsence.PAYLOAD_ABSENCE_RECLAIMED;
      boolean hasHeader = !entries.get(i).getSignedHeader().isEmpty();
      assertThat(hasHeader || (!isLast && !hasPayload)).isTrue();
      assertThat(hasPayload || kind != FileKind.FILE_KIND_MEMBERSHIP).isTrue();
      assertThat(hasPayload
              || steps.stream()
                  .anyMatch(step -> step.getFirst() <= sequence && sequence <= step.getBase()))
          .as("file %d is in no step", sequence)
          .isTrue();
    }
    for (EffectiveCompaction step : steps) {
      for (long part : step.getPartsList()) {
        assertThat(entries.get((int) part - 1).getAbsence())
            .isEqualTo(PayloadAbsence.PAYLOAD_ABSENCE_UNSPECIFIED);
      }
      for (AttestedBy said : step.getAttestationsList()) {
        assertThat(entries.get((int) said.getSequence() - 1).getSignedHeader()).isNotEmpty();
      }
    }
  }

  private void compareEverything(SampleLog log) {
    assertThat(driver.readAll(log)).isEqualTo(model.readAll(log));
    assertThat(driver.positions(log)).isEqualTo(model.positions(log));
    assertThat(driver.signedPositions(log, ByteString.EMPTY, log.size()))
        .isEqualTo(model.signedPositions(log, ByteString.EMPTY, log.size()));
    OutlineRequest.Builder outline = StoreDriver.outlineOf(log, 0, log.size());
    assertThat(driver.outline(outline)).isEqualTo(model.outline(outline));
    CompactionsRequest.Builder request = StoreDriver.ask(log)
        .setMaxLive(StoreLimits.MAX_LIVE_COUNTED)
        .setAll(true)
        .setOpen(true)
        .setExpiry(true)
        .setMaxExpiring(StoreLimits.MAX_EXPIRING_COUNTED);
    for (long i = 1; i <= Math.min(log.size(), StoreLimits.MAX_LOOK_UPS); i++) {
      request.addSequences(i);
    }
    assertThat(driver.compactions(request)).isEqualTo(model.compactions(request));
    assertThat(inOrder(driver.load(log))).isEqualTo(inOrder(model.load(log)));
  }

  /** The order of the chains is nobody's business. */
  private static LoadSpaceReply inOrder(LoadSpaceReply reply) {
    var byDevice = ByteString.unsignedLexicographicalComparator();
    return reply.toBuilder()
        .clearStoreTimeMillis()
        .clearChains()
        .addAllChains(reply.getChainsList().stream()
            .sorted((a, b) -> byDevice.compare(a.getDevice(), b.getDevice()))
            .toList())
        .build();
  }
}
