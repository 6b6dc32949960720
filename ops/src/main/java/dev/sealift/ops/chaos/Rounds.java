package dev.sealift.ops.chaos;

import dev.sealift.ops.chaos.FaultRecord.Done;
import dev.sealift.ops.chaos.bed.ChaosFailedException;
import dev.sealift.ops.chaos.bed.Surprise;
import dev.sealift.ops.chaos.bed.Testbed;
import dev.sealift.ops.chaos.device.Devices;
import dev.sealift.ops.chaos.device.Devices.Recovered;
import dev.sealift.ops.chaos.device.Devices.Seen;
import dev.sealift.ops.chaos.fault.Effect;
import dev.sealift.ops.chaos.fault.Fault;
import dev.sealift.ops.chaos.fault.Round;
import dev.sealift.ops.chaos.fault.Round.Lasting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Plays rounds: peace, faults, healing, and how long it takes until everything works again. For one thread. */
final class Rounds {
  /** What does not work again by then does not recover by itself, and that is a problem. */
  private static final Duration RECOVERY_DEADLINE = Duration.ofMinutes(3);

  private static final long LOOK_AGAIN_MILLIS = 500;

  private final Testbed bed;
  private final Devices devices;
  private final long startNanos = System.nanoTime();

  Rounds(Testbed bed, Devices devices) {
    this.bed = bed;
    this.devices = devices;
  }

  long passedMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
  }

  /** A fault under way. For one thread. */
  private static final class Running {
    private final Lasting lasting;
    private final Effect effect;
    private final long startMillis;
    private final long dueMillis;
    private boolean seen;

    Running(Lasting lasting, Effect effect, long startMillis, long dueMillis) {
      this.lasting = lasting;
      this.effect = effect;
      this.startMillis = startMillis;
      this.dueMillis = dueMillis;
    }

    void look() throws ChaosFailedException, InterruptedException {
      seen = seen || effect.isSeen();
    }

    Done done(long endMillis) {
      Fault fault = lasting.fault();
      return new Done(fault.kind(), fault.detail(), startMillis, endMillis, seen);
    }
  }

  FaultRecord play(Round round) throws ChaosFailedException, InterruptedException {
    attendUntil(passedMillis() + TimeUnit.SECONDS.toMillis(round.pauseSeconds()));
    List<Surprise> peace = bed.supervisor().takeSurprises();
    devices.mark();
    List<Running> running = new ArrayList<>();
    for (Lasting lasting : round.faults()) {
      running.add(begin(lasting));
    }
    running.sort(Comparator.comparingLong(fault -> fault.dueMillis));
    List<Done> done = new ArrayList<>();
    while (!running.isEmpty()) {
      Running next = running.get(0);
      lookUntil(next.dueMillis, running);
      next.lasting.fault().heal(bed);
      done.add(next.done(passedMillis()));
      running.remove(next);
    }
    Recovered recovered = devices.recover(round.number(), RECOVERY_DEADLINE);
    Seen seen = devices.seen();
    List<Fault> faults = round.faults().stream().map(Lasting::fault).toList();
    Map<Boolean, List<Surprise>> war = bed.supervisor().takeSurprises().stream()
        .collect(Collectors.partitioningBy(surprise -> Explanations.explain(faults, surprise)));
    return new FaultRecord(
        round.number(),
        done,
        recovered,
        seen.gapMillis(),
        seen.acknowledged(),
        texts(Stream.concat(peace.stream(), war.getOrDefault(false, List.of()).stream())),
        texts(war.getOrDefault(true, List.of()).stream()));
  }

  private Running begin(Lasting lasting) throws ChaosFailedException, InterruptedException {
    Effect effect = lasting.fault().effect(bed);
    long start = passedMillis();
    lasting.fault().inflict(bed);
    long due = passedMillis() + TimeUnit.SECONDS.toMillis(lasting.seconds());
    return new Running(lasting, effect, start, due);
  }

  /** Looks at least once whether each has taken hold, and then again and again. */
  private void lookUntil(long millis, List<Running> running)
      throws ChaosFailedException, InterruptedException {
    do {
      for (Running fault : running) {
        fault.look();
      }
      attendUntil(Math.min(millis, passedMillis() + LOOK_AGAIN_MILLIS));
    } while (passedMillis() < millis);
  }

  private static List<String> texts(Stream<Surprise> surprises) {
    return surprises.map(Surprise::toString).toList();
  }

  private void attendUntil(long millis) throws ChaosFailedException {
    long left = Math.max(0, millis - passedMillis());
    bed.supervisor().await(Duration.ofMillis(left), () -> false);
  }
}
