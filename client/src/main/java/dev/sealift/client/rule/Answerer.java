package dev.sealift.client.rule;

import dev.sealift.client.rule.Rows.Origin;
import dev.sealift.client.rule.Rows.Presence;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decides what this device writes about a row that breaks a rule. A function of the rules, of what is shown, and of the time. */
public final class Answerer {
  /**
   * How old what breaks a rule must be before a device answers that had no part in it; and how long it is until what cannot be answered is looked at again. Long enough for those who had a
   * part to be done with it, short enough when they are gone for ever.
   */
  public static final long PATIENCE_MILLIS = 3_600_000;

  /** Rows of one value, of which some are given others: of more, none is. */
  private static final int MOST_CLAIMANTS = 100;

  /** Values that the app's function is asked for, until one is free; and how often one device gives one row another. */
  public static final int MOST_ATTEMPTS = 8;

  private final RuleSet rules;
  private final Rows rows;
  private final Map<String, Rename> renames;
  private final Holds holds;

  /** @param renames those that this version of the app has */
  public Answerer(RuleSet rules, Rows rows, Map<String, Rename> renames) {
    this.rules = rules;
    this.rows = rows;
    this.renames = renames;
    this.holds = new Holds(rules, rows);
  }

  /** A reference to a removed row. */
  private record Broken(Reference reference, RowName target) {
    boolean asksFor(OnRemove onRemove) {
      return reference.onRemove() == onRemove;
    }
  }

  /** @param nowMillis by the mesh's clock */
  public Decision decide(RowName row, long nowMillis) {
    if (rows.presence(row) != Presence.THERE) {
      return Decision.NOTHING;
    }
    Findings findings = new Findings(nowMillis);
    List<Broken> broken = broken(row);
    Optional<Broken> orphaning = orphaning(row, broken);
    if (orphaning.isPresent()) {
      findings.answer(row, orphaning.get().target(), new Answer.Remove(row));
      return findings.decision();
    }
    for (Broken reference : broken) {
      if (reference.asksFor(OnRemove.RESTAMP) && rows.returnsWhole(reference.target())) {
        findings.answer(row, reference.target(), new Answer.BringBack(reference.target()));
      } else {
        findings.stands();
      }
    }
    rules.uniquesOf(row.table()).forEach(unique -> claim(unique, row, findings));
    return findings.decision();
  }

  /** What is to be answered at all. */
  private List<Broken> broken(RowName row) {
    List<Broken> broken = new ArrayList<>();
    for (Reference reference : rules.from(row.table())) {
      if (reference.onRemove() != OnRemove.REPORT) {
        rows.target(reference, row.key())
            .filter(target -> rows.presence(target) == Presence.REMOVED)
            .ifPresent(target -> broken.add(new Broken(reference, target)));
      }
    }
    return broken;
  }

  /** Why the row goes: its parent is gone and does not come back, and nobody needs the row itself. */
  private Optional<Broken> orphaning(RowName row, List<Broken> broken) {
    return broken.stream()
        .filter(reference -> reference.asksFor(OnRemove.REMOVE))
        .filter(reference -> !holds.isHeld(reference.target()))
        .findFirst()
        .filter(reference -> !holds.isHeld(row));
  }

  private void claim(Unique unique, RowName row, Findings findings) {
    if (unique.rename().isEmpty()) {
      return;
    }
    List<String> claimants = rows.claimants(unique, row.key(), MOST_CLAIMANTS + 1);
    if (claimants.size() < 2) {
      return;
    }
    Optional<Rename> rename = unique.rename().map(renames::get);
    if (rename.isEmpty() || claimants.size() > MOST_CLAIMANTS) {
      findings.stands();
      return;
    }
    RowName first = new RowName(unique.table(), claimants.get(0));
    for (String later : claimants.subList(1, claimants.size())) {
      rename(unique, first, new RowName(unique.table(), later), rename.get(), findings);
    }
  }

  private void rename(
      Unique unique, RowName first, RowName later, Rename rename, Findings findings) {
    String column = unique.columns().get(0);
    Value value = rows.value(later, column);
    if (rows.changes(later) >= MOST_ATTEMPTS) {
      findings.stands();
      return;
    }
    for (int attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      Optional<Value> other = ask(rename, value, later.key(), attempt);
      if (other.isPresent()
          && rows.isFree(unique, other.get())
          && findings.isFree(column, other.get())) {
        findings.answer(first, later, new Answer.Change(later, column, other.get()));
        return;
      }
    }
    findings.stands();
  }

  private static Optional<Value> ask(Rename rename, Value value, String key, int attempt) {
    try {
      return Optional.ofNullable(rename.rename(value, key, attempt))
          .filter(other -> other != Value.NULL);
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  /** Gathers answers, and when to look again. */
  private final class Findings {
    private final long nowMillis;
    private final List<Answer> answers = new ArrayList<>();
    private Optional<Long> again = Optional.empty();

    Findings(long nowMillis) {
      this.nowMillis = nowMillis;
    }

    /** Nothing is to be done about it, as things are. */
    void stands() {
      again(nowMillis + PATIENCE_MILLIS);
    }

    private void again(long millis) {
      again = Optional.of(Math.min(millis, again.orElse(millis)));
    }

    /** Two rows break a rule together: who had no part in either leaves the answer to those who had, for a while. */
    void answer(RowName one, RowName other, Answer answer) {
      Origin first = rows.origin(one);
      Origin second = rows.origin(other);
      long patientUntil = Math.max(first.newestMillis(), second.newestMillis()) + PATIENCE_MILLIS;
      if (first.own() || second.own() || nowMillis >= patientUntil) {
        answers.add(answer);
      } else {
        again(Math.min(patientUntil, nowMillis + PATIENCE_MILLIS)); // a clock may have been ahead
      }
    }

    boolean isFree(String column, Value value) {
      return answers.stream()
          .noneMatch(answer -> answer instanceof Answer.Change change
              && change.column().equals(column)
              && change.value().equals(value));
    }

    Decision decision() {
      return new Decision(answers, again);
    }
  }
}
