package dev.sealift.ops.chaos.fault;

import dev.sealift.ops.chaos.bed.ChaosFailedException;
import dev.sealift.ops.chaos.bed.Node;
import dev.sealift.ops.chaos.bed.Testbed;
import java.util.Set;

/** Something that goes wrong, with everything drawn: whom it befalls and how badly. Immutable; one class for each kind. */
public sealed interface Fault
    permits Kill,
        Freeze,
        Isolation,
        OneWay,
        Split,
        Loss,
        NarrowLink,
        Delay,
        ClockSkew,
        DatabaseKill,
        DiskFull,
        RollingRestart {

  /** Which kind it is. */
  FaultKind kind();

  /** Whom it befalls. Two faults of one round have nobody in common. */
  Set<Node> targets();

  /** What it does, for people and events: no more than names and numbers. */
  String detail();

  /**
   * What will show that it has taken hold. Asked for before it is done, so that it knows how things were: what is so already is no effect.
   */
  Effect effect(Testbed bed) throws ChaosFailedException, InterruptedException;

  /** Does it. */
  void inflict(Testbed bed) throws ChaosFailedException, InterruptedException;

  /** Undoes it: what it stopped runs again, and may take a while until it can take work. */
  void heal(Testbed bed) throws ChaosFailedException, InterruptedException;
}
