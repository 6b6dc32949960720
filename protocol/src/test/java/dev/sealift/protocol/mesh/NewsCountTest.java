package dev.sealift.protocol.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NewsCountTest {
  private final NewsCount count = new NewsCount();

  @Test
  void whatComesWithoutAGapIsAllThereWas() {
    for (long number = 1; number <= 3; number++) {
      assertThat(count.came("a", number)).isFalse();
    }
    assertThat(count.published("a", 3)).isFalse();
    assertThat(count.came("b", 1)).as("another engine counts for itself").isFalse();
  }

  @Test
  void aGapIsMissedOnce() {
    count.came("a", 1);
    assertThat(count.came("a", 3)).isTrue();
    assertThat(count.came("a", 4)).isFalse();
    assertThat(count.published("a", 4)).isFalse();
  }

  @Test
  void whatNothingFollowsIsMissedByTheEnginesOwnCountOnce() {
    count.came("a", 1);
    assertThat(count.published("a", 2)).isTrue();
    assertThat(count.published("a", 2)).isFalse();
    assertThat(count.came("a", 2)).as("late, and counted already").isFalse();
    assertThat(count.came("a", 3)).isFalse();
  }

  @Test
  void anEngineThatIsHeardForTheFirstTimeMayHaveSaidSomethingBefore() {
    assertThat(count.came("a", 2)).isTrue();
    assertThat(count.published("b", 1)).isTrue();
    assertThat(count.published("c", 0)).isFalse();
  }

  @Test
  void anEngineWithoutNumbersSaysNothing() {
    assertThat(count.came("", 0)).isFalse();
    assertThat(count.came("", 0)).isFalse();
    assertThat(count.published("old", 0)).isFalse();
  }

  @Test
  void enginesThatComeOrGoMayHaveCommittedWhatNobodyWasToldOf() {
    assertThat(count.present(List.of("a", "b"))).isTrue();
    assertThat(count.present(List.of("b", "a"))).isFalse();
    assertThat(count.present(List.of("b"))).isTrue();
    assertThat(count.present(List.of("b", "a"))).isTrue();
  }

  @Test
  void whoGoesAndComesBackIsHeardFromTheBeginning() {
    count.present(List.of("a", "b"));
    count.came("a", 1);
    count.came("b", 1);
    count.present(List.of("b"));
    assertThat(count.came("a", 3)).isTrue();
    assertThat(count.came("b", 2)).isFalse();
  }

  @Test
  void moreEnginesThanThereAreAreNotRemembered() {
    IntStream.range(0, NewsCount.MAX_ENGINES).forEach(i -> count.came("engine " + i, 1));
    assertThat(count.came("stranger", 1)).isFalse();
    assertThat(count.came("stranger", 2))
        .as("a gap, for its first was not kept")
        .isTrue();
    assertThat(count.came("engine 0", 2)).isFalse();
  }
}
