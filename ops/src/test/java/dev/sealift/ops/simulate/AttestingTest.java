package dev.sealift.ops.simulate;

import static dev.sealift.client.sync.EvidenceVerdict.Conclusion.CONFIRMED;
import static dev.sealift.client.sync.EvidenceVerdict.Conclusion.REFUTED;
import static dev.sealift.client.sync.EvidenceVerdict.Conclusion.UNDECIDED;
import static dev.sealift.client.sync.EvidenceVerdict.Conclusion.UNSOUND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.Sealift;
import dev.sealift.client.compact.Block;
import dev.sealift.client.compact.BlockCutter;
import dev.sealift.client.compact.CarriedFile;
import dev.sealift.client.compact.CarriedRow;
import dev.sealift.client.compact.CarriedRow.Held;
import dev.sealift.client.compact.Origin;
import dev.sealift.client.compact.PartPacker;
import dev.sealift.client.compact.StepRange;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.Difference;
import dev.sealift.client.store.Difference.Kind;
import dev.sealift.client.store.HeldCompaction;
import dev.sealift.client.store.LogEdges;
import dev.sealift.client.sync.CompactionThresholds;
import dev.sealift.client.sync.EvidenceVerdict;
import dev.sealift.client.sync.EvidenceVerdict.Signed;
import dev.sealift.client.sync.EvidenceVerdict.Signer;
import dev.sealift.client.value.Bytes;
import dev.sealift.client.value.Value;
import dev.sealift.client.vault.DeviceKeyPair;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.evidence.Evidence;
import dev.sealift.protocol.evidence.EvidenceReader;
import dev.sealift.protocol.evidence.EvidenceWriter;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.protocol.proto.Files;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What devices say of each other's compactions, over a real mesh's core, and what comes of it: nothing is lost, whatever a member claims. */
class AttestingTest extends CompactingBed {
  /** Nobody compacts by himself. */
  private static final CompactionThresholds NEVER = new CompactionThresholds(100_000, 100_000);

  @Test
  void whatAnotherMemberAttestsIsTaken() {
    Device host = device("host");
    host.found(List.of(NOTES), SpaceRules.defaults());
    host.connect();
    rest();
    joined("other", host);
    edit(host, 420);
    assertThat(compactions(host))
        .as("one after the other, as each comes to stand")
        .isGreaterThan(1);

    Device young = joined("young", host);

    assertThat(young.store().mergeDigest()).isEqualTo(host.store().mergeDigest());
    assertThat(young.store().canCarry(2)).as("it holds the files themselves").isFalse();
  }

  /** What a member may send for a compaction of the log up to its position. */
  private enum Claim {
    /** For comparison. */
    HONEST(null) {
      @Override
      Forged forge(Forged right) {
        return right;
      }
    },
    ONE_EVENT_DROPPED(Kind.CELL) {
      @Override
      Forged forge(Forged right) {
        return right.without(7);
      }
    },
    ONE_EVENT_ADDED(Kind.CELL) {
      @Override
      Forged forge(Forged right) {
        CarriedRow row = right.rows().get(right.rows().size() - 1);
        return right.with(new CarriedRow(
            row.table(),
            row.key() + "x",
            row.marker(),
            null,
            null,
            row.registers(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            null));
      }
    },
    ONE_EVENT_ALTERED(Kind.CELL) {
      @Override
      Forged forge(Forged right) {
        return right.altering(
            7, held -> new Held(held.cell(), held.origin(), new Value.Text("altered")));
      }
    },
    ONE_RANK_CHANGED(Kind.CELL) {
      @Override
      Forged forge(Forged right) {
        return right.altering(7, held -> {
          Origin from = held.origin();
          Origin other = new Origin(from.place(), from.time() + 1, from.device(), from.sequence());
          return new Held(held.cell(), other, held.value());
        });
      }
    },
    /** What it carries is of its position, and what it claims is that the log was like that before. */
    A_BASE_BEFORE(Kind.FORMAT) {
      @Override
      Forged forge(Forged right) {
        return right.upTo(right.range().base() - 20);
      }
    },
    /** What the log had at one position for what it has at another. */
    A_BASE_BEHIND(Kind.CELL) {
      @Override
      Forged forge(Forged right) {
        return right; // of the log as it was before; the test has it claim the whole
      }
    },
    /** It covers files whose rows it does not carry. */
    FILES_IT_NEVER_HAD(Kind.ROW) {
      @Override
      Forged forge(Forged right) {
        return right.from(100).without(7);
      }
    };

    private final @Nullable Kind found;

    Claim(@Nullable Kind found) {
      this.found = found;
    }

    abstract Forged forge(Forged right);
  }

  /** What goes into a compaction. */
  private record Forged(
      StepRange range, List<CarriedFile> files, List<CarriedRow> rows, LogEdges edges) {
    static Forged of(Device device) {
      List<CarriedFile> files = new ArrayList<>();
      List<CarriedRow> rows = new ArrayList<>();
      StepRange range = device
          .store()
          .carry(
              1,
              (entry, header, payload) -> {
                throw new AssertionError("no file is read to carry everything");
              },
              device.replica().edges(),
              block -> {
                files.addAll(block.files());
                rows.addAll(block.rows());
              });
      return new Forged(range, files, rows, device.replica().edges());
    }

    Forged without(int row) {
      List<CarriedRow> less = new ArrayList<>(rows);
      less.remove(row);
      return new Forged(range, files, less, edges);
    }

    Forged with(CarriedRow row) {
      List<CarriedRow> more = new ArrayList<>(rows);
      more.add(row);
      return new Forged(range, files, more, edges);
    }

    Forged altering(int row, UnaryOperator<Held> register) {
      CarriedRow was = rows.get(row);
      List<CarriedRow> other = new ArrayList<>(rows);
      other.set(
          row,
          new CarriedRow(
              was.table(),
              was.key(),
              was.marker(),
              was.removal(),
              was.touch(),
              was.registers().stream().map(register).toList(),
              was.parts(),
              was.dropped(),
              was.losers(),
              was.lines(),
              was.feed()));
      return new Forged(range, files, other, edges);
    }

    Forged upTo(long base) {
      return new Forged(new StepRange(1, base), files.subList(0, (int) base), rows, edges);
    }

    Forged from(long first) {
      List<CarriedFile> some = new ArrayList<>(files.subList((int) first - 1, files.size()));
      CarriedFile begins = some.get(0);
      some.set(0, begins.with(begins.file(), Bytes.of(edges.before(first))));
      return new Forged(new StepRange(first, range.base()), some, rows, edges);
    }

    Forged withFilesOf(Forged later) {
      return new Forged(later.range, later.files, rows, edges);
    }

    List<Block> blocks() {
      List<Block> blocks = new ArrayList<>();
      BlockCutter cutter = new BlockCutter(range, blocks::add);
      files.forEach(cutter::add);
      rows.forEach(cutter::add);
      cutter.finish();
      return blocks;
    }
  }

  /** The device sends it with its next connection, as though it had made it so. */
  private static void send(Device device, Forged forged) {
    List<byte[]> parts = new ArrayList<>();
    PartPacker packer = new PartPacker(parts::add);
    forged.blocks().forEach(packer::add);
    packer.finish();
    Hash root = device.store().rootAt(forged.range().base()).orElseThrow();
    try (Batch batch = device.store().batch()) {
      for (int i = 0; i < parts.size(); i++) {
        batch.keepPart(i + 1, parts.get(i));
      }
      batch.putSetting("compaction.plan", plan(forged.range(), root, parts.size()));
      batch.commit();
    }
  }

  /** As a device keeps it. */
  private static byte[] plan(StepRange range, Hash root, int parts) {
    return ByteBuffer.allocate(2 * Long.BYTES + Hash.BYTES + 3 * Integer.BYTES)
        .putLong(range.first())
        .putLong(range.base())
        .put(root.toByteArray())
        .putInt(1)
        .putInt(parts)
        .putInt(1)
        .array();
  }

  @ParameterizedTest
  @EnumSource
  void whatAMemberClaimsFalselyIsContestedAndNothingIsLost(Claim claim) {
    thresholds = NEVER;
    Device honest = device("honest");
    honest.found(List.of(NOTES), SpaceRules.defaults());
    honest.connect();
    rest();
    Device rogue = joined("rogue", honest);
    edit(honest, 300);
    Forged before = Forged.of(rogue);
    edit(honest, 20);
    rogue.disconnect();
    Forged now = Forged.of(rogue);
    send(rogue, claim == Claim.A_BASE_BEHIND ? before.withFilesOf(now) : claim.forge(now));
    rogue.connect();
    rest();
    scheduler.runUntil(scheduler.nowMillis() + MINUTE_MILLIS);
    assertThat(compactions(honest)).isEqualTo(1);

    Device young = joined("young", honest);

    boolean contested = claim.found != null;
    assertThat(young.store().canCarry(2)).as("came by the files").isEqualTo(contested);
    assertThat(young.store().mergeDigest()).isEqualTo(honest.store().mergeDigest());
    assertThat(young.store().visibleDigest()).isEqualTo(honest.store().visibleDigest());
    assertThat(rogue.store().mergeDigest()).isEqualTo(honest.store().mergeDigest());
    assertThat(attestations(honest))
        .as("of whoever can tell, and who came by the step cannot")
        .isEqualTo(contested ? 2 : 1);
    List<HeldCompaction> named = honest.replica().contested();
    assertThat(named).hasSize(contested ? 1 : 0);
    for (HeldCompaction one : named) {
      assertThat(one.begun().author()).isEqualTo(rogue.id());
      assertThat(one.word().difference().orElseThrow().kind()).isEqualTo(claim.found);
    }
    EvidenceVerdict verdict = verdict(evidence(honest, whole(honest), true));
    assertThat(verdict.conclusion()).isEqualTo(contested ? CONFIRMED : REFUTED);
    assertThat(verdict.accused()).isEqualTo(contested ? Optional.of(rogue.id()) : Optional.empty());
    assertThat(verdict.difference().map(Difference::kind))
        .isEqualTo(Optional.ofNullable(claim.found));
  }

  // What a third party makes of it

  /** The name of the last compaction that is in the log. */
  private static FileId whole(Device device) {
    return device.store().files(1, 10_000, Long.MAX_VALUE).stream()
        .map(file -> parse(file.header()))
        .filter(file -> file.header().kind() == FileKind.FILE_KIND_COMPACTION)
        .filter(file -> file.header().part() == file.header().parts())
        .reduce((one, next) -> next)
        .orElseThrow()
        .id();
  }

  private static byte[] evidence(Device device, FileId compaction, boolean reveals) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      device.replica().evidence(compaction, reveals).writeTo(out);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private static EvidenceVerdict verdict(byte[] evidence) {
    try {
      return Sealift.verify(new ByteArrayInputStream(evidence));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Device honestBesideAFalseCompaction() {
    Device honest = founder();
    Device rogue = joined("rogue", honest);
    edit(honest, 120);
    rogue.disconnect();
    send(rogue, Claim.ONE_EVENT_ALTERED.forge(Forged.of(rogue)));
    rogue.connect();
    rest();
    return honest;
  }

  @Test
  void whoIsNotInTheSpaceCannotTellWithoutTheKey() {
    Device honest = honestBesideAFalseCompaction();
    byte[] evidence = evidence(honest, whole(honest), false);

    assertThat(verdict(evidence).conclusion()).isEqualTo(UNDECIDED);
    assertThat(verdict(evidence).signatures()).isEmpty();
  }

  @Test
  void evidenceNamesWhoSignedWhat() {
    Device honest = honestBesideAFalseCompaction();

    EvidenceVerdict verdict = verdict(evidence(honest, whole(honest), true));

    assertThat(verdict.reporter()).isEqualTo(honest.id());
    assertThat(verdict.signatures()).extracting(Signed::signer).containsExactly(Signer.values());
    assertThat(verdict.signatures().get(1).id())
        .isEqualTo(verdict.accused().orElseThrow().toString());
    assertThat(verdict.signatures().get(0).what()).contains("a log of ");
  }

  /** Whatever byte is another: it is none, or says the same. */
  @Test
  void evidenceThatWasAlteredSaysNothingElse() {
    Device honest = honestBesideAFalseCompaction();
    byte[] evidence = evidence(honest, whole(honest), true);
    EvidenceVerdict right = verdict(evidence);
    int none = 0;
    for (int i = 0; i < 60; i++) {
      byte[] altered = evidence.clone();
      altered[(int) dice.between(0, altered.length - 1)] ^= (byte) (1 << dice.between(0, 7));
      Optional<EvidenceVerdict> said = soundVerdict(altered);
      none += said.isPresent() ? 0 : 1;
      said.ifPresent(verdict -> {
        assertThat(verdict.conclusion()).isEqualTo(right.conclusion());
        assertThat(verdict.accused()).isEqualTo(right.accused());
      });
    }
    assertThat(none).isGreaterThan(50);
    assertThat(soundVerdict(Arrays.copyOf(evidence, evidence.length - 1))).isEmpty();
  }

  private static Optional<EvidenceVerdict> soundVerdict(byte[] evidence) {
    try {
      return Optional.of(verdict(evidence)).filter(said -> said.conclusion() != UNSOUND);
    } catch (SealiftException e) {
      assertThat(e.code()).isIn(ErrorCode.BAD_EVIDENCE, ErrorCode.NEWER_FORMAT);
      return Optional.empty();
    }
  }

  /** All is as signed, and one file less: somebody could leave out what he does not like. */
  @Test
  void evidenceWithoutAFileIsNone() throws IOException, FormatException {
    Device honest = honestBesideAFalseCompaction();
    byte[] whole = evidence(honest, whole(honest), true);
    DeviceKeyPair stranger = DeviceKeyPair.generate();
    EvidenceReader reader = new EvidenceReader(new ByteArrayInputStream(whole));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    EvidenceWriter writer =
        new EvidenceWriter(out, by(stranger, reader.evidence()), stranger.signing());
    for (Optional<Files> frame = reader.next(); frame.isPresent(); frame = reader.next()) {
      writer.add(frame.get().toBuilder()
          .removeEntries(frame.get().getEntriesCount() / 2)
          .build());
    }

    assertThat(verdict(out.toByteArray()).conclusion()).isEqualTo(UNSOUND);
  }

  private static Evidence by(DeviceKeyPair reporter, Evidence other) {
    return new Evidence(
        other.kind(),
        other.space(),
        other.notary(),
        reporter.publicKeys(),
        other.reportedAtMillis(),
        other.sequence(),
        other.root(),
        other.compaction(),
        other.incarnations(),
        other.keys(),
        other.shown());
  }

  @Test
  void whoCameInByACompactionCannotShowWhatItIsMadeOf() {
    Device host = device("host");
    host.found(List.of(NOTES), SpaceRules.defaults());
    host.connect();
    rest();
    joined("other", host);
    edit(host, 420);
    Device young = joined("young", host);
    FileId note = parse(
            young.store().files(young.store().position(), 1, 0).get(0).header())
        .id();

    assertFails(() -> evidence(young, whole(host), false), ErrorCode.EVIDENCE_INCOMPLETE);
    assertFails(() -> evidence(young, note, false), ErrorCode.INVALID_INPUT);
    assertThat(verdict(evidence(host, whole(host), true)).conclusion()).isEqualTo(REFUTED);
  }

  private static void assertFails(ThrowingCallable call, ErrorCode code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SealiftException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  /** Founder and two others, one of whom has compacted; and what all have. */
  private Device compactedBy(String name, Device founder) {
    Device author = joined(name, founder);
    edit(founder, 300);
    author.disconnect();
    send(author, Forged.of(author));
    return author;
  }

  private Device founder() {
    thresholds = NEVER;
    Device founder = device("founder");
    founder.found(List.of(NOTES), SpaceRules.defaults());
    founder.connect();
    rest();
    return founder;
  }

  private void pass(long minutes) {
    for (int i = 0; i < minutes; i++) {
      scheduler.runUntil(scheduler.nowMillis() + MINUTE_MILLIS);
      devices.stream().filter(Device::isConnecting).forEach(Device::ask);
    }
  }

  /** A device whose disk is damaged says that a compaction is wrong. */
  @Test
  void anOwnerSettlesWhatAnotherContests() throws SQLException {
    Device owner = founder();
    Device damaged = joined("damaged", owner);
    Device author = compactedBy("author", owner);
    Invited invited = invitation(owner);
    owner.disconnect();
    damaged.disconnect();
    damaged.crash();
    try (Connection database =
            DriverManager.getConnection("jdbc:sqlite:" + damaged.disk().file());
        Statement damage = database.createStatement()) {
      assertThat(damage.executeUpdate("UPDATE \"_notes\" SET body = 'damaged' WHERE _key = 'k7'"))
          .isEqualTo(1);
    }
    damaged.start();
    author.connect();
    damaged.connect();
    rest();
    pass(15);
    assertThat(damaged.replica().contested()).hasSize(1);
    assertThat(joined("early", invited).store().canCarry(2))
        .as("came by the files")
        .isTrue();

    owner.connect();
    rest();

    assertThat(owner.replica().contested()).isEmpty();
    Device young = joined("young", owner);
    assertThat(young.store().canCarry(2)).as("came by the files").isFalse();
    assertThat(young.store().mergeDigest()).isEqualTo(owner.store().mergeDigest());
  }

  @Test
  void whoIsDrawnAndAwayIsWaitedForAndThenNotMissed() {
    Device founder = founder();
    List<Device> others = new ArrayList<>();
    for (String name : List.of("one", "two", "three", "four")) {
      others.add(joined(name, founder));
    }
    Device author = compactedBy("author", founder);
    Invited invited = invitation(founder);
    devices.stream().filter(Device::isConnecting).forEach(Device::disconnect);
    author.connect();
    rest();
    int said = 0;
    for (Device device : others) {
      device.connect();
      rest();
      pass(1);
      said += attestations(author) > said ? 1 : 0;
      device.disconnect();
    }
    assertThat(said).as("of five two are drawn to say it at once").isLessThanOrEqualTo(2);

    others.forEach(Device::connect);
    pass(20);

    assertThat(attestations(author)).isBetween(1L, 3L);
    assertThat(others)
        .as("wrote nothing, whatever they said (L7)")
        .allMatch(device -> device.toldDurable() == 0);
    assertThat(author.toldDurable()).as("made a compaction").isZero();
    assertThat(joined("young", invited).store().canCarry(2))
        .as("came by the files")
        .isFalse();
  }

  private static long attestations(Device device) {
    return device.store().files(1, 10_000, Long.MAX_VALUE).stream()
        .map(file -> parse(file.header()))
        .filter(file -> file.header().kind() == FileKind.FILE_KIND_ATTESTATION)
        .count();
  }
}
