package dev.sealift.protocol.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AwaitedTest {
  private final Awaited awaited = new Awaited();
  private final List<String> givenUp = new ArrayList<>();

  private Runnable expect(String peer, String question) {
    return awaited.from(peer, () -> givenUp.add(question));
  }

  @Test
  void whatIsOwedByWhoHasLeftIsGivenUpOnce() {
    expect("a", "first");
    expect("a", "second");
    expect("b", "third");

    awaited.keepOnly(Set.of("b"));
    awaited.keepOnly(Set.of("b"));

    assertThat(givenUp).containsExactly("first", "second");
  }

  @Test
  void anAnswerThatCameIsNotGivenUp() {
    Runnable answered = expect("a", "first");
    expect("a", "second");

    answered.run();
    answered.run();
    awaited.keepOnly(Set.of());

    assertThat(givenUp).containsExactly("second");
  }

  /** Giving up makes sessions ask again, and that of whoever is there now. */
  @Test
  void whoGivesUpMayAskAgainMeanwhile() {
    awaited.from("a", () -> expect("a", "again"));

    awaited.keepOnly(Set.of());
    assertThat(givenUp).isEmpty();

    awaited.keepOnly(Set.of());
    assertThat(givenUp).containsExactly("again");
  }
}
