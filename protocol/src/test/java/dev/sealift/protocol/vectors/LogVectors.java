package dev.sealift.protocol.vectors;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.SampleDevice;
import dev.sealift.protocol.SampleFiles;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Leaf;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.protocol.log.TreeGap;
import dev.sealift.protocol.log.TreeNodes;
import dev.sealift.vectors.BadVectorException;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.VectorFile;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

final class LogVectors extends VectorFile {
  private static final int MOST = 21;

  LogVectors() {
    super(
        "log",
        "Section 12 and RFC 9162, section 2.1: leaves, trees of every size up to 21, gaps, inclusion and consistency proofs.");
  }

  @Override
  protected void cases(Cases to) throws FormatException {
    leaves(to);
    to.add(
        "a tree that grows, of 0 to 21 leaves",
        Json.of("kind", "tree").texts("leaf_hashes", leafHashes(MOST)));
    gaps(to);
    for (int size : List.of(1, 2, 3, 7, 8, 21)) {
      for (int index = 0; index < size; index += size < 20 ? 1 : 4) {
        inclusion(to, index, size);
      }
    }
    for (int[] sizes : new int[][] {
      {0, 0}, {0, 5}, {1, 1}, {1, 2}, {1, 8}, {2, 5}, {3, 4}, {3, 7}, {4, 7}, {4, 8}, {6, 8},
      {7, 8}, {8, 8}, {8, 21}, {13, 21}, {16, 21}, {20, 21}
    }) {
      consistency(to, sizes[0], sizes[1]);
    }
    RefusedProofs.add(to);
  }

  private static void gaps(Cases to) {
    List<Hash> hashes = leafHashes(MOST);
    for (int[] sizes : new int[][] {
      {0, 1}, {0, 7}, {0, 8}, {0, 21}, {1, 2}, {1, 21}, {3, 4}, {3, 13}, {4, 8}, {4, 20}, {7, 8},
      {8, 21}, {16, 21}
    }) {
      to.add(
          "across a gap from " + sizes[0] + " to " + sizes[1],
          gap(
              hashes.subList(0, sizes[0]),
              sizes[1] - sizes[0],
              TreeGap.hashes(sizes[0], sizes[1], nodes(hashes))));
    }
    List<Hash> before = hashes.subList(0, 3);
    List<Hash> across = TreeGap.hashes(3, 13, nodes(hashes));
    to.add("malformed: a gap of a hash too few", gap(before, 10, across.subList(1, across.size())));
    to.add("malformed: a gap of a hash too many", gap(before, 1, across));
    to.add("malformed: a gap of no files", gap(before, 0, List.of()));
    to.add("malformed: a gap beyond 2^62", gap(before, (1L << 62) - 3, across));
    to.add("malformed: a gap of 2^64 - 1 files", gap(before, -1, across));
  }

  private static Json gap(List<Hash> before, long files, List<Hash> hashes) {
    return Json.of("kind", "gap")
        .texts("leaf_hashes", before)
        .u64("files", files)
        .texts("hashes", hashes);
  }

  private static void leaves(Cases to) throws FormatException {
    Leaf leaf = new Leaf(
        SpaceId.of(counting(0)),
        0x0102030405060708L,
        SampleFiles.NEW_YEAR_MILLIS,
        0xfffefdfcfbfaf9f8L,
        FileId.of(counting(0xe0)));
    to.add("the leaf of section 20", leaf(leaf));
    SpaceId space = SampleFiles.genesis(SampleDevice.number(1)).space();
    FileId genesis = SampleFiles.genesis(SampleDevice.number(1)).id();
    to.add(
        "the leaf of a genesis", leaf(new Leaf(space, 1, SampleFiles.NEW_YEAR_MILLIS, 0, genesis)));
  }

  private static Json leaf(Leaf leaf) {
    return Json.of("kind", "leaf")
        .text("space", leaf.space().toString())
        .u64("sequence", leaf.sequence())
        .u64("server_time_millis", leaf.serverTimeMillis())
        .u64("base", leaf.base())
        .text("file", leaf.file().toString());
  }

  private static byte[] counting(int from) {
    byte[] bytes = new byte[32];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (from + i);
    }
    return bytes;
  }

  /** What stands at leaf i: SHA-256 of 00 and the number i in 8 bytes. Any hashes make a tree. */
  static List<Hash> leafHashes(int count) {
    List<Hash> hashes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      hashes.add(Hash.of(new byte[] {0}, ByteBuffer.allocate(8).putLong(i).array()));
    }
    return hashes;
  }

  static CompactTree tree(List<Hash> leafHashes) {
    CompactTree tree = new CompactTree();
    leafHashes.forEach(tree::append);
    return tree;
  }

  /** Any node, from the leaves. */
  static TreeNodes nodes(List<Hash> leafHashes) {
    return (level, index) -> tree(leafHashes.subList(
            (int) (index << level), (int) ((index + 1) << level)))
        .root();
  }

  private static void inclusion(Cases to, int index, int size) {
    List<Hash> hashes = leafHashes(size);
    to.add(
        "leaf " + index + " of " + size,
        inclusion(
            hashes.get(index),
            index,
            size,
            Proofs.inclusion(index, size, nodes(hashes)),
            tree(hashes).root()));
  }

  static Json inclusion(Hash leaf, long index, long size, List<Hash> path, Hash root) {
    return Json.of("kind", "inclusion")
        .text("leaf_hash", leaf.toString())
        .u64("index", index)
        .u64("size", size)
        .texts("path", path)
        .text("root", root.toString());
  }

  private static void consistency(Cases to, int from, int size) {
    List<Hash> hashes = leafHashes(size);
    to.add(
        "from " + from + " to " + size,
        consistency(
            from,
            size,
            tree(hashes.subList(0, from)).root(),
            tree(hashes).root(),
            Proofs.consistency(from, size, nodes(hashes))));
  }

  static Json consistency(long from, long to, Hash fromRoot, Hash toRoot, List<Hash> proof) {
    return Json.of("kind", "consistency")
        .u64("from", from)
        .u64("to", to)
        .text("from_root", fromRoot.toString())
        .text("to_root", toRoot.toString())
        .texts("proof", proof);
  }

  /** Sizes and empty trees' roots are not bound by the hashes of a proof. */
  @Override
  protected boolean isGuarded(Inputs in) {
    return List.of("inclusion", "consistency").contains(in.text("kind"));
  }

  @Override
  protected Json expect(Inputs in) throws FormatException {
    return switch (in.text("kind")) {
      case "leaf" -> hashed(in);
      case "tree" -> grown(in.list("leaf_hashes", json -> hash(Inputs.hex(json))));
      case "gap" -> crossed(in);
      case "inclusion" ->
        verdict(Proofs.verifyInclusion(
            Hash.wrap(in.hex("leaf_hash")),
            in.u64("index"),
            in.u64("size"),
            in.list("path", json -> hash(Inputs.hex(json))),
            Hash.wrap(in.hex("root"))));
      case "consistency" ->
        verdict(Proofs.verifyConsistency(
            in.u64("from"),
            in.u64("to"),
            Hash.wrap(in.hex("from_root")),
            Hash.wrap(in.hex("to_root")),
            in.list("proof", json -> hash(Inputs.hex(json)))));
      default -> throw new BadVectorException("an unknown kind");
    };
  }

  private static Json hashed(Inputs in) throws FormatException {
    Leaf leaf = new Leaf(
        SpaceId.of(in.hex("space")),
        in.u64("sequence"),
        in.u64("server_time_millis"),
        in.u64("base"),
        FileId.of(in.hex("file")));
    return Json.object().hex("leaf", leaf.bytes()).text("leaf_hash", leaf.hash().toString());
  }

  private static Json crossed(Inputs in) throws FormatException {
    CompactTree tree = tree(in.list("leaf_hashes", json -> hash(Inputs.hex(json))));
    TreeGap.append(tree, in.u64("files"), in.list("hashes", json -> hash(Inputs.hex(json))));
    return state(tree);
  }

  private static Json grown(List<Hash> leafHashes) {
    CompactTree tree = new CompactTree();
    List<Json> sizes = new ArrayList<>();
    sizes.add(state(tree));
    for (Hash leaf : leafHashes) {
      tree.append(leaf);
      sizes.add(state(tree));
    }
    return Json.object().list("sizes", sizes, Json::get);
  }

  private static Json state(CompactTree tree) {
    List<Hash> edge = new ArrayList<>();
    byte[] frontier = tree.frontier();
    for (int at = 0; at < frontier.length; at += Hash.BYTES) {
      edge.add(hash(Arrays.copyOfRange(frontier, at, at + Hash.BYTES)));
    }
    return Json.object()
        .u64("size", tree.size())
        .text("root", tree.root().toString())
        .texts("edge", edge);
  }

  private static Json verdict(boolean good) {
    return good ? Json.object().bool("good", true) : Json.of("refused", "PROOF_FALSE");
  }

  static Hash hash(byte[] bytes) {
    try {
      return Hash.wrap(bytes);
    } catch (FormatException e) {
      throw new BadVectorException("no hash", e);
    }
  }
}
