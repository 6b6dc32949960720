package dev.sealift.ops.terminal;

/** How far something long has got. */
public interface Progress extends AutoCloseable {
  /** Where nobody watches. */
  Progress SILENT = new Progress() {
    @Override
    public void reached(long count) {}

    @Override
    public void close() {}
  };

  /** Says how much is done, from the beginning. May be called from any thread. */
  void reached(long count);

  @Override
  void close();
}
