package dev.sealift.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a renewed certificate into use. New connections get it; those that are open stay as they are. What cannot be used is
 * reported, the certificate before stays in use, and the files are looked at again when they change once more.
 */
final class TlsReloader {
  private static final Logger LOG = LoggerFactory.getLogger(TlsReloader.class);

  private final Vertx vertx;
  private final TlsFiles files;
  private final GatewayMetrics metrics;
  private Stamp seen;
  private boolean checking;

  /** When the files were last changed. A link that now leads to other files counts as a change. */
  record Stamp(FileTime certificate, FileTime key) {
    private static final FileTime MISSING = FileTime.fromMillis(0);

    /** Blocks. */
    static Stamp of(TlsFiles files) {
      return new Stamp(changed(files.certificate()), changed(files.key()));
    }

    private static FileTime changed(Path file) {
      try {
        return Files.getLastModifiedTime(file);
      } catch (IOException e) {
        return MISSING; // in the middle of being replaced, or gone: loading will tell
      }
    }
  }

  /** Options for the files as they are, and when they were so: taken before, so that a change in between is seen. */
  record Loaded(Stamp stamp, PemKeyCertOptions options) {
    /** Blocks. */
    static Loaded from(Vertx vertx, TlsFiles files) throws GatewayStartException {
      Stamp stamp = Stamp.of(files);
      return new Loaded(stamp, TlsMaterial.load(vertx, files));
    }
  }

  TlsReloader(Vertx vertx, TlsFiles files, Stamp inUse, GatewayMetrics metrics) {
    this.vertx = vertx;
    this.files = files;
    this.seen = inUse;
    this.metrics = metrics;
  }

  /** Options for a server with this certificate. */
  static ServerSSLOptions options(PemKeyCertOptions certificate) {
    return new ServerSSLOptions().setKeyCertOptions(certificate);
  }

  void check(HttpServer server) {
    if (checking) {
      return;
    }
    checking = true;
    Stamp before = seen;
    vertx
        .executeBlocking(() -> changedSince(before))
        .compose(changed -> use(changed, server))
        .onComplete(done -> checking = false);
  }

  private Optional<Stamp> changedSince(Stamp before) {
    Stamp now = Stamp.of(files);
    return now.equals(before) ? Optional.empty() : Optional.of(now);
  }

  private Future<Void> use(Optional<Stamp> changed, HttpServer server) {
    if (changed.isEmpty()) {
      return Future.succeededFuture();
    }
    seen = changed.get();
    return vertx
        .executeBlocking(() -> TlsMaterial.load(vertx, files))
        .compose(certificate -> server.updateSSLOptions(options(certificate)))
        .onSuccess(done -> reloaded())
        .onFailure(this::notReloaded)
        .mapEmpty();
  }

  private void reloaded() {
    metrics.tlsReload(true);
    LOG.info("The TLS certificate was renewed");
  }

  private void notReloaded(Throwable failure) {
    metrics.tlsReload(false);
    LOG.warn("The changed TLS files are not used, the ones before stay: {}", failure.getMessage());
  }
}
