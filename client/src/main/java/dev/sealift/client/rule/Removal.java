package dev.sealift.client.rule;

import dev.sealift.client.rule.Rows.Presence;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What goes with a row that is removed here, where this device sees what refers to it. */
public final class Removal {
  /** Rows that one removal may take along: it is one write, held in memory. */
  static final int MOST_ROWS = 10_000;

  /** As far as those in the way are counted. */
  private static final int MOST_COUNTED = 1_000;

  private static final int PAGE = 500;

  private final RuleSet rules;
  private final Rows rows;

  public Removal(RuleSet rules, Rows rows) {
    this.rules = rules;
    this.rows = rows;
  }

  /**
   * The rows to be removed together, the row itself first. It need not be there.
   *
   * @throws RuleException {@code REFERENCED} when another row needs one of them, {@code INVALID_INPUT} when there are too many; nothing was written
   */
  public List<RowName> of(RowName row) {
    if (rules.to(row.table()).isEmpty()) {
      return List.of(row);
    }
    Set<RowName> doomed = new LinkedHashSet<>();
    Deque<RowName> open = new ArrayDeque<>();
    doomed.add(row);
    open.add(row);
    while (!open.isEmpty()) {
      RowName next = open.remove();
      for (Reference reference : rules.to(next.table(), OnRemove.REMOVE)) {
        addReferring(reference, next, doomed, open);
      }
    }
    requireUnheld(doomed);
    return List.copyOf(doomed);
  }

  private void addReferring(
      Reference reference, RowName row, Set<RowName> doomed, Deque<RowName> open) {
    String after = "";
    for (List<String> page = page(reference, row, after);
        !page.isEmpty();
        page = page(reference, row, after)) {
      for (String key : page) {
        RowName child = new RowName(reference.table(), key);
        if (doomed.add(child)) {
          open.add(child);
        }
      }
      if (doomed.size() > MOST_ROWS) {
        throw RuleException.tooMany(rows.label(reference.table()), MOST_ROWS);
      }
      after = page.get(page.size() - 1);
    }
  }

  private List<String> page(Reference reference, RowName row, String after) {
    return rows.referring(reference, row.key(), Presence.THERE, after, PAGE);
  }

  /** They are counted up to a bound. */
  private void requireUnheld(Set<RowName> doomed) {
    for (RowName row : doomed) {
      for (Reference reference : rules.to(row.table(), OnRemove.RESTAMP)) {
        long holding = rows
            .referring(reference, row.key(), Presence.THERE, "", MOST_COUNTED + doomed.size())
            .stream()
            .filter(key -> !doomed.contains(new RowName(reference.table(), key)))
            .limit(MOST_COUNTED)
            .count();
        if (holding > 0) {
          throw RuleException.referenced(rows.label(reference.table()), holding);
        }
      }
    }
  }
}
