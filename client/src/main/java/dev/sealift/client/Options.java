package dev.sealift.client;

import dev.sealift.client.sync.Transport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** How a home is opened. Immutable; prints nothing of the passphrase. */
public final class Options {
  private final char @Nullable [] passphrase;
  private final @Nullable Transport transport;
  private final LongSupplier wallMillis;

  private Options(
      char @Nullable [] passphrase, @Nullable Transport transport, LongSupplier wallMillis) {
    this.passphrase = passphrase;
    this.transport = transport;
    this.wallMillis = wallMillis;
  }

  /** No passphrase, the JDK's WebSockets, the system's clock. */
  public static Options defaults() {
    return new Options(null, null, System::currentTimeMillis);
  }

  /** Protects a new home's keys, and opens those of one that was made with it. */
  public Options passphrase(char[] newPassphrase) {
    return new Options(newPassphrase.clone(), transport, wallMillis);
  }

  /** Another way to the mesh than the JDK's WebSockets. */
  public Options transport(Transport newTransport) {
    return new Options(passphrase, newTransport, wallMillis);
  }

  /** Another clock than the system's, in Unix milliseconds. */
  public Options clock(LongSupplier newWallMillis) {
    return new Options(passphrase, transport, newWallMillis);
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
}
