package dev.sealift.protocol.mesh;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Whether anything was missed of what engines publish. A publication is lost without a trace when a connection between members breaks; but
 * each has its engine's name and a number without gaps, and engines say every few seconds how many there were. One that goes for good
 * may have said nothing of its last commits, so whenever the engines are others than before, something counts as missed.
 *
 * <p>Plain and single-threaded. Wrong only by calling something missed that was not, which costs a question.
 */
public final class NewsCount {
  /** More engines than a mesh has; beyond, the numbers of newcomers are not kept, and each counts as a gap. */
  static final int MAX_ENGINES = 256;

  private final Map<String, Long> heard = new HashMap<>();
  private Set<String> present = Set.of();

  /**
   * A publication came.
   *
   * @param number of its engine; 0 from an engine of a version without numbers, which says nothing
   * @return whether one before it did not
   */
  public boolean came(String engine, long number) {
    long before = heard.getOrDefault(engine, 0L);
    remember(engine, number);
    return number > before + 1;
  }

  /**
   * An engine said how much it has published.
   *
   * @return whether less came
   */
  public boolean published(String engine, long count) {
    long before = heard.getOrDefault(engine, 0L);
    remember(engine, count);
    return count > before;
  }

  /**
   * These engines take requests now.
   *
   * @return whether they are others than before
   */
  public boolean present(Collection<String> engines) {
    Set<String> now = Set.copyOf(engines);
    if (now.equals(present)) {
      return false;
    }
    present = now;
    heard.keySet().retainAll(now); // who comes back is heard from the beginning
    return true;
  }

  private void remember(String engine, long number) {
    if (heard.containsKey(engine) || heard.size() < MAX_ENGINES) {
      heard.merge(engine, number, Math::max);
    }
  }
}
