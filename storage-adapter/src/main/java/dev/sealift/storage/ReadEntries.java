package dev.sealift.storage;

import dev.sealift.protocol.mesh.proto.ReadReply;
import dev.sealift.protocol.proto.LogEntry;
import dev.sealift.protocol.proto.PayloadAbsence;

/** The entries of a reply. It ends before the first file of which something was reclaimed, unless it begins with one: who reads takes what is there, and goes on by a compaction. */
public final class ReadEntries {
  private final ReadReply.Builder reply;
  private boolean ended;

  public ReadEntries(ReadReply.Builder reply) {
    this.reply = reply;
  }

  /**
   * Adds the next one, if it goes with those before it.
   *
   * @return whether there may be more
   */
  public boolean add(LogEntry next) {
    ended |= reply.getEntriesCount() > 0 && isReclaimed(next) && !isReclaimed(reply.getEntries(0));
    if (!ended) {
      reply.addEntries(next);
    }
    return !ended;
  }

  private static boolean isReclaimed(LogEntry entry) {
    return entry.getAbsence() == PayloadAbsence.PAYLOAD_ABSENCE_RECLAIMED;
  }
}
