package dev.sealift.client;

/** A listener that is told of changes until it is closed. */
public interface Watch extends AutoCloseable {
  /** No further call of the listener starts after this returns. */
  @Override
  void close();
}
