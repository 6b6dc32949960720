package dev.sealift.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.log.AppendRecorder;
import dev.sealift.protocol.log.CompactTree;
import dev.sealift.protocol.log.Proofs;
import dev.sealift.protocol.log.TileAppend;
import dev.sealift.protocol.log.TileNodes;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What the store keeps of a tree, part by part and at the head, is the tree: at each size, and for readers that are behind. */
class TileEdgeProperties {
  @Property(tries = 60)
  void everyRootIsReadFromPartsAndEdge(
      @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 0, max = 700) Integer> appends,
      @ForAll @IntRange(min = 0, max = 40) int later) {
    Stored log = new Stored();
    for (int count : appends) {
      log.append(count);
      log.assertReads(log.edge, log.tree);
    }
    TileEdge before = log.edge;
    CompactTree reached = log.tree;
    log.append(later);
    log.assertReads(before, reached); // read before the commit, and the parts after it
  }

  @Property(tries = 60)
  void anEdgeOfAnotherLengthIsNone(@ForAll @IntRange(min = 1, max = 700) int size) {
    Stored log = new Stored();
    log.append(size);
    ByteString edge = log.edge.byteString();

    assertThat(TileEdge.parse(size, edge)).isPresent();
    assertThat(TileEdge.parse(size, edge.concat(ByteString.copyFrom(new byte[Hash.BYTES]))))
        .isEmpty();
    if (!edge.isEmpty()) {
      assertThat(TileEdge.parse(size, edge.substring(1))).isEmpty();
    }
  }

  /** As the database keeps it. */
  private static final class Stored {
    private final TreeMap<Integer, TreeMap<Long, ByteString>> parts = new TreeMap<>();
    private CompactTree tree = new CompactTree();
    private TileEdge edge = TileEdge.parse(0, ByteString.EMPTY).orElseThrow();

    void append(int count) {
      AppendRecorder batch = new AppendRecorder(tree);
      for (int i = 0; i < count; i++) {
        batch.append(Hash.of(new byte[] {(byte) batch.size(), (byte) (batch.size() >> 8)}));
      }
      TileEdge.Grown grown = edge.grown(TileAppend.of(batch), batch.size());
      grown
          .filled()
          .forEach(part -> assertThat(parts
                  .computeIfAbsent(part.level(), level -> new TreeMap<>())
                  .put(part.part(), part.hashes()))
              .as("a part is written once")
              .isNull());
      tree = batch.tree();
      edge = TileEdge.parse(tree.size(), grown.edge().byteString()).orElseThrow();
    }

    void assertReads(TileEdge known, CompactTree reached) {
      TileNodes nodes =
          new TileNodes((level, tile) -> known.complete(level, tile, full(level, tile)));
      assertThat(Proofs.rootAt(reached.size(), nodes)).isEqualTo(reached.root());
      for (int level = 0; reached.size() >> level > 0; level++) {
        nodes.node(level, (reached.size() >> level) - 1);
      }
    }

    private byte[] full(int level, long tile) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      parts
          .getOrDefault(level, new TreeMap<>())
          .subMap(tile * TileEdge.PARTS, (tile + 1) * TileEdge.PARTS)
          .values()
          .forEach(part -> bytes.writeBytes(part.toByteArray()));
      return bytes.toByteArray();
    }
  }
}
