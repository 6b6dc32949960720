package dev.sealift.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * PEM files of an authority that no system trusts, of a server at 127.0.0.1 that it certifies, and of an authority that has nothing
 * to do with them.
 */
record PrivateAuthority(Path authority, Path certificate, Path key, Path otherAuthority) {
  private static final String PASSWORD = "changeit";

  static PrivateAuthority make(Path folder) throws Exception {
    Path file = folder.resolve("keys.p12");
    keytool(file, "authority", "-ext", "bc:critical");
    keytool(file, "server", "-signer", "authority", "-ext", "san=ip:127.0.0.1");
    keytool(file, "other", "-ext", "bc:critical");
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    Path key = pem(
        folder.resolve("server.key"),
        "PRIVATE KEY",
        keys.getKey("server", PASSWORD.toCharArray()).getEncoded());
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    return new PrivateAuthority(
        certificate(folder, keys, "authority"),
        certificate(folder, keys, "server"),
        key,
        certificate(folder, keys, "other"));
  }

  private static void keytool(Path file, String alias, String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-alias", alias, "-keyalg", "EC", "-dname"));
    command.addAll(List.of("CN=" + alias, "-storetype", "PKCS12", "-keystore", file.toString()));
    command.addAll(List.of("-storepass", PASSWORD));
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  private static Path certificate(Path folder, KeyStore keys, String alias) throws Exception {
    return pem(
        folder.resolve(alias + ".crt"),
        "CERTIFICATE",
        keys.getCertificate(alias).getEncoded());
  }

  private static Path pem(Path file, String type, byte[] der) throws Exception {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return Files.writeString(
        file, "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
  }
}
