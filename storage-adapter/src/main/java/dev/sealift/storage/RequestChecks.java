package dev.sealift.storage;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.SignedIncarnation;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.mesh.proto.CommitAttestation;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.mesh.proto.CommitRequest;
import dev.sealift.protocol.mesh.proto.CompactionPart;
import dev.sealift.protocol.mesh.proto.CompactionQuestion;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.DevicePosition;
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
import dev.sealift.protocol.proto.Dot;
import java.util.HashSet;
import java.util.Set;

/** Checks every length, count and number of a request before a store sees it. */
public final class RequestChecks {
  private static final int ID_BYTES = Hash.BYTES;

  private RequestChecks() {}

  public static void check(StageRequest request) throws FormatException {
    if (!request.getSpace().isEmpty()) { // of a gateway that does not say it yet
      id(request.getSpace(), "space");
    }
    atMost(request.getPayloadsCount(), Limits.MAX_PUT_FILES, "payloads");
    long bytes = 0;
    for (ByteString payload : request.getPayloadsList()) {
      atMost(payload.size(), Limits.MAX_PAYLOAD_BYTES, "payload bytes");
      bytes += payload.size();
    }
    atMost(bytes, StoreLimits.MAX_STAGE_BYTES, "payload bytes in all");
  }

  public static void check(CommitRequest request) throws FormatException {
    atMost(request.getCommitsCount(), StoreLimits.MAX_COMMIT_SPACES, "spaces");
    Set<ByteString> spaces = new HashSet<>();
    long files = 0;
    for (SpaceCommit commit : request.getCommitsList()) {
      check(commit);
      require(spaces.add(commit.getSpace()), "a space may be in a commit once");
      files += commit.getFilesCount();
    }
    atMost(files, StoreLimits.MAX_COMMIT_FILES, "files");
  }

  private static void check(SpaceCommit commit) throws FormatException {
    id(commit.getSpace(), "space");
    number(commit.getExpectedSize(), StoreLimits.MAX_SPACE_FILES, "expected size");
    number(commit.getNewSize(), StoreLimits.MAX_SPACE_FILES, "new size");
    require(
        commit.getFilesCount() > 0 || commit.getExpectedSize() > 0 && bringsIncarnations(commit),
        "a commit of a space must have files, unless it brings incarnations");
    if (!commit.getIncarnation().isEmpty()) {
      SignedIncarnation.parse(commit.getIncarnation());
    }
    atMost(commit.getLostIncarnationsCount(), Limits.MAX_INCARNATIONS - 1, "lost incarnations");
    for (ByteString lost : commit.getLostIncarnationsList()) {
      SignedIncarnation.parse(lost);
    }
    require(
        commit.getNewSize() - commit.getExpectedSize() == commit.getFilesCount(),
        "the new size must be the expected one and the files");
    if (commit.getExpectedSize() > 0) {
      id(commit.getExpectedRoot(), "expected root");
    }
    id(commit.getNewRoot(), "new root");
    require(
        commit.getNewFrontier().size() == Long.bitCount(commit.getNewSize()) * Hash.BYTES,
        "the frontier must have a hash for each complete subtree");
    atMost(
        commit.getAdmissionToken().size(),
        StoreLimits.MAX_ADMISSION_TOKEN_BYTES,
        "admission token bytes");
    for (CommitFile file : commit.getFilesList()) {
      check(file);
    }
  }

  private static boolean bringsIncarnations(SpaceCommit commit) {
    return !commit.getIncarnation().isEmpty() || commit.getLostIncarnationsCount() > 0;
  }

  private static void check(CommitFile file) throws FormatException {
    id(file.getFile(), "file");
    require(!file.getSignedHeader().isEmpty(), "a file must have a header");
    atMost(file.getSignedHeader().size(), Limits.MAX_SIGNED_HEADER_BYTES, "header bytes");
    number(file.getServerTimeMillis(), Long.MAX_VALUE, "server time");
    id(file.getLeafHash(), "leaf hash");
    id(file.getDevice(), "device");
    number(file.getCounter(), Limits.MAX_SEQUENCE, "counter");
    require(file.getCounter() > 0, "counters start at 1");
    require(file.getKindValue() > 0, "a file must have a kind");
    atMost(file.getPayloadToken().size(), StoreLimits.MAX_TOKEN_BYTES, "token bytes");
    number(file.getPayloadLength(), Limits.MAX_PAYLOAD_BYTES, "payload length");
    id(file.getPayloadSha256(), "payload hash");
    number(file.getExpiresAtMillis(), Long.MAX_VALUE, "expiry");
    if (file.hasCompaction()) {
      check(file.getCompaction());
    }
    atMost(file.getAttestationsCount(), Limits.MAX_ATTESTATIONS, "attestations");
    Set<ByteString> compactions = new HashSet<>();
    for (CommitAttestation said : file.getAttestationsList()) {
      id(said.getCompaction(), "compaction");
      require(compactions.add(said.getCompaction()), "a compaction may be attested once");
    }
  }

  private static void check(CompactionPart part) throws FormatException {
    number(part.getBase(), Limits.MAX_SEQUENCE, "base");
    require(
        part.getFirst() >= 1 && part.getFirst() <= part.getBase(),
        "a compaction must have a range");
    require(part.getGeneration() >= 1, "a compaction must have a generation");
    atMost(part.getParts(), Limits.MAX_COMPACTION_PARTS, "parts");
    require(
        part.getPart() >= 1 && part.getPart() <= part.getParts(),
        "a part must be one of its parts");
  }

  public static void check(OutlineRequest request) throws FormatException {
    id(request.getSpace(), "space");
    number(request.getAfterSequence(), StoreLimits.MAX_SPACE_FILES, "after sequence");
    number(request.getUpTo(), StoreLimits.MAX_SPACE_FILES, "the end");
    number(request.getHeadSize(), StoreLimits.MAX_SPACE_FILES, "head size");
    require(
        request.getAfterSequence() <= request.getUpTo()
            && request.getUpTo() <= request.getHeadSize(),
        "the range must be within the head");
    require(request.getStopsCount() <= Limits.MAX_STEPS, "stops");
    long before = request.getAfterSequence();
    for (long stop : request.getStopsList()) {
      require(stop > before, "stops must rise from behind where it begins");
      before = stop;
    }
  }

  public static void check(EntriesRequest request) throws FormatException {
    id(request.getSpace(), "space");
    number(request.getHeadSize(), StoreLimits.MAX_SPACE_FILES, "head size");
    atMost(request.getSequencesCount(), Limits.MAX_FETCH_ENTRIES, "sequences");
    long before = 0;
    for (long sequence : request.getSequencesList()) {
      require(
          sequence > before && sequence <= request.getHeadSize(),
          "sequences must rise within the head");
      before = sequence;
    }
  }

  public static void check(CompactionsRequest request) throws FormatException {
    id(request.getSpace(), "space");
    number(request.getHeadSize(), StoreLimits.MAX_SPACE_FILES, "head size");
    atMost(request.getSequencesCount(), StoreLimits.MAX_LOOK_UPS, "sequences");
    for (long sequence : request.getSequencesList()) {
      number(sequence, Limits.MAX_SEQUENCE, "sequence");
    }
    number(request.getStepsAfter(), Limits.MAX_SEQUENCE, "the position of steps");
    require(
        !request.hasStepsAfter() || !request.getAll(), "either steps are asked for or all of them");
    number(request.getMaxLive(), StoreLimits.MAX_LIVE_COUNTED, "live files");
    number(request.getMaxExpiring(), StoreLimits.MAX_EXPIRING_COUNTED, "expiring files");
  }

  public static void check(LoadSpaceRequest request) throws FormatException {
    id(request.getSpace(), "space");
  }

  public static void check(LookUpRequest request) throws FormatException {
    id(request.getSpace(), "space");
    number(request.getSize(), StoreLimits.MAX_SPACE_FILES, "size");
    atMost(request.getDotsCount(), StoreLimits.MAX_LOOK_UPS, "dots");
    for (Dot dot : request.getDotsList()) {
      id(dot.getDevice(), "device");
      number(dot.getCounter(), Limits.MAX_SEQUENCE, "counter");
    }
    atMost(request.getRootSizesCount(), StoreLimits.MAX_LOOK_UPS, "root sizes");
    for (long size : request.getRootSizesList()) {
      number(size, Limits.MAX_SEQUENCE, "root size");
    }
    atMost(request.getCompactionsCount(), StoreLimits.MAX_SAYINGS, "compactions");
    for (CompactionQuestion question : request.getCompactionsList()) {
      id(question.getCompaction(), "compaction");
      id(question.getDevice(), "device");
    }
    atMost(request.getBegunByCount(), Limits.MAX_PUT_FILES, "devices");
    for (ByteString device : request.getBegunByList()) {
      id(device, "device");
    }
  }

  public static void check(ReadRequest request) throws FormatException {
    id(request.getSpace(), "space");
    number(request.getAfterSequence(), StoreLimits.MAX_SPACE_FILES, "after sequence");
    number(request.getHeadSize(), StoreLimits.MAX_SPACE_FILES, "head size");
    require(
        request.getAfterSequence() <= request.getHeadSize(),
        "the range must start within the head");
    if (!request.getOmitPayloadsOf().isEmpty()) {
      id(request.getOmitPayloadsOf(), "device");
    }
  }

  public static void check(PositionsRequest request) throws FormatException {
    atMost(request.getPositionsCount(), StoreLimits.MAX_POSITIONS, "positions");
    for (DevicePosition position : request.getPositionsList()) {
      id(position.getSpace(), "space");
      id(position.getDevice(), "device");
      number(position.getSequence(), Limits.MAX_SEQUENCE, "sequence");
      int signedBytes = position.getSignedPosition().size();
      require(
          signedBytes == 0 || signedBytes == SignedPosition.BYTES,
          "a signed position has " + SignedPosition.BYTES + " bytes");
    }
  }

  public static void check(SignedPositionsRequest request) throws FormatException {
    id(request.getSpace(), "space");
    if (!request.getAfter().isEmpty()) {
      id(request.getAfter(), "device");
    }
    number(request.getHeadSize(), StoreLimits.MAX_SPACE_FILES, "head size");
  }

  public static void check(ReclaimRequest request) throws FormatException {
    id(request.getSpace(), "space");
    number(request.getCompaction(), StoreLimits.MAX_SPACE_FILES, "compaction");
    number(request.getSeenSinceMillis(), Long.MAX_VALUE, "the time since which devices count");
    number(request.getStoodBeforeMillis(), Long.MAX_VALUE, "the time before which it stood");
    number(request.getAfter(), StoreLimits.MAX_SPACE_FILES, "after");
    number(request.getMaxFiles(), StoreLimits.MAX_RECLAIM_FILES, "files");
  }

  public static void check(ExpireRequest request) throws FormatException {
    id(request.getSpace(), "space");
    number(request.getMaxFiles(), StoreLimits.MAX_EXPIRE_FILES, "files");
    require(request.getMaxFiles() > 0, "a payload at least may expire");
  }

  public static void check(SpacesRequest request) throws FormatException {
    if (!request.getAfter().isEmpty()) {
      id(request.getAfter(), "space");
    }
  }

  public static void check(DevicesRequest request) throws FormatException {
    id(request.getSpace(), "space");
    if (!request.getAfter().isEmpty()) {
      id(request.getAfter(), "device");
    }
  }

  private static void id(ByteString bytes, String what) throws FormatException {
    require(bytes.size() == ID_BYTES, what + " must be " + ID_BYTES + " bytes long");
  }

  /** Protobuf's unsigned numbers are Java's signed ones: what does not fit comes as a negative. */
  private static void number(long value, long most, String what) throws FormatException {
    require(value >= 0 && value <= most, what + " is out of bounds");
  }

  private static void atMost(long count, long most, String what) throws FormatException {
    require(count <= most, "more " + what + " than " + most);
  }

  private static void require(boolean condition, String rule) throws FormatException {
    if (!condition) {
      throw new FormatException(rule);
    }
  }
}
