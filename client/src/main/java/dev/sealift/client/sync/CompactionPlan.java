package dev.sealift.client.sync;

import dev.sealift.client.compact.StepRange;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.file.SeenLog;
import dev.sealift.protocol.id.Hash;
import java.nio.ByteBuffer;

/**
 * A compaction that this device has made and not sent whole.
 *
 * @param seen the log at its base
 * @param parts how many it has
 * @param next the number of the part that goes into the outbox next; one more than {@code parts} when all did
 */
record CompactionPlan(StepRange range, SeenLog seen, int generation, int parts, int next) {
  private static final int BYTES = 2 * Long.BYTES + Hash.BYTES + 3 * Integer.BYTES;

  CompactionPlan after() {
    return new CompactionPlan(range, seen, generation, parts, next + 1);
  }

  boolean isOver() {
    return next > parts;
  }

  byte[] toBytes() {
    return ByteBuffer.allocate(BYTES)
        .putLong(range.first())
        .putLong(range.base())
        .put(seen.root().toByteArray())
        .putInt(generation)
        .putInt(parts)
        .putInt(next)
        .array();
  }

  static CompactionPlan of(byte[] bytes) throws FormatException {
    if (bytes.length != BYTES) {
      throw new FormatException("a compaction that is under way is kept in " + BYTES + " bytes");
    }
    ByteBuffer kept = ByteBuffer.wrap(bytes);
    StepRange range = StepRange.read(kept.getLong(), kept.getLong());
    byte[] root = new byte[Hash.BYTES];
    kept.get(root);
    return new CompactionPlan(
        range,
        new SeenLog(range.base(), Hash.wrap(root)),
        kept.getInt(),
        kept.getInt(),
        kept.getInt());
  }
}
