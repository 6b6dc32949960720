package dev.sealift.client.store;

import dev.sealift.client.value.Value;
import org.jspecify.annotations.Nullable;

/**
 * A prepared statement, for repeated use. Parameters and columns count from 1. Bound arguments stay until they are bound
 * anew.
 */
public interface Statement extends AutoCloseable {
  Statement bind(int at, long value);

  Statement bind(int at, @Nullable String value);

  Statement bind(int at, byte @Nullable [] value);

  Statement bind(int at, Value value);

  Statement bindNull(int at);

  int parameters();

  /**
   * Runs a statement that has no result rows.
   *
   * @return how many rows it changed
   */
  int run();

  /** Keeps the bound arguments for {@link #runBatch}. */
  void addToBatch();

  /**
   * Runs the statement once for each kept set of arguments, in their order.
   *
   * @return how many rows each changed
   */
  int[] runBatch();

  /** Forgets the kept arguments. */
  void clearBatch();

  /** Goes to the next result row, running the statement first if it is not under way. Resets itself after the last. */
  boolean next();

  /** Ends reading. */
  void reset();

  int columns();

  String columnName(int column);

  long integer(int column);

  boolean isNull(int column);

  String text(int column);

  byte[] blob(int column);

  Value value(int column);

  @Override
  void close();
}
