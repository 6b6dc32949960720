package dev.sealift.protocol.log;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.Hash;
import java.util.Arrays;

/**
 * Hashes one after another in one growing array, so that a large tree is not a large number of
 * objects.
 */
final class HashRow {
  private byte[] bytes;
  private int length;

  HashRow() {
    this(new byte[2 * Hash.BYTES], 0);
  }

  private HashRow(byte[] owned, int length) {
    this.bytes = owned;
    this.length = length;
  }

  /** Copies whole hashes. */
  static HashRow of(byte[] hashes) {
    return new HashRow(hashes.clone(), hashes.length);
  }

  /** The hash at a byte offset of any array. */
  static Hash hashAt(byte[] hashes, int offset) {
    try {
      return Hash.wrap(Arrays.copyOfRange(hashes, offset, offset + Hash.BYTES));
    } catch (FormatException e) {
      throw new IllegalStateException("a range of the length of a hash is one", e);
    }
  }

  int count() {
    return length / Hash.BYTES;
  }

  Hash get(int i) {
    return hashAt(bytes, i * Hash.BYTES);
  }

  void add(Hash hash) {
    int at = grow();
    hash.copyTo(bytes, at);
  }

  /** Puts one node in place of the last two, its children. */
  void mergeLastTwo(TreeHasher hasher) {
    int pair = length - 2 * Hash.BYTES;
    hasher.node(bytes, pair, bytes, pair);
    length -= Hash.BYTES;
  }

  /** Adds the parent of the last two nodes of the row below. */
  void addParentOfLastTwo(HashRow below, TreeHasher hasher) {
    int at = grow();
    hasher.node(below.bytes, below.length - 2 * Hash.BYTES, bytes, at);
  }

  /** Copies the hashes from one index up to, not including, another. */
  byte[] copy(int from, int to) {
    return Arrays.copyOfRange(bytes, from * Hash.BYTES, to * Hash.BYTES);
  }

  HashRow copy() {
    return of(toByteArray());
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  private int grow() {
    int at = length;
    length += Hash.BYTES;
    if (length > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length));
    }
    return at;
  }
}
