package dev.sealift.ops.chaos;

import dev.sealift.ops.chaos.bed.Part;
import dev.sealift.ops.chaos.bed.Surprise;
import dev.sealift.ops.chaos.fault.Fault;
import dev.sealift.ops.chaos.fault.FaultKind;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

/**
 * Which faults explain that a process ended, all of it here. Whatever no fault of its round explains fails the run: the mesh has to live with
 * every fault, so nothing explains that one of its processes ends once it could take work, nor that it does not stop when it is asked to.
 */
final class Explanations {
  /** What a process needs to start may be out of reach for so long that it gives up; it is started again, as anywhere. */
  private static final Set<FaultKind> KEEP_FROM_STARTING = EnumSet.of(
      FaultKind.KILL,
      FaultKind.FREEZE,
      FaultKind.PARTITION,
      FaultKind.ONE_WAY,
      FaultKind.SPLIT,
      FaultKind.LOSS,
      FaultKind.NARROW,
      FaultKind.DELAY,
      FaultKind.DATABASE_KILL,
      FaultKind.DISK_FULL);

  /** A process that was killed is started again once that is over: it is no reason not to start. */
  private static final Set<FaultKind> KILLING = EnumSet.of(FaultKind.KILL, FaultKind.DATABASE_KILL);

  private Explanations() {}

  static boolean explain(Collection<Fault> faults, Surprise surprise) {
    return faults.stream().anyMatch(fault -> explains(fault, surprise));
  }

  private static boolean explains(Fault fault, Surprise surprise) {
    boolean isItself = fault.targets().contains(surprise.node());
    return switch (surprise.how()) {
      case DID_NOT_START ->
        KEEP_FROM_STARTING.contains(fault.kind()) && !(isItself && KILLING.contains(fault.kind()));
      case ENDED -> stopsForWantOfRoom(fault, surprise);
      case STOPPED_BADLY, DID_NOT_STOP -> false;
    };
  }

  /** PostgreSQL gives up when it cannot write its log ahead, and again when it cannot recover. */
  private static boolean stopsForWantOfRoom(Fault fault, Surprise surprise) {
    return fault.kind() == FaultKind.DISK_FULL && surprise.node().part() == Part.POSTGRES;
  }
}
