package dev.sealift.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.storage.SampleLog;
import dev.sealift.storage.StoreDriver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A database of an older schema, with what code of then wrote, is brought up and has lost nothing. */
class OldPostgresStoreTest {
  private static final DeviceId ANNA = SampleLog.device("Anna");
  private static final Vertx VERTX = Vertx.vertx();

  private final PostgresServer server = PostgresServer.shared();

  OldPostgresStoreTest() throws Exception {}

  @AfterAll
  static void closeVertx() throws Exception {
    VERTX.close().await(30, TimeUnit.SECONDS);
  }

  /** The schema of version 4, by the migrations of then. */
  private void migrateToFour(String database) throws Exception {
    Flyway newest = new PostgresMigration(server.options(database)).flyway();
    Flyway.configure()
        .configuration(newest.getConfiguration())
        .target("4")
        .load()
        .migrate();
  }

  /** A genesis and a file of events: the rows as version 4 wrote them, copied from a store of now, whose tables of then are the same. */
  private void copy(String from, String to) throws Exception {
    for (String table : new String[] {"space", "device", "file", "tile_part"}) {
      server.copy(from, to, table);
    }
  }

  @Test
  void aDatabaseOfTheFourthSchemaGoesOnAndKnowsCompactionsFromThenOn() throws Exception {
    SampleLog log = new SampleLog("old");
    String donor = server.database();
    try (PostgresFileStore store = open(donor)) {
      StoreDriver driver = new StoreDriver(store);
      driver.append(log, log.next(ANNA, FileKind.FILE_KIND_MEMBERSHIP, text("genesis")));
      driver.append(log, ANNA, text("one"), text("two"));
    }
    String old = server.emptyDatabase();
    migrateToFour(old);
    copy(donor, old);

    assertThat(new PostgresMigration(server.options(old)).run())
        .isEqualTo(new PostgresMigration.Result(4, SchemaCheck.VERSION));

    try (PostgresFileStore store = open(old)) {
      StoreDriver driver = new StoreDriver(store);
      assertThat(driver.load(log).getRoot()).isEqualTo(log.rootAt(3).byteString());
      assertThat(driver.readAll(log).getEntries(2).getPayload()).isEqualTo(text("two"));
      assertThat(driver.append(log, log.compaction(ANNA, 2, 3, 1, true, text("both"))))
          .isEqualTo(CommitResult.COMMIT_RESULT_COMMITTED);
      CompactionsReply reply =
          driver.compactions(StoreDriver.ask(log).setStepsAfter(1).addSequences(2));
      assertThat(reply.getSupersededByList()).containsExactly(4L);
      assertThat(reply.getCompactions(0).getPartsList()).containsExactly(4L);
    }
  }

  /** Two adapters of different versions serve one database while they are rolled out. */
  @Test
  void codeOfTheFourthSchemaMayGoOn() throws Exception {
    assertThat(server.number(server.database(), "SELECT serves_from FROM store_schema"))
        .isEqualTo(4);
  }

  private PostgresFileStore open(String database) throws Exception {
    return PostgresFileStore.open(VERTX, server.options(database), new SimpleMeterRegistry());
  }

  private static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
