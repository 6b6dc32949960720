package dev.sealift.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sealift.client.rule.RowName;
import dev.sealift.client.store.LeastNames.Most;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

class LeastNamesProperties {
  private static final List<String> CHARACTERS =
      List.of("a", "b", "\u00e9", "\uffff", "\ud83d\ude00");

  /** However little room there is, and in whatever order they come, page after page has each name once, and all are in their order. */
  @Property(tries = 300)
  void pageAfterPageHasAllNamesInTheirOrder(
      @ForAll Random random, @ForAll @IntRange(max = 60) int count, @ForAll boolean hasRoom) {
    List<RowName> names = names(random, count);
    TreeSet<RowName> expected = new TreeSet<>(TouchedRows.ORDER);
    expected.addAll(names);
    Most most = hasRoom ? Most.DEFAULT : new Most(1 + random.nextInt(40), 1 + random.nextInt(200));
    List<RowName> found = new ArrayList<>();
    LeastNames page = page(names, null, most);
    page.sorted().forEachRemaining(found::add);
    while (!page.isWhole()) {
      Collections.shuffle(names, random);
      page = page(names, found.get(found.size() - 1), most);
      page.sorted().forEachRemaining(found::add);
    }
    assertThat(found).containsExactlyElementsOf(expected);
    if (hasRoom) {
      assertThat(page(names, null, most).isWhole()).isTrue();
    }
  }

  /** Keys of all lengths, more than one piece has room for, and many of one beginning. */
  @Property(tries = 10)
  void manyAreInTheirOrderEachOnce(@ForAll Random random) {
    PackedKeys packed = new PackedKeys();
    TreeSet<String> expected = new TreeSet<>();
    for (int i = 0; i < 20_000; i++) {
      String key = "same".repeat(random.nextInt(60)) + random.nextInt(10_000);
      assertThat(packed.add(key) > 0).isEqualTo(expected.add(key));
    }
    assertThat(Arrays.stream(packed.sorted()).mapToObj(packed::at))
        .containsExactlyElementsOf(expected);
  }

  private static LeastNames page(List<RowName> names, @Nullable RowName after, Most most) {
    LeastNames page = new LeastNames(after, most);
    names.forEach(name -> page.add(name.table(), name.key()));
    return page;
  }

  private static List<RowName> names(Random random, int count) {
    List<RowName> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      StringBuilder key = new StringBuilder();
      for (int length = 1 + random.nextInt(3); length > 0; length--) {
        key.append(CHARACTERS.get(random.nextInt(CHARACTERS.size())));
      }
      names.add(new RowName("table" + random.nextInt(3), key.toString()));
    }
    return names;
  }
}
