package dev.sealift.ops.terminal;

/** How far something long has got. Its methods may be called from any thread. */
public interface Progress extends AutoCloseable {
  /** Where nobody watches. */
  Progress SILENT = new Progress() {
    @Override
    public void of(long total) {}

    @Override
    public void reached(long count) {}

    @Override
    public void close() {}
  };

  /** Says how much there is to do, if that was not known at the beginning. */
  void of(long total);

  /** Says how much is done, from the beginning. */
  void reached(long count);

  @Override
  void close();
}
