package dev.sealift.storage.postgres;

import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.TrustManagerFactory;

/**
 * Whose word for the server's certificate counts. Read here rather than by Vert.x, which finds out that a file is missing only after it
 * has connected, and then says nothing of it.
 */
final class TrustedAuthorities {
  private TrustedAuthorities() {}

  /**
   * @param file PEM certificates; empty for those that Java trusts
   * @throws IOException whose message names the file
   */
  static TrustOptions read(Optional<Path> file) throws IOException {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(file.isPresent() ? certificates(file.get()) : null); // null: Java's own
      return TrustOptions.wrap(factory.getTrustManagers()[0]);
    } catch (GeneralSecurityException e) {
      throw new IOException("this Java has no trusted certificates", e);
    }
  }

  private static KeyStore certificates(Path file) throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    for (Certificate certificate : parse(file)) {
      trusted.setCertificateEntry("authority " + trusted.size(), certificate);
    }
    return trusted;
  }

  private static Collection<? extends Certificate> parse(Path file)
      throws IOException, CertificateException {
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends Certificate> found =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (found.isEmpty()) {
        throw new IOException("it is empty");
      }
      return found;
    } catch (IOException | CertificateException e) {
      throw new IOException("the authorities in " + file + " cannot be read", e);
    }
  }
}
