package dev.sealift.ops.hostile;

import static dev.sealift.client.sync.Violation.FILE_NOT_SIGNED;
import static dev.sealift.client.sync.Violation.FORKED;
import static dev.sealift.client.sync.Violation.HEAD_NOT_SIGNED;
import static dev.sealift.client.sync.Violation.LOG_ALTERED;
import static dev.sealift.client.sync.Violation.PAYLOAD_ALTERED;
import static dev.sealift.client.sync.Violation.PAYLOAD_MISSING;
import static dev.sealift.ops.hostile.Expected.withoutEvidence;
import static dev.sealift.ops.hostile.Twists.flipped;

import com.google.protobuf.ByteString;
import dev.sealift.client.sync.Violation;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.proto.Entries;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.OutlineFiles;
import dev.sealift.protocol.proto.OutlinePart;
import dev.sealift.protocol.proto.PayloadAbsence;
import dev.sealift.protocol.proto.ProvenEntry;
import dev.sealift.protocol.proto.StepList;
import java.util.List;
import java.util.function.Consumer;

/** Lies on the way by a compaction, to a device that has no other way. There is no evidence of these: what was sent belongs to no log that a third party could follow. */
final class StepLies {
  private StepLies() {}

  static List<Lie> all() {
    return List.of(
        part(
            "part-altered",
            "turns a bit of a compaction's part",
            PAYLOAD_ALTERED,
            part -> alter(part, e -> e.setPayload(flipped(e.getPayload(), 9)))),
        part(
            "part-cut",
            "cuts a compaction's part short",
            PAYLOAD_ALTERED,
            part -> alter(
                part,
                e -> e.setPayload(e.getPayload().substring(0, e.getPayload().size() - 1)))),
        part(
            "part-time-moved",
            "moves the server time of a compaction's part",
            LOG_ALTERED,
            part -> alter(part, e -> e.setServerTimeMillis(e.getServerTimeMillis() + 1))),
        part(
            "part-base-moved",
            "tells another base of a compaction's part than its leaf has",
            LOG_ALTERED,
            part -> alter(part, e -> e.setBase(e.getBase() + 1))),
        part(
            "part-signature-flipped",
            "turns a bit of the signature of a compaction's part",
            LOG_ALTERED,
            part -> alter(
                part,
                e -> e.setSignedHeader(
                    flipped(e.getSignedHeader(), e.getSignedHeader().size() - 1)))),
        part(
            "part-without-path",
            "gives a compaction's part without its path",
            LOG_ALTERED,
            ProvenEntry.Builder::clearPath),
        entries(
            "part-of-a-fork",
            "shows a compaction's part under another log of the same size",
            FORKED,
            (stage, entries) -> entries.setSignedHead(
                HeadLies.fork(stage, 1, 1).head(stage.nowMillis()).byteString()),
            Lie.By.MESH),
        entries(
            "part-under-another-key",
            "shows a compaction's part under a head whose signature is not the notary's",
            HEAD_NOT_SIGNED,
            (stage, entries) -> entries.setSignedHead(flipped(entries.getSignedHead(), 140)),
            Lie.By.PROXY),
        outline(
            "gap-hash-false",
            "gives another hash of the files that an outline leaves out",
            LOG_ALTERED,
            outline -> eachGap(
                outline, part -> part.getGapBuilder().setHashes(0, Hash.of().byteString()))),
        outline(
            "attestation-left-out",
            "leaves out of an outline what others say of a compaction, and nothing in its place",
            LOG_ALTERED,
            outline -> outline.removeParts(outline.getPartsCount() - 1)),
        outline(
            "outlined-payload-gone",
            "shows a file of an outline without its payload",
            PAYLOAD_MISSING,
            outline -> eachEntry(
                outline,
                entry -> entry.clearPayload().setAbsence(PayloadAbsence.PAYLOAD_ABSENCE_OWN))),
        outline(
            "outlined-payload-altered",
            "adds to the payload of a file that an outline shows",
            PAYLOAD_ALTERED,
            outline -> eachEntry(
                outline,
                entry ->
                    entry.setPayload(entry.getPayload().concat(ByteString.copyFromUtf8("x"))))),
        outline(
            "outlined-signature-flipped",
            "turns a bit of the signature of a file that an outline shows",
            FILE_NOT_SIGNED,
            outline -> eachEntry(
                outline,
                entry -> entry.setSignedHeader(
                    flipped(entry.getSignedHeader(), entry.getSignedHeader().size() - 1)))),
        outline(
            "outlined-time-moved",
            "moves the server time of a file that an outline shows",
            LOG_ALTERED,
            outline -> eachEntry(
                outline, entry -> entry.setServerTimeMillis(entry.getServerTimeMillis() + 1))),
        outline(
            "outline-under-another-key",
            "shows an outline under a head whose signature is not the notary's",
            HEAD_NOT_SIGNED,
            outline -> outline.setSignedHead(flipped(outline.getSignedHead(), 140))),
        steps(
                "steps-of-a-fork",
                "tells of compactions as of another log of the same size",
                FORKED,
                (stage, steps) -> steps.setSignedHead(
                    HeadLies.fork(stage, 1, 1).head(stage.nowMillis()).byteString()),
                Lie.By.MESH)
            .stopped(),
        steps(
            "steps-under-another-key",
            "tells of compactions under a head whose signature is not the notary's",
            HEAD_NOT_SIGNED,
            (stage, steps) -> steps.setSignedHead(flipped(steps.getSignedHead(), 140)),
            Lie.By.PROXY),
        steps(
            "nothing-in-their-place",
            "has let go of files, and tells of no compaction in their place",
            PAYLOAD_MISSING,
            (stage, steps) -> steps.clearSteps(),
            Lie.By.PROXY),
        hint(
            "step-leads-elsewhere",
            "says that a compaction leads further than it does",
            steps -> steps.getStepsBuilder(0).setBase(steps.getSteps(0).getBase() + 1)),
        hint(
            "step-made-of-events",
            "says that a compaction is what is a file of something else",
            steps -> steps.getStepsBuilder(0).setParts(0, 1)),
        hint(
            "step-behind-the-log",
            "says that a compaction stands where the log has not come to",
            steps -> steps.getStepsBuilder(0).setParts(0, 100_000)));
  }

  private interface Twist<B> {
    void twist(Stage stage, B builder);
  }

  private static Lie lie(String name, Lie.By by, String what, Expected expected, Lie.Telling how) {
    return Lie.of(name, by, what, Scene.BY_A_STEP, expected, how).last();
  }

  private static Lie part(
      String name, String what, Violation named, Consumer<ProvenEntry.Builder> twist) {
    return entries(
        name,
        what,
        named,
        (stage, entries) -> twist.accept(entries.getEntriesBuilder(0)),
        Lie.By.PROXY);
  }

  private static void alter(ProvenEntry.Builder part, Consumer<LogEntry.Builder> twist) {
    twist.accept(part.getEntryBuilder());
  }

  private static Lie entries(
      String name, String what, Violation named, Twist<Entries.Builder> twist, Lie.By by) {
    return lie(
        name,
        by,
        what,
        withoutEvidence(named),
        Twists.eachOn(
            Frame.BodyCase.ENTRIES,
            (stage, frame) -> twist.twist(stage, frame.getEntriesBuilder())));
  }

  private static Lie outline(
      String name, String what, Violation named, Consumer<OutlineFiles.Builder> twist) {
    return lie(
        name,
        Lie.By.PROXY,
        what,
        withoutEvidence(named),
        Twists.each(
            Frame.BodyCase.OUTLINE_FILES, frame -> twist.accept(frame.getOutlineFilesBuilder())));
  }

  private static void eachGap(OutlineFiles.Builder outline, Consumer<OutlinePart.Builder> twist) {
    outline.getPartsBuilderList().stream().filter(OutlinePart.Builder::hasGap).forEach(twist);
  }

  private static void eachEntry(OutlineFiles.Builder outline, Consumer<LogEntry.Builder> twist) {
    outline.getPartsBuilderList().stream()
        .filter(OutlinePart.Builder::hasEntry)
        .forEach(part -> twist.accept(part.getEntryBuilder()));
  }

  private static Lie steps(
      String name, String what, Violation named, Twist<StepList.Builder> twist, Lie.By by) {
    return lie(
        name,
        by,
        what,
        withoutEvidence(named),
        Twists.eachOn(
            Frame.BodyCase.STEP_LIST,
            (stage, frame) -> twist.twist(stage, frame.getStepListBuilder())));
  }

  /** What a mesh tells of compactions is a hint: one that leads nowhere is not taken. */
  private static Lie hint(String name, String what, Consumer<StepList.Builder> twist) {
    return lie(
        name,
        Lie.By.PROXY,
        what,
        new Expected.Survived("what is told of compactions is a hint; the device asks again"),
        Twists.each(Frame.BodyCase.STEP_LIST, frame -> {
          if (frame.getStepList().getStepsCount() > 0) {
            twist.accept(frame.getStepListBuilder());
          }
        }));
  }
}
