package dev.sealift.client.store;

/**
 * One connection to a SQLite database: the boundary to the driver. Not safe for several threads at once, except {@link
 * #interrupt}. Every failure is a {@link StoreException}.
 */
public interface Db extends AutoCloseable {
  Statement prepare(String sql);

  /** Runs one statement that has no arguments and no result. */
  void execute(String sql);

  /**
   * Lets SQL on this connection call a function.
   *
   * @param arguments how many it takes
   */
  void function(String name, int arguments, SqlFunction function);

  /** Ends the transaction that the first statement after the last end began. Durable when it returns, if the connection syncs. */
  void commit();

  /**
   * Whether commits from now on wait for the disk. One that does not is kept whole or not at all like any other, and never before an
   * earlier one; a power failure may take it back until a later one waits. To be called between two transactions.
   */
  void syncCommits(boolean synced);

  /** Copies the write-ahead log into the database, as far as nobody reads an older state; waits for nobody. To be called between two transactions. */
  void checkpoint();

  /** As if nothing had happened since the last end of a transaction. Also when that end failed. */
  void rollback();

  /** Statements that run past this point of {@link System#nanoTime} fail; 0 for no such point. */
  void deadline(long nanoTime);

  /** Makes the running statement fail. From any thread. */
  void interrupt();

  @Override
  void close();
}
