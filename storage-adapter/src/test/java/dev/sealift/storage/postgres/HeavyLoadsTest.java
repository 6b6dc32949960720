package dev.sealift.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sealift.protocol.mesh.proto.CommitResult;
import dev.sealift.protocol.mesh.proto.LoadSpaceReply;
import dev.sealift.protocol.mesh.proto.LoadSpaceRequest;
import dev.sealift.protocol.mesh.proto.SpaceCommit;
import dev.sealift.protocol.mesh.proto.StoredFile;
import dev.sealift.protocol.proto.FileKind;
import dev.sealift.storage.SampleLog;
import dev.sealift.storage.StoreDriver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Spaces whose memberships are large, loaded beside others. */
class HeavyLoadsTest {
  private static final ByteString HEADER = ByteString.copyFrom(new byte[32 << 10]);
  private static final int LIGHT = (int) (LoadTurns.MAX_LIGHT_BYTES / HEADER.size());

  private final Vertx vertx = Vertx.vertx();
  private final PostgresServer server = PostgresServer.shared();
  private final String database = server.database();
  private PostgresFileStore store;
  private StoreDriver driver;

  HeavyLoadsTest() throws Exception {}

  @BeforeEach
  void open() throws Exception {
    store = PostgresFileStore.open(vertx, server.options(database), new SimpleMeterRegistry());
    driver = new StoreDriver(store);
  }

  @AfterEach
  void close() throws Exception {
    store.close();
    vertx.close().await(30, TimeUnit.SECONDS);
  }

  /** A space with so many membership files. */
  private SampleLog space(String name, int changes) {
    SampleLog log = new SampleLog(name);
    ByteString[] payloads = new ByteString[changes];
    Arrays.fill(payloads, ByteString.EMPTY);
    var files = log.next(SampleLog.device("Anna"), FileKind.FILE_KIND_MEMBERSHIP, payloads);
    SpaceCommit.Builder commit = driver.staged(log, files).toBuilder();
    commit.getFilesBuilderList().forEach(file -> file.setSignedHeader(HEADER));
    assertThat(driver.commit(commit.build())).containsExactly(CommitResult.COMMIT_RESULT_COMMITTED);
    return log;
  }

  private static long bytes(LoadSpaceReply reply) {
    return reply.getMembershipList().stream()
        .map(StoredFile::getSignedHeader)
        .mapToLong(ByteString::size)
        .sum();
  }

  private static LoadSpaceRequest request(SampleLog log) {
    return LoadSpaceRequest.newBuilder().setSpace(log.space().byteString()).build();
  }

  @Test
  void allAreLoadedWhole() {
    List<CompletableFuture<LoadSpaceReply>> replies = new ArrayList<>();
    List<Integer> changes = List.of(LIGHT, LIGHT + 1, 1, 2 * LIGHT);
    List<SampleLog> logs = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      logs.add(space("space " + i, changes.get(i)));
    }
    for (int i = 0; i < 3 * LoadTurns.MAX_GROUP_LOADS; i++) {
      replies.add(store.loadSpace(request(logs.get(i % logs.size()))).toCompletableFuture());
    }

    for (int i = 0; i < replies.size(); i++) {
      LoadSpaceReply reply = StoreDriver.await(replies.get(i));
      assertThat(bytes(reply)).isEqualTo((long) changes.get(i % logs.size()) * HEADER.size());
    }
  }

  @Test
  void ofALoadThatTurnsOutToBeHeavyNothingComesWithTheOthers() throws Exception {
    SampleLog light = space("light", LIGHT);
    SampleLog heavy = space("heavy", LIGHT + 1);
    SampleLog unknown = new SampleLog("unknown");
    List<LoadSpaceRequest> requests = List.of(request(light), request(heavy), request(unknown));
    Pool pool = PgBuilder.pool()
        .connectingTo(new PgConnectOptions()
            .setHost("127.0.0.1")
            .setPort(server.port())
            .setDatabase(database)
            .setUser(PostgresServer.USER)
            .setPipeliningLimit(LoadTurns.MAX_GROUP_LOADS))
        .using(vertx)
        .build();
    Promise<List<Boolean>> areThere = Promise.promise();
    vertx.runOnContext(turn -> pool.getConnection()
        .map(connection -> new Session(pool, (PgConnection) connection))
        .compose(session -> {
          var replies = SpaceQueries.load(session, requests, LoadTurns.MAX_LIGHT_BYTES);
          return Future.join(replies)
              .map(done ->
                  replies.stream().map(reply -> reply.result().isPresent()).toList())
              .eventually(session::close);
        })
        .onComplete(areThere));

    assertThat(areThere.future().await(30, TimeUnit.SECONDS)).containsExactly(true, false, true);
  }
}
