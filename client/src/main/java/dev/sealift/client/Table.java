package dev.sealift.client;

import dev.sealift.client.error.SealiftException;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/**
 * A table of a space. A write is durable on this device and visible when the call returns; it reaches the mesh and the other
 * devices in the background. Safe for use from any thread.
 */
public final class Table {
  private final Space space;
  private final String name;

  Table(Space space, String name) {
    this.space = space;
    this.name = name;
  }

  public String name() {
    return name;
  }

  /**
   * Writes a whole row: columns that the row does not name become null.
   *
   * @throws SealiftException {@code INVALID_INPUT}, {@code DISK_FULL}; nothing was written then
   */
  public void put(String key, Row row) {
    space.write(writes -> writes.put(name, key, row));
  }

  /** Writes the named columns and leaves the others; makes the row when there is none. Errors as in {@link #put}. */
  public void patch(String key, Row row) {
    space.write(writes -> writes.patch(name, key, row));
  }

  /** Removes a row. Does nothing when there is none. */
  public void remove(String key) {
    space.write(writes -> writes.remove(name, key));
  }

  /**
   * Writes many whole rows, in transactions of some thousand: after a failure those before the current transaction are
   * kept.
   *
   * @return how many rows were written
   */
  public long putAll(Iterator<Map.Entry<String, Row>> rows) {
    long written = 0;
    while (rows.hasNext()) {
      written += space.writeSome(name, rows);
    }
    return written;
  }

  /** The row as it stands now; empty when there is none. */
  public Optional<Row> get(String key) {
    return space.get(name, key);
  }

  /** How many rows there are. */
  public long count() {
    return space.count(name);
  }
}
