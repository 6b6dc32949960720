package dev.sealift.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.gateway.GatewayStartException.Reason;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemTrustOptions;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListeningTest {
  private final GatewayFixture fixture = new GatewayFixture();

  @TempDir
  Path directory;

  @AfterEach
  void close() {
    fixture.close();
  }

  private GatewayConfig config() {
    return GatewayConfig.loopback(0, "1.2.3").withLimits(GatewayFixture.quick());
  }

  private TlsFiles tlsFiles() {
    return new TlsFiles(directory.resolve("tls.crt"), directory.resolve("tls.key"));
  }

  private GatewayStartException failure(GatewayConfig config) {
    return (GatewayStartException)
        Waiting.awaitFailure(fixture.vertx.deployVerticle(fixture.verticle(config)));
  }

  private int start(GatewayConfig config) {
    GatewayVerticle gateway = fixture.verticle(config);
    Waiting.await(fixture.vertx.deployVerticle(gateway));
    return gateway.port();
  }

  @Test
  void plainWebSocketsBeyondThisMachineNeedAnExplicitWord() {
    GatewayConfig everywhere = config().withHost("0.0.0.0");
    GatewayStartException refused = failure(everywhere);
    assertThat(refused.reason()).isEqualTo(Reason.PLAINTEXT_BEYOND_LOOPBACK);
    assertThat(refused).hasMessageContaining("0.0.0.0").hasMessageContaining("TLS");
    assertThat(start(everywhere.withPlaintextAllowed())).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1", "127.0.0.2"})
  void onThisMachinePlainWebSocketsAreServed(String host) {
    assertThat(start(config().withHost(host))).isPositive();
  }

  @Test
  void aPortInUseIsSaidSo() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = other.getLocalPort();
      GatewayStartException failure = failure(GatewayConfig.loopback(port, "1.2.3"));
      assertThat(failure.reason()).isEqualTo(Reason.PORT_IN_USE);
      assertThat(failure).hasMessageContaining(String.valueOf(port));
    }
  }

  @Test
  void anAddressThatIsNotThisMachinesIsSaidSo() {
    GatewayConfig elsewhere = config().withHost("192.0.2.1").withPlaintextAllowed();
    assertThat(failure(elsewhere).reason()).isEqualTo(Reason.CANNOT_BIND);
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC"})
  void tlsIsServedFromPemFilesAndRenewedWhenTheyChange(String algorithm) throws Exception {
    Certificates.Pair first = Certificates.make(directory, "first", algorithm);
    Certificates.Pair second = Certificates.make(directory, "second", algorithm);
    first.write(tlsFiles());
    int port = start(config().withHost("0.0.0.0").withTls(tlsFiles()));

    TestClient before = connect(port, first);
    before.enter(TestDevice.space(5));
    Waiting.awaitFailure(
        TestClient.dial(fixture.vertx, port, trusting(second), "/v1/sync", "sealift.v1"));

    second.write(tlsFiles());
    Waiting.until("renewed", () -> fixture.count("tls.reloads", "outcome", "done") > 0);
    connect(port, second).enter(TestDevice.space(5));
    Waiting.awaitFailure(
        TestClient.dial(fixture.vertx, port, trusting(first), "/v1/sync", "sealift.v1"));
    before.fetch(1, 0);
    assertThat(before.next().hasFiles()).as("open connections stay").isTrue();
  }

  @Test
  void aCertificateThatCannotBeUsedDoesNotTakeThePlaceOfTheOneInUse() throws Exception {
    Certificates.Pair first = Certificates.make(directory, "first", "EC");
    Certificates.Pair other = Certificates.make(directory, "other", "EC");
    first.write(tlsFiles());
    int port = start(config().withTls(tlsFiles()));

    Files.writeString(
        tlsFiles().certificate(), other.certificate()); // the key is still the first's
    Waiting.until("refused", () -> fixture.count("tls.reloads", "outcome", "failed") > 0);
    connect(port, first).enter(TestDevice.space(5));
    Files.writeString(tlsFiles().key(), other.key());
    Waiting.until("renewed", () -> fixture.count("tls.reloads", "outcome", "done") > 0);
    connect(port, other).enter(TestDevice.space(5));
  }

  @Test
  void tlsFilesThatAreMissingOrNoPemOrDoNotBelongTogetherAreNamedAtTheStart() throws Exception {
    GatewayConfig config = config().withTls(tlsFiles());
    assertTlsFilesRefused(config, "tls.crt");
    Files.writeString(tlsFiles().certificate(), "no certificate");
    Files.writeString(tlsFiles().key(), "no key");
    assertTlsFilesRefused(config, "PEM");
    Certificates.make(directory, "one", "EC").write(tlsFiles());
    Files.writeString(
        tlsFiles().key(), Certificates.make(directory, "two", "EC").key());
    assertTlsFilesRefused(config, "do not belong together");
  }

  private void assertTlsFilesRefused(GatewayConfig config, String saying) {
    GatewayStartException failure = failure(config);
    assertThat(failure.reason()).isEqualTo(Reason.TLS_FILES);
    assertThat(failure).hasMessageContaining(saying);
  }

  private TestClient connect(int port, Certificates.Pair trusted) {
    return TestClient.connect(fixture.vertx, port, 1, trusting(trusted));
  }

  private static Optional<PemTrustOptions> trusting(Certificates.Pair pair) {
    return Optional.of(new PemTrustOptions().addCertValue(Buffer.buffer(pair.certificate())));
  }
}
