package dev.sealift.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.mesh.proto.CommitRequest;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.DevicesRequest;
import dev.sealift.protocol.mesh.proto.EntriesRequest;
import dev.sealift.protocol.mesh.proto.ExpireRequest;
import dev.sealift.protocol.mesh.proto.LoadSpaceRequest;
import dev.sealift.protocol.mesh.proto.LookUpRequest;
import dev.sealift.protocol.mesh.proto.OutlineRequest;
import dev.sealift.protocol.mesh.proto.PositionsRequest;
import dev.sealift.protocol.mesh.proto.ReadRequest;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.protocol.mesh.proto.SignedPositionsRequest;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.protocol.mesh.proto.SpacesRequest;
import dev.sealift.protocol.mesh.proto.StageRequest;

/** Requests as they come over the event bus: what passes is within the store's bounds. */
class RequestChecksFuzzTest {
  private static final int KINDS = 14;

  @FuzzTest
  void check(FuzzedDataProvider data) {
    int kind = data.consumeInt(0, KINDS - 1);
    byte[] bytes = data.consumeRemainingAsBytes();
    try {
      check(kind, bytes);
    } catch (FormatException | InvalidProtocolBufferException refused) {
      assertThat(refused.getMessage()).isNotEmpty();
    }
  }

  private static void check(int kind, byte[] bytes)
      throws FormatException, InvalidProtocolBufferException {
    switch (kind) {
      case 0 -> {
        StageRequest request = StageRequest.parseFrom(bytes);
        RequestChecks.check(request);
        assertThat(request.getPayloadsCount()).isLessThanOrEqualTo(Limits.MAX_PUT_FILES);
      }
      case 1 -> commit(CommitRequest.parseFrom(bytes));
      case 2 -> {
        OutlineRequest request = OutlineRequest.parseFrom(bytes);
        RequestChecks.check(request);
        assertThat(request.getUpTo()).isBetween(request.getAfterSequence(), request.getHeadSize());
      }
      case 3 -> {
        EntriesRequest request = EntriesRequest.parseFrom(bytes);
        RequestChecks.check(request);
        assertThat(request.getSequencesCount()).isLessThanOrEqualTo(Limits.MAX_FETCH_ENTRIES);
      }
      case 4 -> RequestChecks.check(CompactionsRequest.parseFrom(bytes));
      case 5 -> RequestChecks.check(LoadSpaceRequest.parseFrom(bytes));
      case 6 -> RequestChecks.check(LookUpRequest.parseFrom(bytes));
      case 7 -> {
        ReadRequest request = ReadRequest.parseFrom(bytes);
        RequestChecks.check(request);
        assertThat(request.getAfterSequence()).isNotNegative();
      }
      case 8 -> RequestChecks.check(PositionsRequest.parseFrom(bytes));
      case 9 -> RequestChecks.check(ReclaimRequest.parseFrom(bytes));
      case 10 -> RequestChecks.check(ExpireRequest.parseFrom(bytes));
      case 11 -> RequestChecks.check(SpacesRequest.parseFrom(bytes));
      case 12 -> RequestChecks.check(SignedPositionsRequest.parseFrom(bytes));
      default -> RequestChecks.check(DevicesRequest.parseFrom(bytes));
    }
  }

  private static void commit(CommitRequest request) throws FormatException {
    RequestChecks.check(request);
    long files = 0;
    for (SpaceCommit commit : request.getCommitsList()) {
      files += commit.getFilesCount();
      assertThat(commit.getSpace().size()).isEqualTo(Hash.BYTES);
      assertThat(commit.getNewSize() - commit.getExpectedSize()).isEqualTo(commit.getFilesCount());
      assertThat(commit.getExpectedSize()).isNotNegative();
    }
    assertThat(files).isLessThanOrEqualTo(StoreLimits.MAX_COMMIT_FILES);
  }
}
