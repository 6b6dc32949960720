package dev.sealift.storage.postgres;

import static dev.sealift.protocol.mesh.proto.CommitResult.COMMIT_RESULT_COMMITTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.storage.SampleLog;
import dev.sealift.storage.StoreDriver;
import dev.sealift.storage.StoreException;
import dev.sealift.storage.StoreOpenException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server beyond loopback, as it were: TLS checked in full, and a password. */
class PostgresTlsTest {
  private static final DeviceId ANNA = SampleLog.device("Anna");
  private static final ByteString PAYLOAD = ByteString.copyFromUtf8("payload");
  private static final String DATABASE = "sealed";
  private static final long DEADLINE_SECONDS = 60;

  /** Its user must come over TLS and with a password; whoever else comes has neither. */
  private static final String ACCESS = """
      host all postgres 127.0.0.1/32 trust
      hostssl all sealift,stranger 127.0.0.1/32 scram-sha-256
      """;

  private static final String SESSIONS =
      "SELECT count(*) FROM pg_stat_activity JOIN pg_stat_ssl USING (pid)"
          + " WHERE usename = 'sealift' AND backend_type = 'client backend'";

  @TempDir
  static Path folder;

  private static final Vertx VERTX = Vertx.vertx();
  private static PostgresServer server;
  private static PrivateAuthority keys;

  @BeforeAll
  static void start() throws Exception {
    keys = PrivateAuthority.make(folder);
    server = PostgresServer.create()
        .set("ssl", "on")
        .set("ssl_cert_file", keys.certificate().toString())
        .set("ssl_key_file", keys.key().toString());
    Files.writeString(server.data().resolve("pg_hba.conf"), ACCESS);
    server.start();
    server.sql("postgres", "CREATE ROLE sealift LOGIN PASSWORD 'secret'");
    server.sql("postgres", "CREATE ROLE stranger LOGIN PASSWORD 'secret'");
    server.sql("postgres", "CREATE DATABASE " + DATABASE + " OWNER sealift");
    new PostgresMigration(options(password("secret"), Optional.of(keys.authority()))).run();
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
    VERTX.close().await(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  private static Path password(String password) throws Exception {
    return Files.writeString(Files.createTempFile(folder, "password", ""), password + "\n");
  }

  private static PostgresOptions options(Path password, Optional<Path> authority) {
    return options("sealift@127.0.0.1", "verify-full", password, authority);
  }

  private static PostgresOptions options(
      String userAndHost, String mode, Path password, Optional<Path> authority) {
    String url =
        "postgres://%s:%d/%s?sslmode=%s".formatted(userAndHost, server.port(), DATABASE, mode);
    return PostgresUrl.parse(url, Optional.of(password), authority);
  }

  private static PostgresFileStore open(PostgresOptions options) throws StoreOpenException {
    return PostgresFileStore.open(VERTX, options, new SimpleMeterRegistry());
  }

  @Test
  void whatTheAuthorityCertifiesIsTrustedAndEverySessionIsEncrypted() throws Exception {
    PostgresFileStore store = open(options(password("secret"), Optional.of(keys.authority())));
    try {
      StoreDriver driver = new StoreDriver(store);
      SampleLog log = new SampleLog("encrypted");

      assertThat(driver.append(log, ANNA, PAYLOAD)).isEqualTo(COMMIT_RESULT_COMMITTED);
      assertThat(driver.load(log).getSize()).isEqualTo(1);

      assertThat(server.number(DATABASE, SESSIONS + " AND ssl")).isGreaterThanOrEqualTo(2);
      assertThat(server.number(DATABASE, SESSIONS + " AND NOT ssl")).isZero();
    } finally {
      store.close();
    }
  }

  @Test
  void aServerThatCannotProveWhoItIsIsRefused() throws Exception {
    Path password = password("secret");
    assertRefused("store-unreachable", options(password, Optional.of(keys.otherAuthority())));
    assertRefused("store-unreachable", options(password, Optional.empty())); // Java's own
    assertRefused(
        "store-unreachable",
        options("sealift@localhost", "verify-full", password, Optional.of(keys.authority())));
  }

  @Test
  void anAuthoritysFileThatCannotBeUsedIsNamed() throws Exception {
    Path missing = folder.resolve("missing.crt");
    Path garbage = Files.writeString(folder.resolve("garbage.crt"), "no certificate");
    for (Path authority : List.of(missing, garbage)) {
      PostgresOptions options = options(password("secret"), Optional.of(authority));
      assertRefused("store-unreachable", options);
      assertThatThrownBy(() -> open(options).close())
          .hasMessageContaining(authority.getFileName().toString());
    }
  }

  @Test
  void aServerThatSaysNothingIsGivenUpAndKeepsNobodyFromEnding() throws Exception {
    Vertx own = Vertx.vertx();
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      PostgresOptions options = PostgresUrl.parse(
          "postgres://sealift@127.0.0.1:%d/%s?sslmode=verify-full"
              .formatted(silent.getLocalPort(), DATABASE),
          Optional.empty(),
          Optional.of(keys.authority()));

      assertThatThrownBy(() -> PostgresFileStore.open(own, options, new SimpleMeterRegistry()))
          .isInstanceOf(StoreOpenException.Unreachable.class);
      own.close().await(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }
  }

  @Test
  void whomTheServerDoesNotLetInIsToldSo() throws Exception {
    Optional<Path> authority = Optional.of(keys.authority());
    assertRefused("store-denied", options(password("wrong"), authority));
    assertRefused(
        "store-denied",
        options("stranger@127.0.0.1", "verify-full", password("secret"), authority));
    assertRefused(
        "store-denied",
        options("sealift@127.0.0.1", "disable", password("secret"), Optional.empty()));
  }

  /** By whoever serves, and by whoever brings the schema up. */
  private static void assertRefused(String code, PostgresOptions options) {
    StoreOpenException opened =
        catchThrowableOfType(StoreOpenException.class, () -> open(options).close());
    StoreOpenException migrated =
        catchThrowableOfType(StoreOpenException.class, () -> new PostgresMigration(options).run());
    assertThat(opened.code()).isEqualTo(code);
    assertThat(migrated.code()).isEqualTo(code);
    assertThat(opened).hasMessageNotContainingAny("secret", "wrong");
  }

  @Test
  void aPasswordThatChangedIsTakenFromItsFileAtTheNextConnection() throws Exception {
    Path password = password("secret");
    PostgresFileStore store = open(options(password, Optional.of(keys.authority())));
    try {
      PostgresSpace space =
          new PostgresSpace(new StoreDriver(store), new SampleLog("changed"), ANNA);
      space.append();
      server.sql("postgres", "ALTER ROLE sealift PASSWORD 'changed'");
      space.append(); // on the session that it has

      server.sql(
          "postgres",
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'sealift'");
      await(() -> isDenied(space));
      Files.writeString(password, "changed\n");
      await(space::tryAppend);

      assertThat(space.written()).isEqualTo(3);
    } finally {
      store.close();
      server.sql("postgres", "ALTER ROLE sealift PASSWORD 'secret'");
    }
  }

  private static boolean isDenied(PostgresSpace space) {
    try {
      space.append();
      throw new AssertionError("written with an old password");
    } catch (StoreException e) {
      return String.valueOf(e.getMessage()).contains("denies access");
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).isNegative();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }
}
