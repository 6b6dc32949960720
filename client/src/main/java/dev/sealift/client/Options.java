package dev.sealift.client;

import dev.sealift.client.error.ErrorCode;
import dev.sealift.client.error.SealiftException;
import dev.sealift.client.store.Driver;
import dev.sealift.client.sync.CompactionThresholds;
import dev.sealift.client.sync.Transport;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** How a home is opened. Immutable; prints nothing of the passphrase. */
public final class Options {
  private final char @Nullable [] passphrase;
  private final @Nullable Transport transport;
  private final LongSupplier wallMillis;
  private final boolean compaction;
  private final boolean encryption;

  private Options(
      char @Nullable [] passphrase,
      @Nullable Transport transport,
      LongSupplier wallMillis,
      boolean compaction,
      boolean encryption) {
    this.passphrase = passphrase;
    this.transport = transport;
    this.wallMillis = wallMillis;
    this.compaction = compaction;
    this.encryption = encryption;
  }

  /** No passphrase, the JDK's WebSockets, the system's clock, and a share in compacting. */
  public static Options defaults() {
    return new Options(null, null, System::currentTimeMillis, true, false);
  }

  /**
   * Protects a new home's keys, and opens those of one that was made with it. Where this program's SQLite encrypts, it protects the stores too: new ones
   * from the beginning, those in clear from when their space is next opened.
   */
  public Options passphrase(char[] newPassphrase) {
    return new Options(newPassphrase.clone(), transport, wallMillis, compaction, encryption);
  }

  /** Another way to the mesh than the JDK's WebSockets. */
  public Options transport(Transport newTransport) {
    return new Options(passphrase, newTransport, wallMillis, compaction, encryption);
  }

  /** Another clock than the system's, in Unix milliseconds. */
  public Options clock(LongSupplier newWallMillis) {
    return new Options(passphrase, transport, newWallMillis, compaction, encryption);
  }

  /**
   * Whether this device does its share of compacting where a mesh takes that: now and then it sums up what was written, compares what others have, and goes by it where it is far behind. Without it, others of the space do it, and
   * this device takes what they have made only where the mesh has nothing else any more.
   */
  public Options compaction(boolean on) {
    return new Options(passphrase, transport, wallMillis, on, encryption);
  }

  /** Opens a home only with a passphrase and a SQLite that encrypts, so that no store can lie in clear: else {@code NO_ENCRYPTION}. */
  public Options requireEncryption() {
    return new Options(passphrase, transport, wallMillis, compaction, true);
  }

  /**
   * @throws SealiftException {@code NO_ENCRYPTION} when it is required, and this driver or a passphrase that was not given is in its way
   */
  void requireMet(Driver driver) {
    if (encryption && passphrase == null) {
      throw new SealiftException(
          ErrorCode.NO_ENCRYPTION,
          "Stores are encrypted in homes with a passphrase only: give one.");
    }
    if (encryption && !driver.encrypts()) {
      throw new SealiftException(
          ErrorCode.NO_ENCRYPTION,
          "The SQLite of this program cannot encrypt. Put the build with SQLite3 Multiple Ciphers in its place.");
    }
  }

  char @Nullable [] passphrase() {
    return passphrase;
  }

  @Nullable
  Transport transport() {
    return transport;
  }

  LongSupplier wallMillis() {
    return wallMillis;
  }

  Optional<CompactionThresholds> compactionThresholds() {
    return compaction ? Optional.of(CompactionThresholds.usual()) : Optional.empty();
  }
}
