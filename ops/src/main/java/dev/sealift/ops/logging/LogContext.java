package dev.sealift.ops.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.sealift.protocol.mesh.RequestId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whom a log line is about: the verticle by its logger, the request by what the code around it has said. */
final class LogContext {
  private static final Map<String, String> VERTICLES = Map.of(
      "dev.sealift.gateway", "gateway",
      "dev.sealift.merge", "merge-engine",
      "dev.sealift.storage", "storage-adapter",
      "dev.sealift.compactor", "compactor");

  /** What is no verticle's: starting and stopping, the cluster, libraries. */
  private static final String PROCESS = "process";

  private LogContext() {}

  static String verticle(String logger) {
    return VERTICLES.entrySet().stream()
        .filter(verticle -> logger.startsWith(verticle.getKey() + "."))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(PROCESS);
  }

  static Optional<String> request(ILoggingEvent event) {
    return Optional.ofNullable(event.getKeyValuePairs()).orElse(List.of()).stream()
        .filter(pair -> pair.key.equals(RequestId.LOG_KEY))
        .map(pair -> String.valueOf(pair.value))
        .findFirst()
        .or(() -> Optional.ofNullable(event.getMDCPropertyMap().get(RequestId.LOG_KEY)))
        .filter(id -> !id.equals(RequestId.UNKNOWN));
  }
}
