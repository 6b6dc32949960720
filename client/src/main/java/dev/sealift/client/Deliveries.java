package dev.sealift.client;

import dev.sealift.client.store.SignedView;
import dev.sealift.client.store.SpaceStore;
import dev.sealift.client.store.WritePlace;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.log.Position;
import dev.sealift.protocol.log.SignedPosition;
import dev.sealift.protocol.membership.Device;
import dev.sealift.protocol.membership.Membership;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Works out from a store how far what was written here has come. */
final class Deliveries {
  private final SpaceStore store;
  private final DeviceId self;
  private final Supplier<Optional<Membership>> members;

  Deliveries(SpaceStore store, DeviceId self, Supplier<Optional<Membership>> members) {
    this.store = store;
    this.self = self;
    this.members = members;
  }

  Delivery now() {
    long own = store.lastOwnSequence();
    Map<DeviceId, SignedView> views = views();
    return new Delivery(
        store.pendingCount(),
        store.outboxCount(),
        own,
        views.values().stream().map(Deliveries::signed).max(Instant::compareTo),
        behind(),
        others()
            .map(device -> reader(device, Optional.ofNullable(views.get(device.id())), own))
            .toList());
  }

  /** How many files others have signed to hold beyond what is held here; of whoever left nothing follows. */
  private long behind() {
    Set<DeviceId> there = others().map(Device::id).collect(Collectors.toSet());
    long furthest = store.ahead().stream()
        .map(SignedPosition::position)
        .filter(position -> there.contains(position.device()))
        .mapToLong(Position::sequence)
        .max()
        .orElse(0);
    return Math.max(0, furthest - store.position());
  }

  private static Delivery.Reader reader(Device device, Optional<SignedView> view, long own) {
    long holds = view.map(SignedView::sequence).orElse(0L);
    return new Delivery.Reader(
        device.id().toString(),
        device.member().toString(),
        holds,
        view.map(Deliveries::signed),
        holds >= own);
  }

  private static Instant signed(SignedView view) {
    return Instant.ofEpochMilli(view.signed().millis());
  }

  /** Of a write of this device. */
  WriteDelivery of(HybridTime written) {
    WritePlace place = store.placeOfOwn(written);
    Map<DeviceId, SignedView> views = views();
    List<String> seen = new ArrayList<>();
    List<String> unseen = new ArrayList<>();
    others()
        .map(Device::id)
        .forEach(device ->
            (holds(views.get(device), place.sequence()) ? seen : unseen).add(device.toString()));
    return new WriteDelivery(stage(place), place.sequence(), seen, unseen);
  }

  private WriteDelivery.Stage stage(WritePlace place) {
    return switch (place.stage()) {
      case LOCAL -> WriteDelivery.Stage.LOCAL;
      case PACKED -> WriteDelivery.Stage.PACKED;
      case LOGGED ->
        store.isCompacted(place.sequence())
            ? WriteDelivery.Stage.COMPACTED
            : WriteDelivery.Stage.DURABLE;
    };
  }

  /** Whether it is one of the others in the space. */
  boolean isThere(DeviceId device) {
    return others().anyMatch(other -> other.id().equals(device));
  }

  /** Whether a device has signed that it holds all that this device had written up to a time. */
  boolean isSeen(DeviceId by, HybridTime upTo) {
    return upTo.bits() == 0 || holds(views().get(by), store.sequenceOfOwn(upTo));
  }

  private static boolean holds(@Nullable SignedView view, long sequence) {
    return view != null && sequence > 0 && view.sequence() >= sequence;
  }

  private Map<DeviceId, SignedView> views() {
    return store.views().stream()
        .collect(Collectors.toMap(SignedView::device, Function.identity()));
  }

  private Stream<Device> others() {
    return members.get().stream()
        .flatMap(now -> now.devices().stream())
        .filter(device -> !device.id().equals(self));
  }
}
