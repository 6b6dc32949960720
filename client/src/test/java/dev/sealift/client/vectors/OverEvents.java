package dev.sealift.client.vectors;

import dev.sealift.client.pack.RunKind;
import dev.sealift.vectors.Cases;

/** Section 9: tables whose rows count for a lifetime. Most cases have one beside them in which that is not over, by a millisecond. */
final class OverEvents {
  private static final int REGISTER = 0;
  private static final int LIFETIME = 3_600_000;

  /** When what was written at 2 is over. */
  private static final long OVER = 2 + LIFETIME;

  private final Cases to;

  OverEvents(Cases to) {
    this.to = to;
  }

  void add() {
    rows();
    losers();
    declarations();
    beside();
  }

  private void add(String name, Story story) {
    to.add(name, story.json());
  }

  private static Story expiring() {
    return new Story()
        .put(1, 1, "sealift_schema", "l/notes", "position", LIFETIME)
        .seen(1);
  }

  private static Story written() {
    return expiring().put(1, 2, "notes", "a", "title", "one", "body", "first").seen(2);
  }

  private void rows() {
    add("a row goes when its lifetime is over", written().put(2, OVER, "countries", "de"));
    add("and not a millisecond before", written().put(2, OVER - 1, "countries", "de"));
    add(
        "columns go one by one",
        written().patch(2, 9, "notes", "a", "body", "later").put(2, OVER, "countries", "de"));
    add(
        "what comes when it is over leaves nothing",
        expiring().serverTime(OVER).put(3, 2, "notes", "a", "title", "one"));
    add(
        "and what comes before lies on what is there",
        expiring().serverTime(OVER - 1).put(3, 2, "notes", "a", "title", "one"));
    add(
        "a removal goes too, and hides nothing then",
        written().remove(2, 9, "notes", "a").put(2, 9 + LIFETIME, "countries", "de"));
    add(
        "an operation on a compound cell is nothing",
        written().part(RunKind.ADD, 2, 9, "notes", "a", "tags", "red"));
    add(
        "one from before the table had a lifetime is something until it is over",
        new Story()
            .part(RunKind.ADD, 2, 2, "notes", "a", "tags", "red")
            .put(1, 3, "sealift_schema", "l/notes", "position", LIFETIME)
            .put(2, OVER - 1, "countries", "de"));
  }

  private void losers() {
    Story met = expiring()
        .put(2, 5, "notes", "a", "title", "theirs")
        .put(3, 6, "notes", "a", "title", "ours");
    add("a loser is there until it is over", met.put(2, 4 + LIFETIME, "countries", "de"));
    add(
        "and goes with its own time",
        expiring()
            .put(2, 5, "notes", "a", "title", "theirs")
            .put(3, 6, "notes", "a", "title", "ours")
            .put(2, 5 + LIFETIME, "countries", "de"));
    add(
        "who writes goes on from all that he has lost there",
        expiring()
            .put(2, 5, "notes", "a", "title", "theirs")
            .put(3, 6, "notes", "a", "title", "ours")
            .seen(4)
            .patch(2, 7, "notes", "a", "title", "again"));
    add(
        "columns of a group count one by one",
        expiring()
            .group("title", "body")
            .put(2, 5, "notes", "a", "title", "same", "body", "theirs")
            .group("title", "body")
            .put(3, 6, "notes", "a", "title", "same", "body", "ours"));
  }

  private void declarations() {
    add(
        "of several lifetimes the shortest counts",
        written()
            .put(2, 3, "sealift_schema", "l/notes", "position", 60_000)
            .put(3, 4, "sealift_schema", "l/notes", "position", LIFETIME)
            .put(2, 60_002, "countries", "de"));
    add(
        "one that is too short is none",
        new Story()
            .put(1, 1, "sealift_schema", "l/notes", "position", 59_999)
            .put(1, 2, "notes", "a", "title", "one")
            .put(2, OVER, "countries", "de"));
    add(
        "a table that keeps something has none",
        new Story()
            .put(1, 1, "sealift_schema", "k/notes", "type", "ALL")
            .put(1, 1, "sealift_schema", "l/notes", "position", LIFETIME)
            .put(1, 2, "notes", "a", "title", "one")
            .put(2, OVER, "countries", "de"));
    add(
        "a table that has one keeps nothing",
        written()
            .put(1, 3, "sealift_schema", "k/notes", "type", "ALL")
            .put(2, OVER, "countries", "de"));
    add(
        "where ranks go by arrival there is none",
        written().put(2, OVER, "countries", "de").byArrival(1_000));
  }

  private void beside() {
    add(
        "a guard about such a row holds, whatever is there",
        written()
            .begin()
            .guard(2, 9, "notes", "a", REGISTER, "title", 3, 7)
            .put(2, 9, "cities", "bonn", "name", "Bonn")
            .end());
    add(
        "a dismissal takes a loser away as anywhere",
        expiring()
            .put(2, 5, "notes", "a", "title", "theirs")
            .put(3, 6, "notes", "a", "title", "ours")
            .dismiss(1, 7, "notes", "a", "title", 2, 5));
    add(
        "the marker of a row is lost where nothing as high stands in it",
        new Story()
            .put(2, 5, "cities", "ulm", "name", "Ulm")
            .put(2, 6, "cities", "ulm")
            .remove(3, 7, "cities", "ulm"));
    add(
        "who writes again goes on from nothing that is later",
        new Story()
            .put(2, 9, "cities", "ulm", "name", "later")
            .put(3, 12, "cities", "ulm", "name", "other")
            .put(2, 5, "cities", "ulm", "name", "of a home that was put back"));
  }
}
