package dev.sealift.ops.mesh;

import dev.sealift.ops.mesh.MeshOptions.ClusterOptions;
import dev.sealift.ops.mesh.MeshOptions.ClusterTls;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The event bus between members, over TLS on both sides: a member shows its certificate whether it calls or is called, and takes only
 * those of the members' own authority. Names in certificates are not compared (Vert.x's event bus cannot), so that authority
 * must certify nobody else.
 */
final class BusSecurity {
  /** Both ends are ours. */
  private static final Set<String> PROTOCOLS = Set.of("TLSv1.3");

  private BusSecurity() {}

  /** Refuses what would send messages in the clear, or could not send any. */
  static void check(ClusterOptions options) throws MeshStartException {
    InetAddress host = address(options.host());
    if (host.isAnyLocalAddress()) {
      throw MeshStartException.badSetting(
          "--cluster-host must be the one address at which other members reach this process, not "
              + options.host() + ".");
    }
    if (options.tls().isEmpty() && !options.allowPlaintext() && !host.isLoopbackAddress()) {
      throw new MeshStartException(
          "plaintext-cluster",
          "Messages between members on " + options.host()
              + " would be open to the network: give --cluster-cert,"
              + " --cluster-key and --cluster-ca, or allow plaintext explicitly with --allow-plaintext-cluster.");
    }
    if (options.tls().isPresent()) {
      checkFiles(options.tls().get());
    }
  }

  private static void checkFiles(ClusterTls tls) throws MeshStartException {
    for (Path file : List.of(tls.certificate(), tls.key(), tls.authority())) {
      if (!Files.isReadable(file)) {
        throw new MeshStartException(
            "cluster-tls-unusable",
            "The file %s for TLS between members cannot be read. Check --cluster-cert, --cluster-key and --cluster-ca."
                .formatted(file));
      }
    }
  }

  private static InetAddress address(String host) throws MeshStartException {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw MeshStartException.badSetting(
          "--cluster-host names " + host + ", which is no address that is known here.");
    }
  }

  static EventBusOptions options(ClusterOptions options) {
    EventBusOptions bus = new EventBusOptions()
        .setHost(options.host())
        .setClusterPublicHost(options.host())
        .setPort(options.busPort());
    options
        .tls()
        .ifPresent(tls -> bus.setSsl(true)
            .setKeyCertOptions(new PemKeyCertOptions()
                .setCertPath(tls.certificate().toString())
                .setKeyPath(tls.key().toString()))
            .setTrustOptions(new PemTrustOptions().addCertPath(tls.authority().toString()))
            .setEnabledSecureTransportProtocols(PROTOCOLS)
            .setClientAuth(ClientAuth.REQUIRED));
    return bus;
  }
}
