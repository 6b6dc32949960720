package dev.sealift.client;

import static dev.sealift.client.sync.Violation.AUTHOR_NOT_A_MEMBER;
import static dev.sealift.client.sync.Violation.BASE_FALSE;
import static dev.sealift.client.sync.Violation.BUILDS_ON_MISSING;
import static dev.sealift.client.sync.Violation.CHAIN_BROKEN;
import static dev.sealift.client.sync.Violation.FILE_NOT_SIGNED;
import static dev.sealift.client.sync.Violation.FORKED;
import static dev.sealift.client.sync.Violation.HEAD_NOT_SIGNED;
import static dev.sealift.client.sync.Violation.KEY_NOT_COMMITTED;
import static dev.sealift.client.sync.Violation.LOG_ALTERED;
import static dev.sealift.client.sync.Violation.MEMBERSHIP_BROKEN;
import static dev.sealift.client.sync.Violation.PAYLOAD_ALTERED;
import static dev.sealift.client.sync.Violation.PAYLOAD_MISSING;
import static dev.sealift.client.sync.Violation.RECEIPT_FALSE;
import static dev.sealift.client.sync.Violation.RECEIPT_NOT_HONOURED;
import static dev.sealift.client.sync.Violation.ROLLED_BACK;
import static dev.sealift.client.sync.Violation.SEEN_ANOTHER_LOG;
import static dev.sealift.client.sync.Violation.TIME_BROKEN;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.pack.DotRef;
import dev.sealift.client.sync.Await;
import dev.sealift.client.sync.EvidenceVerdict;
import dev.sealift.client.sync.EvidenceVerdict.Conclusion;
import dev.sealift.client.sync.FakeLog;
import dev.sealift.client.sync.MeshViolationError;
import dev.sealift.client.sync.Rogue;
import dev.sealift.client.sync.SyncState;
import dev.sealift.client.sync.Violation;
import dev.sealift.client.sync.Wire;
import dev.sealift.client.vault.EpochKey;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.file.SeenLog;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.protocol.proto.Advanced;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.PayloadAbsence;
import dev.sealift.protocol.proto.PutResult;
import dev.sealift.protocol.proto.Receipt;
import dev.sealift.protocol.proto.Refusal;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Role;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that a mesh may not do is named, nothing of it is applied, and an honest mesh is believed again. */
class ViolationTest {
  @TempDir
  Path folder;

  private World world;
  private Rogue rogue;
  private Space space;
  private DeviceId victim;

  @BeforeEach
  void start() {
    world = new World(folder);
    rogue = new Rogue(world.mesh);
    rogue.admit(rogue.put("1", "first"));
    space = world.join("victim", rogue.invite(Role.ROLE_WRITER, 9));
    victim = World.device(space);
    space.declare(World.SCHEMA);
    rogue.admit(rogue.put("2", "second"));
    Await.done(space.whenDurable());
    world.agree(space);
  }

  @AfterEach
  void end() {
    world.close();
  }

  // On the wire, or in the store

  record Tampering(String what, Violation named, UnaryOperator<Files> lie) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Tampering entry(String what, Violation named, UnaryOperator<LogEntry> lie) {
    return new Tampering(what, named, files -> Lies.withEntry(files, 0, lie));
  }

  /** Each is done to a frame of three files: two of the founder's, and a third device's between. */
  static Stream<Tampering> tamperings() {
    return Stream.of(
        entry(
            "a bit of a signature turned",
            FILE_NOT_SIGNED,
            e -> Lies.withHeader(
                e, Lies.flipped(e.getSignedHeader(), e.getSignedHeader().size() - 1))),
        entry(
            "a bit of a payload's hash turned",
            FILE_NOT_SIGNED,
            e -> Lies.withHeader(
                e, Lies.flipped(e.getSignedHeader(), e.getSignedHeader().size() - 70))),
        entry(
            "a header that cannot be read",
            LOG_ALTERED,
            e -> Lies.withHeader(e, Lies.flipped(e.getSignedHeader(), 0))),
        entry("a header cut short", LOG_ALTERED, e -> Lies.withHeader(e, ByteString.EMPTY)),
        entry(
            "a bit of a payload turned",
            PAYLOAD_ALTERED,
            e -> e.toBuilder().setPayload(Lies.flipped(e.getPayload(), 5)).build()),
        entry(
            "a payload cut short",
            PAYLOAD_ALTERED,
            e -> e.toBuilder().setPayload(e.getPayload().substring(1)).build()),
        entry(
            "a payload made empty",
            PAYLOAD_ALTERED,
            e -> e.toBuilder().clearPayload().build()),
        new Tampering("two payloads exchanged", PAYLOAD_ALTERED, Lies::payloadsSwapped),
        entry(
            "a payload said to be the device's own",
            PAYLOAD_MISSING,
            e -> Lies.withoutPayload(e, PayloadAbsence.PAYLOAD_ABSENCE_OWN)),
        entry(
            "a server time moved",
            LOG_ALTERED,
            e -> e.toBuilder().setServerTimeMillis(e.getServerTimeMillis() + 1).build()),
        entry("a base made up", LOG_ALTERED, e -> e.toBuilder().setBase(7).build()),
        entry(
            "no server time",
            TIME_BROKEN,
            e -> e.toBuilder().setServerTimeMillis(0).build()),
        entry(
            "a server time of long ago",
            TIME_BROKEN,
            e -> e.toBuilder().setServerTimeMillis(1).build()),
        entry(
            "a server time beyond all bounds",
            TIME_BROKEN,
            e -> e.toBuilder().setServerTimeMillis(Long.MAX_VALUE).build()),
        new Tampering("files of one author reordered", CHAIN_BROKEN, Lies::swapped),
        new Tampering(
            "a file dropped from a chain",
            CHAIN_BROKEN,
            files -> files.toBuilder().removeEntries(0).build()),
        new Tampering(
            "a file dropped from the middle",
            LOG_ALTERED,
            files -> files.toBuilder().removeEntries(1).build()),
        new Tampering(
            "files left out, and said so",
            LOG_ALTERED,
            files -> files.toBuilder()
                .removeEntries(0)
                .setFirstSequence(files.getFirstSequence() + 1)
                .build()),
        new Tampering(
            "a file that comes twice",
            CHAIN_BROKEN,
            files -> files.toBuilder().addEntries(0, files.getEntries(0)).build()),
        new Tampering(
            "a proof of another log",
            LOG_ALTERED,
            files -> files.toBuilder()
                .removeEntries(2)
                .addConsistency(ByteString.copyFrom(new byte[32]))
                .build()),
        new Tampering(
            "a head with a bit turned",
            HEAD_NOT_SIGNED,
            files -> files.toBuilder()
                .setSignedHead(Lies.flipped(files.getSignedHead(), 140))
                .build()),
        new Tampering(
            "no place in the log",
            LOG_ALTERED,
            files -> files.toBuilder().setFirstSequence(0).build()),
        new Tampering(
            "a place below all",
            LOG_ALTERED,
            files -> files.toBuilder().setFirstSequence(Long.MIN_VALUE).build()));
  }

  @ParameterizedTest
  @MethodSource("tamperings")
  void tamperingIsNamed(Tampering tampering) {
    Space third = world.join("third", rogue.invite(Role.ROLE_WRITER, 1));
    world.agree(space, third);
    space.disconnect();
    rogue.admit(rogue.put("3", "third"));
    World.put(third, "c", "Hobart");
    Await.done(third.whenDurable());
    rogue.admit(rogue.put("4", "fourth"));
    world.mesh.wire(Lies.files(victim, tampering.lie()));
    expect(tampering.named(), Conclusion.REPORTED, space::connect);
    believeAgain(() -> world.mesh.wire(Wire.HONEST));
    world.agree(space, third);
  }

  /** The device asks for a compaction first, and goes by the files again when they are there. */
  @Test
  void aPayloadSaidToBeSupersededByNothingIsNamed() {
    Space third = world.join("third", rogue.invite(Role.ROLE_WRITER, 1));
    world.agree(space, third);
    space.disconnect();
    World.put(third, "c", "Hobart");
    Await.done(third.whenDurable());
    long position = space.status().position();
    world.mesh.wire(Lies.files(
        victim,
        files -> files.getRequest() != 0 || files.getEntriesCount() == 0
            ? files
            : Lies.withEntry(
                files, 0, e -> Lies.withoutPayload(e, PayloadAbsence.PAYLOAD_ABSENCE_RECLAIMED))));
    space.connect();
    Await.until("it is named", () -> isViolation(PAYLOAD_MISSING, space));
    assertThat(space.status().position()).isEqualTo(position);
    believeAgain(() -> world.mesh.wire(Wire.HONEST));
    world.agree(space, third);
  }

  @Test
  void filesOfTwoAuthorsThatChangedPlacesAreNamed() {
    Space third = world.join("third", rogue.invite(Role.ROLE_WRITER, 1));
    world.agree(space, third);
    space.disconnect();
    rogue.admit(rogue.put("3", "third"));
    World.put(third, "c", "Hobart");
    Await.done(third.whenDurable());
    world.mesh.wire(Lies.files(victim, Lies::filesSwappedUnderTheirTimes));
    expect(LOG_ALTERED, Conclusion.REPORTED, space::connect);
    world.mesh.wire(Lies.files(victim, Lies::swapped));
    expect(TIME_BROKEN, Conclusion.REPORTED, this::reconnect);
    believeAgain(() -> world.mesh.wire(Wire.HONEST));
  }

  @Test
  void whatIsHeldAlreadyMayComeAgain() {
    Files.Builder old = Files.newBuilder();
    world.mesh.wire((connection, toDevice, frame) -> {
      if (toDevice && frame.hasFiles()) {
        old.mergeFrom(frame.getFiles());
        return List.of(frame, frame);
      }
      return List.of(frame);
    });
    rogue.admit(rogue.put("3", "third"));
    world.agree(space);
    assertThat(old.getEntriesCount()).isPositive();
    rogue.admit(rogue.put("4", "fourth"));
    world.agree(space);
    assertThat(space.status().problem()).isEmpty();
  }

  // Signed by the notary itself

  private FakeLog longer(Rogue.Made file) {
    FakeLog log = rogue.log().upTo(rogue.log().size());
    log.append(file.header(), file.payload());
    return log;
  }

  private void expectAdmitted(Violation named, Rogue.Made file) {
    expect(named, Conclusion.CONFIRMED, () -> world.mesh.show(victim, longer(file)));
    believeAgain(() -> {});
  }

  @Test
  void aStrangersFileIsNamed() {
    expectAdmitted(AUTHOR_NOT_A_MEMBER, rogue.putByStranger("3", "lie"));
  }

  @Test
  void aFileByAMemberWhoMayOnlyReadIsNamed() {
    Rogue.Made file = rogue.putByReader("3", "lie");
    world.agree(space);
    expectAdmitted(AUTHOR_NOT_A_MEMBER, file);
  }

  @Test
  void whatAMemberWritesWhoMayOnlyReadStaysWithHer() {
    Space reader = world.join("reader", rogue.invite(Role.ROLE_READER, 1));
    assertThat(reader.table(Rogue.TABLE).count()).isEqualTo(2);
    world.agree(space, reader);
    World.put(reader, "c", "Hobart");
    Await.until(
        "it is told",
        () -> reader
            .status()
            .problem()
            .map(SealiftException::code)
            .equals(Optional.of(ErrorCode.NOT_ALLOWED)));
    World.put(space, "d", "Suva");
    Await.until("it reads on", () -> World.name(reader, "d").equals("Suva"));
    assertThat(reader.status().pendingWrites()).isEqualTo(1);
    assertThat(reader.status().waitingFiles()).isZero();
  }

  @Test
  void aFileThatItsAuthorDidNotSignIsNamed() {
    Rogue.Made file = rogue.put("3", "lie");
    expectAdmitted(
        FILE_NOT_SIGNED,
        new Rogue.Made(FakeLog.withFlippedSignature(file.header()), file.payload()));
  }

  @Test
  void aFileThatFollowsNoOtherIsNamed() {
    expectAdmitted(
        CHAIN_BROKEN, rogue.put("3", "lie", Optional.empty(), rogue.log().seen()));
  }

  @Test
  void aFileThatFollowsAnOlderOneIsNamed() {
    Optional<SignedHeader> first = Optional.of(rogue.log().file(2).file());
    expectAdmitted(CHAIN_BROKEN, rogue.put("3", "lie", first, rogue.log().seen()));
  }

  @Test
  void anAuthorWhoHasSeenAnotherLogIsNamed() {
    FakeLog fork = Lies.fork(rogue, rogue.log().size() - 1, 1);
    expectAdmitted(
        SEEN_ANOTHER_LOG, rogue.put("3", "lie", Lies.lastOf(rogue.log(), rogue.id()), fork.seen()));
  }

  @Test
  void anAuthorWhoHasSeenMoreThanThereIsIsNamed() {
    SeenLog beyond = new SeenLog(rogue.log().size() + 1, rogue.log().seen().root());
    expectAdmitted(
        SEEN_ANOTHER_LOG, rogue.put("3", "lie", Lies.lastOf(rogue.log(), rogue.id()), beyond));
  }

  @Test
  void aFileThatStandsBeforeWhatItBuildsOnIsNamed() {
    SignedHeader joined = Lies.lastOf(rogue.log(), victim).orElseThrow();
    long next = joined.header().counter() + 1;
    expectAdmitted(
        BUILDS_ON_MISSING, rogue.putOn("3", "lie", new DotRef(victim, next, joined.id())));
  }

  @Test
  void aFileThatBuildsOnAnotherThanIsThereIsNamed() {
    SignedHeader joined = Lies.lastOf(rogue.log(), victim).orElseThrow();
    FileId other = rogue.log().file(2).file().id();
    expectAdmitted(
        BUILDS_ON_MISSING,
        rogue.putOn("3", "lie", new DotRef(victim, joined.header().counter(), other)));
  }

  @Test
  void aFileThatStandsBehindWhatItBuildsOnIsTaken() {
    SignedHeader joined = Lies.lastOf(rogue.log(), victim).orElseThrow();
    DotRef there = new DotRef(victim, joined.header().counter(), joined.id());
    rogue.admit(rogue.putOn("3", "no lie", there));
    world.agree(space);
  }

  @Test
  void aServerTimeThatDoesNotRiseIsNamed() {
    FakeLog log = rogue.log().upTo(rogue.log().size());
    long last = log.file(log.size()).leaf().serverTimeMillis();
    Rogue.Made file = rogue.put("3", "lie");
    log.append(file.header(), file.payload(), last);
    expect(TIME_BROKEN, Conclusion.CONFIRMED, () -> world.mesh.show(victim, log));
    believeAgain(() -> {});
  }

  @Test
  void aBaseWhereFilesHaveNoPlacesIsNamed() {
    FakeLog log = rogue.log().upTo(rogue.log().size());
    Rogue.Made file = rogue.put("3", "lie");
    log.append(file.header(), file.payload(), world.mesh.meshMillis(), 1);
    expect(BASE_FALSE, Conclusion.CONFIRMED, () -> world.mesh.show(victim, log));
    believeAgain(() -> {});
  }

  @Test
  void aBaseThatIsNotThePlaceOfTheFileBeforeIsNamed() throws Exception {
    Rogue founder = new Rogue(world.mesh, SpaceRules.byArrival(60_000));
    founder.admit(founder.put("1", "first"));
    Space ranked = world.join("ranked", founder.invite(Role.ROLE_WRITER, 1));
    founder.admit(founder.put("2", "second"));
    world.agree(ranked);
    assertThat(ranked.status().ranking()).isEqualTo(Ranking.ARRIVAL);
    for (long lie : new long[] {-1, 1}) {
      FakeLog log = founder.log().upTo(founder.log().size());
      Rogue.Made file = founder.put("3", "lie");
      long before = log.file(log.size()).leaf().serverTimeMillis();
      log.append(file.header(), file.payload(), world.mesh.meshMillis(), before + lie);
      world.mesh.show(World.device(ranked), log);
      assertViolation(BASE_FALSE, ranked);
      assertShown(BASE_FALSE, ranked, Conclusion.CONFIRMED);
      world.mesh.showTruth();
      world.mesh.cutAll();
      world.agree(ranked);
    }
  }

  @Test
  void aBaseThatDoesNotCountWhatAFileBuildsOnIsNamed() throws Exception {
    Rogue founder = new Rogue(world.mesh, SpaceRules.byArrival(60_000));
    founder.admit(founder.put("1", "first"));
    Space ranked = world.join("ranked", founder.invite(Role.ROLE_WRITER, 1));
    FakeLog log = founder.log().upTo(founder.log().size());
    SignedHeader joining = log.file(log.size()).file();
    DotRef dot = new DotRef(joining.header().device(), joining.header().counter(), joining.id());
    Rogue.Made file = founder.putOn("2", "on the joining", dot);
    long before = log.file(log.size() - 1).leaf().serverTimeMillis();
    log.append(file.header(), file.payload(), world.mesh.meshMillis(), before);
    world.mesh.show(World.device(ranked), log);
    assertViolation(BASE_FALSE, ranked);
    assertShown(BASE_FALSE, ranked, Conclusion.CONFIRMED);

    world.mesh.showTruth();
    world.mesh.cutAll();
    founder.admit(file);
    world.agree(ranked);
  }

  @Test
  void aFileFromBeyondTheClockBoundIsNamed() {
    expectAdmitted(TIME_BROKEN, rogue.putAt("3", "lie", world.mesh.meshMillis() + 3_600_000));
  }

  @Test
  void aJoinWithoutAnInvitationIsNamed() {
    expectAdmitted(MEMBERSHIP_BROKEN, rogue.joinWithoutInvitation());
  }

  @Test
  void aSecondGenesisIsNamed() {
    FakeLog log = rogue.log().upTo(rogue.log().size());
    Rogue.Made genesis = rogue.genesis(EpochKey.generate(1));
    log.append(genesis.header(), genesis.payload());
    expect(LOG_ALTERED, Conclusion.REPORTED, () -> world.mesh.show(victim, log));
    believeAgain(() -> {});
  }

  // Heads

  @Test
  void aHeadThatTheNotaryDidNotSignIsNamed() {
    FakeLog log = rogue.log();
    SignedTreeHead forged = SignedTreeHead.sign(log.head().head(), SigningKey.generate());
    world.mesh.wire(
        Lies.welcome(w -> w.toBuilder().setSignedHead(forged.byteString()).build()));
    expect(HEAD_NOT_SIGNED, Conclusion.CONFIRMED, this::reconnect);
    believeAgain(() -> world.mesh.wire(Wire.HONEST));
  }

  @Test
  void aHeadOfAnotherSpaceIsNamed() {
    SignedTreeHead other = new Rogue(world.mesh).log().head();
    world.mesh.wire(
        Lies.welcome(w -> w.toBuilder().setSignedHead(other.byteString()).build()));
    expect(HEAD_NOT_SIGNED, Conclusion.CONFIRMED, this::reconnect);
    believeAgain(() -> world.mesh.wire(Wire.HONEST));
  }

  @Test
  void aLogThatIsShorterThanItWasIsNamed() {
    expect(ROLLED_BACK, Conclusion.REPORTED, () -> {
      world.mesh.show(victim, rogue.log().upTo(rogue.log().size() - 1));
      reconnect();
    });
    believeAgain(() -> {});
  }

  @Test
  void aLogThatWasRolledBackAndGrewAgainIsNamed() {
    World.put(space, "c", "Hobart");
    Await.done(space.whenDurable());
    world.agree(space);
    SeenLog common = rogue.log().upTo(rogue.log().size() - 1).seen();
    FakeLog fork = rogue.log().upTo(rogue.log().size() - 1);
    Rogue.Made instead = rogue.putByStranger("3", "lie");
    fork.append(instead.header(), instead.payload());
    Rogue.Made next = rogue.put("4", "fourth", Lies.lastOf(fork, rogue.id()), common);
    fork.append(next.header(), next.payload());
    expect(LOG_ALTERED, Conclusion.REPORTED, () -> {
      world.mesh.show(victim, fork);
      reconnect();
    });
    believeAgain(() -> {});
  }

  @Test
  void aForkOfTheSameLengthIsNamed() {
    expect(FORKED, Conclusion.CONFIRMED, () -> {
      world.mesh.show(victim, Lies.fork(rogue, rogue.log().size() - 1, 1));
      reconnect();
    });
    believeAgain(() -> {});
  }

  @Test
  void aForkThatIsOnlyAnnouncedIsNamed() {
    ByteString forked = Lies.fork(rogue, rogue.log().size() - 1, 1).head().byteString();
    expect(
        FORKED,
        Conclusion.CONFIRMED,
        () -> world.mesh.deliverToAll(Frame.newBuilder()
            .setAdvanced(Advanced.newBuilder().setSignedHead(forked))
            .build()));
    believeAgain(() -> {});
  }

  @Test
  void aForkOfWhatALinkPromisedIsNamedHoweverItIsCutUp() {
    long common = rogue.log().size();
    String link = rogue.invite(Role.ROLE_WRITER, 1);
    FakeLog promised = rogue.log();
    Space joiner = world.home("joiner").join(link);
    FakeLog fork = promised.upTo(common);
    Rogue.Made lie = rogue.put("fork", "lie", Lies.lastOf(fork, rogue.id()), fork.seen());
    fork.append(lie.header(), lie.payload());
    FakeLog longer = fork.upTo(fork.size());
    Rogue.Made more = rogue.put("fork", "more", Lies.lastOf(fork, rogue.id()), fork.seen());
    longer.append(more.header(), more.payload());
    DeviceId device = World.device(joiner);
    // The gateway lets it in by the true log, and shows it the other.
    world.mesh.wire((connection, toDevice, frame) -> {
      if (toDevice && frame.hasFiles() && frame.getFiles().getRequest() != 0) {
        world.mesh.show(device, longer);
      }
      return List.of(frame);
    });
    world.mesh.entriesAFrame(1);
    joiner.connect();
    assertViolation(FORKED, joiner);
    assertShown(FORKED, joiner, Conclusion.CONFIRMED);
    assertThat(joiner.status().position()).isEqualTo(common);
  }

  // Receipts

  private Wire receipts(UnaryOperator<Receipt> lie) {
    return (connection, toDevice, frame) -> {
      if (!frame.hasPutResult()) {
        return List.of(frame);
      }
      PutResult.Builder result = frame.getPutResult().toBuilder();
      result.getOutcomesBuilder(0).setReceipt(lie.apply(result.getOutcomes(0).getReceipt()));
      return List.of(Frame.newBuilder().setPutResult(result).build());
    };
  }

  private void expectFalseReceipt(UnaryOperator<Receipt> lie) {
    // The file itself is not pushed, so that only the receipt can tell.
    Wire receipts = receipts(lie);
    world.mesh.wire((connection, toDevice, frame) ->
        toDevice && frame.hasFiles() ? List.of() : receipts.pass(connection, toDevice, frame));
    long position = space.status().position();
    World.put(space, "c", "Hobart");
    assertViolation(RECEIPT_FALSE, space);
    assertShown(RECEIPT_FALSE, space, Conclusion.REPORTED);
    assertThat(space.status().position()).isEqualTo(position);
    assertThat(space.status().waitingFiles()).isEqualTo(1);
    believeAgain(() -> world.mesh.wire(Wire.HONEST));
    assertThat(space.status().waitingFiles()).isZero();
  }

  @Test
  void aReceiptForAnotherPlaceIsNamed() {
    expectFalseReceipt(receipt -> receipt.toBuilder().setSequence(1).build());
  }

  @Test
  void aReceiptBeyondTheLogIsNamed() {
    expectFalseReceipt(
        receipt -> receipt.toBuilder().setSequence(Long.MAX_VALUE).build());
  }

  @Test
  void aReceiptOfAnotherTimeIsNamed() {
    expectFalseReceipt(receipt -> receipt.toBuilder().setServerTimeMillis(1).build());
  }

  @Test
  void aReceiptWithoutItsPathIsNamed() {
    expectFalseReceipt(receipt -> receipt.toBuilder().clearPath().build());
  }

  @Test
  void aReceiptThatIsNotHonouredIsNamed() {
    FakeLog lie = rogue.log().upTo(rogue.log().size());
    world.mesh.holdAnswers();
    world.mesh.wire(
        (connection, toDevice, frame) -> toDevice && frame.hasFiles() ? List.of() : List.of(frame));
    World.put(space, "c", "Hobart");
    Await.until("it was put", () -> world.mesh.heldAnswers() == 1);
    // The receipt comes with a head further on, and the log that is shown afterwards goes another
    // way.
    rogue.admit(rogue.put("3", "third"));
    rogue.admit(rogue.put("4", "fourth"));
    FakeLog truth = rogue.log();
    world.mesh.wire((connection, toDevice, frame) -> frame.hasPutResult()
        ? List.of(withReceipt(frame, truth.receiptAt(truth.size() - 2), truth.head()))
        : toDevice && frame.hasFiles() ? List.of() : List.of(frame));
    world.mesh.releaseAnswers();
    Await.until("it has its receipt", () -> space.status().waitingFiles() == 0);
    long position = space.status().position();
    for (int i = 0; i < 4; i++) {
      Rogue.Made file = rogue.put("fork" + i, "lie", Lies.lastOf(lie, rogue.id()), lie.seen());
      lie.append(file.header(), file.payload());
    }
    world.mesh.entriesAFrame(1);
    world.mesh.wire(Wire.HONEST);
    world.mesh.show(victim, lie);
    reconnect();
    assertViolation(RECEIPT_NOT_HONOURED, space);
    assertShown(RECEIPT_NOT_HONOURED, space, Conclusion.CONFIRMED);
    assertThat(space.status().position()).isEqualTo(position);
    believeAgain(() -> {});
    assertThat(World.name(space, "c")).isEqualTo("Hobart");
  }

  private static Frame withReceipt(Frame frame, Receipt receipt, SignedTreeHead head) {
    PutResult.Builder result = frame.getPutResult().toBuilder().setSignedHead(head.byteString());
    result.getOutcomesBuilder(0).setReceipt(receipt);
    return Frame.newBuilder().setPutResult(result).build();
  }

  @Test
  void aMeshThatDeniesALogWhichItSignedIsNamed() {
    world.mesh.refuse(file -> Optional.of(
        Refusal.newBuilder().setCode(RefusalCode.REFUSAL_CODE_UNKNOWN_HEAD).build()));
    World.put(space, "c", "Hobart");
    assertViolation(FORKED, space);
    believeAgain(() -> world.mesh.refuse(file -> Optional.empty()));
  }

  // Keys

  @Test
  void aKeyThatIsNotTheSpacesIsNamed() {
    Space joiner =
        world.home("joiner").join(rogue.invite(Role.ROLE_WRITER, 1, EpochKey.generate(1)));
    joiner.connect();
    assertViolation(KEY_NOT_COMMITTED, joiner);
    assertThat(joiner.status().position()).isZero();
    assertThat(joiner.status().member()).isFalse();
  }

  @Test
  void aKeyThatTheMeshMadeUpIsNamedAndForgotten() {
    String link = rogue.invite(Role.ROLE_WRITER, 1);
    Space joiner = world.home("joiner").join(link);
    FakeLog.Stored invitation = rogue.log().file(rogue.log().size());
    Rogue.Made forged = rogue.forged(invitation, EpochKey.generate(1));
    world.mesh.wire((connection, toDevice, frame) ->
        toDevice && frame.hasFiles() && frame.getFiles().getRequest() != 0
            ? List.of(Frame.newBuilder()
                .setFiles(Lies.withEntry(
                    frame.getFiles(),
                    0,
                    e -> e.toBuilder()
                        .setSignedHeader(forged.header().byteString())
                        .setPayload(forged.payload())
                        .build()))
                .build())
            : List.of(frame));
    joiner.connect();
    assertViolation(KEY_NOT_COMMITTED, joiner);
    world.mesh.wire(Wire.HONEST);
    joiner.disconnect();
    joiner.connect();
    Await.done(joiner.whenUpToDate());
    world.agree(space, joiner);
  }

  // Withholding

  @Test
  void aMeshThatWithholdsTheFilesOfAHomesCopyIsNamed() {
    World.put(space, "c", "Hobart");
    Await.done(space.whenDurable());
    world.agree(space);
    world.copy("victim", "copy");
    Space copy = world.home("copy").space("rogue");
    Space original = world.home("victim").space("rogue");
    original.connect();
    World.put(original, "d", "Perth");
    Await.done(original.whenDurable());
    original.disconnect();
    world.mesh.wire(Lies.files(
        victim,
        files -> files.getRequest() != 0 || files.getEntriesCount() == 0
            ? files
            : Lies.withEntry(
                files, 0, e -> Lies.withoutPayload(e, PayloadAbsence.PAYLOAD_ABSENCE_OWN))));
    copy.connect();
    Await.until("it is named", () -> isViolation(PAYLOAD_MISSING, copy));
    world.mesh.wire(Wire.HONEST);
    copy.disconnect();
    copy.connect();
    Await.done(copy.whenUpToDate());
    assertThat(World.name(copy, "d")).isEqualTo("Perth");
  }

  // Saying so

  private void reconnect() {
    space.disconnect();
    space.connect();
  }

  private void expect(Violation named, Conclusion conclusion, Runnable lie) {
    String digest = space.digest();
    long position = space.status().position();
    lie.run();
    assertViolation(named, space);
    assertShown(named, space, conclusion);
    assertThat(space.digest()).isEqualTo(digest);
    assertThat(space.status().position()).isEqualTo(position);
  }

  private static boolean isViolation(Violation named, Space space) {
    return space
        .status()
        .problem()
        .filter(
            problem -> problem instanceof MeshViolationError error && error.violation() == named)
        .isPresent();
  }

  private static void assertViolation(Violation named, Space space) {
    SealiftException problem = World.problem(space);
    assertThat(problem).isInstanceOf(MeshViolationError.class);
    assertThat(((MeshViolationError) problem).violation()).isEqualTo(named);
    assertThat(problem)
        .hasMessageContaining(named.name())
        .hasMessageContaining("Nothing of it was applied");
    assertThat(space.status().state()).isEqualTo(SyncState.CONNECTING);
  }

  /** Whoever has the evidence comes to the same, without asking anybody. */
  private static void assertShown(Violation named, Space space, Conclusion conclusion) {
    Caught caught = space.caught().stream()
        .filter(one -> one.violation() == named)
        .findFirst()
        .orElseThrow();
    EvidenceVerdict verdict = EvidenceFiles.verdict(EvidenceFiles.of(space, caught));
    assertThat(verdict.conclusion()).as(verdict.why()).isEqualTo(conclusion);
    assertThat(verdict.violation()).contains(named);
    assertThat(verdict.reporter()).isEqualTo(World.device(space));
  }

  private void believeAgain(Runnable repent) {
    repent.run();
    world.mesh.showTruth();
    reconnect();
    rogue.admit(rogue.put("after", "honest again"));
    Await.done(space.whenUpToDate());
    world.agree(space);
    assertThat(space.table(Rogue.TABLE).get("after")).isPresent();
  }
}
