package dev.sealift.compactor;

import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.mesh.proto.CompactingPhase;
import dev.sealift.protocol.mesh.proto.CompactionsReply;
import dev.sealift.protocol.mesh.proto.DeviceSeen;
import dev.sealift.protocol.mesh.proto.EffectiveCompaction;
import dev.sealift.protocol.mesh.proto.InspectReply;
import dev.sealift.protocol.mesh.proto.InspectResult;
import dev.sealift.protocol.mesh.proto.InspectedCompaction;
import dev.sealift.protocol.mesh.proto.InspectedDevice;
import dev.sealift.protocol.mesh.proto.OpenCompaction;
import dev.sealift.protocol.mesh.proto.ReclaimHindrance;
import dev.sealift.protocol.mesh.proto.ReclaimReply;
import dev.sealift.protocol.mesh.proto.ReclaimState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was found of a space, and what an operator is told of it.
 *
 * @param size files of its log
 * @param compactions what the store says stands, is open and is live
 * @param devices that wrote or reported a position
 * @param more whether there are more of them
 * @param tried what the store says would become of reclaiming, by the last part of what stands
 * @param present those that are there, and take offers
 * @param watch what is held of the space
 */
record Findings(
    long size,
    CompactionsReply compactions,
    List<DeviceSeen> devices,
    boolean more,
    Map<Long, ReclaimReply> tried,
    Map<DeviceId, Present> present,
    Optional<Watch> watch,
    Thresholds thresholds,
    CompactorPolicy policy,
    Moment now) {

  InspectReply told() {
    InspectReply.Builder told = InspectReply.newBuilder()
        .setResult(InspectResult.INSPECT_RESULT_FOUND)
        .setSize(size)
        .addAllLive(compactions.getLiveList())
        .setMoreLive(compactions.getMoreLive())
        .setLower(thresholds.lower())
        .setUpper(thresholds.upper())
        .setExpiring(compactions.getExpiring())
        .setMoreExpiring(compactions.getMoreExpiring())
        .setExpiresLeftMillis(
            Math.max(0, compactions.getExpiresAtMillis() - compactions.getServerTimeMillis()))
        .setMoreDevices(more)
        .addAllDevices(toldDevices());
    watch.ifPresent(held -> tellPhase(held, told));
    Known.of(compactions).standing().forEach(one -> told.addCompactions(standing(one)));
    compactions.getOpenList().forEach(one -> told.addCompactions(open(one)));
    return told.build();
  }

  private void tellPhase(Watch held, InspectReply.Builder told) {
    told.setPhase(phase(held.phase()));
    if (held.phaseDueAt() != Watch.NEVER) {
      told.setPhaseLeftMillis(Math.max(1, held.phaseDueAt() - now.millis()));
    }
    if (held.phase() instanceof Phase.Offered offered) {
      told.setOffered(offered.device().byteString());
    }
  }

  private static CompactingPhase phase(Phase phase) {
    if (phase instanceof Phase.Quiet) {
      return CompactingPhase.COMPACTING_PHASE_QUIET;
    } else if (phase instanceof Phase.Offered) {
      return CompactingPhase.COMPACTING_PHASE_OFFERED;
    } else if (phase instanceof Phase.Resting) {
      return CompactingPhase.COMPACTING_PHASE_RESTING;
    }
    return CompactingPhase.COMPACTING_PHASE_ASKING;
  }

  // Devices

  private List<InspectedDevice> toldDevices() {
    List<InspectedDevice> told = new ArrayList<>();
    Line line = Line.of(present.values(), Known.of(compactions).base(), thresholds);
    line.places().forEach(place -> told.add(inLine(place)));
    devices.stream()
        .filter(one -> present.values().stream()
            .noneMatch(there -> there.device().byteString().equals(one.getDevice())))
        .forEach(one -> told.add(seen(one).build()));
    return told;
  }

  private InspectedDevice inLine(Line.Place place) {
    DeviceSeen seen = devices.stream()
        .filter(one -> one.getDevice().equals(place.device().byteString()))
        .findFirst()
        .orElseGet(
            () -> DeviceSeen.newBuilder().setDevice(place.device().byteString()).build());
    return seen(seen)
        .setPlace(place.files())
        .setSpared(place.present().isSpared())
        .build();
  }

  private InspectedDevice.Builder seen(DeviceSeen seen) {
    return InspectedDevice.newBuilder()
        .setDevice(seen.getDevice())
        .setPosition(seen.getPosition())
        .setSeenMillisAgo(Math.max(0, now.serverMillis() - seen.getSeenAtMillis()))
        .setCounts(seen.getSeenAtMillis() >= now.before(policy.seenWithin()));
  }

  // Compactions

  private InspectedCompaction standing(EffectiveCompaction one) {
    long sequence = Reclaiming.lastPart(one);
    ReclaimReply answer = tried.getOrDefault(sequence, ReclaimReply.getDefaultInstance());
    Optional<Reclaiming.Item> item = watch.flatMap(held -> held.reclaiming().of(sequence));
    ReclaimState state = tried.containsKey(sequence)
        ? state(answer.getHindrance(), item)
        : ReclaimState.RECLAIM_STATE_UNSPECIFIED;
    InspectedCompaction.Builder told = InspectedCompaction.newBuilder()
        .setSequence(sequence)
        .setFirst(one.getFirst())
        .setBase(one.getBase())
        .setGeneration(one.getGeneration())
        .setParts(one.getPartsCount())
        .setBytes(one.getBytes())
        .setMillis(one.getStoodAtMillis())
        .setStands(true)
        .setSealed(one.getSealed())
        .setState(state)
        .setDevicesBehind(answer.getDevicesBehind())
        .setLookedAt(item.map(Reclaiming.Item::after).orElse(0L));
    if (state == ReclaimState.RECLAIM_STATE_GRACE) {
      told.setGraceLeftMillis(Math.max(0, one.getStoodAtMillis() - now.before(policy.grace())));
    }
    return told.build();
  }

  /** The store says what would speak against it now, and does not say that it is done: then nothing waits, whoever has come since. */
  private static ReclaimState state(ReclaimHindrance why, Optional<Reclaiming.Item> item) {
    if (why != ReclaimHindrance.RECLAIM_HINDRANCE_NOT_STANDING
        && item.filter(Reclaiming.Item::isDone).isPresent()) {
      return ReclaimState.RECLAIM_STATE_DONE;
    }
    return switch (why) {
      case RECLAIM_HINDRANCE_UNSPECIFIED -> ReclaimState.RECLAIM_STATE_DUE;
      case RECLAIM_HINDRANCE_GRACE -> ReclaimState.RECLAIM_STATE_GRACE;
      case RECLAIM_HINDRANCE_DEVICES_BEHIND -> ReclaimState.RECLAIM_STATE_DEVICES_BEHIND;
      case RECLAIM_HINDRANCE_RECOVERING -> ReclaimState.RECLAIM_STATE_RECOVERING;
      case RECLAIM_HINDRANCE_NOT_STANDING, UNRECOGNIZED -> ReclaimState.RECLAIM_STATE_UNSPECIFIED;
    };
  }

  private static InspectedCompaction open(OpenCompaction one) {
    return InspectedCompaction.newBuilder()
        .setSequence(one.getSequence())
        .setFirst(one.getFirst())
        .setBase(one.getBase())
        .setGeneration(one.getGeneration())
        .setParts(one.getParts())
        .setBytes(one.getBytes())
        .setMillis(one.getServerTimeMillis())
        .setState(state(one))
        .build();
  }

  private static ReclaimState state(OpenCompaction one) {
    if (!one.getSound()) {
      return ReclaimState.RECLAIM_STATE_UNSOUND;
    }
    return one.getContested()
        ? ReclaimState.RECLAIM_STATE_CONTESTED
        : ReclaimState.RECLAIM_STATE_NOT_ATTESTED;
  }
}
