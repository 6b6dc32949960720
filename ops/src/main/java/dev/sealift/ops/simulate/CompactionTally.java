package dev.sealift.ops.simulate;

import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.proto.FileKind;
import java.util.ArrayList;
import java.util.List;

/** Counts compactions by the headers of their parts, as the mesh admits them. */
final class CompactionTally {
  private final List<Made> made = new ArrayList<>();

  /** One of which all parts are in the log. */
  private record Made(long base, long lastPart) {
    /** Whether this one was made without having seen the other, and the other without having seen this one. */
    boolean isBeside(Made other) {
      return base < other.lastPart && other.base < lastPart;
    }
  }

  /** A file was admitted. */
  void admitted(FileHeader file, long sequence) {
    if (file.kind() == FileKind.FILE_KIND_COMPACTION && file.part() == file.parts()) {
      made(file.seen().sequence(), sequence);
    }
  }

  /** A compaction of the log up to a base has its last part there. */
  void made(long base, long lastPart) {
    made.add(new Made(base, lastPart));
  }

  long compactions() {
    return made.size();
  }

  /** Those beside which another one had been made. */
  long simultaneous() {
    return made.stream()
        .filter(one ->
            made.stream().anyMatch(other -> other.lastPart < one.lastPart && one.isBeside(other)))
        .count();
  }
}
