package dev.sealift.ops.simulate;

import dev.sealift.compactor.CompactorPolicy;
import dev.sealift.compactor.Effect;
import dev.sealift.compactor.Moment;
import dev.sealift.compactor.Scheduler;
import dev.sealift.compactor.Watcher;
import dev.sealift.gateway.session.Taken;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.proto.PresenceReply;
import dev.sealift.protocol.mesh.proto.SpacesRequest;

/** A mesh's compactor: the real core, asking the mesh's store and sessions over its simulated bus. */
final class MeshCompactor {
  private static final String GATEWAY = "gateway";

  private final Mesh mesh;
  private final Scheduler core;

  MeshCompactor(Mesh mesh, CompactorPolicy policy, Watcher watcher) {
    this.mesh = mesh;
    this.core = new Scheduler(policy, watcher, this::perform);
  }

  private Moment now() {
    return new Moment(mesh.nowMillis(), mesh.nowMillis());
  }

  void tick() {
    core.tick(now());
  }

  void advanced(SpaceId space, long size, long serverTimeMillis) {
    core.advanced(space, size, serverTimeMillis, now());
  }

  private void perform(Effect effect) {
    if (effect instanceof Effect.AskStanding ask) {
      mesh.look(
          () -> mesh.store().compactions(ask.request()),
          reply -> core.told(ask.space(), reply, now()),
          () -> core.notTold(ask.space(), now()));
    } else if (effect instanceof Effect.AskSpaces ask) {
      SpacesRequest request =
          SpacesRequest.newBuilder().setAfter(ask.after()).setLimit(ask.limit()).build();
      mesh.look(() -> mesh.store().spaces(request), core::page, core::noPage);
    } else if (effect instanceof Effect.AskPresence ask) {
      mesh.soon(() -> present(ask.space()));
    } else if (effect instanceof Effect.MakeOffer offer) {
      mesh.soon(() -> {
        boolean told = mesh.offer(offer.device(), offer.offer());
        mesh.soon(() -> core.offered(offer, told, now()));
      });
    } else if (effect instanceof Effect.Reclaim reclaim) {
      mesh.look(
          () -> mesh.store().reclaim(reclaim.request()),
          reply -> core.reclaimed(reclaim.space(), reply, now()),
          () -> core.notReclaimed(reclaim.space(), now()));
    } else if (effect instanceof Effect.Expire expire) {
      mesh.look(
          () -> mesh.store().expire(expire.request()),
          reply -> core.expired(expire.space(), reply, now()),
          () -> core.notExpired(expire.space(), now()));
    }
  }

  private void present(SpaceId space) {
    PresenceReply.Builder reply =
        PresenceReply.newBuilder().setSpace(space.byteString()).setGateway(GATEWAY);
    mesh.present().forEach(reply::addDevices);
    Taken taken = mesh.taken();
    reply.setReads(taken.reads()).setReadFiles(taken.files()).setReadMillis(taken.millis());
    mesh.soon(() -> {
      try {
        core.present(reply.build());
      } catch (FormatException e) {
        throw new IllegalStateException("the gateway's own answer is well-formed", e);
      }
    });
  }
}
