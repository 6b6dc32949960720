package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TellingsTest {
  private final Tellings tellings = new Tellings();
  private final List<String> told = new ArrayList<>();

  private boolean tell(String what) {
    tellings.tell(() -> told.add(what));
    return true;
  }

  @Test
  void withoutALockItIsToldAtOnce() {
    tell("one");
    assertThat(told).containsExactly("one");
  }

  @Test
  void whatHappensUnderLocksIsToldBehindTheOuterOne() {
    tellings.holding(() -> {
      tell("one");
      tellings.holding(() -> tell("two"));
      tell("three");
      assertThat(told).isEmpty();
      return true;
    });
    assertThat(told).containsExactly("one", "two", "three");
  }

  @Test
  void whatFailsTellsOfWhatItHasDone() {
    assertThatThrownBy(() -> tellings.holding(() -> {
          tell("one");
          throw new IllegalStateException("no more");
        }))
        .hasMessage("no more");
    assertThat(told).containsExactly("one");
    tell("two");
    assertThat(told).containsExactly("one", "two");
  }

  @Test
  void whatIsDoneByWhoeverIsToldComesBehindWhatHappenedBefore() {
    tellings.holding(() -> {
      tellings.tell(() -> {
        told.add("one");
        tell("four");
        tellings.holding(() -> tell("five"));
        assertThat(told).as("at once, as ever").endsWith("four", "five");
      });
      tell("two");
      return tell("three");
    });
    assertThat(told).containsExactly("one", "two", "three", "four", "five");
  }

  @Test
  void anotherThreadTellsMeanwhile() {
    tellings.holding(() -> {
      tell("of this thread");
      Thread other = new Thread(() -> tell("of another"));
      other.start();
      try {
        other.join();
      } catch (InterruptedException e) {
        throw new AssertionError("nobody interrupts it", e);
      }
      return true;
    });
    assertThat(told).containsExactly("of another", "of this thread");
  }
}
