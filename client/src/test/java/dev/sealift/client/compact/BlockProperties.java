package dev.sealift.client.compact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sealift.client.compact.CarriedRow.Held;
import dev.sealift.client.merge.CellKind;
import dev.sealift.client.pack.ByteWriter;
import dev.sealift.client.pack.PayloadLimits;
import dev.sealift.client.pack.UnknownPayloadVersionException;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.FormatException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Blocks come back as they were, have one form each, are cut at the same places by everybody, and harm nobody who reads what others made. */
class BlockProperties {
  private static final int FEW_BYTES = 40;

  /** So that some rows have no room in a block. */
  private static final int MANY_BYTES = 400_000;

  @Property(tries = 300)
  void whatWasEncodedComesBack(@ForAll Random random) throws Exception {
    Block block = new Blocks(random, FEW_BYTES).block(40);
    assertThat(BlockCodec.decode(BlockCodec.encode(block))).isEqualTo(block);
  }

  @Property(tries = 200)
  void theOrderInWhichItIsGivenMakesNoDifference(@ForAll Random random) {
    Blocks blocks = new Blocks(random, FEW_BYTES);
    Block block = blocks.block(40);
    assertThat(BlockCodec.encode(blocks.shuffled(block))).isEqualTo(BlockCodec.encode(block));
  }

  @Property(tries = 200)
  void aBlockTakesNoMoreBytesThanItWeighs(@ForAll Random random) {
    Block block = new Blocks(random, FEW_BYTES).block(random.nextInt(200));
    assertThat((long) BlockCodec.encode(block).length).isLessThanOrEqualTo(BlockWeight.of(block));
  }

  @Property(tries = 1_000)
  void whateverTheBytesNothingIsThrownButWhatIsSaid(@ForAll Random random) {
    byte[] bytes = BlockCodec.encode(new Blocks(random, FEW_BYTES).block(10));
    byte[] altered = bytes.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      altered[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    requireRefusedOrRead(altered);
    requireRefusedOrRead(Arrays.copyOf(bytes, random.nextInt(bytes.length)));
    requireRefusedOrRead(Arrays.copyOf(bytes, bytes.length + 1));
  }

  private static void requireRefusedOrRead(byte[] bytes) {
    try {
      assertThat(BlockWeight.of(BlockCodec.decode(bytes))).isLessThanOrEqualTo(BlockWeight.MAX);
    } catch (FormatException | UnknownPayloadVersionException refused) {
      assertThat(refused.getMessage()).isNotEmpty();
    }
  }

  @Example
  void countsThatBytesDoNotBearOutAreRefused() {
    // 1 file range, no devices, and as many stamps as fit: series of one number take no byte each
    for (int stamps : new int[] {1, BlockWeight.MAX_ITEMS, BlockWeight.MAX_ITEMS + 1, 1 << 30}) {
      ByteWriter out = new ByteWriter(64);
      out.writeVarint(BlockCodec.VERSION);
      out.writeVarint(1);
      out.writeVarint(1);
      out.writeVarint(0);
      out.writeVarint(stamps);
      for (int i = 0; i < 4; i++) {
        out.writeByte(0);
        out.writeByte(2);
      }
      assertThatThrownBy(() -> BlockCodec.decode(out.toByteArray()))
          .isInstanceOf(FormatException.class);
    }
  }

  @Example
  void aPartThatDoesNotSuitTheKindOfItsCellIsRefused() {
    for (CellKind kind : new CellKind[] {CellKind.COUNTER, CellKind.SET, CellKind.UPDATES}) {
      Origin origin = new Blocks(new Random(1), FEW_BYTES).origin();
      Held part = new Held(new CellName("c", kind), origin, Value.NULL);
      CarriedRow row = new CarriedRow(
          "t",
          "k",
          null,
          null,
          origin,
          List.of(),
          List.of(part),
          List.of(),
          List.of(),
          List.of(),
          null);
      byte[] bytes =
          BlockCodec.encode(new Block(Blocks.RANGE, List.of(), List.of(), List.of(row), List.of()));
      assertThatThrownBy(() -> BlockCodec.decode(bytes)).isInstanceOf(FormatException.class);
    }
  }

  @Property(tries = 25)
  void everybodyCutsAtTheSamePlacesAndNothingIsLost(@ForAll Random random) throws Exception {
    List<CarriedRow> rows =
        new Blocks(random, random.nextBoolean() ? FEW_BYTES : MANY_BYTES).rows(60);
    Block rest = new Blocks(random, FEW_BYTES).block(1);
    List<byte[]> cut = new ArrayList<>();
    List<byte[]> again = new ArrayList<>();
    List<byte[]> parts = new ArrayList<>();
    PartPacker packer = new PartPacker(parts::add);
    cut(rows, rest, block -> {
      assertThat(BlockWeight.of(block)).isLessThanOrEqualTo(BlockWeight.MAX);
      cut.add(BlockCodec.encode(block));
      packer.add(block);
    });
    packer.finish();
    cut(rows, rest, block -> again.add(BlockCodec.encode(block)));
    assertThat(again).containsExactlyElementsOf(cut);
    List<CarriedRow> pieces = new ArrayList<>();
    List<CarriedFile> files = new ArrayList<>();
    int at = 0;
    for (byte[] part : parts) {
      assertThat(part.length).isLessThanOrEqualTo(PayloadLimits.MAX_PLAINTEXT_BYTES);
      PartReader reader = new PartReader(part);
      for (Optional<Block> next = reader.next(); next.isPresent(); next = reader.next()) {
        assertThat(BlockCodec.encode(next.get())).isEqualTo(cut.get(at++));
        pieces.addAll(next.get().rows());
        files.addAll(next.get().files());
      }
    }
    assertThat(at).isEqualTo(cut.size());
    assertThat(Blocks.joined(pieces)).isEqualTo(rows);
    assertThat(files).isEqualTo(rest.files());
  }

  private static void cut(List<CarriedRow> rows, Block rest, Consumer<Block> out) {
    BlockCutter cutter = new BlockCutter(Blocks.RANGE, out);
    rest.files().forEach(cutter::add);
    rest.policies().forEach(cutter::add);
    rest.judgements().forEach(cutter::add);
    rows.forEach(cutter::add);
    cutter.finish();
  }

  @Property(tries = 300)
  void aPlaintextThatWasAlteredIsRefused(@ForAll Random random) {
    List<byte[]> parts = new ArrayList<>();
    PartPacker packer = new PartPacker(parts::add);
    packer.add(new Blocks(random, FEW_BYTES).block(10));
    packer.finish();
    byte[] part = parts.get(0);
    part[random.nextInt(part.length)] ^= (byte) (1 + random.nextInt(255));
    try {
      PartReader reader = new PartReader(part);
      while (reader.next().isPresent()) {
        assertThat(part).isNotEmpty();
      }
    } catch (FormatException | UnknownPayloadVersionException refused) {
      assertThat(refused.getMessage()).isNotEmpty();
    }
  }
}
