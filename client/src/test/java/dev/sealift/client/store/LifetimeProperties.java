package dev.sealift.client.store;

import static dev.sealift.client.store.StepProperties.requireMergedAlike;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.store.StepProperties.History;
import dev.sealift.client.store.Steps.Step;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.statistics.Statistics;

/** Where rows count for a lifetime, whoever comes too late for what is over has what all others have. */
class LifetimeProperties {
  @Property(tries = 60)
  void whoComesLateHasTheSame(@ForAll Random random) {
    try (TestFolder folder = new TestFolder()) {
      History history = new History(folder, TestDevice.RULES, random, 5);
      history.onlyNotes();
      history.go(20 + random.nextInt(60));
      history.meet();
      history.mesh.expire();
      long size = history.mesh.size();
      TestDevice early = history.reader(0);
      history.mesh.readWhole(early, size);
      TestDevice late = history.reader(size);
      Statistics.label("came late").collect(history.mesh.expiredFiles() > 0);
      requireAlike(late, early, history);
      history.go(30);
      history.meet();
      early.millis = history.mesh.millis();
      late.millis = history.mesh.millis();
      history.mesh.readWhole(early, history.mesh.size());
      history.mesh.read(late, history.mesh.size());
      requireAlike(late, early, history);
      requireNothingFound(late, early, history);
    }
  }

  /** And so have who was there all the time, and who comes by a compaction. */
  private static void requireAlike(TestDevice late, TestDevice early, History history) {
    requireMergedAlike(late, early);
    requireMergedAlike(history.devices.get(0), early);
    TestDevice follower = history.reader(0);
    Steps.take(follower, Steps.make(late, 1));
    requireMergedAlike(follower, early);
    long first = history.sequence(1);
    assertThat(Steps.bytes(late, first)).containsExactlyElementsOf(Steps.bytes(early, first));
  }

  private static void requireNothingFound(TestDevice late, TestDevice early, History history) {
    long base = history.sequence(1);
    TestDevice maker = history.reader(0);
    history.mesh.readWhole(maker, base);
    Step step = Steps.make(maker, history.between(1, base));
    for (TestDevice holder : List.of(late, early)) {
      boolean can = holder.store.canCompare(step.range());
      Statistics.label("can compare").collect(can);
      if (can) {
        assertThat(Steps.compare(holder, step.range(), step.blocks())).isEmpty();
      }
    }
  }
}
