package dev.sealift.client.vectors;

import dev.sealift.client.merge.HybridClock;
import dev.sealift.protocol.clock.HybridTime;
import dev.sealift.vectors.BadVectorException;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.VectorFile;
import java.util.ArrayList;
import java.util.List;

final class ClockVectors extends VectorFile {
  private static final long NOW = Story.START;
  private static final long BOUND = 300_000;

  ClockVectors() {
    super("clock", "Section 9: a device's clock, written by and applying files, step by step.");
  }

  @Override
  protected void cases(Cases to) {
    add(
        to,
        "each write has a time of its own, and follows the clock",
        write(NOW),
        write(NOW),
        write(NOW),
        write(NOW + 5));
    add(to, "a clock that goes back", write(NOW), write(NOW - 1_000), write(NOW - 1));
    add(
        to,
        "a file raises it",
        write(NOW),
        apply(NOW, NOW + 40, 3),
        write(NOW + 1),
        write(NOW + 41));
    add(to, "an older file does not", write(NOW), apply(NOW, NOW - 1, 9), write(NOW));
    add(to, "a full counter carries", apply(NOW, NOW, HybridTime.MAX_COUNTER), write(NOW));
    add(
        to,
        "a file at the bound is applied",
        apply(NOW, NOW + BOUND, HybridTime.MAX_COUNTER),
        write(NOW));
    add(
        to,
        "a file beyond the bound waits",
        write(NOW),
        apply(NOW, NOW + BOUND + 1, 0),
        write(NOW));
    add(
        to,
        "and is applied when its time has come",
        apply(NOW, NOW + BOUND + 1, 0),
        apply(NOW + 1, NOW + BOUND + 1, 0));
  }

  private static Json write(long meshMillis) {
    return Json.of("kind", "write").u64("mesh_time_millis", meshMillis);
  }

  private static Json apply(long meshMillis, long millis, int counter) {
    return Json.of("kind", "apply")
        .u64("mesh_time_millis", meshMillis)
        .u64("hybrid_time", HybridTime.of(millis, counter).bits());
  }

  private static void add(Cases to, String name, Json... steps) {
    to.add(
        name,
        Json.object().u64("clock_bound_millis", BOUND).list("steps", List.of(steps), Json::get));
  }

  /** A mesh time below the last time changes nothing. */
  @Override
  protected boolean isGuarded(Inputs in) {
    return true;
  }

  @Override
  protected Json expect(Inputs in) {
    HybridClock clock = HybridClock.starting(in.u64("clock_bound_millis"));
    List<Json> steps = new ArrayList<>();
    for (Inputs step : in.objects("steps")) {
      long meshMillis = step.u64("mesh_time_millis");
      Json result = Json.object();
      if (step.text("kind").equals("write")) {
        clock = clock.tick(meshMillis);
      } else if (step.text("kind").equals("apply")) {
        HybridTime seen = new HybridTime(step.u64("hybrid_time"));
        result.bool("waits", clock.isAhead(seen, meshMillis));
        clock = clock.observe(seen, meshMillis);
      } else {
        throw new BadVectorException("an unknown kind of step");
      }
      steps.add(result.u64("last", clock.last().bits()));
    }
    return Json.object().list("steps", steps, Json::get);
  }
}
