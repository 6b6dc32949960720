package dev.sealift.client.rule;

import dev.sealift.client.value.Value;
import java.util.List;
import java.util.Optional;

/** The rows as a device shows them now, its own writes included. */
public interface Rows {
  /** Whether a row is there. */
  enum Presence {
    THERE,
    /** It was removed, and what it held is kept. */
    REMOVED,
    /** Nobody has written it yet, as far as this device knows. */
    NEVER
  }

  /**
   * Who made a row what it is: of one that is there, all who have written a cell of it; of a removed one, who removed it.
   *
   * @param newestMillis when the last of them did, in Unix milliseconds of the mesh
   * @param own whether this device is among them
   */
  record Origin(long newestMillis, boolean own) {}

  Presence presence(RowName row);

  /** What the app calls a table, for what is told to it. */
  default String label(String table) {
    return table;
  }

  /** Of a row that is not {@link Presence#NEVER}. */
  Origin origin(RowName row);

  /** Whether a removed row would come back with what it held, if it was brought back now: not when its removal is older than the cut-off. */
  boolean returnsWhole(RowName row);

  /** The row that another one refers to, if it refers to any; whether it is there or not. */
  Optional<RowName> target(Reference reference, String key);

  /**
   * The keys of rows that refer to a row, in their order.
   *
   * @param presence which of them: those that are there, or the removed ones
   * @param afterKey empty from the first on
   * @param most how many
   */
  List<String> referring(
      Reference reference, String target, Presence presence, String afterKey, int most);

  /**
   * The keys of the rows that are there and have the same values as one of them, itself included: the one that had them first is first. So it goes by the highest rank of the writes that made the
   * values, then by keys. Empty when the row is not there, or has a null.
   *
   * @param most how many; of more than that, none in particular, in no order
   */
  List<String> claimants(Unique unique, String key, int most);

  /** Whether no row that is there has a value in a column. */
  boolean isFree(Unique unique, Value value);

  /** How often this device has given a row another value because a rule asked for it, ever. */
  int changes(RowName row);

  /** What a row holds in a column. */
  Value value(RowName row, String column);
}
