package dev.sealift.ops.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.ops.mesh.MeshOptions.ClusterTls;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** An authority of a mesh's members and a certificate from it, as PEM files. */
final class MemberCertificates {
  private static final String PASSWORD = "changeit";

  private MemberCertificates() {}

  static ClusterTls make(Path folder) throws Exception {
    Files.createDirectories(folder);
    Path store = folder.resolve("keys.p12");
    pair(store, "ca", "-ext", "bc:c");
    pair(store, "member", "-signer", "ca");
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    byte[] key = keys.getKey("member", PASSWORD.toCharArray()).getEncoded();
    return new ClusterTls(
        pem(
            folder.resolve("member.crt"),
            "CERTIFICATE",
            keys.getCertificate("member").getEncoded()),
        pem(folder.resolve("member.key"), "PRIVATE KEY", key),
        pem(folder.resolve("ca.crt"), "CERTIFICATE", keys.getCertificate("ca").getEncoded()));
  }

  private static void pair(Path store, String alias, String... more) throws Exception {
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    List<String> command = new ArrayList<>(List.of(keytool, "-genkeypair", "-keyalg", "EC"));
    command.addAll(List.of("-alias", alias, "-dname", "CN=" + alias, "-storetype", "PKCS12"));
    command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
    command.addAll(Arrays.asList(more));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  private static Path pem(Path file, String type, byte[] der) throws Exception {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return Files.writeString(
        file, "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
  }
}
