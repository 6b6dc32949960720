package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.compact.Block;
import dev.sealift.client.compact.BlockCodec;
import dev.sealift.client.compact.BlockCutter;
import dev.sealift.client.compact.BlockOrder;
import dev.sealift.client.compact.Blocks;
import dev.sealift.client.compact.CarriedFile;
import dev.sealift.client.compact.CarriedJudgement;
import dev.sealift.client.compact.CarriedPolicy;
import dev.sealift.client.compact.CarriedRow;
import dev.sealift.client.compact.PartPacker;
import dev.sealift.client.compact.PartReader;
import dev.sealift.client.compact.StepRange;
import dev.sealift.client.value.Bytes;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Compactions that stores make and take, as the payloads of their parts. */
final class Steps {
  /** In tests, so that there are many blocks: heavier than any single thing in them. */
  static final int LIGHT = 5_000;

  private Steps() {}

  /** A compaction: what it covers, and the plaintexts of its parts. */
  record Step(StepRange range, List<byte[]> parts) {
    List<Block> blocks() {
      List<Block> blocks = new ArrayList<>();
      try {
        for (byte[] part : parts) {
          PartReader reader = new PartReader(part);
          for (Optional<Block> next = reader.next(); next.isPresent(); next = reader.next()) {
            blocks.add(next.get());
          }
        }
      } catch (Exception e) {
        throw new AssertionError("a part that nobody can read", e);
      }
      return blocks;
    }
  }

  static Step make(TestDevice maker, long first) {
    List<byte[]> parts = new ArrayList<>();
    PartPacker packer = new PartPacker(parts::add);
    StepRange range = maker.store.carry(
        first,
        maker::open,
        Steps::edge,
        (covered, out) -> new BlockCutter(covered, LIGHT, out),
        packer::add);
    packer.finish();
    return new Step(range, parts);
  }

  /** What stands for the edge of a tree in front of a file: as long as one is. */
  static byte[] edge(long sequence) {
    ByteBuffer edge = ByteBuffer.allocate(Long.bitCount(sequence - 1) * Hash.BYTES);
    while (edge.hasRemaining()) {
      edge.put(TestDevice.hash("edge" + sequence).toByteArray());
    }
    return edge.array();
  }

  /** What stands for a tree: its roots go by sizes, and it knows the edge. */
  static class Roots implements StepRoots {
    @Override
    public void begin(long sequence, Bytes edge) throws FormatException {
      if (!edge.equals(Bytes.of(edge(sequence)))) {
        throw new FormatException("not the edge of this tree");
      }
    }

    @Override
    public Hash with(long sequence, FileId file, long serverTimeMillis, long base) {
      return TestDevice.hash("root" + sequence);
    }
  }

  /** What everybody should have alike. */
  static List<byte[]> bytes(TestDevice maker, long first) {
    return make(maker, first).blocks().stream().map(BlockCodec::encode).toList();
  }

  /**
   * The blocks of a step of which something is another thing, cut as everybody cuts them.
   *
   * @param policies beside those that it has, as are {@code judgements}
   */
  static List<Block> recut(
      Step step,
      UnaryOperator<CarriedFile> file,
      UnaryOperator<CarriedRow> row,
      List<CarriedPolicy> policies,
      List<CarriedJudgement> judgements) {
    return recut(step, file, row, any -> true, policies, judgements);
  }

  private static List<Block> recut(
      Step step,
      UnaryOperator<CarriedFile> file,
      UnaryOperator<CarriedRow> row,
      Predicate<CarriedRow> carried,
      List<CarriedPolicy> policies,
      List<CarriedJudgement> judgements) {
    List<Block> blocks = step.blocks();
    List<Block> cut = new ArrayList<>();
    BlockCutter cutter = new BlockCutter(step.range(), LIGHT, cut::add);
    blocks.forEach(block -> block.files().forEach(one -> cutter.add(file.apply(one))));
    blocks.forEach(block -> block.policies().forEach(cutter::add));
    policies.forEach(cutter::add);
    blocks.forEach(block -> block.judgements().forEach(cutter::add));
    judgements.forEach(cutter::add);
    List<CarriedRow> pieces =
        blocks.stream().flatMap(block -> block.rows().stream()).toList();
    Blocks.joined(pieces).stream().filter(carried).map(row).forEach(cutter::add);
    cutter.finish();
    return cut;
  }

  /** As above, with some rows more. */
  static List<Block> recut(Step step, UnaryOperator<CarriedRow> row, List<CarriedRow> more) {
    List<Block> cut = new ArrayList<>();
    BlockCutter cutter = new BlockCutter(step.range(), LIGHT, cut::add);
    step.blocks().forEach(block -> block.files().forEach(cutter::add));
    step.blocks().forEach(block -> block.policies().forEach(cutter::add));
    step.blocks().forEach(block -> block.judgements().forEach(cutter::add));
    Stream.concat(rows(step).stream(), more.stream())
        .sorted(Comparator.comparing(CarriedRow::table).thenComparing(CarriedRow::key))
        .map(row)
        .forEach(cutter::add);
    cutter.finish();
    return cut;
  }

  /** Its rows, whole. */
  static List<CarriedRow> rows(Step step) {
    return Blocks.joined(
        step.blocks().stream().flatMap(block -> block.rows().stream()).toList());
  }

  /** As above, without some of its rows. */
  static List<Block> recut(Step step, Predicate<CarriedRow> carried) {
    return recut(step, file -> file, row -> row, carried, List.of(), List.of());
  }

  /** As above, without what the log says of policies and transactions. */
  static List<Block> withoutSayings(Step step) {
    List<Block> cut = new ArrayList<>();
    BlockCutter cutter = new BlockCutter(step.range(), LIGHT, cut::add);
    step.blocks().forEach(block -> block.files().forEach(cutter::add));
    rows(step).forEach(cutter::add);
    cutter.finish();
    return cut;
  }

  /** What a device finds of a compaction. */
  static Optional<Difference> compare(TestDevice holder, StepRange range, List<Block> blocks) {
    Iterator<Block> left = blocks.iterator();
    return holder.store.compare(
        range,
        new BlockOrder(range, LIGHT),
        device -> true,
        holder::open,
        Steps::edge,
        () -> left.hasNext() ? Optional.of(left.next()) : Optional.empty());
  }

  static void take(TestDevice taker, Step step) {
    take(taker, step, step.blocks());
  }

  /** Cut off after some blocks, and begun again. */
  static void takeInTwo(TestDevice taker, Step step, Random random) {
    takeSome(taker, step, random.nextInt(step.blocks().size() + 1));
    if (random.nextBoolean()) {
      taker.reopen();
    }
    take(taker, step);
  }

  static void take(TestDevice taker, Step step, List<Block> blocks) {
    Installing installing = install(taker, step);
    check(installing, blocks);
    blocks.forEach(block -> takeOne(installing, block));
    installing.finish();
    assertThat(taker.store.position()).isEqualTo(step.range().base());
  }

  /** Some blocks of it, and no more. */
  static void takeSome(TestDevice taker, Step step, int some) {
    Installing installing = install(taker, step);
    check(installing, step.blocks());
    step.blocks().subList(0, some).forEach(block -> takeOne(installing, block));
  }

  static Installing install(TestDevice taker, Step step) {
    return install(taker, step, device -> true);
  }

  static Installing install(TestDevice taker, Step step, Predicate<DeviceId> members) {
    return install(taker, step, TestDevice.hash("root" + step.range().base()), members);
  }

  static Installing install(TestDevice taker, Step step, Hash root, Predicate<DeviceId> members) {
    return taker.store.install(step.range(), root, new Roots(), members, LIGHT);
  }

  /** All blocks, before any is taken in. */
  static void check(Installing installing, List<Block> blocks) {
    try {
      blocks.forEach(block -> checkOne(installing, block));
      installing.checked();
    } catch (Exception e) {
      throw new AssertionError("a step of which nothing is missing", e);
    }
  }

  static void checkOne(Installing installing, Block block) {
    try {
      installing.check(block);
    } catch (Exception e) {
      throw new AssertionError("a block that is as it was made", e);
    }
  }

  static void takeOne(Installing installing, Block block) {
    try {
      installing.take(block);
    } catch (Exception e) {
      throw new AssertionError("a block that is as it was made", e);
    }
  }
}
