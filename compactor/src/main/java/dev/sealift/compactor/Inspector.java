package dev.sealift.compactor;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.SpaceId;
import dev.sealift.protocol.mesh.Addresses;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.CompactionsRequest;
import dev.sealift.protocol.mesh.proto.DeviceSeen;
import dev.sealift.protocol.mesh.proto.DevicesReply;
import dev.sealift.protocol.mesh.proto.DevicesRequest;
import dev.sealift.protocol.mesh.proto.EffectiveCompaction;
import dev.sealift.protocol.mesh.proto.InspectReply;
import dev.sealift.protocol.mesh.proto.InspectRequest;
import dev.sealift.protocol.mesh.proto.InspectResult;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimRequest;
import dev.sealift.protocol.mesh.proto.SpaceSize;
import dev.sealift.protocol.mesh.proto.SpacesReply;
import dev.sealift.protocol.mesh.proto.SpacesRequest;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds out for an operator how compacting a space stands: asks the store and the gateways, and looks at what the scheduler holds. Changes nothing. On the verticle's event loop
 * only; what it finds is not of one moment.
 */
final class Inspector {
  /** What it asks by. */
  interface Mesh {
    /** Fails when there is no answer. */
    <T> Future<T> ask(
        CompactorMetrics.Call call, String address, MessageLite body, Parser<T> parser);

    /** Has gateways say who is there; completes when they had time to. */
    Future<Void> gather(SpaceId space);

    Moment now();
  }

  private final CompactorPolicy policy;
  private final Scheduler scheduler;
  private final Mesh mesh;
  private final List<Inspection> underWay = new ArrayList<>(1);

  Inspector(CompactorPolicy policy, Scheduler scheduler, Mesh mesh) {
    this.policy = policy;
    this.scheduler = scheduler;
    this.mesh = mesh;
  }

  static Optional<SpaceId> space(InspectRequest request) {
    try {
      return Optional.of(SpaceId.parse(request.getSpace()));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  boolean isBusy() {
    return underWay.size() >= CompactorLimits.MAX_INSPECTIONS;
  }

  /** Fails when the store does not answer. */
  Future<InspectReply> inspect(SpaceId space) {
    Inspection inspection = new Inspection(space);
    underWay.add(inspection);
    return inspection.run().onComplete(done -> underWay.remove(inspection));
  }

  /** A gateway says which devices of a space are there. */
  void present(SpaceId space, Collection<Present> devices) {
    underWay.stream()
        .filter(inspection -> inspection.space.equals(space))
        .forEach(inspection -> devices.forEach(inspection::add));
  }

  /** One of them. */
  private final class Inspection {
    private final SpaceId space;
    private final Map<DeviceId, Present> present = new HashMap<>();
    private final List<DeviceSeen> devices = new ArrayList<>();
    private final Map<Long, ReclaimReply> tried = new HashMap<>();
    private CompactionsReply compactions = CompactionsReply.getDefaultInstance();

    private Inspection(SpaceId space) {
      this.space = space;
    }

    private void add(Present one) {
      if (present.size() < CompactorLimits.MAX_PRESENT) {
        present.put(one.device(), one);
      }
    }

    private Future<InspectReply> run() {
      return size()
          .compose(size -> size == 0
              ? Future.succeededFuture(InspectReply.newBuilder()
                  .setResult(InspectResult.INSPECT_RESULT_UNKNOWN_SPACE)
                  .build())
              : look(size));
    }

    /** Of its log; 0 when the store has no such space. */
    private Future<Long> size() {
      SpacesRequest request = SpacesRequest.newBuilder()
          .setAfter(before(space.toByteArray()))
          .setLimit(1)
          .build();
      return mesh.ask(CompactorMetrics.Call.SPACES, Addresses.SPACES, request, SpacesReply.parser())
          .map(reply -> reply.getSpacesList().stream()
              .filter(found -> found.getSpace().equals(space.byteString()))
              .mapToLong(SpaceSize::getSize)
              .findFirst()
              .orElse(0));
    }

    private Future<InspectReply> look(long size) {
      Future<Void> gathered = mesh.gather(space);
      return standing(size)
          .compose(told -> reclaiming(0))
          .compose(told -> devices(ByteString.EMPTY))
          .compose(more -> gathered.map(more))
          .map(more -> new Findings(
                  size,
                  compactions,
                  devices,
                  more,
                  tried,
                  present,
                  scheduler.held(space),
                  scheduler.thresholds(space),
                  policy,
                  mesh.now())
              .told());
    }

    private Future<Void> standing(long size) {
      CompactionsRequest request = CompactionsRequest.newBuilder()
          .setSpace(space.byteString())
          .setHeadSize(size)
          .setAll(true)
          .setOpen(true)
          .setMaxLive((int) scheduler.thresholds(space).upper())
          .setExpiry(true)
          .setMaxExpiring(CompactorLimits.MAX_EXPIRING_COUNTED)
          .build();
      return mesh.ask(
              CompactorMetrics.Call.COMPACTIONS,
              Addresses.COMPACTIONS,
              request,
              CompactionsReply.parser())
          .onSuccess(reply -> compactions = reply)
          .mapEmpty();
    }

    /** What would become of reclaiming under each of them, one after the other. */
    private Future<Void> reclaiming(int number) {
      List<EffectiveCompaction> standing = Known.of(compactions).standing();
      if (number == standing.size()) {
        return Future.succeededFuture();
      }
      long sequence = Reclaiming.lastPart(standing.get(number));
      ReclaimRequest request = ReclaimRequest.newBuilder()
          .setSpace(space.byteString())
          .setCompaction(sequence)
          .setSeenSinceMillis(mesh.now().before(policy.seenWithin()))
          .setStoodBeforeMillis(mesh.now().before(policy.grace()))
          .build();
      return mesh.ask(
              CompactorMetrics.Call.RECLAIM, Addresses.RECLAIM, request, ReclaimReply.parser())
          .onSuccess(reply -> tried.put(sequence, reply))
          .compose(reply -> reclaiming(number + 1));
    }

    /** Completes with whether there are more than are told. */
    private Future<Boolean> devices(ByteString after) {
      DevicesRequest request = DevicesRequest.newBuilder()
          .setSpace(space.byteString())
          .setAfter(after)
          .build();
      return mesh.ask(
              CompactorMetrics.Call.DEVICES, Addresses.DEVICES, request, DevicesReply.parser())
          .compose(reply -> {
            int left = CompactorLimits.MAX_INSPECTED_DEVICES - devices.size();
            reply.getDevicesList().stream().limit(left).forEach(devices::add);
            if (reply.getDevicesCount() == 0 || reply.getDevicesCount() > left) {
              return Future.succeededFuture(reply.getDevicesCount() > 0);
            }
            return devices(reply.getDevices(reply.getDevicesCount() - 1).getDevice());
          });
    }
  }

  /** The id before this one, behind which the first is this one. */
  private static ByteString before(byte[] id) {
    for (int i = id.length - 1; i >= 0; i--) {
      id[i]--;
      if (id[i] != (byte) 0xff) {
        return ByteString.copyFrom(id);
      }
    }
    return ByteString.EMPTY; // there is none before the first
  }
}
