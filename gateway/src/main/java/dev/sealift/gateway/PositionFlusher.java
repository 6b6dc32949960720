package dev.sealift.gateway;

import dev.sealift.protocol.mesh.proto.DevicePosition;
import dev.sealift.protocol.mesh.proto.PositionsRequest;
import io.vertx.core.Future;

/** Hands positions to the store, one batch at a time: when the timer says so, or when a batch is full. */
final class PositionFlusher {
  private final PositionLedger ledger = new PositionLedger();
  private final Mesh mesh;
  private final GatewayMetrics metrics;
  private Future<Void> underWay = Future.succeededFuture();

  PositionFlusher(Mesh mesh, GatewayMetrics metrics) {
    this.mesh = mesh;
    this.metrics = metrics;
  }

  void add(DevicePosition position) {
    if (!ledger.add(position)) {
      metrics.positionsDropped();
    }
    if (ledger.size() >= PositionLedger.BATCH) {
      flush();
    }
  }

  int waiting() {
    return ledger.size();
  }

  /** Completes when this batch was answered for, well or not. */
  Future<Void> flush() {
    if (!ledger.isEmpty() && underWay.isComplete()) {
      PositionsRequest batch = ledger.take();
      underWay = mesh.positions(batch)
          .onFailure(failure -> ledger.putBack(batch))
          .<Void>mapEmpty()
          .otherwiseEmpty();
    }
    return underWay;
  }
}
