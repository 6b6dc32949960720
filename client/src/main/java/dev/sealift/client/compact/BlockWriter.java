package dev.sealift.client.compact;

import dev.sealift.client.compact.CarriedRow.Dropped;
import dev.sealift.client.compact.CarriedRow.Held;
import dev.sealift.client.pack.ByteWriter;
import dev.sealift.client.pack.ColumnWriter;
import dev.sealift.client.pack.IntegerSeries;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.id.DeviceId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Writes one block. The layout is in {@link BlockCodec}. */
final class BlockWriter {
  private final Block block;
  private final ByteWriter out = new ByteWriter(1 << 16);
  private final Map<DeviceId, Integer> devices = new HashMap<>();
  private final StampNumbers stamps = new StampNumbers();

  BlockWriter(Block block) {
    this.block = block;
  }

  byte[] write() {
    out.writeVarint(BlockCodec.VERSION);
    out.writeVarint(block.range().first());
    out.writeVarint(block.range().base());
    block.rows().forEach(this::noteStamps);
    writeDevices();
    writeStamps();
    writePolicies();
    writeJudgements();
    writeTables();
    writeFiles();
    return out.toByteArray();
  }

  private void noteStamps(CarriedRow row) {
    note(row.marker());
    note(row.removal());
    note(row.touch());
    Origin marker = row.marker();
    for (Held held : row.registers()) {
      if (!held.origin().equals(marker)) {
        note(held.origin());
      }
    }
    for (Held held : row.parts()) {
      note(held.origin());
    }
    for (Dropped dropped : row.dropped()) {
      note(dropped.origin());
    }
  }

  private void note(@Nullable Origin origin) {
    if (origin != null) {
      stamps.add(origin);
    }
  }

  private void writeDevices() {
    TreeSet<DeviceId> all = new TreeSet<>();
    stamps.all().stream().map(Origin::device).distinct().forEach(all::add);
    block.judgements().forEach(judgement -> all.add(judgement.device()));
    block.files().forEach(file -> all.add(file.author()));
    for (CarriedRow row : block.rows()) {
      row.losers().forEach(loser -> {
        all.add(loser.device());
        all.add(loser.rivalDevice());
      });
      row.lines().forEach(line -> all.add(line.device()));
      if (row.feed() != null) {
        all.add(row.feed().device());
      }
    }
    out.writeVarint(all.size());
    for (DeviceId device : all) {
      devices.put(device, devices.size());
      out.write(device.toByteArray());
    }
  }

  private void writeStamps() {
    List<Origin> all = stamps.all();
    out.writeVarint(all.size());
    series(all, Origin::place);
    series(all, Origin::time);
    series(all, stamp -> device(stamp.device()));
    series(all, Origin::sequence);
  }

  private void writePolicies() {
    List<CarriedPolicy> policies = block.policies();
    out.writeVarint(policies.size());
    texts(policies.stream().map(CarriedPolicy::table).toArray(String[]::new));
    series(policies, CarriedPolicy::keep);
    series(policies, CarriedPolicy::sequence);
    series(policies, CarriedPolicy::serverTimeMillis);
    series(
        policies.stream().filter(CarriedPolicy::isLifetime).toList(),
        CarriedPolicy::lifetimeMillis);
  }

  private void writeJudgements() {
    List<CarriedJudgement> judgements = block.judgements();
    out.writeVarint(judgements.size());
    series(judgements, judgement -> device(judgement.device()));
    series(judgements, CarriedJudgement::number);
    judgements.forEach(judgement -> out.write(judgement.events().toByteArray()));
    series(judgements, CarriedJudgement::sequence);
    series(judgements, judgement -> judgement.conflict() ? 1 : 0);
  }

  private void writeTables() {
    List<List<CarriedRow>> tables = new ArrayList<>();
    int from = 0;
    List<CarriedRow> rows = block.rows();
    while (from < rows.size()) {
      int to = from + 1;
      while (to < rows.size() && rows.get(to).table().equals(rows.get(from).table())) {
        to++;
      }
      tables.add(rows.subList(from, to));
      from = to;
    }
    out.writeVarint(tables.size());
    tables.forEach(table -> new TableWriter(this, table).write());
  }

  private void writeFiles() {
    List<CarriedFile> files = block.files();
    out.writeVarint(files.size());
    series(files, CarriedFile::sequence);
    series(files, file -> device(file.author()));
    series(files, CarriedFile::counter);
    series(files, BlockWriter::naming);
    for (CarriedFile file : files) {
      if (file.file() != null) {
        out.write(file.file().toByteArray());
      }
    }
    for (CarriedFile file : files) {
      if (file.edge() != null) {
        out.write(file.edge().toByteArray());
      }
    }
    series(files, CarriedFile::serverTimeMillis);
    series(files, CarriedFile::base);
    series(files, CarriedFile::place);
    series(files, CarriedFile::known);
    series(files, CarriedFile::newest);
  }

  private static int naming(CarriedFile file) {
    if (file.file() == null) {
      return BlockCodec.UNNAMED;
    }
    return file.edge() == null ? BlockCodec.NAMED : BlockCodec.FIRST_NAMED;
  }

  // What all of it is made of

  long device(DeviceId device) {
    return devices.getOrDefault(device, 0);
  }

  /** A reference to a stamp; 0 for none. */
  long stamp(@Nullable Origin origin) {
    return origin == null ? 0 : 1L + stamps.of(origin);
  }

  void number(long number) {
    out.writeVarint(number);
  }

  void name(String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    out.writeVarint(utf8.length);
    out.write(utf8);
  }

  <T> void series(List<T> items, ToLongFunction<T> number) {
    long[] numbers = new long[items.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number.applyAsLong(items.get(i));
    }
    IntegerSeries.write(out, numbers);
  }

  void texts(String[] texts) {
    if (texts.length > 0) {
      column(ColumnWriter.write(texts));
    }
  }

  void values(List<Value> values) {
    if (!values.isEmpty()) {
      column(ColumnWriter.write(values.toArray(Value[]::new)));
    }
  }

  private void column(byte[] column) {
    out.writeVarint(column.length);
    out.write(column);
  }
}
