package dev.sealift.client.vectors;

import dev.sealift.client.pack.RunKind;
import dev.sealift.vectors.Cases;

/** Section 9: removals that are dead. Most cases have one beside them in which the removal is not, by a millisecond. */
final class DeadRemovals {
  private static final int REGISTER = 0;
  private static final int NOT_THERE = 2;
  private static final int PART = 3;

  private static final long CUT_OFF = Story.RULES.cutOffMillis();

  /** When a file comes for which what was removed at 2 is not dead yet; with the next one it is. */
  private static final long ALIVE = 2 + 2 * CUT_OFF;

  private static final long DEAD = ALIVE + 1;

  private final Cases to;

  DeadRemovals(Cases to) {
    this.to = to;
  }

  void add() {
    rows();
    beside();
    guards();
    parts();
    byArrival();
  }

  private void add(String name, Story story) {
    to.add(name, story.json());
  }

  /** Removed at 2 by who had seen all of it. */
  private static Story removed() {
    return new Story()
        .put(1, 1, "cities", "ulm", "name", "Ulm", "people", 1)
        .seen(1)
        .remove(1, 2, "cities", "ulm")
        .seen(2);
  }

  private void rows() {
    add(
        "a removal is dead above twice the cut-off, and nothing is left of what it hides",
        removed().put(2, DEAD, "countries", "de"));
    add("at exactly twice the cut-off it is not dead", removed().put(2, ALIVE, "countries", "de"));
    add(
        "a write to a row that is dead meets nothing",
        removed().patch(2, DEAD, "cities", "ulm", "people", 2));
    add(
        "a write to one that is not begins a row above its removal",
        removed().patch(2, ALIVE, "cities", "ulm", "people", 2));
    Story anew = removed().patch(2, 3 + CUT_OFF, "cities", "ulm", "people", 2).seen(3);
    add("of a row that began anew its removal alone goes", anew.put(2, DEAD, "countries", "de"));
    add(
        "what comes to it then meets a row that was never removed",
        removed()
            .patch(2, 3 + CUT_OFF, "cities", "ulm", "people", 2)
            .remove(2, DEAD, "cities", "ulm")
            .patch(2, DEAD + 1, "cities", "ulm", "name", "back"));
    add(
        "a removal that comes to a row that is dead hides nothing of it",
        removed()
            .remove(3, DEAD, "cities", "ulm")
            .patch(2, DEAD + 1, "cities", "ulm", "people", 2));
    add(
        "and one that comes before hides all of it, for as long as it is not dead itself",
        removed()
            .remove(3, ALIVE, "cities", "ulm")
            .patch(2, ALIVE + 1, "cities", "ulm", "people", 2));
    add(
        "of two removals the higher one has to be dead",
        removed().remove(2, 9, "cities", "ulm").put(2, DEAD, "countries", "de"));
  }

  private void beside() {
    add(
        "losers of a row that is dead stay until they are over",
        removed()
            .serverTime(ALIVE - 9)
            .patch(3, 1, "cities", "ulm", "name", "late")
            .patch(2, DEAD, "cities", "ulm", "people", 2));
    add(
        "and are dismissed as any are",
        removed()
            .serverTime(ALIVE - 9)
            .patch(3, 1, "cities", "ulm", "name", "late", "people", 3)
            .dismiss(2, DEAD, "cities", "ulm", "name", 3, 1));
    add(
        "what is late comes to no row, and is lost beside one that is dead",
        removed().serverTime(DEAD).patch(3, 3, "cities", "ulm", "name", "late"));
    add(
        "files without a word of a row let its removal die too",
        removed()
            .put(2, DEAD, "countries", "de")
            .patch(2, DEAD + 1, "cities", "ulm", "people", 2)
            .patch(3, DEAD + 2, "cities", "ulm", "name", "other"));
  }

  private void guards() {
    add(
        "a guard that names what a row had that is dead does not hold",
        removed()
            .begin()
            .guard(2, DEAD, "cities", "ulm", REGISTER, "name", 1, 1)
            .put(2, DEAD, "cities", "bonn"));
    add(
        "and before it does",
        removed()
            .begin()
            .guard(2, ALIVE, "cities", "ulm", REGISTER, "name", 1, 1)
            .put(2, ALIVE, "cities", "bonn"));
    add(
        "one that says that nothing was ever there holds then",
        removed()
            .begin()
            .guard(2, DEAD, "cities", "ulm", REGISTER, "name", 0, 0)
            .guard(2, DEAD, "cities", "ulm", NOT_THERE, "", 0, 0)
            .patch(2, DEAD, "cities", "ulm", "people", 2));
    add(
        "and before it does not",
        removed()
            .begin()
            .guard(2, ALIVE, "cities", "ulm", REGISTER, "name", 0, 0)
            .guard(2, ALIVE, "cities", "ulm", NOT_THERE, "", 0, 0)
            .patch(2, ALIVE, "cities", "ulm", "people", 2));
    add(
        "parts of a row that is dead are no parts for a guard",
        new Story()
            .part(RunKind.ADD, 1, 1, "cities", "ulm", "tags", "x")
            .remove(1, 2, "cities", "ulm")
            .begin()
            .guard(2, DEAD, "cities", "ulm", PART, "tags", 0, 0)
            .put(2, DEAD, "cities", "bonn")
            .end()
            .begin()
            .guard(3, DEAD, "cities", "ulm", PART, "tags", 1, 1)
            .put(3, DEAD, "cities", "kiel"));
    add(
        "a transaction is judged by the row as it is where its own file stands",
        removed()
            .patch(2, 3 + CUT_OFF, "cities", "ulm", "people", 2)
            .begin()
            .guard(2, DEAD, "cities", "ulm", REGISTER, "people", 2, 3 + CUT_OFF)
            .guard(2, DEAD, "cities", "ulm", REGISTER, "name", 0, 0)
            .patch(2, DEAD, "cities", "ulm", "name", "new"));
  }

  private void parts() {
    Story several = new Story()
        .part(RunKind.ADD, 1, 1, "cities", "ulm", "tags", "x")
        .part(RunKind.DISCARD, 1, 2, "cities", "ulm", "tags", "x")
        .part(RunKind.COUNT, 1, 3, "cities", "ulm", "visits", 5)
        .remove(1, 4, "cities", "ulm");
    add(
        "compound cells go with their row, and with what was taken away of them",
        several
            .part(RunKind.ADD, 2, 5 + 2 * CUT_OFF, "cities", "ulm", "tags", "y")
            .part(RunKind.COUNT, 1, 6 + 2 * CUT_OFF, "cities", "ulm", "visits", 1));
    add(
        "a discard that comes to a row that is dead touches a new one",
        new Story()
            .part(RunKind.ADD, 1, 1, "cities", "ulm", "tags", "x")
            .remove(1, 2, "cities", "ulm")
            .part(RunKind.DISCARD, 2, DEAD, "cities", "ulm", "tags", "x"));
  }

  /** By who had seen the row and not its removal, and was away since. */
  private static Story late(Story story, long serverMillis) {
    return story
        .serverTime(serverMillis - 1)
        .seen(1)
        .patch(3, 10 + CUT_OFF, "cities", "ulm", "people", 3);
  }

  private void byArrival() {
    add(
        "by arrival, what stands below a dead removal begins a row",
        late(removed().byArrival(1_000), DEAD));
    add("and below one that is not is lost with the row", late(removed().byArrival(1_000), ALIVE));
    add(
        "by arrival, what stands below the dead removal of a row that began anew meets that",
        late(removed().byArrival(1_000).patch(2, 3 + CUT_OFF, "cities", "ulm", "people", 2), DEAD));
    add(
        "and below one that is not is lost to it",
        late(
            removed().byArrival(1_000).patch(2, 3 + CUT_OFF, "cities", "ulm", "people", 2), ALIVE));
    add(
        "by arrival, it is by its time that a removal is dead, and not by its place",
        late(
            new Story()
                .byArrival(1_000)
                .put(1, 1, "cities", "ulm", "name", "Ulm")
                .serverTime(500)
                .seen(1)
                .remove(1, 2, "cities", "ulm"),
            DEAD));
  }
}
