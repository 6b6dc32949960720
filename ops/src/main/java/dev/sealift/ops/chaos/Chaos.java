package dev.sealift.ops.chaos;

import dev.sealift.ops.chaos.bed.ChaosFailedException;
import dev.sealift.ops.chaos.bed.Equipment;
import dev.sealift.ops.chaos.bed.Leftovers;
import dev.sealift.ops.chaos.bed.RunId;
import dev.sealift.ops.chaos.bed.Testbed;
import dev.sealift.ops.chaos.bed.Topology;
import dev.sealift.ops.chaos.device.Devices;
import dev.sealift.ops.chaos.fault.FaultKind;
import dev.sealift.ops.chaos.fault.Round;
import dev.sealift.ops.chaos.fault.Schedule;
import dev.sealift.ops.chaos.verdict.Checker;
import dev.sealift.ops.chaos.verdict.NotesReader;
import dev.sealift.ops.chaos.verdict.Verdict;
import io.vertx.core.json.DecodeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A fault test from beginning to end: a mesh of real processes, devices that write to it, faults by seed, and at the end the question whether what
 * was acknowledged is there, once, on every device. Blocks; for one thread.
 */
public final class Chaos {
  /** What devices get to send and fetch what faults held up. */
  private static final Duration SETTLE_DEADLINE = Duration.ofMinutes(5);

  private static final double MILLIS_A_MINUTE = 60_000;

  private final ChaosPlan plan;
  private final ChaosListener listener;
  private final RunFolder folder;
  private final List<String> problems = new ArrayList<>();
  private final List<String> surprises = new ArrayList<>();
  private final List<String> unseen = new ArrayList<>();
  private final List<String> explained = new ArrayList<>();

  public Chaos(ChaosPlan plan, ChaosListener listener) {
    this.plan = plan;
    this.listener = listener;
    this.folder = new RunFolder(plan.parent(), RunId.ofThisProcess(), plan.keep());
  }

  /** Runs it. Whatever happens, nothing of it stays on the machine but, if something went wrong or it was asked for, its folder. */
  public ChaosResult run() throws ChaosFailedException, InterruptedException {
    Equipment equipment = Equipment.find(plan.store(), plan.postgres());
    int dead = Leftovers.clearDeadRuns();
    if (dead > 0) {
      listener.says("Cleared away what %d killed runs had left.".formatted(dead));
    }
    Path path = folder.make();
    Topology topology = Topology.of(plan.store());
    Testbed bed = new Testbed(folder.run(), path, topology, equipment);
    Thread cleaning = new Thread(() -> clean(bed), "sealift-chaos-cleaning");
    Runtime.getRuntime().addShutdownHook(cleaning); // Ctrl-C leaves nothing behind either
    boolean good = false;
    try {
      ChaosResult result = run(bed, kinds(equipment), path);
      good = result.isGood();
      return result;
    } finally {
      bed.close();
      folder.end(good).ifPresent(kept -> listener.says("Everything is kept in " + kept + "."));
      Runtime.getRuntime().removeShutdownHook(cleaning);
    }
  }

  private static void clean(Testbed bed) {
    try {
      bed.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<FaultKind> kinds(Equipment equipment) throws ChaosFailedException {
    List<FaultKind> possible = FaultKind.possible(plan.store(), equipment);
    List<FaultKind> kinds = plan.kinds().isEmpty()
        ? possible
        : plan.kinds().stream().filter(possible::contains).toList();
    if (kinds.isEmpty()) {
      throw ChaosFailedException.notEquipped(
          "None of these faults can be drawn here: clock needs libfaketime (on Debian: apt install"
              + " libfaketime), database-kill needs --store postgres.");
    }
    return kinds;
  }

  private ChaosResult run(Testbed bed, List<FaultKind> kinds, Path path)
      throws ChaosFailedException, InterruptedException {
    listener.says("Seed %d, store %s, %d devices; logs in %s."
        .formatted(plan.seed(), plan.store().text(), plan.devices(), bed.logs()));
    try (Devices devices = new Devices(bed, path)) {
      bed.open();
      listener.says("The mesh is up.");
      devices.start(plan.devices());
      listener.says("The devices write.");
      takeSurprises(bed, "at the start");
      Rounds rounds = new Rounds(bed, devices);
      List<FaultRecord> records = play(rounds, new Schedule(plan.seed(), kinds, bed.topology()));
      double minutes = rounds.passedMillis() / MILLIS_A_MINUTE;
      finish(bed, devices);
      problems.addAll(devices.end());
      List<FaultKind> notDrawn = new ArrayList<>(List.of(FaultKind.values()));
      notDrawn.removeAll(kinds);
      LogSearch logs = LogSearch.in(bed.logs());
      return new ChaosResult(
          minutes,
          plan.seed(),
          verdict(devices),
          problems,
          surprises,
          explained,
          unseen,
          logs.bugs(),
          logs.errors(),
          notDrawn,
          KindSummary.of(records));
    }
  }

  private List<FaultRecord> play(Rounds rounds, Schedule schedule)
      throws ChaosFailedException, InterruptedException {
    List<FaultRecord> records = new ArrayList<>();
    int most = plan.rounds().orElse(Integer.MAX_VALUE);
    double endMillis = plan.minutes() * MILLIS_A_MINUTE;
    while (records.size() < most && rounds.passedMillis() < endMillis) {
      Round round = schedule.next();
      listener.says(String.format(
          Locale.ROOT,
          "%.1f of %.0f minutes, round %d: %s",
          rounds.passedMillis() / MILLIS_A_MINUTE,
          plan.minutes(),
          round.number(),
          round));
      FaultRecord record = rounds.play(round);
      records.add(record);
      note(record);
    }
    return records;
  }

  private void note(FaultRecord record) {
    listener.event(record.json());
    listener.says(String.format(
        Locale.ROOT,
        "  again after %.1f s, all write after %.1f s, all read after %.1f s; longest wait %.1f s; %,d acknowledged",
        record.recovered().meshMillis() / 1e3,
        record.recovered().writeMillis() / 1e3,
        record.recovered().readMillis() / 1e3,
        record.gapMillis() / 1e3,
        record.acknowledged()));
    record.unseen().forEach(fault -> {
      listener.says("  did not take hold, and does not count: " + fault);
      unseen.add(inRound(record, fault));
    });
    record.surprises().forEach(surprise -> listener.says("  not asked for: " + surprise));
    record.explained().forEach(surprise -> listener.says("  by the fault: " + surprise));
    record.surprises().forEach(surprise -> surprises.add(inRound(record, surprise)));
    record.explained().forEach(surprise -> explained.add(inRound(record, surprise)));
    if (!record.recovered().late().isEmpty()) {
      String late = inRound(
          record,
          "not working again in time: " + String.join(", ", record.recovered().late()));
      problems.add(late);
      listener.says("  " + late);
    }
  }

  private static String inRound(FaultRecord record, String what) {
    return "round %d: %s".formatted(record.round(), what);
  }

  private void finish(Testbed bed, Devices devices)
      throws ChaosFailedException, InterruptedException {
    listener.says("Healing; then every device sends and fetches what is left.");
    bed.heal();
    List<String> late = devices.finish(SETTLE_DEADLINE);
    late.forEach(device -> problems.add(device + " was not done at the end"));
    problems.addAll(devices.seen().problems());
    takeSurprises(bed, "at the end");
  }

  /** When no fault is under way, none explains anything. */
  private void takeSurprises(Testbed bed, String when) {
    bed.supervisor().takeSurprises().forEach(surprise -> {
      listener.says("  not asked for: " + surprise);
      surprises.add(when + ": " + surprise);
    });
  }

  private static Verdict verdict(Devices devices) throws ChaosFailedException {
    NotesReader reader = new NotesReader();
    try {
      for (Path notes : devices.notes()) {
        reader.read(notes);
      }
    } catch (IOException | DecodeException e) {
      throw ChaosFailedException.failed(
          "The devices' notes cannot be read: " + e.getMessage() + ".");
    }
    return Checker.check(reader.evidence(devices.roster()));
  }
}
