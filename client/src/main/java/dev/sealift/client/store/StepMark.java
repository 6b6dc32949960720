package dev.sealift.client.store;

import dev.sealift.client.compact.StepRange;
import dev.sealift.client.store.StoreException.Code;
import dev.sealift.protocol.id.Hash;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Stands in the database as long as rows are not what the log up to the position makes of them: from the first row of a step to its end, and where a log that went back left rows that the files held cannot make anew. Until it is gone the
 * log is not applied, nothing is written here, and no compaction is made. Changed by the writer, read by anybody.
 *
 * <pre>
 * mark = base, 8 bytes ‖ root, 32 bytes ‖ whether only a step from the beginning mends it, 1 byte
 * </pre>
 */
final class StepMark {
  private static final String NAME = Settings.OWN_PREFIX + "step";

  /** There once the log has files that were never held. */
  private static final String UNKEPT = Settings.OWN_PREFIX + "stepped";

  /** The highest base of a step that was taken. */
  private static final String TAKEN = Settings.OWN_PREFIX + "stepped.to";

  private final Settings settings;
  private volatile Optional<Mark> present = Optional.empty();

  /**
   * @param base up to where rows may be ahead of the log
   * @param root of the log that they are of there
   * @param onlyFull whether some of them are of another log than that, or not known to be of it
   */
  record Mark(long base, Hash root, boolean onlyFull) {
    private static Mark parse(byte[] kept) {
      ByteBuffer bytes = ByteBuffer.wrap(kept);
      long base = bytes.getLong();
      byte[] root = new byte[Hash.BYTES];
      bytes.get(root);
      return new Mark(base, Stored.hash(root), bytes.get() != 0);
    }

    private byte[] toBytes() {
      return ByteBuffer.allocate(Long.BYTES + Hash.BYTES + 1)
          .putLong(base)
          .put(root.toByteArray())
          .put((byte) (onlyFull ? 1 : 0))
          .array();
    }

    /** Whether a step overwrites whatever is ahead. */
    boolean isMendedBy(StepRange range) {
      return range.isFull() || (!onlyFull && base <= range.base());
    }
  }

  StepMark(Settings settings) {
    this.settings = settings;
    load();
  }

  /** As the database has it. */
  void load() {
    present = settings.get(NAME).map(Mark::parse);
  }

  static Optional<Mark> read(Reader reader) {
    return Settings.read(reader, NAME).map(Mark::parse);
  }

  Optional<Mark> present() {
    return present;
  }

  boolean isThere() {
    return present.isPresent();
  }

  /** The log is not applied on rows that are partly ahead of it. */
  void requireNone() {
    if (isThere()) {
      throw new IllegalStateException("a step was begun: it is to be taken to its end first");
    }
  }

  /** What is written has seen what is shown, and that is more than the position says. */
  void requireWritable() {
    if (isThere()) {
      throw new StoreException(
          Code.STEP_UNFINISHED,
          "the space is being brought up to date at once, and a part of it is there: reading goes on, and writing once all of it is");
    }
  }

  /** Rows are written ahead of the log from now on. What another step left further ahead stays what is to be mended. */
  void begin(StepRange range, Hash root) {
    boolean further = present.filter(mark -> mark.base() > range.base()).isPresent();
    boolean onlyFull = present.filter(Mark::onlyFull).isPresent();
    if (!further) {
      put(new Mark(range.base(), root, onlyFull));
    }
  }

  /** Rows are of a log that is no more, or may be. */
  void requireFull(Mark mark) {
    put(new Mark(mark.base(), mark.root(), true));
  }

  private void put(Mark mark) {
    settings.put(NAME, mark.toBytes());
    present = Optional.of(mark);
  }

  /** The log has no more than {@code size} files in common with the one that a step led through. */
  void rewind(long size) {
    present.filter(mark -> mark.base() > size).ifPresent(this::requireFull);
    if (settings.get(TAKEN).map(StepMark::number).orElse(0L) > size) {
      settings.put(TAKEN, bytes(size));
    }
  }

  /** Nothing of the log is left, and of no step either. */
  void clear() {
    end();
    settings.remove(UNKEPT);
  }

  /** The log has files from now on that came without what they hold. */
  void noteUnkept() {
    settings.put(UNKEPT, new byte[0]);
  }

  boolean hasUnkept() {
    return settings.get(UNKEPT).isPresent();
  }

  /** The log went back to {@code size}, and what it makes of rows cannot be worked out from the files that are held. */
  void unknown(long size) {
    put(new Mark(size, Hash.of(new byte[0]), true));
  }

  /** What the log makes up to there is known from others. */
  void noteTaken(long base) {
    if (base > settings.get(TAKEN).map(StepMark::number).orElse(0L)) {
      settings.put(TAKEN, bytes(base));
    }
  }

  /** Up to where the log was not read, but known from others. */
  static long takenTo(Reader reader) {
    return Settings.read(reader, TAKEN).map(StepMark::number).orElse(0L);
  }

  private static byte[] bytes(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  private static long number(byte[] kept) {
    return ByteBuffer.wrap(kept).getLong();
  }

  /** All rows are at the position. */
  void end() {
    settings.remove(NAME);
    present = Optional.empty();
  }
}
