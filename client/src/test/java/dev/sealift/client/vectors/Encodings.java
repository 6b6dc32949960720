package dev.sealift.client.vectors;

import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.Value;
import dev.sealift.client.vectors.MergeModel.ModelRow;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;

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
        model.cells(row).forEach((column, cell) -> {
          if (cell.value() != Value.NULL) {
            tag(3);
            text(column);
            data(cell.value().canonical());
          }
        });
      }
    });
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
    model.cells(row).forEach((column, cell) -> {
      tag(3);
      text(column);
      stamp(cell.stamp());
      data(cell.value().canonical());
    });
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
    data(text.getBytes(StandardCharsets.UTF_8));
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
    out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(stamp.time()).array());
    out.writeBytes(model.device(stamp).toByteArray());
  }
}
