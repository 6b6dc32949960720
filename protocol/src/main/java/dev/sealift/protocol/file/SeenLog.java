package dev.sealift.protocol.file;

import dev.sealift.protocol.id.Hash;

/** The log as an author had it: all of it up to {@code sequence}, and the tree's root there. */
public record SeenLog(long sequence, Hash root) {
  private static final Hash EMPTY_ROOT = Hash.of();

  /** Nothing seen: the empty log, whose root is the hash of nothing. */
  public static SeenLog nothing() {
    return new SeenLog(0, EMPTY_ROOT);
  }
}
