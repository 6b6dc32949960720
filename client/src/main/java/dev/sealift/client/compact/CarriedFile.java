package dev.sealift.client.compact;

import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;

/**
 * A file of the log, without what it holds: its leaf, and its place in its author's chain.
 *
 * @param base as the leaf has it
 * @param place where ranks go by arrival: where it stands; otherwise 0
 * @param known as far as everybody can work that out
 * @param newest the time of the newest event in its chain, up to the file; 0 where ranks go by time, or there is none
 */
public record CarriedFile(
    long sequence,
    DeviceId author,
    long counter,
    FileId file,
    long serverTimeMillis,
    long base,
    long place,
    long known,
    long newest) {
  public CarriedFile {
    if (sequence < 1 || counter < 1 || serverTimeMillis < 0 || base < 0 || place < 0 || known < 0) {
      throw new IllegalArgumentException("a file of the log has a place and a time");
    }
  }
}
