package dev.sealift.ops.chaos.device;

import dev.sealift.ops.chaos.verdict.Evidence.LogFile;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Leaf;
import dev.sealift.protocol.proto.Files;
import dev.sealift.protocol.proto.Frame;
import dev.sealift.protocol.proto.LogEntry;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes down a space's log as it comes to a device that has nothing yet, and makes its tree anew. What comes again after a lost connection is
 * compared, and kept beside the first when it differs.
 */
final class LogTap implements Tap {
  /** What was fetched out of order, such as the invitation that a device joins by, comes again in its place. */
  private static final long SUBSCRIBED = 0;

  private final List<LogFile> files = new ArrayList<>();
  private final CompactTree tree = new CompactTree();

  @Override
  public void sent(Frame frame) {
    // The log is what comes.
  }

  @Override
  public synchronized void received(Frame frame) {
    if (frame.hasFiles() && frame.getFiles().getRequest() == SUBSCRIBED) {
      take(frame.getFiles());
    }
  }

  private void take(Files came) {
    long sequence = came.getFirstSequence();
    for (LogEntry entry : came.getEntriesList()) {
      try {
        take(sequence, entry);
      } catch (FormatException e) {
        return; // the client refuses it; the log stays short, and that shows
      }
      sequence++;
    }
  }

  private void take(long sequence, LogEntry entry) throws FormatException {
    SignedHeader header = SignedHeader.parse(entry.getSignedHeader());
    String id = header.id().toString();
    boolean known =
        sequence <= files.size() && files.get((int) sequence - 1).file().equals(id);
    if (!known) {
      tree.append(leaf(sequence, header, entry).hash());
      files.add(new LogFile(
          sequence,
          id,
          header.header().device().toString(),
          header.header().counter(),
          entry.getServerTimeMillis(),
          tree.root().toString()));
    }
  }

  private static Leaf leaf(long sequence, SignedHeader header, LogEntry entry) {
    SpaceId space = header.space();
    return new Leaf(space, sequence, entry.getServerTimeMillis(), entry.getBase(), header.id());
  }

  synchronized List<LogFile> files() {
    return List.copyOf(files);
  }
}
