package dev.sealift.protocol.log;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.Hash;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * RFC 9162, section 2.1, as it is written there: recursive, over all the leaves, slow. What the
 * package is compared with; shares no code with it.
 */
final class NaiveTree {
  private final List<byte[]> leafHashes;

  private NaiveTree(List<byte[]> leafHashes) {
    this.leafHashes = leafHashes;
  }

  /** A log whose entries are the numbers from 0, shifted by a seed. */
  static NaiveTree ofNumbers(int size, long seed) {
    List<byte[]> entries = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      entries.add(ByteBuffer.allocate(8).putLong(seed + i).array());
    }
    return ofEntries(entries);
  }

  static NaiveTree ofEntries(List<byte[]> entries) {
    List<byte[]> hashes = new ArrayList<>();
    for (byte[] entry : entries) {
      hashes.add(sha256(new byte[] {0}, entry));
    }
    return new NaiveTree(hashes);
  }

  int size() {
    return leafHashes.size();
  }

  Hash leaf(int index) {
    return hash(leafHashes.get(index));
  }

  List<Hash> leaves(int from, int to) {
    return hashes(leafHashes.subList(from, to));
  }

  Hash root() {
    return rootAt(size());
  }

  /** MTH(D[size]). */
  Hash rootAt(int size) {
    return hash(mth(leafHashes.subList(0, size)));
  }

  /** PATH(index, D[size]). */
  List<Hash> path(int index, int size) {
    return hashes(path(index, leafHashes.subList(0, size)));
  }

  /** PROOF(from, D[to]), 0 &lt; from &le; to. */
  List<Hash> proof(int from, int to) {
    return hashes(subproof(from, leafHashes.subList(0, to), true));
  }

  /** The nodes of this tree, computed anew each time. */
  TreeNodes nodes() {
    return (level, index) -> {
      int first = (int) (index << level);
      return hash(mth(leafHashes.subList(first, first + (1 << level))));
    };
  }

  private static byte[] mth(List<byte[]> d) {
    if (d.isEmpty()) {
      return sha256();
    }
    if (d.size() == 1) {
      return d.get(0);
    }
    int k = k(d.size());
    return sha256(new byte[] {1}, mth(d.subList(0, k)), mth(d.subList(k, d.size())));
  }

  private static List<byte[]> path(int m, List<byte[]> d) {
    if (d.size() == 1) {
      return List.of();
    }
    int k = k(d.size());
    return m < k
        ? plus(path(m, d.subList(0, k)), mth(d.subList(k, d.size())))
        : plus(path(m - k, d.subList(k, d.size())), mth(d.subList(0, k)));
  }

  private static List<byte[]> subproof(int m, List<byte[]> d, boolean wholeIsKnown) {
    if (m == d.size()) {
      return wholeIsKnown ? List.of() : List.of(mth(d));
    }
    int k = k(d.size());
    return m <= k
        ? plus(subproof(m, d.subList(0, k), wholeIsKnown), mth(d.subList(k, d.size())))
        : plus(subproof(m - k, d.subList(k, d.size()), false), mth(d.subList(0, k)));
  }

  /** The largest power of two smaller than n. */
  private static int k(int n) {
    int k = 1;
    while (2 * k < n) {
      k *= 2;
    }
    return k;
  }

  private static List<byte[]> plus(List<byte[]> list, byte[] one) {
    List<byte[]> longer = new ArrayList<>(list);
    longer.add(one);
    return longer;
  }

  private static byte[] sha256(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Hash> hashes(List<byte[]> raw) {
    return raw.stream().map(NaiveTree::hash).toList();
  }

  private static Hash hash(byte[] raw) {
    try {
      return Hash.wrap(raw);
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }
}
