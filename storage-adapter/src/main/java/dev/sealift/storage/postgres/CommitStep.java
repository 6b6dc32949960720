package dev.sealift.storage.postgres;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.AppendRecorder;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.TileAppend;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.storage.staging.StagingArea;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One space's part of a commit: what the store has of the space, and what is to become of it. */
final class CommitStep {
  /** What is stored of a space, its row locked. */
  record Head(long spaceRow, long size, ByteString root, ByteString frontier, ByteString edge) {}

  /** How far a space has come to terms with restorations; numbers are unsigned, and 0 for none. */
  record Incarnations(int newest, int lost, int restored) {
    /** Of a space {@code s}. */
    static final String COLUMNS = """
        coalesce((SELECT max(i.number) FROM incarnation i WHERE i.space_row = s.space_row), 0),
        (SELECT count(*) FROM lost_incarnation l WHERE l.space_row = s.space_row),
        (SELECT coalesce(max(number), 0)::bigint FROM restoration)""";

    static Incarnations of(Row row, int column) {
      return new Incarnations(
          (int) (long) row.getLong(column), (int) (long) row.getLong(column + 1), (int)
              (long) row.getLong(column + 2));
    }

    /** The store was restored since the space began its newest one. */
    boolean isRecovering() {
      return Integer.compareUnsigned(restored, newest) > 0;
    }
  }

  private final SpaceCommit commit;
  private CommitResult result = CommitResult.COMMIT_RESULT_UNSPECIFIED;
  private long spaceRow;
  private List<ByteString> payloads = List.of();
  private ByteString edge = ByteString.EMPTY;
  private List<TileEdge.Part> filled = List.of();

  CommitStep(SpaceCommit commit) {
    this.commit = commit;
  }

  SpaceCommit commit() {
    return commit;
  }

  CommitResult result() {
    return result;
  }

  boolean isWon() {
    return result == CommitResult.COMMIT_RESULT_COMMITTED;
  }

  /** Whatever it was, the caller's view of this space is not the store's. */
  void refuse() {
    result = CommitResult.COMMIT_RESULT_CONFLICT;
  }

  long spaceRow() {
    return spaceRow;
  }

  ByteString payload(int file) {
    return payloads.get(file);
  }

  /** The tree's edge after the commit. */
  ByteString edge() {
    return edge;
  }

  /** The parts of tiles that the commit fills. */
  List<TileEdge.Part> filled() {
    return filled;
  }

  /** The bytes that the space's log grows by. */
  long bytes() {
    return commit.getFilesList().stream()
        .mapToLong(file -> file.getSignedHeader().size() + file.getPayloadLength())
        .sum();
  }

  /**
   * Decides, on the head as it is under the lock. What is committed here is in the store once the
   * transaction is.
   */
  void decide(Optional<Head> head, Optional<Incarnations> incarnations, StagingArea staging) {
    if (head.isEmpty()
        || !isExpected(head.get())
        || comparesIncarnation(commit) && !incarnations.filter(this::isExpected).isPresent()) {
      refuse();
      return;
    }
    spaceRow = head.get().spaceRow();
    if (!findPayloads(staging)) {
      result = CommitResult.COMMIT_RESULT_PAYLOAD_MISSING;
      return;
    }
    Optional<TileEdge> stored = TileEdge.parse(head.get().size(), head.get().edge());
    if (stored.isEmpty()) {
      result = CommitResult.COMMIT_RESULT_DAMAGED;
      return;
    }
    Optional<AppendRecorder> tree = grow(head.get());
    if (tree.isEmpty()) {
      refuse();
      return;
    }
    TileEdge.Grown grown =
        stored.get().grown(TileAppend.of(tree.get()), tree.get().size());
    edge = grown.edge().byteString();
    filled = grown.filled();
    result = CommitResult.COMMIT_RESULT_COMMITTED;
  }

  private boolean isExpected(Head head) {
    return head.size() == commit.getExpectedSize()
        && (head.size() == 0 || head.root().equals(commit.getExpectedRoot()));
  }

  /** Engines of an older version do not. */
  static boolean comparesIncarnation(SpaceCommit commit) {
    return commit.hasExpectedIncarnation()
        || commit.hasExpectedRestored()
        || commit.hasExpectedLost();
  }

  /** An incarnation without files changes no head, and yet is not to be missed. */
  private boolean isExpected(Incarnations incarnations) {
    return (!commit.hasExpectedIncarnation()
            || commit.getExpectedIncarnation() == incarnations.newest())
        && (!commit.hasExpectedRestored()
            || commit.getExpectedRestored() == incarnations.restored())
        && (!commit.hasExpectedLost() || commit.getExpectedLost() == incarnations.lost());
  }

  private boolean findPayloads(StagingArea staging) {
    List<ByteString> found = new ArrayList<>(commit.getFilesCount());
    for (CommitFile file : commit.getFilesList()) {
      staging
          .find(file.getPayloadToken(), file.getPayloadLength(), file.getPayloadSha256())
          .ifPresent(found::add);
    }
    payloads = found;
    return found.size() == commit.getFilesCount();
  }

  /** A few hashes, so that no head is ever stored that its log does not have. Empty when it is another, or damaged. */
  private Optional<AppendRecorder> grow(Head head) {
    try {
      AppendRecorder grown =
          new AppendRecorder(CompactTree.restore(head.size(), head.frontier().toByteArray()));
      for (CommitFile file : commit.getFilesList()) {
        grown.append(Hash.parse(file.getLeafHash()));
      }
      return grown.root().byteString().equals(commit.getNewRoot())
          ? Optional.of(grown)
          : Optional.empty();
    } catch (FormatException e) {
      return Optional.empty();
    }
  }
}
