package dev.sealift.ops.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogSearchTest {
  @TempDir
  private Path folder;

  private LogSearch search(String log) throws Exception {
    Files.writeString(folder.resolve("gateway-1.log"), log);
    return LogSearch.in(folder);
  }

  @Test
  void findsABugWhateverElseGoesWrong() throws Exception {
    LogSearch found = search("""
        12:00:00.000 WARN  d.s.g.Connection the store does not answer
        12:00:00.001 ERROR d.s.g.Connection A session was ended by a fault of the gateway
        java.lang.NullPointerException: x
        """);
    assertThat(found.bugs()).hasSize(2).allMatch(line -> line.startsWith("gateway-1.log: "));
    assertThat(found.errors()).containsValue(1L);
  }

  @Test
  void letsHazelcastThrowAtItself() throws Exception {
    LogSearch found = search("""
        12:00:00.000 WARN  process: [10.0.0.1]:7410 [sealift] [5.3.8] Failure
        java.lang.IllegalStateException: received before startup is completed
        12:00:00.001 WARN  d.s.g.Connection odd
        java.lang.IllegalStateException: ours
        """);
    assertThat(found.bugs()).singleElement().asString().endsWith("ours");
  }

  private static String unhandled(String where) {
    return """
        12:00:00.000 ERROR process: Unhandled exception
        java.lang.IllegalStateException
          at io.vertx.core.Promise.fail(Promise.java:104)
          at %s
          at dev.sealift.ops.mesh.BusVersions.onSending(BusVersions.java:33)
        """.formatted(where);
  }

  @Test
  void letsTheBusThrowAtItselfWhenAConnectionBreaksAndNobodyElse() throws Exception {
    String broken =
        "io.vertx.core.eventbus.impl.clustered.OutboundConnection.writeMessage(OutboundConnection.java:86)";
    LogSearch found = search(unhandled(broken) + "12:00:01.000 WARN  d.s.g.Connection odd\n");
    assertThat(found.bugs()).isEmpty();
    assertThat(found.errors()).containsValue(1L);
    assertThat(search(unhandled("dev.sealift.gateway.Connection.answer(Connection.java:9)"))
            .bugs())
        .hasSize(2);
  }

  @Test
  void letsTheBusThrowAtItselfForMessagesThatWaitedAndNobodyElse() throws Exception {
    String waited = """
        12:00:00.000 ERROR process: Unhandled exception
        java.lang.IllegalStateException
          at io.vertx.core.Promise.fail(Promise.java:104)
          at io.vertx.core.Promise.complete(Promise.java:63)
          at io.vertx.core.impl.future.FutureBase.lambda$emitResult$0(FutureBase.java:59)
        """;
    assertThat(search(waited).bugs()).isEmpty();
    assertThat(search(waited + "  at dev.sealift.merge.Engine.admit(Engine.java:1)\n")
            .bugs())
        .hasSize(2);
  }

  @Test
  void letsTheServerThrowAtItselfForWhoComesAsItClosesAndNobodyElse() throws Exception {
    String accepted = """
        12:00:00.000 WARN  process: Failed to register an accepted channel: [id: 0x1]
        java.lang.IllegalStateException
          at io.vertx.core.net.impl.%s.next(VertxEventLoopGroup.java:37)
          at io.netty.bootstrap.ServerBootstrap$ServerBootstrapAcceptor.channelRead(ServerBootstrap.java:247)
        """;
    assertThat(search(accepted.formatted("VertxEventLoopGroup")).bugs()).isEmpty();
    assertThat(search(accepted.formatted("Other")).bugs()).hasSize(1);
  }

  @Test
  void findsABugAtTheEndOfALogAndInWhatIsNoLogRecord() throws Exception {
    assertThat(search("Exception in thread \"main\"\n").bugs()).hasSize(1);
    assertThat(search("x\n".repeat(1_000) + "java.lang.NullPointerException\n").bugs())
        .hasSize(1);
  }

  @Test
  void countsErrorsThatDifferInNumbersTogether() throws Exception {
    LogSearch found = search("""
        12:00:00.000 ERROR d.s.X took 12 ms
        12:00:00.001 ERROR d.s.X took 13 ms
        """);
    assertThat(found.errors()).containsExactly(java.util.Map.entry("d.s.X took … ms", 2L));
    assertThat(found.bugs()).isEmpty();
  }
}
