package dev.sealift.ops.hostile;

import dev.sealift.client.compact.Block;
import dev.sealift.client.compact.BlockCutter;
import dev.sealift.client.compact.CarriedFile;
import dev.sealift.client.compact.CarriedRow;
import dev.sealift.client.compact.CarriedRow.Held;
import dev.sealift.client.compact.PartPacker;
import dev.sealift.client.compact.StepRange;
import dev.sealift.client.store.Batch;
import dev.sealift.client.store.LogEdges;
import dev.sealift.client.value.Bytes;
import dev.sealift.ops.simulate.BedDevice;
import dev.sealift.protocol.id.Hash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A compaction of the log up to a device's position, and what its owner may make of it before it is sent.
 *
 * @param edges of the log that it is of
 */
record ForgedCompaction(
    StepRange range, List<CarriedFile> files, List<CarriedRow> rows, LogEdges edges) {
  private static final String PLAN = "compaction.plan";
  private static final int PLAN_VERSION = 1;
  private static final int GENERATION = 1;

  ForgedCompaction {
    files = List.copyOf(files);
    rows = List.copyOf(rows);
  }

  /** As it should be. */
  static ForgedCompaction of(BedDevice device) {
    List<CarriedFile> files = new ArrayList<>();
    List<CarriedRow> rows = new ArrayList<>();
    StepRange range = device
        .store()
        .carry(
            1,
            (entry, header, payload) -> {
              throw new IllegalStateException("no file is read to carry everything");
            },
            device.edges(),
            block -> {
              files.addAll(block.files());
              rows.addAll(block.rows());
            });
    return new ForgedCompaction(range, files, rows, device.edges());
  }

  int lastRow() {
    return rows.size() - 1;
  }

  ForgedCompaction without(int row) {
    List<CarriedRow> less = new ArrayList<>(rows);
    less.remove(row);
    return new ForgedCompaction(range, files, less, edges);
  }

  /** With another row behind all, as one there is. */
  ForgedCompaction withCopyOf(int row) {
    CarriedRow was = rows.get(row);
    List<CarriedRow> more = new ArrayList<>(rows);
    more.add(new CarriedRow(
        was.table(),
        was.key() + "x",
        was.marker(),
        was.removal(),
        was.touch(),
        was.registers(),
        was.parts(),
        was.dropped(),
        was.losers(),
        was.lines(),
        was.feed()));
    return new ForgedCompaction(range, files, more, edges);
  }

  ForgedCompaction altering(int row, UnaryOperator<Held> register) {
    CarriedRow was = rows.get(row);
    List<CarriedRow> other = new ArrayList<>(rows);
    other.set(
        row,
        new CarriedRow(
            was.table(),
            was.key(),
            was.marker(),
            was.removal(),
            was.touch(),
            was.registers().stream().map(register).toList(),
            was.parts(),
            was.dropped(),
            was.losers(),
            was.lines(),
            was.feed()));
    return new ForgedCompaction(range, files, other, edges);
  }

  /** What the log has now, as though it had been so before. */
  ForgedCompaction upTo(long base) {
    return new ForgedCompaction(new StepRange(1, base), files.subList(0, (int) base), rows, edges);
  }

  /** Of the files from one on alone, with the rows of all. */
  ForgedCompaction from(long first) {
    List<CarriedFile> some = new ArrayList<>(files.subList((int) first - 1, files.size()));
    CarriedFile begins = some.get(0);
    some.set(0, begins.with(begins.file(), Bytes.of(edges.before(first))));
    return new ForgedCompaction(new StepRange(first, range.base()), some, rows, edges);
  }

  /** Claims the files of another one, with these rows. */
  ForgedCompaction withFilesOf(ForgedCompaction other) {
    return new ForgedCompaction(other.range, other.files, rows, edges);
  }

  private List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    BlockCutter cutter = new BlockCutter(range, blocks::add);
    files.forEach(cutter::add);
    rows.forEach(cutter::add);
    cutter.finish();
    return blocks;
  }

  /** The device sends it with its next connection, as though it had made it so. */
  void send(BedDevice device) {
    List<byte[]> parts = new ArrayList<>();
    PartPacker packer = new PartPacker(parts::add);
    blocks().forEach(packer::add);
    packer.finish();
    Hash root = device.rootAt(range.base()).orElseThrow();
    try (Batch batch = device.store().batch()) {
      for (int i = 0; i < parts.size(); i++) {
        batch.keepPart(i + 1, parts.get(i));
      }
      batch.putSetting(PLAN, plan(root, parts.size()));
      batch.commit();
    }
  }

  /** As a device keeps it. */
  private byte[] plan(Hash root, int parts) {
    return ByteBuffer.allocate(2 * Long.BYTES + Hash.BYTES + 3 * Integer.BYTES)
        .putLong(range.first())
        .putLong(range.base())
        .put(root.toByteArray())
        .putInt(GENERATION)
        .putInt(parts)
        .putInt(PLAN_VERSION)
        .array();
  }
}
