package dev.sealift.ops.simulate;

import dev.sealift.client.store.Db;
import dev.sealift.client.store.Driver;
import dev.sealift.client.store.JdbcDriver;
import dev.sealift.client.store.SqlFunction;
import dev.sealift.client.store.Statement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A device's disk: SQLite on a file. Its power can be cut as a commit begins, or just after it; and so that what was written without waiting for the
 * disk is lost.
 */
final class Disk implements Driver {
  /** When the power goes. */
  enum Cut {
    /** Before the commit: it is not there. */
    BEFORE,
    /** After the commit, before anybody is told: it is there. */
    AFTER,
    /** After it, and with it goes what was committed without waiting for the disk. */
    AFTER_UNSYNCED
  }

  private static final List<String> SUFFIXES = List.of("", "-wal");

  private final JdbcDriver driver = new JdbcDriver();
  private final Path file;
  private Cut cut = Cut.BEFORE;
  private long commitsLeft;
  private boolean dead;
  private boolean saved;
  private boolean isBackedUp;

  Disk(Path file) {
    this.file = file;
  }

  Path file() {
    return file;
  }

  boolean isDead() {
    return dead;
  }

  /** Cuts the power at the last of so many commits that change something; at least 1. */
  void cutAt(long commits, Cut how) {
    commitsLeft = commits;
    cut = how;
    saved = false;
  }

  /**
   * There is power again; everything that had the disk open is closed.
   *
   * @return whether commits are lost that had not waited for the disk
   */
  boolean powerOn() {
    boolean loses = dead && saved;
    if (loses) {
      SUFFIXES.forEach(suffix -> copy(kept(suffix), path(suffix)));
    }
    dead = false;
    saved = false;
    commitsLeft = 0;
    return loses;
  }

  /** Copies it as it is, between two commits. */
  void backUp() {
    SUFFIXES.forEach(suffix -> copy(path(suffix), backup(suffix)));
    isBackedUp = true;
  }

  boolean isBackedUp() {
    return isBackedUp;
  }

  /** It is again as it was when it was copied. Nothing has it open. */
  void putBack() {
    SUFFIXES.forEach(suffix -> copy(backup(suffix), path(suffix)));
  }

  private Path backup(String suffix) {
    return Path.of(file + suffix + ".backup");
  }

  private Path path(String suffix) {
    return Path.of(file + suffix);
  }

  private Path kept(String suffix) {
    return Path.of(file + suffix + ".kept");
  }

  private static void copy(Path from, Path to) {
    try {
      if (Files.exists(from)) {
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.deleteIfExists(to);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void save() {
    SUFFIXES.forEach(suffix -> copy(path(suffix), kept(suffix)));
    saved = true;
  }

  @Override
  public Db openWriter(Path path) {
    return new Powered(driver.openWriter(path), true);
  }

  @Override
  public Db openReader(Path path) {
    return new Powered(driver.openReader(path), false);
  }

  private void requirePower() {
    if (dead) {
      throw new PowerCutException();
    }
  }

  private void die() {
    dead = true;
    throw new PowerCutException();
  }

  /** A connection that works as long as there is power. */
  private final class Powered implements Db {
    private final Db db;
    private final boolean writes;
    private boolean synced = true;

    Powered(Db db, boolean writes) {
      this.db = db;
      this.writes = writes;
    }

    @Override
    public Statement prepare(String sql) {
      requirePower();
      return db.prepare(sql);
    }

    @Override
    public void execute(String sql) {
      requirePower();
      db.execute(sql);
    }

    @Override
    public void function(String name, int arguments, SqlFunction function) {
      db.function(name, arguments, function);
    }

    @Override
    public void commit() {
      requirePower();
      boolean last = writes && commitsLeft == 1;
      if (commitsLeft > 0) {
        commitsLeft--;
      }
      if (last && cut == Cut.BEFORE) {
        die();
      }
      db.commit();
      if (commitsLeft > 0 && synced && cut == Cut.AFTER_UNSYNCED) {
        save();
      }
      if (last) {
        if (synced) {
          saved = false; // the disk has it all
        }
        die();
      }
    }

    @Override
    public void syncCommits(boolean nowSynced) {
      requirePower();
      synced = nowSynced;
      db.syncCommits(nowSynced);
    }

    @Override
    public void checkpoint() {
      requirePower();
      db.checkpoint();
    }

    @Override
    public void rollback() {
      requirePower();
      db.rollback();
    }

    @Override
    public void deadline(long nanoTime) {
      db.deadline(nanoTime);
    }

    @Override
    public void interrupt() {
      db.interrupt();
    }

    @Override
    public void close() {
      db.close();
    }
  }
}
