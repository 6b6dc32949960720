package dev.sealift.storage.postgres;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where a store on PostgreSQL is, and how it is used.
 *
 * @param hosts of one cluster; only the one that takes writes is used
 * @param passwordFile its first line; read at each connection. Empty for none
 * @param tls checked in full: certificate chain and host name
 * @param caFile PEM certificates to trust; empty for those that Java trusts
 * @param writers connections that commit, each a group of its own
 * @param readers connections that serve reads
 * @param loaders connections that load spaces, each of which waits for the standby
 * @param stagingBytes memory for payloads that wait for their commit
 * @param keepStaged how long such a payload waits
 * @param statementTimeout the server gives up a statement after this
 * @param lockTimeout the server gives up waiting for another transaction's lock after this
 * @param idleTimeout the server ends a transaction whose next statement does not come
 */
public record PostgresOptions(
    List<Host> hosts,
    String database,
    String user,
    Optional<Path> passwordFile,
    boolean tls,
    Optional<Path> caFile,
    int writers,
    int readers,
    int loaders,
    long stagingBytes,
    Duration keepStaged,
    Duration statementTimeout,
    Duration lockTimeout,
    Duration idleTimeout) {

  /** A server. */
  public record Host(String name, int port) {
    @Override
    public String toString() {
      return (name.contains(":") ? "[" + name + "]" : name) + ":" + port;
    }
  }

  /** Two keep the disk busy while one waits for it; more only compete for the same log. */
  private static final int DEFAULT_WRITERS = 2;

  private static final int DEFAULT_READERS = 4;

  /** While one waits for the standby, the other begins what came meanwhile. */
  private static final int DEFAULT_LOADERS = 2;

  /** Sixteen connections with a full put window each. */
  private static final long DEFAULT_STAGING_BYTES = 64L << 20;

  /** Far longer than an admission takes; short enough for what a killed gateway left. */
  private static final Duration DEFAULT_KEEP_STAGED = Duration.ofMinutes(1);

  /** The largest group takes a second on a slow disk. */
  private static final Duration DEFAULT_STATEMENT_TIMEOUT = Duration.ofSeconds(10);

  /** Locks are held for one group's time: longer than this, somebody is stuck. */
  private static final Duration DEFAULT_LOCK_TIMEOUT = Duration.ofSeconds(5);

  /** A process that stopped between two statements must not keep its spaces locked. */
  private static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofSeconds(5);

  public PostgresOptions {
    hosts = List.copyOf(hosts);
    if (hosts.isEmpty() || writers < 1 || readers < 1 || loaders < 1 || stagingBytes < 0) {
      throw new IllegalArgumentException("an option is out of bounds");
    }
  }

  public static PostgresOptions of(
      List<Host> hosts,
      String database,
      String user,
      Optional<Path> passwordFile,
      boolean tls,
      Optional<Path> caFile) {
    return new PostgresOptions(
        hosts,
        database,
        user,
        passwordFile,
        tls,
        caFile,
        DEFAULT_WRITERS,
        DEFAULT_READERS,
        DEFAULT_LOADERS,
        DEFAULT_STAGING_BYTES,
        DEFAULT_KEEP_STAGED,
        DEFAULT_STATEMENT_TIMEOUT,
        DEFAULT_LOCK_TIMEOUT,
        DEFAULT_IDLE_TIMEOUT);
  }

  public PostgresOptions withTimeouts(Duration statement, Duration lock, Duration idle) {
    return new PostgresOptions(
        hosts,
        database,
        user,
        passwordFile,
        tls,
        caFile,
        writers,
        readers,
        loaders,
        stagingBytes,
        keepStaged,
        statement,
        lock,
        idle);
  }

  /** What people may see of it: no user, no password. */
  public String place() {
    return "postgres://" + String.join(",", hosts.stream().map(Host::toString).toList()) + "/"
        + database;
  }
}
