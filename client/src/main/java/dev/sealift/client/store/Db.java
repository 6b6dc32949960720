package dev.sealift.client.store;

/**
 * One connection to a SQLite database: the boundary to the driver. Not safe for several threads at once, except {@link
 * #interrupt}. Every failure is a {@link StoreException}.
 */
interface Db extends AutoCloseable {
  Statement prepare(String sql);

  /** Runs one statement that has no arguments and no result. */
  void execute(String sql);

  /** Ends the transaction that the first statement after the last end began. Durable when it returns. */
  void commit();

  /** As if nothing had happened since the last end of a transaction. Also when that end failed. */
  void rollback();

  /** Statements that run past this point of {@link System#nanoTime} fail; 0 for no such point. */
  void deadline(long nanoTime);

  /** Makes the running statement fail. From any thread. */
  void interrupt();

  @Override
  void close();
}
