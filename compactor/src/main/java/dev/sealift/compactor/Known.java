package dev.sealift.compactor;

import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.EffectiveCompaction;
import dev.sealift.protocol.mesh.proto.LiveFiles;
import java.util.List;

/**
 * What the store said of a space.
 *
 * @param base of the newest compaction that stands; 0 for none
 * @param events live files of events: at least so many
 * @param parts live files of compactions, whether they stand or not
 * @param generations how many there are among them
 * @param standing the compactions that stand and are not superseded
 */
public record Known(
    long base, long events, long parts, int generations, List<EffectiveCompaction> standing) {

  static Known of(CompactionsReply reply) {
    List<EffectiveCompaction> standing = reply.getCompactionsList().stream()
        .filter(compaction -> compaction.getPartsCount() > 0)
        .toList();
    return new Known(
        standing.stream().mapToLong(EffectiveCompaction::getBase).max().orElse(0),
        files(reply, true),
        files(reply, false),
        reply.getLiveCount(),
        standing.stream().limit(CompactorLimits.MAX_STANDING).toList());
  }

  private static long files(CompactionsReply reply, boolean ofEvents) {
    return reply.getLiveList().stream()
        .filter(live -> (live.getGeneration() == 0) == ofEvents)
        .mapToLong(LiveFiles::getFiles)
        .filter(files -> files > 0)
        .sum();
  }

  long live() {
    return events + parts;
  }
}
