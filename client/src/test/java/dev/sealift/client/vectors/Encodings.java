package dev.sealift.client.vectors;

import dev.sealift.client.merge.CompoundCell;
import dev.sealift.client.merge.Part;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.Value;
import dev.sealift.client.vectors.MergeModel.ModelRow;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/** What section 11 hashes, written down a second time; the store's own digests are compared with it. */
final class Encodings {
  private final MergeModel model;
  private ByteArrayOutputStream out = new ByteArrayOutputStream();

  Encodings(MergeModel model) {
    this.model = model;
  }

  byte[] visible() {
    start("sealift.v1 visible state");
    model.tables.forEach((name, rows) -> {
      if (!Names.isReserved(name) && rows.values().stream().anyMatch(model::isVisible)) {
        tag(1);
        text(name);
        visible(rows);
      }
    });
    tag(0);
    return out.toByteArray();
  }

  private void visible(SortedMap<String, ModelRow> rows) {
    rows.forEach((key, row) -> {
      if (model.isVisible(row)) {
        tag(2);
        text(key);
        columns(row).forEach(column -> visible(row, column));
      }
    });
  }

  /** In their order: a register before compound cells of the same name. */
  private SortedSet<String> columns(ModelRow row) {
    SortedSet<String> columns =
        new TreeSet<>(Comparator.comparing(Encodings::utf8, Arrays::compareUnsigned));
    columns.addAll(model.cells(row).keySet());
    model.compounds(row).keySet().forEach(name -> columns.add(name.column()));
    return columns;
  }

  private void visible(ModelRow row, String column) {
    MergeModel.Cell register = model.cells(row).get(column);
    visible(column, register == null ? Value.NULL : register.value());
    model.compounds(row).forEach((name, cell) -> {
      if (name.column().equals(column)) {
        MergeModel.Shown shown = model.shown(name.kind(), cell);
        visible(column, shown.one());
        if (!shown.values().isEmpty()) {
          tag(7);
          text(column);
          number(shown.values().size());
          shown.values().forEach(value -> data(value.canonical()));
        }
      }
    });
  }

  private void visible(String column, Value value) {
    if (value != Value.NULL) {
      tag(3);
      text(column);
      data(value.canonical());
    }
  }

  byte[] merge() {
    start("sealift.v1 merge state");
    for (String name : model.written()) {
      tag(1);
      text(name);
      model.rows(name).forEach(this::merge);
      model.lost(name).forEach(this::lost);
    }
    tag(0);
    return out.toByteArray();
  }

  private void lost(MergeModel.LoserId id, MergeModel.Lost lost) {
    tag(6);
    text(id.key());
    text(id.column());
    out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(id.time()).array());
    out.writeBytes(id.device().toByteArray());
    text(lost.reason());
    data(lost.value().canonical());
  }

  private void merge(String key, ModelRow row) {
    tag(2);
    text(key);
    row.state().cell(RowState.MARKER).ifPresent(stamp -> stamp(4, stamp));
    row.state().removal().ifPresent(stamp -> stamp(5, stamp));
    row.state().touch().ifPresent(stamp -> stamp(8, stamp));
    columns(row).forEach(column -> merge(row, column));
  }

  private void merge(ModelRow row, String column) {
    MergeModel.Cell register = model.cells(row).get(column);
    if (register != null) {
      tag(3);
      text(column);
      stamp(register.stamp());
      data(register.value().canonical());
    }
    model.compounds(row).forEach((name, cell) -> {
      if (name.column().equals(column)) {
        tag(9);
        text(column);
        tag(name.kind().ordinal() + 1);
        merge(cell);
      }
    });
  }

  private void merge(CompoundCell cell) {
    number(cell.parts().size());
    cell.parts().stream()
        .sorted(Comparator.comparing(Part::stamp, model.byStamp())
            .thenComparing(part -> part.value().canonical(), Arrays::compareUnsigned))
        .forEach(part -> {
          stamp(part.stamp());
          data(part.value().canonical());
        });
    number(cell.dropped().size());
    cell.dropped().values().stream().sorted(model.byStamp()).forEach(this::stamp);
  }

  private void start(String context) {
    out = new ByteArrayOutputStream();
    out.writeBytes(context.getBytes(StandardCharsets.US_ASCII));
    tag(0);
  }

  private void tag(int tag) {
    out.write(tag);
  }

  private void text(String text) {
    data(utf8(text));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void number(long number) {
    out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
  }

  private void data(byte[] bytes) {
    out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    out.writeBytes(bytes);
  }

  private void stamp(int tag, Stamp stamp) {
    tag(tag);
    stamp(stamp);
  }

  private void stamp(Stamp stamp) {
    if (model.isByArrival()) {
      number(stamp.place());
    }
    out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(stamp.time()).array());
    out.writeBytes(model.device(stamp).toByteArray());
  }
}
