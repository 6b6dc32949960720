package dev.sealift.bench;

import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.protocol.log.TreeNodes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A log of {@code rows} files: appended, proved, verified. Nodes lie in memory. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TreeBenchmark {
  @Param({"1000", "100000"})
  public int rows;

  private final List<List<Hash>> levels = new ArrayList<>();
  private final TreeNodes nodes = (level, index) -> levels.get(level).get((int) index);
  private List<Hash> path = List.of();
  private List<Hash> proof = List.of();
  private Hash root = CompactTree.EMPTY_ROOT;
  private Hash earlierRoot = CompactTree.EMPTY_ROOT;

  @Setup
  public void make() {
    List<Hash> leaves = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      leaves.add(Hash.of(new byte[] {0}, ByteBuffer.allocate(8).putLong(i).array()));
    }
    levels.clear();
    for (List<Hash> level = leaves; !level.isEmpty(); level = parents(level)) {
      levels.add(level);
    }
    path = inclusion();
    proof = consistency();
    root = appendAll();
    earlierRoot = Proofs.rootAt(rows / 3, nodes);
    if (!verifyInclusion() || !verifyConsistency()) {
      throw new IllegalStateException("what is measured does not hold");
    }
  }

  private static List<Hash> parents(List<Hash> level) {
    List<Hash> parents = new ArrayList<>();
    for (int i = 0; i + 1 < level.size(); i += 2) {
      parents.add(
          Hash.of(new byte[] {1}, level.get(i).toByteArray(), level.get(i + 1).toByteArray()));
    }
    return parents;
  }

  @Benchmark
  public Hash appendAll() {
    CompactTree tree = new CompactTree();
    levels.get(0).forEach(tree::append);
    return tree.root();
  }

  @Benchmark
  public List<Hash> inclusion() {
    return Proofs.inclusion(rows / 2, rows, nodes);
  }

  @Benchmark
  public List<Hash> consistency() {
    return Proofs.consistency(rows / 3, rows, nodes);
  }

  @Benchmark
  public boolean verifyInclusion() {
    return Proofs.verifyInclusion(levels.get(0).get(rows / 2), rows / 2, rows, path, root);
  }

  @Benchmark
  public boolean verifyConsistency() {
    return Proofs.verifyConsistency(rows / 3, rows, earlierRoot, root, proof);
  }
}
