package dev.sealift.merge;

import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SeenLog;
import dev.sealift.protocol.mesh.proto.CommitFile;
import dev.sealift.protocol.mesh.proto.CompactionPart;
import dev.sealift.protocol.proto.FileKind;

/**
 * What a part of a compaction says of it: the same in each, but for its number.
 *
 * @param first of what it supersedes
 * @param seen its base, and the root there
 */
record Part(long first, SeenLog seen, int generation, int number, int parts) {
  /** Of a file that is no part of a compaction: none follows it. */
  static final Part NONE = new Part(0, SeenLog.nothing(), 0, 0, 0);

  static Part of(FileHeader header) {
    return header.kind() == FileKind.FILE_KIND_COMPACTION
        ? new Part(
            header.supersedes().get(0).first(),
            header.seen(),
            header.generation(),
            header.part(),
            header.parts())
        : NONE;
  }

  /** Whether a file must have one directly before it in its chain. */
  static boolean follows(FileHeader header) {
    return header.part() > 1;
  }

  /** Tells the store, if it is one. */
  void toCommit(CommitFile.Builder file, boolean holds, boolean alone) {
    if (parts > 0) {
      file.setCompaction(CompactionPart.newBuilder()
          .setFirst(first)
          .setBase(seen.sequence())
          .setGeneration(generation)
          .setPart(number)
          .setParts(parts)
          .setHolds(holds)
          .setAlone(alone));
    }
  }

  boolean isFirst() {
    return number == 1;
  }

  /** With it, its compaction is complete. */
  boolean isLast() {
    return parts > 0 && number == parts;
  }

  boolean isFollowedBy(Part next) {
    return next.equals(new Part(first, seen, generation, number + 1, parts));
  }
}
