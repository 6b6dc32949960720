package dev.sealift.storage.sqlite;

import dev.sealift.storage.StoreOpenException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * One storage-adapter at a time on one SQLite file.
 *
 * <p>SQLite itself would let two processes take turns; group commit, staging and the space's head in memory
 * belong to one. The lock is on a file of its own, because closing any handle of the database file would drop
 * SQLite's own locks. The kernel releases it when the process dies. The file stays: removing it would
 * let a third process lock a new file while a second waits on the old one.
 */
final class StoreLock implements AutoCloseable {
  /** The locked byte lies far behind the text, since some platforms forbid reading what is locked. */
  private static final long LOCKED_BYTE = 1L << 30;

  private static final int MAX_HOLDER_BYTES = 100;

  private final FileChannel channel;

  private StoreLock(FileChannel channel) {
    this.channel = channel;
  }

  static StoreLock acquire(Path database) throws StoreOpenException {
    Path file = database.resolveSibling(database.getFileName() + ".lock");
    try {
      FileChannel channel = FileChannel.open(
          file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      return lock(channel, database);
    } catch (IOException e) {
      throw new StoreOpenException.Inaccessible(database.toString(), e);
    }
  }

  private static StoreLock lock(FileChannel channel, Path database)
      throws IOException, StoreOpenException {
    boolean locked = false;
    try {
      locked = tryLock(channel) != null;
      if (!locked) {
        throw new StoreOpenException.InUse(database.toString(), readHolder(channel));
      }
      writeHolder(channel);
      return new StoreLock(channel);
    } finally {
      if (!locked) {
        channel.close();
      }
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock(LOCKED_BYTE, 1, false);
    } catch (OverlappingFileLockException e) {
      return null; // held by this very process
    }
  }

  private static String readHolder(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(MAX_HOLDER_BYTES);
    channel.read(bytes, 0);
    String text = StandardCharsets.UTF_8.decode(bytes.flip()).toString();
    return text.matches("process \\d+") ? text : "another process";
  }

  private static void writeHolder(FileChannel channel) throws IOException {
    String holder = "process " + ProcessHandle.current().pid();
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
