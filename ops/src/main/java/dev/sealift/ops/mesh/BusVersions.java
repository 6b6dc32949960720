package dev.sealift.ops.mesh;

import dev.sealift.protocol.mesh.MeshFailure;
import dev.sealift.protocol.mesh.MeshVersions;
import io.vertx.core.eventbus.DeliveryContext;
import io.vertx.core.eventbus.EventBus;
import java.util.function.IntSupplier;

/** Puts the version on every message to a verticle, and answers for the verticles what is of a version that they do not speak. */
final class BusVersions {
  /** Replies need none: they are of their request's. */
  private static final String NAMED = "sealift.";

  private final MeshVersions spoken;
  private final IntSupplier common;

  private BusVersions(MeshVersions spoken, IntSupplier common) {
    this.spoken = spoken;
    this.common = common;
  }

  /** @param common the version to speak now */
  static void keep(EventBus bus, MeshVersions spoken, IntSupplier common) {
    BusVersions versions = new BusVersions(spoken, common);
    bus.addOutboundInterceptor(versions::onSending);
    bus.addInboundInterceptor(versions::onReceiving);
  }

  private void onSending(DeliveryContext<Object> delivery) {
    if (delivery.message().address().startsWith(NAMED)) {
      delivery.message().headers().set(MeshVersions.HEADER, String.valueOf(common.getAsInt()));
    }
    delivery.next();
  }

  private void onReceiving(DeliveryContext<Object> delivery) {
    String version = delivery.message().headers().get(MeshVersions.HEADER);
    boolean understood = version != null && spoken.understand(version);
    if (delivery.message().address().startsWith(NAMED) && !understood) {
      delivery.message().fail(MeshFailure.VERSION.code(), MeshFailure.VERSION.name());
      return;
    }
    delivery.next();
  }
}
