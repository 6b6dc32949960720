package dev.sealift.client.store;

/** The log's tree, as it was in front of a file: by who can work it out. */
@FunctionalInterface
public interface LogEdges {
  /** The right edge of the tree of all files before this one: {@link dev.sealift.protocol.log.CompactTree#frontier()}. */
  byte[] before(long sequence);
}
