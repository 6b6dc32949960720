package dev.sealift.gateway.session;

import static dev.sealift.gateway.session.Rig.all;
import static dev.sealift.gateway.session.Rig.assertClosedWith;
import static dev.sealift.gateway.session.Rig.gap;
import static dev.sealift.gateway.session.Rig.only;
import static dev.sealift.gateway.session.Rig.onlyFrame;
import static dev.sealift.gateway.session.Rig.proven;
import static dev.sealift.gateway.session.Rig.ticket;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.gateway.TestDevice;
import dev.sealift.gateway.codec.Subprotocol;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.mesh.proto.AttestedBy;
import dev.sealift.protocol.mesh.proto.Authorization;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.EffectiveCompaction;
import dev.sealift.protocol.mesh.proto.EntriesReply;
import dev.sealift.protocol.mesh.proto.EntriesRequest;
import dev.sealift.protocol.mesh.proto.OutlineReply;
import dev.sealift.protocol.mesh.proto.OutlineRequest;
import dev.sealift.protocol.proto.Entries;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.OutlineFiles;
import dev.sealift.protocol.proto.OutlinePart;
import dev.sealift.protocol.proto.Problem;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.ProvenEntry;
import dev.sealift.protocol.proto.Step;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What leads a device to where it has not been without all that lies between: outlines, steps and single entries. */
class OutlineTest {
  private static final ProblemCode BAD = ProblemCode.PROBLEM_CODE_BAD_FRAME;

  @Test
  void anOutlineIsReadToItsEndAndAnsweredWithTheHead() {
    Rig rig = Rig.openAt(9);
    Effect.ReadOutline read = only(rig.outline(7, 2, 5), Effect.ReadOutline.class);
    OutlineRequest request = read.request();
    assertThat(request.getAfterSequence()).isEqualTo(2);
    assertThat(request.getUpTo()).isEqualTo(5);
    assertThat(request.getHeadSize()).isEqualTo(9);
    assertThat(request.getMaxBytes()).isEqualTo(ReadLane.READ_BYTES);
    assertThat(request.getMaxEntries()).isEqualTo(Limits.MAX_FILES_ENTRIES);

    OutlineReply reply =
        gap(3).toBuilder().addConsistency(ByteString.copyFromUtf8("proof")).build();
    OutlineFiles files = onlyFrame(rig.session.outlined(read.ticket(), reply)).getOutlineFiles();
    assertThat(files.getRequest()).isEqualTo(7);
    assertThat(files.getFirstSequence()).isEqualTo(3);
    assertThat(files.getParts(0).getGap().getFiles()).isEqualTo(3);
    assertThat(files.getConsistency(0)).isEqualTo(ByteString.copyFromUtf8("proof"));
    assertThat(files.getSignedHead()).isEqualTo(TestDevice.head(Rig.SPACE, 9));
  }

  @Test
  void anOutlineEndsWithTheHeadAtTheLatest() {
    for (long upTo : new long[] {0, 9, 10, Limits.MAX_SEQUENCE - 1}) {
      assertThat(only(Rig.openAt(9).outline(1, 0, upTo), Effect.ReadOutline.class)
              .request()
              .getUpTo())
          .isEqualTo(9);
    }
  }

  @Test
  void anOutlineHasABeginningBeforeItsEndAndANumber() {
    assertClosedWith(Rig.openAt(9).outline(0, 0, 0), BAD);
    assertClosedWith(Rig.openAt(9).outline(1, 3, 3), BAD);
    assertClosedWith(Rig.openAt(9).outline(1, 3, 2), BAD);
    assertThat(ticket(Rig.openAt(9).outline(1, 3, 4))).isPositive();
    for (long beyond : new long[] {Limits.MAX_SEQUENCE, -1, Long.MIN_VALUE}) {
      assertClosedWith(Rig.openAt(9).outline(1, beyond, 0), BAD);
      assertClosedWith(Rig.openAt(9).outline(1, 0, beyond), BAD);
    }
  }

  @Test
  void stopsOfAnOutlineRiseAndAreFew() {
    List<Long> most = LongStream.rangeClosed(4, 67).boxed().toList();
    assertThat(only(Rig.openAt(9).outline(1, 3, 0, most), Effect.ReadOutline.class)
            .request()
            .getStopsList())
        .isEqualTo(most);
    assertClosedWith(
        Rig.openAt(9).outline(1, 3, 0, LongStream.rangeClosed(4, 68).boxed().toList()), BAD);
    assertClosedWith(Rig.openAt(9).outline(1, 3, 0, List.of(3L)), BAD);
    assertClosedWith(Rig.openAt(9).outline(1, 3, 0, List.of(5L, 5L)), BAD);
    assertClosedWith(Rig.openAt(9).outline(1, 3, 0, List.of(5L, Limits.MAX_SEQUENCE)), BAD);
    assertClosedWith(Rig.openAt(9).outline(1, 3, 0, List.of(-1L)), BAD);
  }

  @Test
  void ofWhatIsNotThereTheOutlineIsEmptyAsTheEngineSays() {
    Rig rig = Rig.openAt(9);
    long question = only(rig.outline(7, 9, 0), Effect.Authorize.class).ticket();
    OutlineFiles files = onlyFrame(rig.authorize(question, Authorization.AUTHORIZATION_MEMBER, 9))
        .getOutlineFiles();
    assertThat(files.getRequest()).isEqualTo(7);
    assertThat(files.getPartsCount()).isZero();
    assertThat(files.getFirstSequence()).isEqualTo(10);
    assertThat(files.getSignedHead()).isEqualTo(TestDevice.head(Rig.SPACE, 9));

    question = only(rig.outline(8, 9, 0), Effect.Authorize.class).ticket();
    assertThat(only(
                rig.authorize(question, Authorization.AUTHORIZATION_MEMBER, 12),
                Effect.ReadOutline.class)
            .request()
            .getUpTo())
        .isEqualTo(12);
  }

  @Test
  void stepsAreAskedForAsOfTheHead() {
    Rig rig = Rig.openAt(9);
    Effect.FindSteps find = only(rig.steps(7, 2), Effect.FindSteps.class);
    CompactionsRequest request = find.request();
    assertThat(request.getStepsAfter()).isEqualTo(2);
    assertThat(request.getHeadSize()).isEqualTo(9);
    assertThat(request.getSpace()).isEqualTo(Rig.SPACE.byteString());

    CompactionsReply reply = CompactionsReply.newBuilder()
        .addCompactions(EffectiveCompaction.newBuilder()
            .setFirst(1)
            .setBase(4)
            .setGeneration(3)
            .addParts(6)
            .addParts(7)
            .setBytes(1_500_000)
            .addAttestations(AttestedBy.newBuilder().setSequence(8).setContested(true)))
        .build();
    Frame answer = onlyFrame(rig.session.stepsFound(find.ticket(), reply));
    assertThat(answer.getStepList().getRequest()).isEqualTo(7);
    assertThat(answer.getStepList().getSignedHead()).isEqualTo(TestDevice.head(Rig.SPACE, 9));
    assertThat(answer.getStepList().getStepsList())
        .containsExactly(Step.newBuilder()
            .setFirst(1)
            .setBase(4)
            .setGeneration(3)
            .addParts(6)
            .addParts(7)
            .setBytes(1_500_000)
            .addAttestations(8)
            .build());
  }

  @Test
  void whereNoStepLeadsOnTheListIsEmpty() {
    Rig rig = Rig.openAt(9);
    long ticket = ticket(rig.steps(7, Limits.MAX_SEQUENCE - 1));
    Frame answer = onlyFrame(rig.session.stepsFound(ticket, CompactionsReply.getDefaultInstance()));
    assertThat(answer.hasStepList()).isTrue();
    assertThat(answer.getStepList().getStepsCount()).isZero();
    assertClosedWith(Rig.openAt(9).steps(0, 1), BAD);
    assertClosedWith(Rig.openAt(9).steps(1, Limits.MAX_SEQUENCE), BAD);
  }

  /** The longest list that a store tells. */
  @ParameterizedTest
  @EnumSource(Subprotocol.class)
  void theLongestListOfStepsFitsAFrame(Subprotocol subprotocol) {
    Rig rig = Rig.openIn(subprotocol, 9);
    long ticket = ticket(rig.steps(7, 0));
    CompactionsReply.Builder reply = CompactionsReply.newBuilder();
    for (int i = 0; i < Limits.MAX_STEPS; i++) {
      EffectiveCompaction.Builder step = EffectiveCompaction.newBuilder()
          .setFirst(1L << 39)
          .setBase(1L << 39)
          .setGeneration(Integer.MAX_VALUE);
      LongStream.range(0, 512).forEach(part -> step.addParts((1L << 39) + part));
      IntStream.range(0, 64)
          .forEach(at -> step.addAttestations(AttestedBy.newBuilder().setSequence(1L << 39)));
      reply.addCompactions(step);
    }
    assertThat(onlyFrame(rig.session.stepsFound(ticket, reply.build())).hasStepList())
        .isTrue();
  }

  @Test
  void singleEntriesAreReadAndAnsweredWithTheHeadOfTheirPaths() {
    Rig rig = Rig.openAt(9);
    Effect.ReadEntries read = only(rig.fetchEntries(7, 2L, 5L, 9L), Effect.ReadEntries.class);
    EntriesRequest request = read.request();
    assertThat(request.getSequencesList()).containsExactly(2L, 5L, 9L);
    assertThat(request.getHeadSize()).isEqualTo(9);
    assertThat(request.getMaxBytes()).isEqualTo(ReadLane.READ_BYTES);

    Entries entries =
        onlyFrame(rig.session.entriesRead(read.ticket(), proven(2, 10))).getEntries();
    assertThat(entries.getRequest()).isEqualTo(7);
    assertThat(entries.getEntriesCount()).isEqualTo(2);
    assertThat(entries.getSignedHead()).isEqualTo(TestDevice.head(Rig.SPACE, 9));
  }

  @Test
  void singleEntriesRiseAndAreSoManyAtMost() {
    assertClosedWith(Rig.openAt(99).fetchEntries(0, 1L), BAD);
    assertClosedWith(Rig.openAt(99).fetchEntries(1), BAD);
    assertClosedWith(Rig.openAt(99).fetchEntries(1, 0L), BAD);
    assertClosedWith(Rig.openAt(99).fetchEntries(1, 3L, 3L), BAD);
    assertClosedWith(Rig.openAt(99).fetchEntries(1, 3L, 2L), BAD);
    assertClosedWith(Rig.openAt(99).fetchEntries(1, Limits.MAX_SEQUENCE), BAD);
    assertClosedWith(Rig.openAt(99).fetchEntries(1, upTo(Limits.MAX_FETCH_ENTRIES + 1)), BAD);
    assertThat(ticket(Rig.openAt(99).fetchEntries(1, upTo(Limits.MAX_FETCH_ENTRIES))))
        .isPositive();
  }

  private static Long[] upTo(int last) {
    return LongStream.rangeClosed(1, last).boxed().toArray(Long[]::new);
  }

  @Test
  void entriesBeyondTheHeadAreLeftOutOnceTheEngineKnowsNone() {
    Rig rig = Rig.openAt(9);
    assertThat(only(rig.fetchEntries(7, 8L, 10L), Effect.ReadEntries.class)
            .request()
            .getSequencesList())
        .containsExactly(8L);
    rig = Rig.openAt(9);
    long question = only(rig.fetchEntries(7, 10L, 11L), Effect.Authorize.class).ticket();
    Entries none = onlyFrame(rig.authorize(question, Authorization.AUTHORIZATION_MEMBER, 9))
        .getEntries();
    assertThat(none.getRequest()).isEqualTo(7);
    assertThat(none.getEntriesCount()).isZero();
  }

  @Test
  void allThatIsWantedOnceWaitsTogetherAndIsAnsweredInItsOrder() {
    Rig rig = Rig.openAt(9);
    long first = ticket(rig.outline(1, 0, 0));
    assertThat(rig.steps(2, 0)).isEmpty();
    assertThat(rig.fetchEntries(3, 1L)).isEmpty();
    assertThat(rig.fetch(4, 0)).isEmpty();
    assertThat(rig.outline(5, 0, 0)).isEmpty();
    for (List<Effect> tooMuch :
        List.of(rig.outline(96, 0, 0), rig.steps(97, 0), rig.fetchEntries(98, 1L))) {
      assertThat(onlyFrame(tooMuch).getProblem().getCode())
          .isEqualTo(ProblemCode.PROBLEM_CODE_TOO_MUCH);
    }
    List<Effect> next = rig.session.outlined(first, gap(9));
    assertThat(onlyFrame(next).getOutlineFiles().getRequest()).isEqualTo(1);
    next = rig.session.stepsFound(ticket(next), CompactionsReply.getDefaultInstance());
    assertThat(onlyFrame(next).getStepList().getRequest()).isEqualTo(2);
    next = rig.session.entriesRead(ticket(next), proven(1, 1));
    assertThat(onlyFrame(next).getEntries().getRequest()).isEqualTo(3);
    assertThat(all(next, Effect.Read.class)).hasSize(1);
  }

  @Test
  void anInvitedDeviceMayScoutToo() {
    assertThat(ticket(Rig.invitedAt(9).outline(1, 0, 0))).isPositive();
    assertThat(ticket(Rig.invitedAt(9).steps(1, 0))).isPositive();
    assertThat(ticket(Rig.invitedAt(9).fetchEntries(1, 3L))).isPositive();
  }

  @Test
  void anAnswerOfAnotherKindOrToAnotherQuestionIsPassedOver() {
    Rig rig = Rig.openAt(9);
    long outline = ticket(rig.outline(1, 0, 0));
    assertThat(rig.session.outlined(outline + 1, gap(9))).isEmpty();
    assertThat(rig.session.stepsFound(outline, CompactionsReply.getDefaultInstance()))
        .isEmpty();
    assertThat(rig.session.entriesRead(outline, proven(1, 1))).isEmpty();
    assertThat(rig.session.read(outline, Rig.entries(1, 1))).isEmpty();
    assertThat(onlyFrame(rig.session.outlined(outline, gap(9))).hasOutlineFiles())
        .isTrue();
  }

  @Test
  void whatTheStoreCannotServeIsToldSoAndTheSessionGoesOn() {
    List<Function<Rig, List<Effect>>> wants = List.of(
        rig -> rig.outline(7, 0, 0), rig -> rig.steps(7, 0), rig -> rig.fetchEntries(7, 1L));
    for (Function<Rig, List<Effect>> want : wants) {
      Rig rig = Rig.openAt(9);
      long question = ticket(want.apply(rig));
      for (int i = 1; i < Retry.MAX_TRIES; i++) {
        question = ticket(rig.session.failed(question, MeshTrouble.NOBODY));
      }
      Problem problem =
          onlyFrame(rig.session.failed(question, MeshTrouble.NOBODY)).getProblem();
      assertThat(problem.getCode()).isEqualTo(ProblemCode.PROBLEM_CODE_UNAVAILABLE);
      assertThat(problem.getRequest()).isEqualTo(7);
      assertThat(ticket(rig.fetch(10, 0))).isPositive();
    }
  }

  @Test
  void anEmptyAnswerIsTakenForAFault() {
    Rig rig = Rig.openAt(9);
    long ticket = ticket(rig.outline(7, 0, 0));
    List<Effect> effects = rig.session.outlined(ticket, OutlineReply.getDefaultInstance());
    assertThat(onlyFrame(effects).getProblem().getRequest()).isEqualTo(7);
    ticket = ticket(rig.fetchEntries(8, 1L));
    effects = rig.session.entriesRead(ticket, EntriesReply.getDefaultInstance());
    assertThat(onlyFrame(effects).getProblem().getRequest()).isEqualTo(8);
  }

  @Test
  void anAnswerTooLargeForAFrameIsReadAgainInSmallerParts() {
    LogEntry large = LogEntry.newBuilder()
        .setSignedHeader(ByteString.copyFrom(new byte[Limits.MAX_FRAME_BYTES / 3]))
        .build();
    Rig rig = Rig.openAt(9);
    OutlineReply outline = OutlineReply.newBuilder()
        .addAllParts(
            Collections.nCopies(4, OutlinePart.newBuilder().setEntry(large).build()))
        .build();
    Effect.ReadOutline again =
        only(rig.session.outlined(ticket(rig.outline(1, 0, 0)), outline), Effect.ReadOutline.class);
    assertThat(again.request().getMaxEntries()).isEqualTo(2);

    rig = Rig.openAt(9);
    OutlineReply whole = OutlineReply.newBuilder()
        .addAllParts(gap(3).getPartsList())
        .addParts(OutlinePart.newBuilder()
            .setEntry(LogEntry.newBuilder()
                .setSignedHeader(ByteString.copyFrom(new byte[Limits.MAX_FRAME_BYTES]))))
        .build();
    assertThat(onlyFrame(rig.session.outlined(ticket(rig.outline(1, 0, 0)), whole))
            .getProblem()
            .getCode())
        .isEqualTo(ProblemCode.PROBLEM_CODE_UNAVAILABLE);

    rig = Rig.openAt(9);
    EntriesReply entries = EntriesReply.newBuilder()
        .addAllEntries(
            Collections.nCopies(4, ProvenEntry.newBuilder().setEntry(large).build()))
        .build();
    Effect.ReadEntries fewer = only(
        rig.session.entriesRead(ticket(rig.fetchEntries(1, 1L, 2L, 3L, 4L)), entries),
        Effect.ReadEntries.class);
    assertThat(fewer.request().getSequencesList()).containsExactly(1L, 2L);
  }
}
