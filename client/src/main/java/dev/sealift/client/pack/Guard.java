package dev.sealift.client.pack;

import dev.sealift.client.value.Names;
import dev.sealift.client.value.Value;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.DeviceId;
import java.util.List;
import java.util.Optional;

/**
 * What a transaction has read of a row, told by the event that it came from: so it cannot be mistaken for another one that looks the same.
 *
 * @param column of a register, or of compound cells; empty for the row as such
 * @param event empty where there was none
 */
public record Guard(What what, String column, Optional<Name> event) {
  /** What was read. */
  public enum What {
    /** A register: the event that it holds, none where it was never written. */
    REGISTER,
    /** That the row is there. Names no event: whatever came and went before, what was read is the same. */
    THERE,
    /** That the row is not there; as {@link #THERE}. */
    NOT_THERE,
    /** Compound cells of a column: one of their parts; or that they have none. All those of one column and transaction together name all parts. */
    PART
  }

  /** Which event: the bits of its hybrid time, and its device. */
  public record Name(long time, DeviceId device) {}

  private static final int WHAT = 0;
  private static final int COLUMN = 1;
  private static final int TIME = 2;
  private static final int DEVICE = 3;

  /** Whether values are those of a guard. */
  static boolean isOne(List<Value> values) {
    return values.get(WHAT) instanceof Value.Int what
        && what.value() >= 0
        && what.value() < What.values().length
        && values.get(COLUMN) instanceof Value.Text column
        && suits(What.values()[(int) what.value()], column.value())
        && isEvent(values.get(TIME), values.get(DEVICE))
        && (!column.value().isEmpty() || values.get(TIME) == Value.NULL);
  }

  private static boolean suits(What what, String column) {
    return what == What.REGISTER || what == What.PART
        ? Names.isWellFormed(column)
        : column.isEmpty();
  }

  private static boolean isEvent(Value time, Value device) {
    return time == Value.NULL
        ? device == Value.NULL
        : time instanceof Value.Int at
            && at.value() != 0
            && device instanceof Value.Blob id
            && id.value().length() == DeviceId.BYTES;
  }

  /** Reads the values of an event in a run of guards, which were checked. */
  public static Guard of(RowEvent event) {
    List<Value> values = event.values();
    if (values.get(WHAT) instanceof Value.Int what
        && values.get(COLUMN) instanceof Value.Text column) {
      return new Guard(
          What.values()[(int) what.value()],
          column.value(),
          name(values.get(TIME), values.get(DEVICE)));
    }
    throw new IllegalArgumentException("not a guard");
  }

  private static Optional<Name> name(Value time, Value device) {
    try {
      return time instanceof Value.Int at && device instanceof Value.Blob id
          ? Optional.of(new Name(at.value(), DeviceId.of(id.value().toByteArray())))
          : Optional.empty();
    } catch (FormatException e) {
      throw new IllegalArgumentException("not a guard", e);
    }
  }

  /** The values of its event, by {@link RunKind#GUARD_COLUMNS}. */
  public List<Value> values() {
    return List.of(
        Value.of(what.ordinal()),
        Value.of(column),
        event.map(name -> Value.of(name.time())).orElse(Value.NULL),
        event.map(name -> Value.of(name.device().toByteArray())).orElse(Value.NULL));
  }
}
