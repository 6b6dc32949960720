package dev.sealift.protocol.vectors;

import static dev.sealift.protocol.SampleFiles.filled;

import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.proto.Advanced;
import dev.sealift.protocol.proto.Challenge;
import dev.sealift.protocol.proto.Credit;
import dev.sealift.protocol.proto.DeviceHint;
import dev.sealift.protocol.proto.Entries;
import dev.sealift.protocol.proto.Fetch;
import dev.sealift.protocol.proto.FetchEntries;
import dev.sealift.protocol.proto.FetchPositions;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.Gap;
import dev.sealift.protocol.proto.GoAway;
import dev.sealift.protocol.proto.Hello;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.Offer;
import dev.sealift.protocol.proto.Outcome;
import dev.sealift.protocol.proto.Outline;
import dev.sealift.protocol.proto.OutlineFiles;
import dev.sealift.protocol.proto.OutlinePart;
import dev.sealift.protocol.proto.PayloadAbsence;
import dev.sealift.protocol.proto.PositionReport;
import dev.sealift.protocol.proto.Positions;
import dev.sealift.protocol.proto.Problem;
import dev.sealift.protocol.proto.ProblemCode;
import dev.sealift.protocol.proto.Prove;
import dev.sealift.protocol.proto.ProvenEntry;
import dev.sealift.protocol.proto.Put;
import dev.sealift.protocol.proto.PutFile;
import dev.sealift.protocol.proto.PutResult;
import dev.sealift.protocol.proto.Receipt;
import dev.sealift.protocol.proto.Refusal;
import dev.sealift.protocol.proto.RefusalCode;
import dev.sealift.protocol.proto.Restoration;
import dev.sealift.protocol.proto.Step;
import dev.sealift.protocol.proto.StepList;
import dev.sealift.protocol.proto.Steps;
import dev.sealift.protocol.proto.Subscribe;
import dev.sealift.protocol.proto.Welcome;
import java.util.ArrayList;
import java.util.List;

/** One frame of each kind with every field set, and one with as few as make sense. The bytes in them are only of the right length. */
final class SampleFrames {
  private static final long TIME = SampleFiles.NEW_YEAR_MILLIS;
  private static final long BEYOND_DOUBLE = (1L << 53) + 1;

  private SampleFrames() {}

  record Named(String name, Frame frame) {}

  static List<Named> all() {
    List<Named> frames = new ArrayList<>();
    handshake(frames);
    puts(frames);
    log(frames);
    outline(frames);
    others(frames);
    return frames;
  }

  private static void add(List<Named> to, String name, Frame.Builder frame) {
    to.add(new Named(name, frame.build()));
  }

  private static Frame.Builder frame() {
    return Frame.newBuilder();
  }

  static Frame hello() {
    return frame()
        .setHello(Hello.newBuilder()
            .setMinVersion(1)
            .setMaxVersion(1)
            .setSpace(filled(32, 0x11))
            .setDevice(SampleDevice.number(1).keys().toProto())
            .setClientNonce(filled(32, 0x22))
            .setInvitation(filled(32, 0x55)))
        .build();
  }

  static Frame credit() {
    return frame().setCredit(Credit.newBuilder().setBytes(-1)).build();
  }

  static Frame goAway() {
    return frame().setGoAway(GoAway.newBuilder().setRetryAfterMillis(2_500)).build();
  }

  private static void handshake(List<Named> to) {
    to.add(new Named("Hello of a device that joins", hello()));
    add(
        to,
        "Hello with an admission token",
        hello().toBuilder()
            .setHello(hello().getHello().toBuilder()
                .clearInvitation()
                .setAdmissionToken(filled(100, 0x77))));
    add(
        to,
        "Hello to learn the notary",
        frame()
            .setHello(Hello.newBuilder()
                .setMinVersion(1)
                .setMaxVersion(1)
                .setClientNonce(filled(32, 0x22))));
    add(
        to,
        "Challenge",
        frame()
            .setChallenge(Challenge.newBuilder()
                .setVersion(1)
                .setNotary(SampleFiles.NOTARY.byteString())
                .setServerNonce(filled(32, 0x33))
                .setServerTimeMillis(TIME)
                .setSignature(filled(64, 0x44))));
    add(
        to,
        "Prove",
        frame()
            .setProve(Prove.newBuilder()
                .setSignature(filled(64, 0x44))
                .setInvitationSignature(filled(64, 0x45))));
    add(
        to,
        "Welcome",
        frame()
            .setWelcome(Welcome.newBuilder()
                .setKnown(true)
                .setSignedHead(filled(149, 0x01))
                .setServerTimeMillis(TIME)
                .setChainCounter(BEYOND_DOUBLE)
                .setChainFile(filled(32, 0x66))
                .setPutWindowBytes(4 << 20)
                .setMaxPutFiles(64)
                .setTakesCompactions(true)
                .setKeepsPositions(true)
                .setSignature(filled(64, 0x44))));
    add(
        to,
        "Welcome to a space that is not known",
        frame()
            .setWelcome(Welcome.newBuilder()
                .setServerTimeMillis(TIME)
                .setPutWindowBytes(4 << 20)
                .setMaxPutFiles(64)
                .setSignature(filled(64, 0x44))));
    add(
        to,
        "Welcome of a mesh that recovers for the second time",
        frame()
            .setWelcome(Welcome.newBuilder()
                .setKnown(true)
                .setSignedHead(filled(149, 0x01))
                .setServerTimeMillis(TIME)
                .setRecoveringMillis(600_000)
                .addIncarnations(filled(157, 0x02))
                .setSignature(filled(64, 0x44))));
  }

  private static void puts(List<Named> to) {
    PutFile file = PutFile.newBuilder()
        .setSignedHeader(SampleFiles.genesis(SampleDevice.number(1)).byteString())
        .setPayload(com.google.protobuf.ByteString.copyFrom(SampleFiles.PAYLOAD))
        .build();
    add(
        to,
        "Put",
        frame()
            .setPut(Put.newBuilder()
                .setRequest(-1)
                .addFiles(file)
                .addFiles(file.toBuilder().clearPayload())));
    add(
        to,
        "Put of a file that was in the log before",
        frame()
            .setPut(Put.newBuilder()
                .setRequest(3)
                .addFiles(file.toBuilder().setServerTimeMillis(TIME))
                .setRestoration(Restoration.newBuilder()
                    .setFirstSequence(BEYOND_DOUBLE)
                    .setSignedHead(filled(149, 0x01))
                    .addConsistency(filled(32, 0x71)))));
    add(
        to,
        "PutResult",
        frame()
            .setPutResult(PutResult.newBuilder()
                .setRequest(-1)
                .addOutcomes(Outcome.newBuilder()
                    .setReceipt(Receipt.newBuilder()
                        .setSequence(BEYOND_DOUBLE)
                        .setServerTimeMillis(TIME)
                        .setBase(-2)
                        .addPath(filled(32, 0x71))
                        .addPath(filled(32, 0x72))))
                .addOutcomes(Outcome.newBuilder()
                    .setRefusal(Refusal.newBuilder()
                        .setCode(RefusalCode.REFUSAL_CODE_CHAIN_GAP)
                        .setExpectedCounter(7)
                        .setServerTimeMillis(TIME)
                        .setRetryAfterMillis(1_000)))
                .setSignedHead(filled(149, 0x01))));
    add(
        to,
        "PutResult with a code of a newer mesh",
        frame()
            .setPutResult(PutResult.newBuilder()
                .setRequest(1)
                .addOutcomes(
                    Outcome.newBuilder().setRefusal(Refusal.newBuilder().setCodeValue(99)))));
  }

  private static void log(List<Named> to) {
    add(
        to,
        "Subscribe",
        frame()
            .setSubscribe(Subscribe.newBuilder()
                .setAfterSequence(BEYOND_DOUBLE)
                .setCreditBytes(8 << 20)
                .setOmitOwnPayloads(true)));
    add(to, "Subscribe from the beginning", frame().setSubscribe(Subscribe.newBuilder()));
    to.add(new Named("Credit", credit()));
    add(
        to,
        "Files",
        frame()
            .setFiles(Files.newBuilder()
                .setRequest(3)
                .setFirstSequence(BEYOND_DOUBLE)
                .addEntries(LogEntry.newBuilder()
                    .setSignedHeader(SampleFiles.genesis(SampleDevice.number(1)).byteString())
                    .setServerTimeMillis(TIME)
                    .setBase(1)
                    .setPayload(com.google.protobuf.ByteString.copyFrom(SampleFiles.PAYLOAD)))
                .addEntries(LogEntry.newBuilder()
                    .setServerTimeMillis(TIME + 1)
                    .setAbsence(PayloadAbsence.PAYLOAD_ABSENCE_RECLAIMED)
                    .setFile(filled(32, 0x66)))
                .setSignedHead(filled(149, 0x01))
                .addConsistency(filled(32, 0x71))
                .addConsistency(filled(32, 0x72))));
    add(
        to,
        "Files without entries",
        frame()
            .setFiles(Files.newBuilder()
                .setRequest(3)
                .setFirstSequence(1)
                .setSignedHead(filled(149, 1))));
    add(
        to,
        "Advanced",
        frame().setAdvanced(Advanced.newBuilder().setSignedHead(filled(149, 0x01))));
    add(
        to,
        "PositionReport",
        frame().setPosition(PositionReport.newBuilder().setSequence(BEYOND_DOUBLE)));
    add(
        to,
        "PositionReport of a device on battery that takes offers",
        frame()
            .setPosition(PositionReport.newBuilder()
                .setSequence(7)
                .addHints(DeviceHint.DEVICE_HINT_ON_BATTERY)
                .addHints(DeviceHint.DEVICE_HINT_METERED)
                .setTakesOffers(true)));
    add(
        to,
        "PositionReport with a signed position",
        frame()
            .setPosition(
                PositionReport.newBuilder().setSequence(7).setSignedPosition(filled(181, 0x0e))));
    add(
        to,
        "FetchPositions",
        frame().setFetchPositions(FetchPositions.newBuilder().setRequest(8)));
    add(
        to,
        "FetchPositions behind a device",
        frame()
            .setFetchPositions(
                FetchPositions.newBuilder().setRequest(9).setAfterDevice(filled(32, 0x0d))));
    add(
        to,
        "Positions",
        frame()
            .setPositions(Positions.newBuilder()
                .setRequest(8)
                .addSignedPositions(filled(181, 0x0e))
                .addSignedPositions(filled(181, 0x0f))
                .setSignedHead(filled(149, 0x01))));
    add(to, "Positions of nobody", frame().setPositions(Positions.newBuilder().setRequest(9)));
    add(
        to,
        "Fetch",
        frame()
            .setFetch(Fetch.newBuilder()
                .setRequest(-1)
                .setAfterSequence(BEYOND_DOUBLE)
                .setMaxBytes(-1)
                .setMaxFiles(1)));
  }

  private static void outline(List<Named> to) {
    LogEntry entry = LogEntry.newBuilder()
        .setSignedHeader(SampleFiles.genesis(SampleDevice.number(1)).byteString())
        .setServerTimeMillis(TIME)
        .setBase(1)
        .setPayload(com.google.protobuf.ByteString.copyFrom(SampleFiles.PAYLOAD))
        .build();
    Gap gap = Gap.newBuilder()
        .setFiles(BEYOND_DOUBLE)
        .addHashes(filled(32, 0x73))
        .addHashes(filled(32, 0x74))
        .build();
    add(
        to,
        "Outline",
        frame()
            .setOutline(Outline.newBuilder()
                .setRequest(-1)
                .setAfterSequence(7)
                .setUpTo(BEYOND_DOUBLE)
                .addStops(9)
                .addStops(BEYOND_DOUBLE)));
    add(
        to,
        "OutlineFiles",
        frame()
            .setOutlineFiles(OutlineFiles.newBuilder()
                .setRequest(-1)
                .setFirstSequence(8)
                .addParts(OutlinePart.newBuilder().setEntry(entry))
                .addParts(OutlinePart.newBuilder().setGap(gap))
                .setSignedHead(filled(149, 0x01))
                .addConsistency(filled(32, 0x71))));
    add(to, "Steps", frame().setSteps(Steps.newBuilder().setRequest(4).setAfterSequence(7)));
    add(
        to,
        "StepList",
        frame()
            .setStepList(StepList.newBuilder()
                .setRequest(4)
                .addSteps(Step.newBuilder()
                    .setFirst(1)
                    .setBase(1_000)
                    .setGeneration(3)
                    .addParts(1_003)
                    .addParts(BEYOND_DOUBLE)
                    .addAttestations(1_007)
                    .setBytes(1_800_000))
                .addSteps(Step.newBuilder().setFirst(1_001).setBase(1_400).addParts(1_402))
                .setSignedHead(filled(149, 0x01))));
    add(
        to,
        "StepList without steps",
        frame().setStepList(StepList.newBuilder().setRequest(4).setSignedHead(filled(149, 1))));
    add(
        to,
        "FetchEntries",
        frame()
            .setFetchEntries(FetchEntries.newBuilder()
                .setRequest(5)
                .addSequences(3)
                .addSequences(BEYOND_DOUBLE)));
    add(
        to,
        "Entries",
        frame()
            .setEntries(Entries.newBuilder()
                .setRequest(5)
                .addEntries(ProvenEntry.newBuilder()
                    .setSequence(BEYOND_DOUBLE)
                    .setEntry(entry)
                    .addPath(filled(32, 0x71)))
                .setSignedHead(filled(149, 0x01))));
  }

  private static void others(List<Named> to) {
    add(
        to,
        "Problem",
        frame()
            .setProblem(Problem.newBuilder()
                .setCode(ProblemCode.PROBLEM_CODE_TOO_MUCH)
                .setRequest(-1)
                .setRetryAfterMillis(1_000)));
    add(to, "Problem without a reason", frame().setProblem(Problem.newBuilder()));
    to.add(new Named("GoAway", goAway()));
    add(to, "Offer", frame().setOffer(Offer.newBuilder().setLower(250).setUpper(BEYOND_DOUBLE)));
  }
}
