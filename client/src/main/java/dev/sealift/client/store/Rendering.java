package dev.sealift.client.store;

import com.google.gson.JsonPrimitive;
import dev.sealift.client.merge.CellKind;
import dev.sealift.client.merge.CompoundCell;
import dev.sealift.client.merge.DeviceOrder;
import dev.sealift.client.merge.Part;
import dev.sealift.client.value.Utf8;
import dev.sealift.client.value.Value;
import dev.sealift.client.value.ValueLimits;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** What people see of a compound cell in its column: one value, so that plain SQL makes sense of it. */
final class Rendering {
  private static final BigInteger MIN = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);

  private final DeviceOrder devices;

  Rendering(DeviceOrder devices) {
    this.devices = devices;
  }

  /** Null of a counter that is zero, of an empty set, and where there are no updates. */
  Value shown(CellKind kind, CompoundCell cell) {
    return switch (kind) {
      case MULTI_VALUE -> winner(cell);
      case COUNTER -> total(cell);
      case SET -> array(values(cell));
      case UPDATES ->
        cell.parts().isEmpty() ? Value.NULL : Value.of(cell.parts().size());
    };
  }

  /** What the view has in the place of null. */
  static String emptySql(CellKind kind) {
    return switch (kind) {
      case MULTI_VALUE -> "NULL";
      case COUNTER, UPDATES -> "0";
      case SET -> "'[]'";
    };
  }

  /** Of a multi-value register, the value with the highest rank. */
  Value winner(CompoundCell cell) {
    return winning(cell).map(Part::value).orElse(Value.NULL);
  }

  /** What has it; empty of an empty cell. */
  Optional<Part> winning(CompoundCell cell) {
    return cell.parts().stream().max(rank());
  }

  private Comparator<Part> rank() {
    return Comparator.<Part>comparingLong(part -> part.stamp().place())
        .thenComparing(
            (a, b) -> Long.compareUnsigned(a.stamp().time(), b.stamp().time()))
        .thenComparing((a, b) -> devices.compare(a.stamp().device(), b.stamp().device()))
        .thenComparing(part -> part.value().hash());
  }

  private static Value total(CompoundCell cell) {
    Value sum = sum(cell);
    return sum.equals(Value.of(0)) ? Value.NULL : sum;
  }

  /** The sum of what all devices have added; at the most what 64 bits hold. */
  private static Value sum(CompoundCell cell) {
    BigInteger sum = BigInteger.ZERO;
    for (Part part : cell.parts()) {
      if (part.value() instanceof Value.Int added) {
        sum = sum.add(BigInteger.valueOf(added.value()));
      }
    }
    return Value.of(sum.max(MIN).min(MAX).longValueExact());
  }

  /**
   * What is in it: of a multi-value register the winner first, then the others; of a set each value once; updates in the order of their times; of a counter the total.
   */
  List<Value> values(CellKind kind, CompoundCell cell) {
    return switch (kind) {
      case MULTI_VALUE -> winnerFirst(cell);
      case COUNTER -> List.of(cell.parts().isEmpty() ? Value.of(0) : sum(cell));
      case SET -> values(cell);
      case UPDATES -> cell.parts().stream().sorted(rank()).map(Part::value).toList();
    };
  }

  private List<Value> winnerFirst(CompoundCell cell) {
    List<Value> values = new ArrayList<>(values(cell));
    Value winner = winner(cell);
    if (values.remove(winner)) {
      values.add(0, winner);
    }
    return values;
  }

  /** Each value once, in the order of their canonical bytes. */
  static List<Value> values(CompoundCell cell) {
    return cell.parts().stream()
        .map(Part::value)
        .distinct()
        .sorted(Comparator.comparing(Value::canonical, Arrays::compareUnsigned))
        .toList();
  }

  /** JSON; of a set too large for one value the number of its values. */
  private static Value array(List<Value> values) {
    if (values.isEmpty()) {
      return Value.NULL;
    }
    StringBuilder array = new StringBuilder("[");
    for (Value value : values) {
      array.append(array.length() > 1 ? "," : "").append(json(value));
      if (array.length() > ValueLimits.MAX_VALUE_BYTES) {
        return Value.of("{\"count\":" + values.size() + "}");
      }
    }
    String text = array.append(']').toString();
    return Utf8.length(text) > ValueLimits.MAX_VALUE_BYTES
        ? Value.of("{\"count\":" + values.size() + "}")
        : Value.of(text);
  }

  private static String json(Value value) {
    return switch (value.kind()) {
      case NULL -> "null";
      case INT -> Long.toString(((Value.Int) value).value());
      case REAL -> real(((Value.Real) value).value());
      case TEXT -> quoted(((Value.Text) value).value());
      case BLOB -> quoted(HexFormat.of().formatHex(((Value.Blob) value).value().toByteArray()));
    };
  }

  /** JSON has no number for it. */
  private static String real(double value) {
    return Double.isInfinite(value) ? quoted(Double.toString(value)) : Double.toString(value);
  }

  private static String quoted(String text) {
    return new JsonPrimitive(text).toString();
  }
}
