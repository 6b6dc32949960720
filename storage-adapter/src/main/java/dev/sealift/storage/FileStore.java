package dev.sealift.storage;

import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.CommitReply;
import dev.sealift.protocol.mesh.proto.CommitRequest;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.DevicePosition;
import dev.sealift.protocol.mesh.proto.DevicesReply;
import dev.sealift.protocol.mesh.proto.DevicesRequest;
import dev.sealift.protocol.mesh.proto.EntriesReply;
import dev.sealift.protocol.mesh.proto.EntriesRequest;
import dev.sealift.protocol.mesh.proto.ExpireReply;
import dev.sealift.protocol.mesh.proto.ExpireRequest;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.LoadSpaceRequest;
import dev.sealift.protocol.mesh.proto.LookUpReply;
import dev.sealift.protocol.mesh.proto.LookUpRequest;
import dev.sealift.protocol.mesh.proto.OutlineReply;
import dev.sealift.protocol.mesh.proto.OutlineRequest;
import dev.sealift.protocol.mesh.proto.PositionsReply;
import dev.sealift.protocol.mesh.proto.PositionsRequest;
import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.mesh.proto.ReadRequest;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.protocol.mesh.proto.SignedPositionsReply;
import dev.sealift.protocol.mesh.proto.SignedPositionsRequest;
import dev.sealift.protocol.mesh.proto.SpacesReply;
import dev.sealift.protocol.mesh.proto.SpacesRequest;
import dev.sealift.protocol.mesh.proto.StageReply;
import dev.sealift.protocol.mesh.proto.StageRequest;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Keeps sealed files in the order that the merge engine gives them.
 *
 * <p>Every method may be called from any thread, returns without blocking, and may run on any thread what
 * depends on the stage it returns: such code must be short and must not block either. A stage fails with a
 * {@link StoreException}; requests have passed {@link RequestChecks}.
 *
 * <p>Every store passes {@code FileStoreContract}. What it promises:
 *
 * <ul>
 *   <li>A commit's stage completes after its transaction is durable. A space's commit is in the store whole
 *       or not at all, whatever happens to the process.
 *   <li>A commit that <em>fails</em> (instead of being answered with a result) may or may not be in the
 *       store: load the space again before going on.
 *   <li>What was read once reads the same for ever, except that a payload may expire, and a payload or a header be reclaimed.
 * </ul>
 */
public interface FileStore extends AutoCloseable {

  /**
   * Keeps payloads in bounded memory until a commit names them, and says what they are. They do not survive
   * the process, and go after a while when no commit came.
   */
  CompletionStage<StageReply> stage(StageRequest request);

  /**
   * Appends files to spaces whose heads are still the expected ones. Each space is answered on its own: one
   * that lost its compare-and-set does not keep the others out.
   */
  CompletionStage<CommitReply> commit(CommitRequest request);

  /** What the merge engine needs to go on admitting files to a space, as of one moment. */
  CompletionStage<LoadSpaceReply> loadSpace(LoadSpaceRequest request);

  /** Files by author and counter in the log as it was at a size, and roots of past sizes; what is known of compactions now. */
  CompletionStage<LookUpReply> lookUp(LookUpRequest request);

  /**
   * A range of the log within a budget of bytes and files, but one file at least if there is one. Fails as
   * unavailable when the log is shorter than the head that the caller holds.
   */
  CompletionStage<ReadReply> read(ReadRequest request);

  /**
   * A range of the log within a budget, of which membership files and attestations are entries and everything else is gaps; one part at least if
   * the range has a file. Fails as unavailable when the log is shorter than the head that the caller holds.
   */
  CompletionStage<OutlineReply> outline(OutlineRequest request);

  /** Single files within a budget, but one at least if one is asked for, each with its path to the head that the caller holds. Fails as above. */
  CompletionStage<EntriesReply> entries(EntriesRequest request);

  /**
   * What supersedes what now. Fails as unavailable when the log is shorter than the head that the caller holds. Superseded is what a compaction
   * that stands says that it supersedes, by the log alone: attestations make it stand and fall, until something is reclaimed under it.
   */
  CompletionStage<CompactionsReply> compactions(CompactionsRequest request);

  /** Notes how far devices have got, and the newest that each has signed of that. Positions only rise; one beyond the log, or of no space, is ignored. */
  CompletionStage<PositionsReply> recordPositions(PositionsRequest request);

  /** The positions of a space's devices that have any, ordered by device. */
  CompletionStage<List<DevicePosition>> positions(SpaceId space);

  /**
   * What devices of a space have signed that they hold, ordered by device: the newest of each, as it came, as far as one answer has room. Nothing
   * of it was checked; what is beyond the head that the caller holds is left out.
   */
  CompletionStage<SignedPositionsReply> signedPositions(SignedPositionsRequest request);

  /** The spaces behind one, ordered by id, as far as one answer has room. */
  CompletionStage<SpacesReply> spaces(SpacesRequest request);

  /** A space's devices behind one, ordered by id, as far as one answer has room: each with its position, and when it was seen. */
  CompletionStage<DevicesReply> devices(DevicesRequest request);

  /**
   * Drops what files of a compaction's range hold that it supersedes, or says what speaks against it, all of it in one transaction. From the first
   * time on the compaction is sealed: it stands for good, and a commit that contests it conflicts.
   *
   * <p>Payload and signed header go of files of events; of parts of compactions that it supersedes with their last part; and of files of attestations
   * that name none but what a sealed compaction supersedes. What stays: membership files, without which no space could be loaded; of a chain's last
   * file the header, and all of an attestation; and of every file its place, hash and dot, and the hybrid time of its header. Doing it again drops
   * nothing more.
   */
  CompletionStage<ReclaimReply> reclaim(ReclaimRequest request);

  /**
   * Drops payloads of files whose expiry the server time of the space's last file has reached, those that expired first, all of it in one transaction.
   * Nothing goes while the store was restored and the space has not begun anew. All else of such a file stays; reclaiming it later drops the rest.
   */
  CompletionStage<ExpireReply> expire(ExpireRequest request);

  /** Finishes what was accepted and releases everything. Blocks. */
  @Override
  void close();
}
