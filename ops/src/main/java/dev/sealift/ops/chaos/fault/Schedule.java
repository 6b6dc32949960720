package dev.sealift.ops.chaos.fault;

import dev.sealift.ops.chaos.bed.Topology;
import dev.sealift.ops.chaos.fault.Round.Lasting;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/**
 * The rounds of a run, one after another without end: a pure function of seed, kinds and topology. Kinds are dealt like cards, so that in as
 * many rounds as there are kinds each comes up. For one thread.
 */
public final class Schedule {
  private static final int LEAST_PAUSE_SECONDS = 2;
  private static final int MOST_PAUSE_SECONDS = 6;
  private static final double TWO_AT_ONCE = 0.25;

  private final Dice dice;
  private final List<FaultKind> kinds;
  private final Topology topology;
  private final Deque<FaultKind> cards = new ArrayDeque<>();
  private int rounds;

  public Schedule(long seed, List<FaultKind> kinds, Topology topology) {
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException("there must be a kind to draw");
    }
    this.dice = new Dice(seed);
    this.kinds = List.copyOf(kinds);
    this.topology = topology;
  }

  public Round next() {
    rounds++;
    int pause = dice.between(LEAST_PAUSE_SECONDS, MOST_PAUSE_SECONDS);
    List<Lasting> faults = new ArrayList<>();
    faults.add(draw(card()));
    if (dice.chance(TWO_AT_ONCE)) {
      Lasting second = draw(dice.oneOf(kinds));
      if (goTogether(faults.get(0).fault(), second.fault())) {
        faults.add(second);
      }
    }
    return new Round(rounds, pause, faults);
  }

  private FaultKind card() {
    if (cards.isEmpty()) {
      cards.addAll(dice.shuffled(kinds));
    }
    return cards.pop();
  }

  private Lasting draw(FaultKind kind) {
    Fault fault = kind.draw(dice, topology);
    return new Lasting(fault, kind.drawSeconds(dice));
  }

  /**
   * Two faults of a kind would be one; what one has stopped another can neither stop nor slow; and a rolling restart waits until everything is
   * up, which beside another fault may be never.
   */
  private static boolean goTogether(Fault one, Fault other) {
    return one.kind() != other.kind()
        && one.kind() != FaultKind.ROLLING_RESTART
        && other.kind() != FaultKind.ROLLING_RESTART
        && Collections.disjoint(one.targets(), other.targets());
  }
}
