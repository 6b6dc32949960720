package dev.sealift.ops.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServingTest {
  private final Serving here = new Serving("here");
  private final Serving there = new Serving("there");

  /** Any of a process's tellings, in any order and any number of times: what counts is the newest that came. */
  @Property
  void theNewestTellingThatCameCountsInWhateverOrderTheyCome(
      @ForAll @IntRange(min = 1, max = 8) int changes, @ForAll long seed) {
    Random dice = new Random(seed);
    Serving teller = new Serving("teller");
    List<String> tellings = new ArrayList<>();
    List<Set<String>> states = new ArrayList<>();
    for (int i = 0; i < changes; i++) {
      if (dice.nextInt(changes) == 0) {
        teller.end();
      } else {
        teller.begin("id" + i);
      }
      tellings.add(teller.telling());
      states.add(teller.ids());
    }
    List<Integer> coming = new ArrayList<>();
    for (int i = 0; i < changes; i++) {
      for (int copies = dice.nextInt(3); copies > 0; copies--) {
        coming.add(i);
      }
    }
    Collections.shuffle(coming, dice);

    Serving hearer = new Serving("hearer");
    coming.forEach(i -> hearer.hear(tellings.get(i)));

    assertThat(hearer.ids())
        .isEqualTo(coming.isEmpty() ? Set.of() : states.get(Collections.max(coming)));
  }

  @Test
  void whatIsServedIsKnownHereAtOnceAndThereWhenItIsTold() {
    here.begin("engine");

    assertThat(here.ids()).containsExactly("engine");
    assertThat(there.ids()).isEmpty();
    there.begin("store");
    there.hear(here.telling());
    assertThat(there.ids()).containsExactlyInAnyOrder("engine", "store");
  }

  @Test
  void whatHasEndedIsNotServedAgain() {
    here.begin("engine");
    there.hear(here.telling());

    assertThat(here.end()).isTrue();
    here.begin("engine");
    there.hear(here.telling());

    assertThat(here.ids()).isEmpty();
    assertThat(there.ids()).isEmpty();
    assertThat(here.end()).isFalse();
  }

  @Test
  void whoIsGoneIsForgottenAtTheSecondLook() {
    here.begin("engine");
    there.hear(here.telling());

    there.forgetAllBut(Set.of());
    assertThat(there.ids()).as("it may be a newcomer").containsExactly("engine");
    there.forgetAllBut(Set.of("here"));
    there.forgetAllBut(Set.of());
    assertThat(there.ids()).as("it was there in between").containsExactly("engine");
    there.forgetAllBut(Set.of());

    assertThat(there.ids()).isEmpty();
  }

  @Test
  void whatOthersSayInItsNameIsPassedOver() {
    here.hear("here 1 id");

    assertThat(here.ids()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "p",
        "p 0 id",
        "p -1 id",
        "p x id",
        "p 1234567890123456789 id",
        " 1 id",
        "; p 1 id"
      })
  void whatIsNoTellingIsPassedOver(String telling) {
    here.hear(telling);

    assertThat(here.ids()).isEmpty();
  }

  @Test
  void wordsOfLaterVersionsArePassedOver() {
    here.hear("p 1 id; more = 2");

    assertThat(here.ids()).containsExactly("id");
  }

  @Test
  void whatIsTooMuchIsNotKept() {
    here.hear("long 1 " + "x".repeat(Serving.MAX_CHARACTERS));
    for (int i = 0; i < Serving.MAX_PROCESSES + 1; i++) {
      here.hear("p" + i + " 1 id" + i);
    }

    assertThat(here.ids()).hasSize(Serving.MAX_PROCESSES);
    here.hear("p1 2 again");
    assertThat(here.ids()).contains("again").doesNotContain("id1");
  }
}
