package dev.sealift.client.compact;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sealift.client.pack.ByteWriter;
import dev.sealift.client.pack.Deflated;
import dev.sealift.client.pack.UnknownPayloadVersionException;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.Limits;
import java.util.Optional;
import java.util.Random;

/** What a compaction carries, which any member can have written. */
class BlockFuzzTest {
  private static final int FEW_BYTES = 20;
  private static final int MOST_ROWS = 4;

  @FuzzTest
  void decode(byte[] bytes) {
    requireBlockOrRefusal(bytes);
  }

  /** A good block with some bytes changed, left out or put in. */
  @FuzzTest
  void altered(FuzzedDataProvider data) {
    Random random = new Random(data.consumeShort());
    byte[] bytes = BlockCodec.encode(new Blocks(random, FEW_BYTES).block(MOST_ROWS));
    while (data.remainingBytes() > 0) {
      int at = data.consumeInt(0, bytes.length - 1);
      bytes = switch (data.consumeInt(0, 3)) {
        case 0 -> spliced(bytes, at, 1, data.consumeBytes(1));
        case 1 -> spliced(bytes, at, 0, data.consumeBytes(4));
        case 2 -> spliced(bytes, at, data.consumeInt(1, 8), new byte[0]);
        default -> spliced(bytes, at, 8, data.consumeBytes(8));
      };
      if (bytes.length == 0) {
        return;
      }
    }
    requireBlockOrRefusal(bytes);
  }

  private static byte[] spliced(byte[] bytes, int at, int removed, byte[] inserted) {
    int rest = Math.min(bytes.length, at + removed);
    ByteWriter out = new ByteWriter(bytes.length + inserted.length);
    out.write(java.util.Arrays.copyOf(bytes, at));
    out.write(inserted);
    out.write(java.util.Arrays.copyOfRange(bytes, rest, bytes.length));
    return out.toByteArray();
  }

  private static void requireBlockOrRefusal(byte[] bytes) {
    Block block;
    try {
      block = BlockCodec.decode(bytes);
    } catch (FormatException | UnknownPayloadVersionException refused) {
      assertThat(refused.getMessage()).isNotEmpty();
      return;
    }
    assertThat(BlockWeight.of(block)).isLessThanOrEqualTo(BlockWeight.MAX);
    assertThat(block.range().base()).isLessThan(Limits.MAX_SEQUENCE);
    byte[] again = BlockCodec.encode(block);
    try {
      assertThat(BlockCodec.decode(again)).isEqualTo(block);
    } catch (FormatException | UnknownPayloadVersionException e) {
      throw new AssertionError("what is written is read back", e);
    }
    assertThat(BlockCodec.encode(block)).isEqualTo(again);
  }

  /** Parts of one block after the other. */
  @FuzzTest
  void part(byte[] bytes) {
    int blocks = 0;
    try {
      PartReader reader = new PartReader(Deflated.wrap(bytes));
      for (Optional<Block> next = reader.next(); next.isPresent(); next = reader.next()) {
        blocks++;
        assertThat(BlockWeight.of(next.get())).isLessThanOrEqualTo(BlockWeight.MAX);
      }
    } catch (FormatException | UnknownPayloadVersionException refused) {
      assertThat(refused.getMessage()).isNotEmpty();
    }
    assertThat(blocks).isLessThanOrEqualTo(bytes.length);
  }
}
