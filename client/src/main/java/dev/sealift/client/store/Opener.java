package dev.sealift.client.store;

import dev.sealift.client.value.Bytes;

/** Opens files that the store keeps sealed: it has no keys. Called on the thread of the batch. */
@FunctionalInterface
public interface Opener {
  /**
   * A file of the log with its events; with none when it has none, or when nobody can read it.
   *
   * @param header as it was signed
   * @param payload as it was sealed
   */
  RemoteFile open(LogEntry entry, Bytes header, Bytes payload);
}
