package dev.sealift.ops.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.MeshVersions;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BusVersionsTest {
  private static final String ADDRESS = "sealift.test";

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger version = new AtomicInteger(2);

  @BeforeEach
  void serve() throws Exception {
    BusVersions.keep(vertx.eventBus(), new MeshVersions(2, 3), version::get);
    for (String address : new String[] {ADDRESS, "another"}) {
      await(vertx
          .eventBus()
          .consumer(address, m -> m.reply(m.headers().get(MeshVersions.HEADER)))
          .completion());
    }
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private static <T> T await(io.vertx.core.Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private Object ask(String address) throws Exception {
    return await(vertx.eventBus().request(address, "")).body();
  }

  @Test
  void everyMessageToAVerticleSaysItsVersion() throws Exception {
    assertThat(ask(ADDRESS)).isEqualTo("2");
    version.set(3);
    assertThat(ask(ADDRESS)).isEqualTo("3");
    assertThat(ask("another")).isNull();
  }

  @Test
  void aVersionThatIsNotSpokenIsAnsweredAsThat() {
    for (int unspoken : new int[] {1, 4}) {
      version.set(unspoken);
      Throwable failure = catchThrowable(() -> ask(ADDRESS));
      assertThat(failure).isInstanceOf(ExecutionException.class);
      assertThat(((ReplyException) failure.getCause()).failureCode())
          .isEqualTo(MeshFailure.VERSION.code());
    }
  }
}
