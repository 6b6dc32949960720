package dev.sealift.storage;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.crypto.SigningKey;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Incarnation;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.mesh.proto.CommitRequest;
import dev.sealift.protocol.mesh.proto.CompactionPart;
import dev.sealift.protocol.mesh.proto.CompactionQuestion;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.DevicePosition;
import dev.sealift.protocol.mesh.proto.DevicesRequest;
import dev.sealift.protocol.mesh.proto.ExpireRequest;
import dev.sealift.protocol.mesh.proto.LookUpRequest;
import dev.sealift.protocol.mesh.proto.PositionsRequest;
import dev.sealift.protocol.mesh.proto.ReadRequest;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.protocol.mesh.proto.SignedPositionsRequest;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.protocol.mesh.proto.SpacesRequest;
import dev.sealift.protocol.mesh.proto.StageRequest;
import dev.sealift.protocol.mesh.proto.StagedPayload;
import dev.sealift.protocol.proto.Dot;
import dev.sealift.protocol.proto.FileKind;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Every bound, from both sides. */
class RequestChecksTest {
  @Test
  void whatACommitSaysOfCompactionsIsBounded() {
    CompactionPart good = CompactionPart.newBuilder()
        .setFirst(1)
        .setBase(1)
        .setGeneration(1)
        .setPart(Limits.MAX_COMPACTION_PARTS)
        .setParts(Limits.MAX_COMPACTION_PARTS)
        .build();
    accepted(() -> RequestChecks.check(compacting(good)));
    refused(() -> RequestChecks.check(compacting(good.toBuilder().setFirst(0).build())));
    refused(() -> RequestChecks.check(compacting(good.toBuilder().setFirst(2).build())));
    refused(() -> RequestChecks.check(compacting(good.toBuilder().setBase(-1).build())));
    refused(
        () -> RequestChecks.check(compacting(good.toBuilder().setGeneration(0).build())));
    refused(() -> RequestChecks.check(compacting(good.toBuilder().setPart(0).build())));
    refused(() -> RequestChecks.check(compacting(good.toBuilder().setParts(1).build())));
    refused(() -> RequestChecks.check(
        compacting(good.toBuilder().setParts(Limits.MAX_COMPACTION_PARTS + 1).build())));
  }

  private CommitRequest compacting(CompactionPart part) {
    return commitWith(c -> c.getFilesBuilder(0).setCompaction(part));
  }

  @Test
  void aQuestionAboutCompactionsIsBounded() {
    CompactionsRequest good = CompactionsRequest.newBuilder()
        .setSpace(ID)
        .setHeadSize(StoreLimits.MAX_SPACE_FILES)
        .addAllSequences(Collections.nCopies(StoreLimits.MAX_LOOK_UPS, 1L))
        .setStepsAfter(Limits.MAX_SEQUENCE)
        .setMaxLive(StoreLimits.MAX_LIVE_COUNTED)
        .build();
    accepted(() -> RequestChecks.check(good));
    refused(() -> RequestChecks.check(good.toBuilder().clearSpace().build()));
    refused(() -> RequestChecks.check(good.toBuilder().setHeadSize(-1).build()));
    refused(() -> RequestChecks.check(good.toBuilder().addSequences(1).build()));
    refused(() -> RequestChecks.check(good.toBuilder().setSequences(0, -1).build()));
    refused(() -> RequestChecks.check(good.toBuilder().setStepsAfter(-1).build()));
    refused(() -> RequestChecks.check(good.toBuilder().setAll(true).build()));
    refused(() -> RequestChecks.check(good.toBuilder().setMaxLive(-1).build()));
    refused(() -> RequestChecks.check(
        good.toBuilder().setMaxLive(StoreLimits.MAX_LIVE_COUNTED + 1).build()));
  }

  private static final ByteString ID = ByteString.copyFrom(new byte[32]);
  private static final ByteString SHORT_ID = ByteString.copyFrom(new byte[31]);

  private final SampleLog log = new SampleLog("first");
  private final CommitRequest good = goodCommit();

  private CommitRequest goodCommit() {
    List<SampleFile> files =
        log.next(SampleLog.device("Anna"), FileKind.FILE_KIND_EVENTS, ByteString.EMPTY);
    StagedPayload staged = StagedPayload.newBuilder().setToken(ID).setSha256(ID).build();
    return StoreDriver.request(log.commit(files, List.of(staged)));
  }

  private static void accepted(ThrowingCallable check) {
    assertThatCode(check).doesNotThrowAnyException();
  }

  private static void refused(ThrowingCallable check) {
    assertThatThrownBy(check).isInstanceOf(FormatException.class);
  }

  private CommitRequest commitWith(Consumer<SpaceCommit.Builder> change) {
    CommitRequest.Builder request = good.toBuilder();
    change.accept(request.getCommitsBuilder(0));
    return request.build();
  }

  private CommitRequest fileWith(Consumer<CommitFile.Builder> change) {
    return commitWith(commit -> change.accept(commit.getFilesBuilder(0)));
  }

  private static ByteString zeros(int bytes) {
    return ByteString.copyFrom(new byte[bytes]);
  }

  @Test
  void payloadsAreBoundedInNumberAndLength() {
    accepted(() -> RequestChecks.check(stage(Limits.MAX_PUT_FILES, 1)));
    refused(() -> RequestChecks.check(stage(Limits.MAX_PUT_FILES + 1, 1)));
    accepted(() -> RequestChecks.check(stage(1, Limits.MAX_PAYLOAD_BYTES)));
    refused(() -> RequestChecks.check(stage(1, Limits.MAX_PAYLOAD_BYTES + 1)));
  }

  @Test
  void payloadsAreBoundedInAll() {
    int most = StoreLimits.MAX_STAGE_BYTES / Limits.MAX_PAYLOAD_BYTES;

    accepted(() -> RequestChecks.check(stage(most, Limits.MAX_PAYLOAD_BYTES)));
    refused(() -> RequestChecks.check(
        stage(most, Limits.MAX_PAYLOAD_BYTES).toBuilder().addPayloads(zeros(1)).build()));
  }

  @Test
  void payloadsAreOfASpaceOrOfOneThatIsNotSaid() {
    StageRequest request = stage(1, 1);

    accepted(() -> RequestChecks.check(request));
    accepted(() -> RequestChecks.check(request.toBuilder().setSpace(ID).build()));
    refused(() -> RequestChecks.check(request.toBuilder().setSpace(SHORT_ID).build()));
    refused(() -> RequestChecks.check(request.toBuilder().setSpace(zeros(33)).build()));
    refused(() -> RequestChecks.check(request.toBuilder().setSpace(zeros(1)).build()));
  }

  private static StageRequest stage(int count, int bytes) {
    return StageRequest.newBuilder()
        .addAllPayloads(Collections.nCopies(count, zeros(bytes)))
        .build();
  }

  @Test
  void aCommitNamesASpaceOnce() {
    accepted(() -> RequestChecks.check(good));
    refused(() ->
        RequestChecks.check(good.toBuilder().addCommits(good.getCommits(0)).build()));
  }

  @Test
  void aCommitsSizesRootsAndFrontierFitEachOther() {
    refused(() -> RequestChecks.check(commitWith(commit -> commit.setSpace(SHORT_ID))));
    refused(() -> RequestChecks.check(commitWith(commit -> commit.setNewSize(2))));
    refused(() -> RequestChecks.check(commitWith(commit -> commit.clearFiles().setNewSize(0))));
    refused(() -> RequestChecks.check(commitWith(commit -> commit.setNewRoot(SHORT_ID))));
    refused(() -> RequestChecks.check(commitWith(commit -> commit.setNewFrontier(zeros(64)))));
    refused(() -> RequestChecks.check(at(2, SHORT_ID)));
    accepted(() -> RequestChecks.check(at(StoreLimits.MAX_SPACE_FILES - 1, ID)));
    refused(() -> RequestChecks.check(at(StoreLimits.MAX_SPACE_FILES, ID)));
    refused(() -> RequestChecks.check(at(-1, ID)));
  }

  @Test
  void aCommitOfASpaceThatIsThereMayBringIncarnationsAlone() throws Exception {
    SpaceId space = SpaceId.of(ID.toByteArray());
    ByteString signed = SignedIncarnation.sign(
            new Incarnation(space, 1, 0, CompactTree.EMPTY_ROOT, 0, 1), SigningKey.generate())
        .exact();
    CommitRequest none = commitWith(commit -> commit
        .clearFiles()
        .setExpectedSize(1)
        .setExpectedRoot(ID)
        .setNewSize(1)
        .setNewFrontier(zeros(32)));

    refused(() -> RequestChecks.check(none));
    accepted(() -> RequestChecks.check(with(none, commit -> commit.setIncarnation(signed))));
    accepted(() -> RequestChecks.check(with(none, commit -> commit.addLostIncarnations(signed))));
    refused(() -> RequestChecks.check(with(none, commit -> commit.addLostIncarnations(ID))));
    refused(() -> RequestChecks.check(
        commitWith(commit -> commit.clearFiles().setNewSize(0).addLostIncarnations(signed))));
  }

  private static CommitRequest with(CommitRequest request, Consumer<SpaceCommit.Builder> change) {
    CommitRequest.Builder changed = request.toBuilder();
    change.accept(changed.getCommitsBuilder(0));
    return changed.build();
  }

  private CommitRequest at(long size, ByteString root) {
    return commitWith(commit -> commit
        .setExpectedSize(size)
        .setExpectedRoot(root)
        .setNewSize(size + 1)
        .setNewFrontier(zeros(Long.bitCount(size + 1) * 32)));
  }

  @Test
  void aFilesFieldsAreOfTheirLength() {
    refused(() -> RequestChecks.check(fileWith(file -> file.setFile(SHORT_ID))));
    refused(() -> RequestChecks.check(fileWith(file -> file.setLeafHash(SHORT_ID))));
    refused(() -> RequestChecks.check(fileWith(file -> file.setDevice(SHORT_ID))));
    refused(() -> RequestChecks.check(fileWith(file -> file.setPayloadSha256(SHORT_ID))));
    refused(() -> RequestChecks.check(fileWith(file -> file.setPayloadToken(zeros(65)))));
    refused(() -> RequestChecks.check(fileWith(CommitFile.Builder::clearSignedHeader)));
    refused(() -> RequestChecks.check(fileWith(CommitFile.Builder::clearKind)));
    refused(() -> RequestChecks.check(fileWith(file -> file.setCounter(0))));
    refused(() -> RequestChecks.check(fileWith(file -> file.setServerTimeMillis(-1))));
  }

  @Test
  void aFilesHeaderAndPayloadAreBounded() {
    int header = Limits.MAX_SIGNED_HEADER_BYTES;
    accepted(() -> RequestChecks.check(fileWith(file -> file.setSignedHeader(zeros(header)))));
    refused(() -> RequestChecks.check(fileWith(file -> file.setSignedHeader(zeros(header + 1)))));
    int payload = Limits.MAX_PAYLOAD_BYTES;
    accepted(() -> RequestChecks.check(fileWith(file -> file.setPayloadLength(payload))));
    refused(() -> RequestChecks.check(fileWith(file -> file.setPayloadLength(payload + 1))));
    refused(() -> RequestChecks.check(fileWith(file -> file.setPayloadLength(-1))));
  }

  @Test
  void aRangeStartsWithinItsHead() {
    ReadRequest.Builder range = ReadRequest.newBuilder().setSpace(ID).setHeadSize(5);
    accepted(() -> RequestChecks.check(range.setAfterSequence(5).build()));
    refused(() -> RequestChecks.check(range.setAfterSequence(6).build()));
    refused(() -> RequestChecks.check(range.setAfterSequence(-1).build()));
    refused(() -> RequestChecks.check(
        range.setAfterSequence(0).setOmitPayloadsOf(SHORT_ID).build()));
  }

  @Test
  void lookUpsAreBounded() {
    Dot dot = Dot.newBuilder().setDevice(ID).setCounter(1).build();
    int most = StoreLimits.MAX_LOOK_UPS;
    accepted(() ->
        RequestChecks.check(lookUp().addAllDots(Collections.nCopies(most, dot)).build()));
    refused(() -> RequestChecks.check(
        lookUp().addAllDots(Collections.nCopies(most + 1, dot)).build()));
    refused(() -> RequestChecks.check(
        lookUp().addAllRootSizes(Collections.nCopies(most + 1, 1L)).build()));
    refused(() -> RequestChecks.check(lookUp().addRootSizes(-1).build()));
    refused(() -> RequestChecks.check(lookUp().setSize(-1).build()));
    Dot nobodys = Dot.newBuilder().setDevice(SHORT_ID).build();
    refused(() -> RequestChecks.check(lookUp().addDots(nobodys).build()));
  }

  @Test
  void aLookUpOfCompactionsIsBounded() {
    CompactionQuestion question =
        CompactionQuestion.newBuilder().setCompaction(ID).setDevice(ID).build();
    accepted(() -> RequestChecks.check(sayings(StoreLimits.MAX_SAYINGS, question)));
    refused(() -> RequestChecks.check(sayings(StoreLimits.MAX_SAYINGS + 1, question)));
    refused(
        () -> RequestChecks.check(sayings(1, question.toBuilder().clearDevice().build())));
    refused(() ->
        RequestChecks.check(sayings(1, question.toBuilder().clearCompaction().build())));
    accepted(() -> RequestChecks.check(beginners(Limits.MAX_PUT_FILES, ID)));
    refused(() -> RequestChecks.check(beginners(Limits.MAX_PUT_FILES + 1, ID)));
    refused(() -> RequestChecks.check(beginners(1, ByteString.EMPTY)));
  }

  private static LookUpRequest sayings(int count, CompactionQuestion question) {
    return lookUp().addAllCompactions(Collections.nCopies(count, question)).build();
  }

  private static LookUpRequest beginners(int count, ByteString device) {
    return lookUp().addAllBegunBy(Collections.nCopies(count, device)).build();
  }

  private static LookUpRequest.Builder lookUp() {
    return LookUpRequest.newBuilder().setSpace(ID);
  }

  @Test
  void positionsAreBounded() {
    DevicePosition position =
        DevicePosition.newBuilder().setSpace(ID).setDevice(ID).build();
    int most = StoreLimits.MAX_POSITIONS;
    accepted(() -> RequestChecks.check(positions(most, position)));
    refused(() -> RequestChecks.check(positions(most + 1, position)));
    refused(() ->
        RequestChecks.check(positions(1, position.toBuilder().setSequence(-1).build())));
    for (int size : new int[] {1, 180, 182}) {
      refused(() -> RequestChecks.check(
          positions(1, position.toBuilder().setSignedPosition(zeros(size)).build())));
    }
    accepted(() -> RequestChecks.check(
        positions(1, position.toBuilder().setSignedPosition(zeros(181)).build())));
  }

  private static PositionsRequest positions(int count, DevicePosition position) {
    return PositionsRequest.newBuilder()
        .addAllPositions(Collections.nCopies(count, position))
        .build();
  }

  @Test
  void anAdmissionTokenHasItsBound() {
    accepted(() -> RequestChecks.check(
        commitWith(c -> c.setAdmissionToken(zeros(StoreLimits.MAX_ADMISSION_TOKEN_BYTES)))));
    refused(() -> RequestChecks.check(
        commitWith(c -> c.setAdmissionToken(zeros(StoreLimits.MAX_ADMISSION_TOKEN_BYTES + 1)))));
  }

  private static ExpireRequest.Builder expire() {
    return ExpireRequest.newBuilder().setSpace(ID).setMaxFiles(1);
  }

  @Test
  void expiringHasItsBounds() {
    int most = StoreLimits.MAX_EXPIRE_FILES;
    accepted(() -> RequestChecks.check(expire().build()));
    accepted(() -> RequestChecks.check(expire().setMaxFiles(most).build()));
    refused(() -> RequestChecks.check(expire().setMaxFiles(most + 1).build()));
    refused(() -> RequestChecks.check(expire().setMaxFiles(0).build()));
    refused(() -> RequestChecks.check(expire().setMaxFiles(-1).build()));
    refused(() -> RequestChecks.check(expire().setSpace(SHORT_ID).build()));
  }

  private static ReclaimRequest.Builder reclaim() {
    return ReclaimRequest.newBuilder().setSpace(ID).setCompaction(1);
  }

  @Test
  void reclaimingHasItsBounds() {
    long last = StoreLimits.MAX_SPACE_FILES;
    int most = StoreLimits.MAX_RECLAIM_FILES;
    accepted(() -> RequestChecks.check(reclaim().setMaxFiles(0).build()));
    accepted(() -> RequestChecks.check(reclaim().setMaxFiles(most).build()));
    refused(() -> RequestChecks.check(reclaim().setMaxFiles(most + 1).build()));
    refused(() -> RequestChecks.check(reclaim().setMaxFiles(-1).build()));
    accepted(() -> RequestChecks.check(reclaim().setCompaction(last).build()));
    refused(() -> RequestChecks.check(reclaim().setCompaction(last + 1).build()));
    accepted(() -> RequestChecks.check(reclaim().setAfter(last).build()));
    refused(() -> RequestChecks.check(reclaim().setAfter(last + 1).build()));
    refused(() -> RequestChecks.check(reclaim().setAfter(-1).build()));
    refused(() -> RequestChecks.check(reclaim().setSeenSinceMillis(-1).build()));
    refused(() -> RequestChecks.check(reclaim().setStoodBeforeMillis(-1).build()));
    refused(() -> RequestChecks.check(reclaim().setSpace(SHORT_ID).build()));
  }

  @Test
  void spacesAndDevicesAreAskedForById() {
    accepted(() -> RequestChecks.check(SpacesRequest.getDefaultInstance()));
    accepted(() ->
        RequestChecks.check(SpacesRequest.newBuilder().setAfter(ID).setLimit(-1).build()));
    refused(
        () -> RequestChecks.check(SpacesRequest.newBuilder().setAfter(SHORT_ID).build()));
    DevicesRequest devices = DevicesRequest.newBuilder().setSpace(ID).build();
    accepted(() -> RequestChecks.check(devices));
    accepted(() -> RequestChecks.check(devices.toBuilder().setAfter(ID).build()));
    refused(() -> RequestChecks.check(devices.toBuilder().setAfter(SHORT_ID).build()));
    refused(() -> RequestChecks.check(devices.toBuilder().setSpace(SHORT_ID).build()));
    SignedPositionsRequest signed =
        SignedPositionsRequest.newBuilder().setSpace(ID).build();
    accepted(() -> RequestChecks.check(signed));
    accepted(() -> RequestChecks.check(signed.toBuilder().setAfter(ID).build()));
    refused(() -> RequestChecks.check(signed.toBuilder().setAfter(SHORT_ID).build()));
    refused(() -> RequestChecks.check(signed.toBuilder().setSpace(SHORT_ID).build()));
    refused(() -> RequestChecks.check(signed.toBuilder().setHeadSize(-1).build()));
  }
}
