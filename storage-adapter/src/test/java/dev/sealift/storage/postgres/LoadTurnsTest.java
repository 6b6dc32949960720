package dev.sealift.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadTurnsTest {
  private final LoadTurns<Integer> turns = new LoadTurns<>();

  @Test
  void lightOnesGoTogetherAndHeavyOnesAloneInTurn() {
    for (int i = 0; i < 2 * LoadTurns.MAX_GROUP_LOADS + 1; i++) {
      turns.add(i);
    }
    turns.addHeavy(100);
    turns.addHeavy(101);
    turns.addHeavy(102);

    List<Integer> sizes = new ArrayList<>();
    List<Long> most = new ArrayList<>();
    while (!turns.isEmpty()) {
      LoadTurns.Group<Integer> group = turns.next();
      sizes.add(group.loads().size());
      most.add(group.maxBytes());
    }

    long light = LoadTurns.MAX_LIGHT_BYTES;
    assertThat(sizes).containsExactly(16, 1, 16, 1, 1, 1);
    assertThat(most)
        .containsExactly(light, Long.MAX_VALUE, light, Long.MAX_VALUE, light, Long.MAX_VALUE);
  }

  @Test
  void whatNobodyWaitsForIsTakenFromBothLines() {
    turns.add(1);
    turns.add(9);
    turns.addHeavy(2);

    assertThat(turns.takeWhile(load -> load < 5)).containsExactly(1, 2);
    assertThat(turns.next().loads()).containsExactly(9);
    assertThat(turns.isEmpty()).isTrue();
  }
}
