package dev.sealift.ops.hostile;

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
import dev.sealift.storage.FileStore;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** A real store that twists what it gives to readers. */
final class LyingStore implements FileStore {
  private final FileStore honest;
  private volatile UnaryOperator<ReadReply> lie = UnaryOperator.identity();

  LyingStore(FileStore honest) {
    this.honest = honest;
  }

  void tell(UnaryOperator<ReadReply> newLie) {
    lie = newLie;
  }

  @Override
  public CompletionStage<ReadReply> read(ReadRequest request) {
    return honest.read(request).thenApply(lie);
  }

  @Override
  public CompletionStage<StageReply> stage(StageRequest request) {
    return honest.stage(request);
  }

  @Override
  public CompletionStage<CommitReply> commit(CommitRequest request) {
    return honest.commit(request);
  }

  @Override
  public CompletionStage<LoadSpaceReply> loadSpace(LoadSpaceRequest request) {
    return honest.loadSpace(request);
  }

  @Override
  public CompletionStage<LookUpReply> lookUp(LookUpRequest request) {
    return honest.lookUp(request);
  }

  @Override
  public CompletionStage<OutlineReply> outline(OutlineRequest request) {
    return honest.outline(request);
  }

  @Override
  public CompletionStage<EntriesReply> entries(EntriesRequest request) {
    return honest.entries(request);
  }

  @Override
  public CompletionStage<CompactionsReply> compactions(CompactionsRequest request) {
    return honest.compactions(request);
  }

  @Override
  public CompletionStage<PositionsReply> recordPositions(PositionsRequest request) {
    return honest.recordPositions(request);
  }

  @Override
  public CompletionStage<List<DevicePosition>> positions(SpaceId space) {
    return honest.positions(space);
  }

  @Override
  public CompletionStage<SignedPositionsReply> signedPositions(SignedPositionsRequest request) {
    return honest.signedPositions(request);
  }

  @Override
  public CompletionStage<SpacesReply> spaces(SpacesRequest request) {
    return honest.spaces(request);
  }

  @Override
  public CompletionStage<DevicesReply> devices(DevicesRequest request) {
    return honest.devices(request);
  }

  @Override
  public CompletionStage<ReclaimReply> reclaim(ReclaimRequest request) {
    return honest.reclaim(request);
  }

  @Override
  public CompletionStage<ExpireReply> expire(ExpireRequest request) {
    return honest.expire(request);
  }

  @Override
  public void close() {
    honest.close();
  }
}
