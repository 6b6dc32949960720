package dev.sealift.client.compact;

import dev.sealift.client.value.Bytes;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file of the log, without what it holds: its leaf, and its place in its author's chain. An old one is carried without its id, and so without its leaf ({@link CarriedIds}).
 *
 * @param file null of an old one, unless it is the last of its chain
 * @param base as the leaf has it
 * @param place where ranks go by arrival: where it stands; otherwise 0
 * @param known as far as everybody can work that out
 * @param newest the time of the newest event in its chain, up to the file; 0 where ranks go by time, or there is none
 * @param edge of the first one from which on all have ids: the right edge of the log's tree in front of it, as {@link dev.sealift.protocol.log.CompactTree#frontier()} has it; null of all others
 */
public record CarriedFile(
    long sequence,
    DeviceId author,
    long counter,
    @Nullable FileId file,
    long serverTimeMillis,
    long base,
    long place,
    long known,
    long newest,
    @Nullable Bytes edge) {
  public CarriedFile {
    if (sequence < 1 || counter < 1 || serverTimeMillis < 0 || base < 0 || place < 0 || known < 0) {
      throw new IllegalArgumentException("a file of the log has a place and a time");
    }
    if (edge != null && (file == null || edge.length() != edgeBytes(sequence))) {
      throw new IllegalArgumentException(
          "an edge of a tree is in front of a leaf, and has one hash for each 1 in its size");
    }
  }

  /** How long the edge in front of a file is. */
  static int edgeBytes(long sequence) {
    return Long.bitCount(sequence - 1) * Hash.BYTES;
  }

  /** With another id and edge, or without. */
  public CarriedFile with(@Nullable FileId id, @Nullable Bytes front) {
    return new CarriedFile(
        sequence, author, counter, id, serverTimeMillis, base, place, known, newest, front);
  }

  /** Whether both are of one file, as far as both say which. */
  public boolean agrees(CarriedFile other) {
    boolean same = file == null || other.file == null || file.equals(other.file);
    return same && with(null, null).equals(other.with(null, null));
  }

  /** Whether it may be the file with this id: one without an id is known by its place in its chain. */
  public boolean mayBe(FileId id) {
    return file == null || file.equals(id);
  }

  /** Its id, where it has to have one. */
  public FileId id() {
    return Objects.requireNonNull(file);
  }
}
