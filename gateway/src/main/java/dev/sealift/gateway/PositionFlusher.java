package dev.sealift.gateway;

import dev.sealift.protocol.mesh.proto.DevicePosition;
import dev.sealift.protocol.mesh.proto.PositionsRequest;
import io.vertx.core.Future;
import java.util.function.BooleanSupplier;

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

  /** Hands over all that wait, batch after batch, until one is not taken or the time is over: whoever stops has no next position to make it good. */
  Future<Void> flushAll(BooleanSupplier inTime) {
    int before = ledger.size();
    return flush().compose(done -> {
      boolean taken = ledger.size() < before;
      return taken && !ledger.isEmpty() && inTime.getAsBoolean()
          ? flushAll(inTime)
          : Future.succeededFuture();
    });
  }
}
