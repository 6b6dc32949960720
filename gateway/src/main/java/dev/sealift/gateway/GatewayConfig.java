package dev.sealift.gateway;

import java.util.Optional;

/**
 * Where and how a gateway listens.
 *
 * @param host the address to bind
 * @param port 0 takes a free one: see {@link GatewayVerticle#port}
 * @param tls the certificate; without one the gateway speaks plain {@code ws}
 * @param allowPlaintext lets plain {@code ws} be served beyond this machine, because TLS ends in front of the gateway
 * @param version what {@code /version} says
 */
public record GatewayConfig(
    String host,
    int port,
    Optional<TlsFiles> tls,
    boolean allowPlaintext,
    String version,
    GatewayLimits limits) {

  private static final int HIGHEST_PORT = 65_535;

  public GatewayConfig {
    if (port < 0 || port > HIGHEST_PORT) {
      throw new IllegalArgumentException("port must be 0 to " + HIGHEST_PORT + ", not " + port);
    }
  }

  /** Plain {@code ws} on this machine only. */
  public static GatewayConfig loopback(int port, String version) {
    return new GatewayConfig(
        "127.0.0.1", port, Optional.empty(), false, version, GatewayLimits.defaults());
  }

  public GatewayConfig withHost(String other) {
    return new GatewayConfig(other, port, tls, allowPlaintext, version, limits);
  }

  public GatewayConfig withTls(TlsFiles files) {
    return new GatewayConfig(host, port, Optional.of(files), allowPlaintext, version, limits);
  }

  public GatewayConfig withPlaintextAllowed() {
    return new GatewayConfig(host, port, tls, true, version, limits);
  }

  public GatewayConfig withLimits(GatewayLimits other) {
    return new GatewayConfig(host, port, tls, allowPlaintext, version, other);
  }
}
