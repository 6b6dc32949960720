package dev.sealift.client;

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

  private Options(
      char @Nullable [] passphrase,
      @Nullable Transport transport,
      LongSupplier wallMillis,
      boolean compaction) {
    this.passphrase = passphrase;
    this.transport = transport;
    this.wallMillis = wallMillis;
    this.compaction = compaction;
  }

  /** No passphrase, the JDK's WebSockets, the system's clock, and a share in compacting. */
  public static Options defaults() {
    return new Options(null, null, System::currentTimeMillis, true);
  }

  /** Protects a new home's keys, and opens those of one that was made with it. */
  public Options passphrase(char[] newPassphrase) {
    return new Options(newPassphrase.clone(), transport, wallMillis, compaction);
  }

  /** Another way to the mesh than the JDK's WebSockets. */
  public Options transport(Transport newTransport) {
    return new Options(passphrase, newTransport, wallMillis, compaction);
  }

  /** Another clock than the system's, in Unix milliseconds. */
  public Options clock(LongSupplier newWallMillis) {
    return new Options(passphrase, transport, newWallMillis, compaction);
  }

  /**
   * Whether this device does its share of compacting where a mesh takes that: now and then it sums up what was written, compares what others have, and goes by it where it is far behind. Without it, others of the space do it, and
   * this device takes what they have made only where the mesh has nothing else any more.
   */
  public Options compaction(boolean on) {
    return new Options(passphrase, transport, wallMillis, on);
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
