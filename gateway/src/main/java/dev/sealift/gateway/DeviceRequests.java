package dev.sealift.gateway;

import dev.sealift.gateway.session.Effect;
import java.util.HashMap;
import java.util.Map;

/**
 * One connection's requests that the mesh is being asked about: what ties the admission of a Put to its staging, and a question to
 * its repetition. As many as the session has questions and Puts under way, which it bounds.
 */
final class DeviceRequests {
  private final Map<Long, DeviceRequest> byOrigin = new HashMap<>(4);
  private final GatewayMetrics metrics;
  private int questions;

  DeviceRequests(GatewayMetrics metrics) {
    this.metrics = metrics;
  }

  /** A question goes out, now or later. Answers with the request that it belongs to. */
  DeviceRequest asking(Effect.Ask ask) {
    questions++;
    DeviceRequest request =
        byOrigin.computeIfAbsent(ask.origin(), first -> DeviceRequest.of(RequestKind.of(ask)));
    request.asked();
    return request;
  }

  /** A question has its answer, which the session is about to have. */
  void answering(Effect.Ask ask) {
    DeviceRequest answered = byOrigin.get(ask.origin());
    if (answered != null && !(ask instanceof Effect.Stage)) {
      answered.answering();
    }
  }

  /**
   * A question has its answer, and the session has had it. Staging is not the end of a request: admission waits until Puts before
   * it are staged.
   *
   * @return whether nothing is under way any more
   */
  boolean answered(Effect.Ask ask) {
    questions--;
    DeviceRequest answered = byOrigin.get(ask.origin());
    if (questions == 0) {
      byOrigin.values().forEach(request -> request.end(metrics));
      byOrigin.clear();
    } else if (answered != null && answered.answered() && !(ask instanceof Effect.Stage)) {
      byOrigin.remove(ask.origin());
      answered.end(metrics);
    }
    return questions == 0;
  }

  /** The connection has ended: nobody waits for answers any more. */
  void abandon() {
    byOrigin.values().forEach(request -> request.abandon(metrics));
    byOrigin.clear();
  }
}
