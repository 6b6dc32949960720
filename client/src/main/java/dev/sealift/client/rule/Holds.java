package dev.sealift.client.rule;

import dev.sealift.client.rule.Rows.Presence;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which rows others need: no rule removes those. */
final class Holds {
  /** Removed rows looked at for one answer. A row that has more behind it counts as held: it is then told of, and stays. */
  private static final int MOST_REMOVED = 1_000;

  private final RuleSet rules;
  private final Rows rows;

  Holds(RuleSet rules, Rows rows) {
    this.rules = rules;
    this.rows = rows;
  }

  /**
   * Whether a row that is there refers to this one by {@link OnRemove#RESTAMP}; or to a removed one that does, for that will come back; and so on. A row that refers to itself does not
   * hold itself by that, but one of a longer circle does.
   */
  boolean isHeld(RowName row) {
    Set<RowName> seen = new HashSet<>();
    Deque<RowName> open = new ArrayDeque<>();
    open.add(row);
    while (!open.isEmpty()) {
      RowName next = open.remove();
      for (Reference reference : rules.to(next.table(), OnRemove.RESTAMP)) {
        if (isThereReferring(reference, next)) {
          return true;
        }
        for (String key : removedReferring(reference, next)) {
          RowName removed = new RowName(reference.table(), key);
          if (seen.add(removed)) {
            open.add(removed);
          }
        }
        if (seen.size() > MOST_REMOVED) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isThereReferring(Reference reference, RowName row) {
    return rows.referring(reference, row.key(), Presence.THERE, "", 2).stream()
        .anyMatch(key -> !new RowName(reference.table(), key).equals(row));
  }

  /** None, of a table whose rows nobody brings back. */
  private List<String> removedReferring(Reference reference, RowName row) {
    return rules.to(reference.table(), OnRemove.RESTAMP).isEmpty()
        ? List.of()
        : rows.referring(reference, row.key(), Presence.REMOVED, "", MOST_REMOVED + 1);
  }
}
