package dev.sealift.client.compact;

import dev.sealift.client.compact.CarriedRow.Dropped;
import dev.sealift.client.compact.CarriedRow.FeedPlace;
import dev.sealift.client.compact.CarriedRow.Held;
import dev.sealift.client.compact.CarriedRow.Line;
import dev.sealift.client.compact.CarriedRow.Loser;
import dev.sealift.client.merge.CellKind;
import dev.sealift.client.pack.RunKind;
import dev.sealift.client.value.Bytes;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.id.Hash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Blocks and what is in them, drawn at random. */
public final class Blocks {
  static final StepRange RANGE = new StepRange(3, 900);
  private static final List<RunKind> KINDS = List.of(
      RunKind.PUT, RunKind.PATCH, RunKind.REMOVE, RunKind.ASSIGN, RunKind.COUNT, RunKind.ADD);

  private final Random random;
  private final int mostBytes;

  /** @param mostBytes of a text or of bytes */
  Blocks(Random random, int mostBytes) {
    this.random = random;
    this.mostBytes = mostBytes;
  }

  static Hash hash(String text) {
    return Hash.of(text.getBytes(StandardCharsets.UTF_8));
  }

  DeviceId device() {
    return DeviceId.of(hash("device" + random.nextInt(5)));
  }

  private long time() {
    return random.nextInt(10) == 0 ? -1 - random.nextInt(9) : 1L + random.nextInt(1 << 20);
  }

  private long logged() {
    return 1L + random.nextInt((int) RANGE.base());
  }

  private long ofRange() {
    return RANGE.first() + random.nextInt((int) (RANGE.base() - RANGE.first() + 1));
  }

  Origin origin() {
    return new Origin(random.nextInt(3), time(), device(), logged());
  }

  private @Nullable Origin optional() {
    return random.nextInt(3) == 0 ? null : origin();
  }

  Value value() {
    return switch (random.nextInt(6)) {
      case 0 -> Value.NULL;
      case 1 -> Value.of(random.nextLong());
      case 2 -> Value.of(random.nextDouble());
      case 3 -> Value.of("x".repeat(random.nextInt(mostBytes)));
      case 4 -> Value.of(random.nextInt(100) + "");
      default -> {
        byte[] bytes = new byte[random.nextInt(mostBytes)];
        random.nextBytes(bytes);
        yield Value.of(bytes);
      }
    };
  }

  private CellName register() {
    return new CellName("c" + random.nextInt(6), null);
  }

  private CellName compound() {
    CellKind[] kinds = CellKind.values();
    return new CellName("c" + random.nextInt(3), kinds[random.nextInt(kinds.length)]);
  }

  private CellName any() {
    return switch (random.nextInt(3)) {
      case 0 -> CellName.ROW;
      case 1 -> register();
      default -> compound();
    };
  }

  private <T> List<T> some(int most, Comparator<T> order, Supplier<T> one) {
    TreeMap<T, T> distinct = new TreeMap<>(order);
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      T item = one.get();
      distinct.putIfAbsent(item, item);
    }
    return new ArrayList<>(distinct.values());
  }

  CarriedRow row(String table, String key) {
    @Nullable Origin marker = optional();
    List<Held> parts = some(5, Held.ORDER, this::part);
    List<Dropped> dropped = some(3, Dropped.ORDER, () -> new Dropped(compound(), origin()));
    boolean touched = !parts.isEmpty() || !dropped.isEmpty() || random.nextInt(4) == 0;
    return new CarriedRow(
        table,
        key,
        marker,
        random.nextInt(4) == 0 ? origin() : null,
        touched ? origin() : null,
        some(
            6,
            Comparator.comparing(Held::cell),
            () -> new Held(
                register(), marker != null && random.nextBoolean() ? marker : origin(), value())),
        parts,
        dropped,
        some(3, Loser.ORDER, this::loser),
        some(5, Line.ORDER, this::line),
        random.nextInt(3) == 0
            ? new FeedPlace(1 + random.nextInt(50), time(), device(), logged())
            : null);
  }

  private Held part() {
    CellName cell = compound();
    Value value = value();
    return new Held(
        cell,
        origin(),
        switch (Objects.requireNonNull(cell.kind())) {
          case COUNTER -> Value.of(random.nextLong());
          case UPDATES -> Value.of(new byte[] {(byte) random.nextInt(9)});
          case SET -> value == Value.NULL ? Value.of(1) : value;
          case MULTI_VALUE -> value;
        });
  }

  private Loser loser() {
    return new Loser(
        any(),
        time(),
        device(),
        1 + random.nextInt(Loser.MAX_REASON),
        value(),
        time(),
        device(),
        random.nextInt(1 << 30),
        random.nextInt(2) * time());
  }

  private Line line() {
    return new Line(
        any(),
        KINDS.get(random.nextInt(KINDS.size())),
        time(),
        device(),
        logged(),
        random.nextInt(10),
        random.nextInt(1 << 30),
        value());
  }

  List<CarriedRow> rows(int most) {
    return some(
        most, CarriedRow.ORDER, () -> row("t" + random.nextInt(3), "k" + random.nextInt(1000)));
  }

  /** Without an id, with it, and with it and an edge in front. */
  CarriedFile file(long at) {
    int naming = random.nextInt(3);
    byte[] edge = new byte[Long.bitCount(at - 1) * Hash.BYTES];
    random.nextBytes(edge);
    return new CarriedFile(
        at,
        device(),
        logged(),
        naming == 0 ? null : FileId.of(hash("file" + at)),
        random.nextInt(1 << 30),
        random.nextInt(9),
        random.nextInt(9),
        random.nextInt(9),
        random.nextInt(9),
        naming == 2 ? Bytes.of(edge) : null);
  }

  Block block(int mostRows) {
    List<CarriedFile> files = new ArrayList<>();
    for (long at = ofRange(); at <= RANGE.base() && files.size() < 20; at++) {
      files.add(file(at));
    }
    return new Block(
        RANGE,
        some(
            3,
            CarriedPolicy.ORDER,
            () -> new CarriedPolicy(
                "t" + random.nextInt(3), 1 + random.nextInt(3), ofRange(), random.nextInt(99))),
        some(
            3,
            CarriedJudgement.ORDER,
            () -> new CarriedJudgement(
                device(), time(), hash("tx" + random.nextInt(9)), ofRange(), random.nextBoolean())),
        rows(mostRows),
        files);
  }

  /** All of what rows hold, put together again where they were cut. */
  public static List<CarriedRow> joined(List<CarriedRow> pieces) {
    List<CarriedRow> rows = new ArrayList<>();
    for (CarriedRow piece : pieces) {
      CarriedRow last = rows.isEmpty() ? null : rows.get(rows.size() - 1);
      if (last != null && last.isOf(piece)) {
        rows.set(rows.size() - 1, joined(last, piece));
      } else {
        rows.add(piece);
      }
    }
    return rows;
  }

  private static CarriedRow joined(CarriedRow one, CarriedRow more) {
    return new CarriedRow(
        one.table(),
        one.key(),
        one.marker(),
        one.removal(),
        one.touch(),
        both(one, more, CarriedRow::registers),
        both(one, more, CarriedRow::parts),
        both(one, more, CarriedRow::dropped),
        both(one, more, CarriedRow::losers),
        both(one, more, CarriedRow::lines),
        one.feed() == null ? more.feed() : one.feed());
  }

  private static <T> List<T> both(
      CarriedRow one, CarriedRow more, Function<CarriedRow, List<T>> items) {
    List<T> all = new ArrayList<>(items.apply(one));
    all.addAll(items.apply(more));
    return all;
  }

  /** The same, its lists in another order. */
  Block shuffled(Block block) {
    return new Block(
        block.range(),
        shuffled(block.policies()),
        shuffled(block.judgements()),
        shuffled(block.rows().stream().map(this::shuffled).toList()),
        shuffled(block.files()));
  }

  private CarriedRow shuffled(CarriedRow row) {
    return new CarriedRow(
        row.table(),
        row.key(),
        row.marker(),
        row.removal(),
        row.touch(),
        shuffled(row.registers()),
        shuffled(row.parts()),
        shuffled(row.dropped()),
        shuffled(row.losers()),
        shuffled(row.lines()),
        row.feed());
  }

  private <T> List<T> shuffled(List<T> items) {
    List<T> shuffled = new ArrayList<>(items);
    Collections.shuffle(shuffled, random);
    return shuffled;
  }
}
