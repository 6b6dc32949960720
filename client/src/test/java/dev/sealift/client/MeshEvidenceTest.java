package dev.sealift.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.sync.Await;
import dev.sealift.client.sync.EvidenceVerdict;
import dev.sealift.client.sync.EvidenceVerdict.Conclusion;
import dev.sealift.client.sync.EvidenceVerdict.Signed;
import dev.sealift.client.sync.EvidenceVerdict.Signer;
import dev.sealift.client.sync.FakeLog;
import dev.sealift.client.sync.KeptEvidence;
import dev.sealift.client.sync.Rogue;
import dev.sealift.client.sync.Violation;
import dev.sealift.client.sync.Wire;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.evidence.Evidence;
import dev.sealift.protocol.evidence.Shown;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.SignedTreeHead;
import dev.sealift.protocol.log.TreeHead;
import dev.sealift.protocol.proto.Advanced;
import dev.sealift.protocol.proto.EvidenceKind;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a mesh cannot be accused of, and what becomes of evidence. That each lie can be shown is in {@link ViolationTest}. */
class MeshEvidenceTest {
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

  private Caught caught(Violation violation) {
    Await.until(
        "it is caught",
        () -> space.caught().stream().anyMatch(one -> one.violation() == violation));
    return space.caught().stream()
        .filter(one -> one.violation() == violation)
        .findFirst()
        .orElseThrow();
  }

  private byte[] fork() {
    world.mesh.show(victim, Lies.fork(rogue, rogue.log().size() - 1, 1));
    space.disconnect();
    space.connect();
    return EvidenceFiles.of(space, caught(Violation.FORKED));
  }

  /** The log ends before what it had when an earlier connection began. */
  private EvidenceVerdict rolledBack(long laterMillis) {
    space.disconnect();
    space.connect();
    world.agree(space);
    world.mesh.clockAhead(laterMillis);
    world.mesh.show(victim, rogue.log().upTo(rogue.log().size() - 1));
    space.disconnect();
    space.connect();
    return EvidenceFiles.verdict(EvidenceFiles.of(space, caught(Violation.ROLLED_BACK)));
  }

  @Test
  void aRollbackIsShownByWhatTheNotarySaidBefore() {
    EvidenceVerdict verdict = rolledBack(11 * 60_000);

    assertThat(verdict.conclusion()).isEqualTo(Conclusion.CONFIRMED);
    assertThat(verdict.signatures())
        .filteredOn(signed -> signed.what().startsWith("that at "))
        .hasSize(2);
  }

  /** Two gateways of an honest mesh, whose clocks are apart, could have said that in the other order. */
  @Test
  void aRollbackAMomentLaterIsTheReportersWord() {
    assertThat(rolledBack(60_000).conclusion()).isEqualTo(Conclusion.REPORTED);
  }

  /** A file that no member wrote, in a log that the notary has signed. */
  private byte[] admitted() {
    FakeLog log = rogue.log().upTo(rogue.log().size());
    Rogue.Made file = rogue.putByStranger("3", "lie");
    log.append(file.header(), file.payload());
    world.mesh.show(victim, log);
    return EvidenceFiles.of(space, caught(Violation.AUTHOR_NOT_A_MEMBER));
  }

  private static EvidenceVerdict forged(byte[] of, UnaryOperator<Evidence> said) {
    return EvidenceFiles.verdict(EvidenceFiles.forged(of, said, frames -> frames));
  }

  @Test
  void whoeverBringsItItShowsTheSame() {
    EvidenceVerdict verdict = forged(fork(), said -> said);

    assertThat(verdict.conclusion()).isEqualTo(Conclusion.CONFIRMED);
    assertThat(verdict.reporter()).isNotEqualTo(victim);
    assertThat(verdict.signatures())
        .filteredOn(signed -> signed.signer() == Signer.REPORTER)
        .singleElement()
        .extracting(Signed::member)
        .isEqualTo(Optional.empty());
  }

  @Test
  void itNamesBothLogsThatTheNotarySigned() {
    EvidenceVerdict verdict = EvidenceFiles.verdict(fork());

    assertThat(verdict.signatures())
        .filteredOn(signed -> signed.signer() == Signer.NOTARY)
        .filteredOn(signed -> signed.what().contains("files, whose root is"))
        .hasSize(2);
  }

  @Test
  void anHonestMeshIsAccusedOfNothing() {
    Frame honest = Frame.newBuilder()
        .setAdvanced(Advanced.newBuilder().setSignedHead(rogue.log().head().byteString()))
        .build();
    byte[] evidence = fork();
    for (Violation violation : Violation.values()) {
      Optional<EvidenceKind> kind = KeptEvidence.kind(violation);
      if (kind.isEmpty()) {
        continue;
      }
      EvidenceVerdict verdict = forged(
          evidence,
          said -> EvidenceFiles.showing(
              new Shown(
                  said.shown().heads(),
                  List.of(),
                  Optional.of(honest),
                  false,
                  Optional.empty(),
                  Optional.empty()),
              EvidenceFiles.of(kind.get(), said)));
      assertThat(verdict.conclusion()).as("%s", violation).isEqualTo(Conclusion.REFUTED);
    }
  }

  @Test
  void aHeadThatAnAccuserMadeUpIsSeenToBe() {
    SignedTreeHead head = Lies.fork(rogue, rogue.log().size() - 1, 1).head();
    SignedTreeHead madeUp = SignedTreeHead.sign(head.head(), SigningKey.generate());

    EvidenceVerdict known = forged(
        fork(),
        said -> EvidenceFiles.showing(
            new Shown(
                List.of(madeUp),
                List.of(),
                said.shown().frame(),
                false,
                said.shown().welcome(),
                Optional.empty()),
            said));

    assertThat(known.conclusion()).isEqualTo(Conclusion.UNSOUND);
    assertThat(known.signatures()).isEmpty();
  }

  @Test
  void aLogThatAnAccuserCutShortIsSeenToBe() {
    byte[] evidence = admitted();

    byte[] less = EvidenceFiles.forged(evidence, said -> said, frames -> {
      List<Files> fewer = new ArrayList<>(frames);
      Files last = fewer.remove(fewer.size() - 1);
      fewer.add(last.toBuilder().removeEntries(last.getEntriesCount() - 1).build());
      return fewer;
    });

    assertThat(EvidenceFiles.verdict(evidence).conclusion()).isEqualTo(Conclusion.CONFIRMED);
    assertThat(EvidenceFiles.verdict(less).conclusion()).isEqualTo(Conclusion.UNSOUND);
  }

  // What an accuser makes of what an honest mesh has signed

  private EvidenceVerdict ofFrame(EvidenceKind kind, Files frame) {
    return forged(
        admitted(),
        said -> EvidenceFiles.showing(
            new Shown(
                List.of(rogue.log().head()),
                List.of(),
                Optional.of(Frame.newBuilder().setFiles(frame).build()),
                false,
                Optional.empty(),
                Optional.empty()),
            EvidenceFiles.of(kind, said)));
  }

  /** Nobody signs where a frame begins. */
  @Test
  void aFrameThatBeginsElsewhereConvictsNobody() {
    for (long first : new long[] {0, -1, rogue.log().size() + 50, Long.MAX_VALUE}) {
      Files frame = Files.newBuilder()
          .setFirstSequence(first)
          .setSignedHead(rogue.log().head().byteString())
          .build();
      assertThat(ofFrame(EvidenceKind.EVIDENCE_KIND_LOG_ALTERED, frame).conclusion())
          .as("%s", first)
          .isEqualTo(Conclusion.REPORTED);
    }
  }

  /** Nor the proof that comes with it. */
  @Test
  void aProofOfNothingConvictsNobody() {
    Files frame = Files.newBuilder()
        .setFirstSequence(1)
        .setSignedHead(rogue.log().head().byteString())
        .addConsistency(ByteString.copyFrom(new byte[32]))
        .build();

    assertThat(ofFrame(EvidenceKind.EVIDENCE_KIND_LOG_ALTERED, frame).conclusion())
        .isEqualTo(Conclusion.REPORTED);
  }

  private EvidenceVerdict twoHeads(SignedTreeHead known, SignedTreeHead sent) {
    return forged(
        fork(),
        said -> EvidenceFiles.showing(
            new Shown(
                List.of(known),
                List.of(),
                Optional.of(Frame.newBuilder()
                    .setAdvanced(Advanced.newBuilder().setSignedHead(sent.byteString()))
                    .build()),
                false,
                Optional.empty(),
                Optional.empty()),
            said));
  }

  private SignedTreeHead head(int incarnation, long size, int root) {
    byte[] bytes = new byte[Hash.BYTES];
    Arrays.fill(bytes, (byte) root);
    return SignedTreeHead.sign(
        new TreeHead(rogue.log().head().head().space(), incarnation, size, Hash.of(bytes), 1),
        world.mesh.notaryKey());
  }

  /** A restored mesh goes another way, and says so. */
  @Test
  void headsOfTwoIncarnationsAreNoFork() {
    assertThat(twoHeads(head(0, 50, 1), head(0, 50, 2)).conclusion())
        .as("for comparison")
        .isEqualTo(Conclusion.CONFIRMED);
    assertThat(twoHeads(head(0, 50, 1), head(1, 50, 2)).conclusion())
        .isNotEqualTo(Conclusion.CONFIRMED);
    assertThat(twoHeads(head(1, 50, 1), head(0, 50, 2)).conclusion())
        .isNotEqualTo(Conclusion.CONFIRMED);
  }

  /** Somebody's own key, which no genesis names. */
  @Test
  void aStrangersHeadsConvictNoNotary() {
    SigningKey key = SigningKey.generate();
    TreeHead one = head(0, 5, 1).head();
    TreeHead other = head(0, 5, 2).head();
    EvidenceVerdict verdict = EvidenceFiles.verdict(EvidenceFiles.forged(
        fork(),
        said -> new Evidence(
            said.kind(),
            said.space(),
            key.verifyingKey(),
            said.reporter(),
            said.reportedAtMillis(),
            0,
            Hash.of(),
            Optional.empty(),
            List.of(),
            List.of(),
            new Shown(
                List.of(SignedTreeHead.sign(one, key)),
                List.of(),
                Optional.of(Frame.newBuilder()
                    .setAdvanced(Advanced.newBuilder()
                        .setSignedHead(SignedTreeHead.sign(other, key).byteString()))
                    .build()),
                false,
                Optional.empty(),
                Optional.empty())),
        frames -> List.of()));

    assertThat(verdict.conclusion()).isEqualTo(Conclusion.REPORTED);
    assertThat(verdict.why()).contains("who is not in the space");
  }

  /** It shows a lie, and is brought for another one. */
  @Test
  void whatItDoesNotShowIsRefuted() {
    EvidenceVerdict verdict = forged(
        admitted(), said -> EvidenceFiles.of(EvidenceKind.EVIDENCE_KIND_PAYLOAD_ALTERED, said));

    assertThat(verdict.conclusion()).isEqualTo(Conclusion.REFUTED);
    assertThat(verdict.why()).contains("AUTHOR_NOT_A_MEMBER");
  }

  /** Whatever bit is another: it is none, or comes to the same. */
  @Test
  void noBitMakesMoreOfItThanItIs() {
    byte[] evidence = admitted();
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      byte[] altered = evidence.clone();
      altered[random.nextInt(altered.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        assertThat(EvidenceFiles.verdict(altered).conclusion())
            .isIn(Conclusion.CONFIRMED, Conclusion.UNSOUND);
      } catch (SealiftException e) {
        assertThat(e.code()).isIn(ErrorCode.BAD_EVIDENCE, ErrorCode.NEWER_FORMAT);
      }
    }
  }

  @Test
  void itIsThereAfterARestart() {
    fork();
    List<Caught> before = space.caught();
    world.close("victim");

    assertThat(world.home("victim").space("rogue").caught()).isEqualTo(before);
  }

  /** Each is another lie of one kind, and only the first are kept: somebody on the way could go on for ever. */
  @Test
  void ofAKindThereIsNotMoreThanAFew() {
    for (int i = 0; i < 5; i++) {
      int bit = i;
      world.mesh.wire(Lies.firstEntry(
          victim,
          entry -> entry.getPayload().isEmpty()
              ? entry
              : entry.toBuilder()
                  .setPayload(Lies.flipped(entry.getPayload(), bit))
                  .build()));
      rogue.admit(rogue.put("3" + i, "third"));
      Await.until("it is told", () -> space.status().problem().isPresent());
      world.mesh.wire(Wire.HONEST);
      space.disconnect();
      space.connect();
      world.agree(space);
    }
    assertThat(space.caught()).hasSize(2);
    assertThat(space.caught()).allMatch(one -> one.violation() == Violation.PAYLOAD_ALTERED);
  }
}
