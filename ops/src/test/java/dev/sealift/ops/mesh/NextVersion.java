package dev.sealift.ops.mesh;

import dev.sealift.ops.config.Configuration;
import dev.sealift.ops.config.Setting;
import dev.sealift.protocol.mesh.MeshVersions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryContext;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * A process of a later version: it speaks the versions of its first argument, and every message that it sends, question or answer, has
 * a field that this version does not know. The other arguments are those of {@code up}.
 */
public final class NextVersion {
  /** Field 1000 with the text "new", in protobuf's encoding. */
  private static final byte[] UNKNOWN_FIELD = {(byte) 0xc2, 0x3e, 3, 'n', 'e', 'w'};

  private NextVersion() {}

  public static void main(String... arguments) throws Exception {
    MeshVersions spoken = MeshVersions.parse(arguments[0]).orElseThrow();
    Map<Setting, String> options = new EnumMap<>(Setting.class);
    for (int i = 1; i < arguments.length; i += 2) {
      options.put(setting(arguments[i]), arguments[i + 1]);
    }
    Configuration settings =
        Configuration.of(options, Optional.empty(), Map.of(), Path.of("nowhere"));
    try {
      run(MeshProcess.start(MeshOptions.of(settings), "next", spoken));
    } catch (MeshStartException e) {
      System.out.println(new JsonObject().put("error", e.code()).encode());
      Runtime.getRuntime().halt(1);
    }
  }

  private static Setting setting(String option) {
    return Setting.of(Setting.Scope.MESH).stream()
        .filter(setting -> setting.option().equals(option))
        .findFirst()
        .orElseThrow();
  }

  private static void run(MeshProcess process) throws InterruptedException {
    process.vertx().eventBus().addOutboundInterceptor(NextVersion::sayMore);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      process.close();
      Runtime.getRuntime().halt(0);
    }));
    System.out.println(new JsonObject().put("event", "up").encode());
    new CountDownLatch(1).await();
  }

  private static void sayMore(DeliveryContext<Object> delivery) {
    if (delivery.body() instanceof Buffer body) {
      body.appendBytes(UNKNOWN_FIELD);
    }
    delivery.next();
  }
}
