package dev.sealift.storage;

import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.protocol.log.TreeGap;
import dev.sealift.protocol.log.TreeNodes;
import dev.sealift.protocol.mesh.proto.OutlineReply;
import dev.sealift.protocol.mesh.proto.OutlineRequest;
import dev.sealift.protocol.proto.Gap;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.OutlinePart;
import java.util.ArrayList;
import java.util.List;

/** Puts an outline of the log together: what stands between its entries becomes gaps, as far as all of it fits the budget. */
public final class Outlines {
  /** A hash on the wire. */
  private static final int HASH_OVERHEAD_BYTES = Hash.BYTES + 2;

  /** A file that an outline has as an entry. */
  public record Placed(long sequence, LogEntry entry) {}

  private final OutlineRequest request;
  private final TreeNodes nodes;
  private final OutlineReply.Builder reply = OutlineReply.newBuilder();
  private long reached;

  private Outlines(OutlineRequest request, TreeNodes nodes) {
    this.request = request;
    this.nodes = nodes;
    this.reached = request.getAfterSequence();
  }

  /**
   * The outline of a range.
   *
   * @param entries the first that it has, in their order
   * @param complete whether these are all that it has
   */
  public static OutlineReply of(
      OutlineRequest request, List<Placed> entries, boolean complete, TreeNodes nodes) {
    Outlines outline = new Outlines(request, nodes);
    if (outline.addAll(entries) && complete) {
      outline.addGapTo(request.getUpTo());
    }
    outline.prove();
    return outline.reply.build();
  }

  private boolean addAll(List<Placed> entries) {
    ReadBudget budget = new ReadBudget(request.getMaxBytes());
    for (Placed placed : entries) {
      if (!budget.admits(bytes(placed))) {
        return false;
      }
      addGapTo(placed.sequence() - 1);
      reply.addParts(OutlinePart.newBuilder().setEntry(placed.entry()));
      reached++;
    }
    return true;
  }

  private long bytes(Placed placed) {
    long gap = 0;
    long from = reached;
    for (long end : ends(placed.sequence() - 1)) {
      gap += (long) HASH_OVERHEAD_BYTES * TreeGap.count(from, end);
      from = end;
    }
    return gap
        + placed.entry().getSignedHeader().size()
        + placed.entry().getPayload().size();
  }

  /** Where the gaps between here and a size end. */
  private List<Long> ends(long size) {
    List<Long> ends = new ArrayList<>();
    request.getStopsList().stream()
        .filter(stop -> stop > reached && stop < size)
        .forEach(ends::add);
    if (size > reached) {
      ends.add(size);
    }
    return ends;
  }

  private void addGapTo(long size) {
    for (long end : ends(size)) {
      addGap(end);
    }
  }

  private void addGap(long size) {
    Gap.Builder gap = Gap.newBuilder().setFiles(size - reached);
    TreeGap.hashes(reached, size, nodes).forEach(hash -> gap.addHashes(hash.byteString()));
    reply.addParts(OutlinePart.newBuilder().setGap(gap));
    reached = size;
  }

  private void prove() {
    if (reached > 0 && reached < request.getHeadSize()) {
      Proofs.consistency(reached, request.getHeadSize(), nodes)
          .forEach(hash -> reply.addConsistency(hash.byteString()));
    }
  }
}
