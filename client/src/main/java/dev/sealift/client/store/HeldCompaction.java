package dev.sealift.client.store;

import dev.sealift.client.compact.StepRange;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import java.util.Optional;

/** A compaction whose parts the log has brought, as far as they have come; and what has become of it. */
public record HeldCompaction(Begun begun, Part part, Word word) {

  /**
   * What each of its parts says.
   *
   * @param root that its author has seen at its base
   * @param firstPart the sequence of its first part
   */
  public record Begun(DeviceId author, StepRange range, Hash root, int parts, long firstPart) {}

  /** The last of its parts that has come, which is the so many-th. */
  public record Part(int number, long sequence, FileId file, long serverTimeMillis) {}

  /**
   * What is said of it.
   *
   * @param isAttested whether somebody's word that counts is for it
   * @param isContested whether somebody's is against it, and was not overruled
   * @param said by this device
   * @param difference what this device has found
   */
  public record Word(
      boolean isAttested, boolean isContested, Said said, Optional<Difference> difference) {
    /** Of a compaction of which nothing has been said. */
    public static final Word NONE = new Word(false, false, Said.NOTHING, Optional.empty());

    public Word attested() {
      return new Word(true, isContested, said, difference);
    }
  }

  /** What this device has said of it. */
  public enum Said {
    NOTHING,
    ATTESTED,
    CONTESTED,
    /** It will say nothing: it cannot tell, or is not heard. */
    SILENT
  }

  public boolean isComplete() {
    return part.number() == begun.parts();
  }

  /** Whether it is whole, and supersedes what it covers. */
  public boolean stands() {
    return isComplete() && word.isAttested() && !word.isContested();
  }

  public Said said() {
    return word.said();
  }

  /** The name under which something is said of it, once it is complete. */
  public FileId name() {
    return part.file();
  }

  public long firstPart() {
    return begun.firstPart();
  }

  public StepRange range() {
    return begun.range();
  }

  /** With the next of its parts. */
  public HeldCompaction with(long sequence, FileId file, long serverTimeMillis) {
    return new HeldCompaction(
        begun, new Part(part.number() + 1, sequence, file, serverTimeMillis), word);
  }

  /** With what others say of it. */
  public HeldCompaction standing(boolean attested, boolean contested) {
    return new HeldCompaction(
        begun, part, new Word(attested, contested, word.said(), word.difference()));
  }

  /** With what this device says of it. */
  public HeldCompaction said(Said now, Optional<Difference> found) {
    return new HeldCompaction(
        begun, part, new Word(word.isAttested(), word.isContested(), now, found));
  }
}
