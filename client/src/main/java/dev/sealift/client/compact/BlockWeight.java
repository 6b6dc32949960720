package dev.sealift.client.compact;

import dev.sealift.client.compact.CarriedRow.Dropped;
import dev.sealift.client.compact.CarriedRow.FeedPlace;
import dev.sealift.client.compact.CarriedRow.Held;
import dev.sealift.client.compact.CarriedRow.Line;
import dev.sealift.client.compact.CarriedRow.Loser;
import dev.sealift.client.pack.PayloadLimits;
import dev.sealift.client.value.Utf8;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How much is in a block: no less than the bytes that it takes, by rules that do not depend on how it is encoded or deflated. So all devices cut what they carry at the same places, every block fits into a part, and
 * whoever reads one knows what it can cost.
 *
 * <pre>
 * block    1,024                         table    1,024 + its name, once in a block
 * device   32, once in a block           cell     256 + 2 × its name, once in a table of a block
 * row      32 + its key                  stamp    32; none where a register has that of the marker
 * value    16 + its canonical form       of a register or a part; a dropped part 8
 * loser    80 + its canonical form       line     64 + its canonical form
 * feed     32                            policy   64 + its name
 * file     72, id 32, edge its bytes      judgement 72
 * </pre>
 */
final class BlockWeight {
  /** Whatever deflating does to bytes that it can do nothing with, it adds less. */
  private static final int DEFLATING = 4 << 10;

  /** A block is no heavier: it fits into a part by itself, with the largest value that there may be. */
  static final int MAX = PayloadLimits.MAX_PLAINTEXT_BYTES - DEFLATING;

  /** Nothing weighs less. */
  private static final int LEAST = 16;

  /** What a block has at the most of anything. */
  static final int MAX_ITEMS = MAX / LEAST;

  private static final int BLOCK = 1_024;
  private static final int TABLE = 1_024;
  private static final int CELL = 256;
  private static final int DEVICE = DeviceId.BYTES;
  private static final int ROW = 32;
  private static final int STAMP = 32;
  private static final int VALUE = 16;
  private static final int DROPPED = 8;
  private static final int LOSER = 80;
  private static final int LINE = 64;
  private static final int FEED = 32;
  private static final int POLICY = 64;
  private static final int JUDGEMENT = 72;
  private static final int FILE = 72;

  private final Map<String, Set<CellName>> tables = new HashMap<>();
  private final Set<DeviceId> devices = new HashSet<>();
  private Set<CellName> cells = new HashSet<>();
  private @Nullable Origin marker;
  private long total = BLOCK;

  static long of(Block block) {
    return whole(block).total;
  }

  /** That of a block, to which more may be added. */
  static BlockWeight whole(Block block) {
    BlockWeight weight = new BlockWeight();
    block.files().forEach(weight::add);
    block.policies().forEach(weight::add);
    block.judgements().forEach(weight::add);
    block.rows().forEach(weight::addWhole);
    return weight;
  }

  long total() {
    return total;
  }

  void add(CarriedPolicy policy) {
    total += POLICY + Utf8.length(policy.table());
  }

  void add(CarriedJudgement judgement) {
    total += JUDGEMENT;
    add(judgement.device());
  }

  void add(CarriedFile file) {
    total += FILE;
    total += file.file() == null ? 0 : FileId.BYTES;
    total += file.edge() == null ? 0 : file.edge().length();
    add(file.author());
  }

  private void addWhole(CarriedRow row) {
    begin(row);
    row.registers().forEach(this::addRegister);
    row.parts().forEach(this::addPart);
    row.dropped().forEach(this::add);
    row.losers().forEach(this::add);
    row.lines().forEach(this::add);
    if (row.feed() != null) {
      add(row.feed());
    }
  }

  /** The row without what it holds; that follows. */
  void begin(CarriedRow row) {
    cells = tables.computeIfAbsent(row.table(), name -> {
      total += TABLE + Utf8.length(name);
      return new HashSet<>();
    });
    total += ROW + Utf8.length(row.key());
    marker = row.marker();
    add(row.marker());
    add(row.removal());
    add(row.touch());
  }

  void addRegister(Held held) {
    add(held.cell());
    add(held.value(), VALUE);
    if (!held.origin().equals(marker)) {
      add(held.origin());
    }
  }

  void addPart(Held held) {
    add(held.cell());
    add(held.value(), VALUE);
    add(held.origin());
  }

  void add(Dropped dropped) {
    total += DROPPED;
    add(dropped.cell());
    add(dropped.origin());
  }

  void add(Loser loser) {
    add(loser.cell());
    add(loser.value(), LOSER);
    add(loser.device());
    add(loser.rivalDevice());
  }

  void add(Line line) {
    add(line.cell());
    add(line.value(), LINE);
    add(line.device());
  }

  void add(FeedPlace place) {
    total += FEED;
    add(place.device());
  }

  private void add(@Nullable Origin origin) {
    if (origin != null) {
      total += STAMP;
      add(origin.device());
    }
  }

  private void add(DeviceId device) {
    if (devices.add(device)) {
      total += DEVICE;
    }
  }

  private void add(CellName cell) {
    if (!cell.isRow() && cells.add(cell)) {
      total += CELL + 2L * Utf8.length(cell.column());
    }
  }

  private void add(Value value, int beside) {
    total += beside + value.canonicalLength();
  }
}
