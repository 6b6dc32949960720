package dev.sealift.protocol.log;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.Hash;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Small ways to make a proof wrong. */
final class Mutations {
  private Mutations() {}

  static Hash flipBit(Hash hash, int bit) {
    try {
      return Hash.wrap(flipBit(hash.toByteArray(), bit));
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] flipBit(byte[] bytes, int bit) {
    byte[] flipped = bytes.clone();
    flipped[bit / 8] ^= (byte) (1 << bit % 8);
    return flipped;
  }

  /**
   * Every proof that differs from this one by a flipped, dropped, doubled, foreign or swapped hash.
   */
  static List<List<Hash>> ofProof(List<Hash> proof, Random random) {
    List<List<Hash>> mutants = new ArrayList<>();
    Hash foreign = Hash.of(new byte[] {42});
    for (int i = 0; i < proof.size(); i++) {
      Hash flipped = flipBit(proof.get(i), random.nextInt(8 * Hash.BYTES));
      mutants.add(edited(proof, i, 1, List.of(flipped)));
      mutants.add(edited(proof, i, 1, List.of()));
      mutants.add(edited(proof, i, 1, List.of(proof.get(i), proof.get(i))));
      mutants.add(edited(proof, i, 0, List.of(foreign)));
      mutants.addAll(swappedWithNext(proof, i));
    }
    mutants.add(edited(proof, proof.size(), 0, List.of(foreign)));
    return mutants;
  }

  private static List<List<Hash>> swappedWithNext(List<Hash> proof, int i) {
    if (i + 1 == proof.size() || proof.get(i).equals(proof.get(i + 1))) {
      return List.of();
    }
    List<Hash> swapped = new ArrayList<>(proof);
    Collections.swap(swapped, i, i + 1);
    return List.of(swapped);
  }

  private static List<Hash> edited(List<Hash> proof, int at, int removed, List<Hash> inserted) {
    List<Hash> edited = new ArrayList<>(proof.subList(0, at));
    edited.addAll(inserted);
    edited.addAll(proof.subList(at + removed, proof.size()));
    return edited;
  }
}
