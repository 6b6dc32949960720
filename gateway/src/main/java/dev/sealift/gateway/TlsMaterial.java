package dev.sealift.gateway;

import dev.sealift.gateway.GatewayStartException.Reason;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

/** Reads a certificate and its key, and makes sure that they belong together before anything is served with them. */
final class TlsMaterial {
  private static final byte[] PROBE = "sealift".getBytes(StandardCharsets.US_ASCII);

  private TlsMaterial() {}

  /** Blocks. */
  static PemKeyCertOptions load(Vertx vertx, TlsFiles files) throws GatewayStartException {
    PemKeyCertOptions options = new PemKeyCertOptions()
        .addCertValue(contentOf(files.certificate()))
        .addKeyValue(contentOf(files.key()));
    try {
      checkPair(options, vertx, files);
    } catch (GatewayStartException e) {
      throw e;
    } catch (Exception e) { // what Vert.x throws for a PEM file it cannot read is not more exact
      throw unusable(files, "cannot be read as PEM", e);
    }
    return options;
  }

  private static Buffer contentOf(Path file) throws GatewayStartException {
    try {
      return Buffer.buffer(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new GatewayStartException(
          Reason.TLS_FILES,
          "The TLS file " + file + " cannot be read: check that it is there and readable.",
          e);
    }
  }

  private static void checkPair(PemKeyCertOptions options, Vertx vertx, TlsFiles files)
      throws Exception {
    for (KeyManager manager : options.getKeyManagerFactory(vertx).getKeyManagers()) {
      if (manager instanceof X509KeyManager keys) {
        checkPair(keys, files);
        return;
      }
    }
    throw unusable(files, "hold no certificate with a key", null);
  }

  private static void checkPair(X509KeyManager keys, TlsFiles files) throws Exception {
    for (String type : new String[] {"RSA", "EC", "EdDSA", "Ed25519"}) {
      String[] aliases = keys.getServerAliases(type, null);
      if (aliases != null && aliases.length > 0) {
        X509Certificate own = keys.getCertificateChain(aliases[0])[0];
        if (!belongTogether(keys.getPrivateKey(aliases[0]), own.getPublicKey())) {
          throw unusable(files, "do not belong together", null);
        }
        return;
      }
    }
    throw unusable(files, "hold no RSA, EC or Ed25519 certificate with its key", null);
  }

  private static boolean belongTogether(PrivateKey key, PublicKey certified) {
    try {
      Signature signer = Signature.getInstance(algorithm(certified));
      signer.initSign(key);
      signer.update(PROBE);
      byte[] signature = signer.sign();
      signer.initVerify(certified);
      signer.update(PROBE);
      return signer.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static String algorithm(PublicKey key) {
    return switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> key.getAlgorithm();
    };
  }

  private static GatewayStartException unusable(
      TlsFiles files, String why, @org.jspecify.annotations.Nullable Throwable cause) {
    String message =
        "The TLS files %s and %s %s: give the server's certificate chain and its private key, without a passphrase."
            .formatted(files.certificate(), files.key(), why);
    return cause == null
        ? new GatewayStartException(Reason.TLS_FILES, message)
        : new GatewayStartException(Reason.TLS_FILES, message, cause);
  }
}
