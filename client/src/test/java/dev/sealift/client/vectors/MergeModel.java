package dev.sealift.client.vectors;

import com.google.gson.JsonElement;
import dev.sealift.client.merge.DeviceOrder;
import dev.sealift.client.merge.Merged;
import dev.sealift.client.merge.RowMerge;
import dev.sealift.client.merge.RowState;
import dev.sealift.client.merge.Stamp;
import dev.sealift.client.value.Names;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.Hash;
import dev.sealift.vectors.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Tables in memory, merged by production code, and shown as the vectors show them. The store is compared with it. */
public final class MergeModel {
  /** By the bytes of UTF-8, unsigned: section 11. */
  private static final Comparator<String> ORDER =
      Comparator.comparing(text -> text.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  private final List<DeviceId> devices = new ArrayList<>();
  private final DeviceOrder deviceOrder = (a, b) -> devices.get(a).compareTo(devices.get(b));
  private final RowMerge merge = new RowMerge(deviceOrder);
  final SortedMap<String, SortedMap<String, ModelRow>> tables = new TreeMap<>(ORDER);

  /** A row's state, and its values by the numbers of its columns. */
  static final class ModelRow {
    private final SortedMap<String, Integer> columns = new TreeMap<>(ORDER);
    private final Map<Integer, Value> values = new TreeMap<>();
    private RowState state = RowState.ABSENT;

    private int cell(String column) {
      return columns.computeIfAbsent(column, name -> columns.size() + 1);
    }

    RowState state() {
      return state;
    }
  }

  public static MergeModel of(List<Event> events) {
    MergeModel model = new MergeModel();
    events.forEach(model::apply);
    return model;
  }

  private void apply(Event event) {
    ModelRow row = tables
        .computeIfAbsent(event.table(), name -> new TreeMap<>(ORDER))
        .computeIfAbsent(event.key(), key -> new ModelRow());
    Stamp stamp = Stamp.of(event.time(), number(event.device()), 1);
    int[] cells = event.values().keySet().stream().mapToInt(row::cell).toArray();
    List<Value> values = List.copyOf(event.values().values());
    Merged merged = switch (event.kind()) {
      case PUT -> merge.put(row.state, stamp, cells, values, row.values::get);
      case PATCH -> merge.patch(row.state, stamp, cells, values, row.values::get);
      case REMOVE -> merge.remove(row.state, stamp);
    };
    for (int i = 0; i < cells.length; i++) {
      if (merged.takes(i)) {
        row.values.put(cells[i], values.get(i));
      }
    }
    row.state = merged.state();
  }

  private int number(DeviceId device) {
    if (!devices.contains(device)) {
      devices.add(device);
    }
    return devices.indexOf(device);
  }

  DeviceId device(Stamp stamp) {
    return devices.get(stamp.device());
  }

  boolean isVisible(ModelRow row) {
    return merge.isVisible(row.state);
  }

  /** Column by column: what was ever written. */
  SortedMap<String, Cell> cells(ModelRow row) {
    SortedMap<String, Cell> cells = new TreeMap<>(ORDER);
    row.columns.forEach((column, cell) -> row.state
        .cell(cell)
        .ifPresent(stamp -> cells.put(column, new Cell(stamp, row.values.get(cell)))));
    return cells;
  }

  record Cell(Stamp stamp, Value value) {}

  /** Adds visible, state and both digests. */
  public Json describe(Json to) {
    Encodings encodings = new Encodings(this);
    return to.json("visible", visible())
        .json("state", state())
        .text("visible_digest", Hash.of(encodings.visible()).toString())
        .text("merge_digest", Hash.of(encodings.merge()).toString());
  }

  private JsonElement visible() {
    List<Json> shown = new ArrayList<>();
    tables.forEach((name, rows) -> {
      List<Json> shownRows = new ArrayList<>();
      rows.forEach((key, row) -> {
        if (isVisible(row)) {
          shownRows.add(Json.of("key", key).object("cells", shown(row)));
        }
      });
      if (!shownRows.isEmpty() && !Names.isReserved(name)) {
        shown.add(Json.of("table", name).list("rows", shownRows, Json::get));
      }
    });
    return Json.array(shown, Json::get);
  }

  private Json shown(ModelRow row) {
    Json cells = Json.object();
    cells(row).forEach((column, cell) -> {
      if (cell.value() != Value.NULL) {
        cells.json(column, CellJson.toJson(cell.value()));
      }
    });
    return cells;
  }

  private JsonElement state() {
    List<Json> all = new ArrayList<>();
    tables.forEach((name, rows) -> {
      List<Json> allRows = new ArrayList<>();
      rows.forEach((key, row) -> allRows.add(state(key, row)));
      all.add(Json.of("table", name).list("rows", allRows, Json::get));
    });
    return Json.array(all, Json::get);
  }

  private Json state(String key, ModelRow row) {
    Json json = Json.of("key", key);
    row.state.cell(RowState.MARKER).ifPresent(stamp -> json.object("marker", stamp(stamp)));
    row.state.removal().ifPresent(stamp -> json.object("removal", stamp(stamp)));
    Json cells = Json.object();
    cells(row)
        .forEach((column, cell) ->
            cells.object(column, stamp(cell.stamp()).json("value", CellJson.toJson(cell.value()))));
    return json.object("cells", cells);
  }

  private Json stamp(Stamp stamp) {
    return Json.object()
        .u64("hybrid_time", stamp.time())
        .text("device", device(stamp).toString());
  }
}
