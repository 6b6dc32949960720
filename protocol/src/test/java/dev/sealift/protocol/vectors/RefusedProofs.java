package dev.sealift.protocol.vectors;

import static dev.sealift.protocol.vectors.LogVectors.consistency;
import static dev.sealift.protocol.vectors.LogVectors.inclusion;

import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.vectors.Cases;
import java.util.ArrayList;
import java.util.List;

/** Proofs with one thing wrong. */
final class RefusedProofs {
  private static final List<Hash> LEAVES = LogVectors.leafHashes(7);
  private static final Hash ROOT = root(7);
  private static final List<Hash> PATH = Proofs.inclusion(3, 7, LogVectors.nodes(LEAVES));
  private static final List<Hash> PROOF = Proofs.consistency(3, 7, LogVectors.nodes(LEAVES));

  private RefusedProofs() {}

  private static Hash root(int size) {
    return LogVectors.tree(LEAVES.subList(0, size)).root();
  }

  static void add(Cases to) {
    inclusions(to);
    consistencies(to);
  }

  private static void inclusions(Cases to) {
    Hash leaf = LEAVES.get(3);
    to.add("refused: another leaf", inclusion(LEAVES.get(2), 3, 7, PATH, ROOT));
    to.add("refused: another index", inclusion(leaf, 2, 7, PATH, ROOT));
    to.add("refused: an index of the size", inclusion(leaf, 7, 7, PATH, ROOT));
    to.add("refused: an index of 2^64 - 1", inclusion(leaf, -1, 7, PATH, ROOT));
    to.add("refused: a smaller size", inclusion(leaf, 3, 4, PATH, ROOT));
    to.add("refused: a size of 2^62", inclusion(leaf, 3, 1L << 62, PATH, ROOT));
    to.add("refused: another root", inclusion(leaf, 3, 7, PATH, root(6)));
    to.add("refused: a path cut short", inclusion(leaf, 3, 7, PATH.subList(0, 2), ROOT));
    to.add("refused: a path too long", inclusion(leaf, 3, 7, with(PATH, leaf), ROOT));
    to.add("refused: an empty path", inclusion(leaf, 3, 7, List.of(), ROOT));
    to.add(
        "refused: no leaf in an empty log",
        inclusion(leaf, 0, 0, List.of(), CompactTree.EMPTY_ROOT));
  }

  private static void consistencies(Cases to) {
    to.add("refused: the old root is another", consistency(3, 7, root(2), ROOT, PROOF));
    to.add("refused: the new root is another", consistency(3, 7, root(3), root(6), PROOF));
    to.add("refused: from another size", consistency(2, 7, root(3), ROOT, PROOF));
    to.add(
        "a proof binds hashes, not every size",
        "The same proof as for 7: the way up from leaf 3 is the same. Sizes come from signed heads.",
        consistency(3, 8, root(3), ROOT, PROOF));
    to.add("refused: to another size", consistency(3, 9, root(3), ROOT, PROOF));
    to.add("refused: a smaller log", consistency(7, 3, ROOT, root(3), PROOF));
    to.add("refused: equal sizes, other roots", consistency(7, 7, root(6), ROOT, List.of()));
    to.add("refused: equal sizes with a proof", consistency(7, 7, ROOT, ROOT, List.of(ROOT)));
    to.add(
        "refused: from 0 with a proof",
        consistency(0, 7, CompactTree.EMPTY_ROOT, ROOT, List.of(ROOT)));
    to.add("refused: from 0 with a root", consistency(0, 7, root(3), ROOT, List.of()));
    to.add("refused: a proof cut short", consistency(3, 7, root(3), ROOT, PROOF.subList(0, 3)));
    to.add("refused: a proof too long", consistency(3, 7, root(3), ROOT, with(PROOF, ROOT)));
    to.add("refused: an empty proof", consistency(3, 7, root(3), ROOT, List.of()));
  }

  private static List<Hash> with(List<Hash> hashes, Hash one) {
    List<Hash> longer = new ArrayList<>(hashes);
    longer.add(one);
    return longer;
  }
}
