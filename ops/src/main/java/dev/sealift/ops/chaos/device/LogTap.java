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
 * compared, all that the tree covers of it, and kept beside the first when it differs; so is what leaves a gap. Neither is in the tree.
 */
final class LogTap implements Tap {
  /** What was fetched out of order, such as the invitation that a device joins by, comes again in its place. */
  private static final long SUBSCRIBED = 0;

  /** The root beside what has no place in the tree. */
  private static final String OF_NO_TREE = "";

  private final List<Leaf> leaves = new ArrayList<>();
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
    Leaf leaf = leaf(sequence, header, entry);
    boolean isNext = sequence == leaves.size() + 1L;
    if (isNext) {
      leaves.add(leaf);
      tree.append(leaf.hash());
      files.add(file(leaf, header, tree.root().toString()));
    } else if (!isKnown(leaf)) {
      files.add(file(leaf, header, OF_NO_TREE));
    }
  }

  private boolean isKnown(Leaf leaf) {
    long sequence = leaf.sequence();
    return sequence >= 1
        && sequence <= leaves.size()
        && leaves.get((int) sequence - 1).equals(leaf);
  }

  private static LogFile file(Leaf leaf, SignedHeader header, String root) {
    return new LogFile(
        leaf.sequence(),
        leaf.file().toString(),
        header.header().device().toString(),
        header.header().counter(),
        leaf.serverTimeMillis(),
        root);
  }

  private static Leaf leaf(long sequence, SignedHeader header, LogEntry entry) {
    SpaceId space = header.space();
    return new Leaf(space, sequence, entry.getServerTimeMillis(), entry.getBase(), header.id());
  }

  synchronized List<LogFile> files() {
    return List.copyOf(files);
  }
}
