package dev.sealift.client.vectors;

import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.VectorFile;
import java.util.List;

final class MergingVectors extends VectorFile {
  MergingVectors() {
    super("merging", "Section 9: the files of a log, and the state that they end in.");
  }

  @Override
  protected void cases(Cases to) {
    add(to, "one put", new Story().put(1, 1, "cities", "ulm", "name", "Ulm", "people", 126_000));
    add(
        to,
        "the later put wins, cell by cell",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm", "country", "DE")
            .put(2, 2, "cities", "ulm", "name", "Neu-Ulm", "people", 60_000));
    add(
        to,
        "of one time, the higher device wins",
        new Story()
            .put(0x7f, 5, "cities", "ulm", "name", "by 7f")
            .put(0x80, 5, "cities", "ulm", "name", "by 80"));
    add(
        to,
        "of one time and device, the higher hash wins",
        new Story()
            .patch(1, 5, "cities", "ulm", "name", "one", "people", 1)
            .patch(1, 5, "cities", "ulm", "name", "other", "people", 2));
    add(
        to,
        "null is a value: it wins and loses like any",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm", "country", null)
            .patch(2, 2, "cities", "ulm", "name", null)
            .patch(3, 1, "cities", "ulm", "country", "DE"));
    add(
        to,
        "an int and a real of one number are two values",
        new Story()
            .patch(1, 5, "cities", "ulm", "people", 1)
            .patch(1, 5, "cities", "ulm", "people", 1.0));
    add(
        to,
        "a patch alone makes a row visible, without a marker",
        new Story().patch(1, 1, "cities", "ulm", "name", "Ulm"));
    add(to, "a put without columns shows an empty row", new Story().put(1, 1, "cities", "ulm"));
    removals(to);
    mixed(to);
    losers(to);
    lostRows(to);
    cutOff(to);
  }

  private static void removals(Cases to) {
    add(
        to,
        "a removal hides the row, and its cells stay in the state",
        new Story().put(1, 1, "cities", "ulm", "name", "Ulm").remove(2, 2, "cities", "ulm"));
    add(to, "a removal of a row that nobody wrote", new Story().remove(1, 1, "cities", "ulm"));
    add(
        to,
        "a later patch brings the row back whole",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm", "country", "DE")
            .remove(2, 2, "cities", "ulm")
            .patch(1, 3, "cities", "ulm", "country", "AT"));
    add(
        to,
        "a later put outranks the removal, which is forgotten",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm", "country", "DE")
            .remove(2, 2, "cities", "ulm")
            .put(1, 3, "cities", "ulm", "name", "Ulm again"));
    add(
        to,
        "of two removals the higher one stays",
        new Story()
            .remove(1, 2, "cities", "ulm")
            .remove(2, 2, "cities", "ulm")
            .put(3, 1, "cities", "ulm", "name", "Ulm"));
    add(
        to,
        "a removal and a put of one rank: the removal hides",
        new Story().put(1, 2, "cities", "ulm", "name", "Ulm").remove(1, 2, "cities", "ulm"));
    add(
        to,
        "a removal between put and patch of one row",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm")
            .remove(2, 3, "cities", "ulm")
            .patch(3, 2, "cities", "ulm", "name", "too early"));
  }

  private static void mixed(Cases to) {
    add(
        to,
        "the schema travels as rows, and is not visible",
        new Story()
            .put(
                1,
                1,
                "sealift_schema",
                "t/cities",
                "key_column",
                "id",
                "type",
                null,
                "position",
                null)
            .put(
                1,
                2,
                "sealift_schema",
                "c/cities/name",
                "key_column",
                null,
                "type",
                "TEXT",
                "position",
                0)
            .put(2, 3, "cities", "ulm", "name", "Ulm"));
    add(
        to,
        "tables, rows and columns in the order of UTF-8",
        new Story()
            .put(1, 1, "b", "\uD83C\uDF0A", "z", 1, "a", 2, "ä", 3)
            .put(2, 2, "b", "\uFFFD", "z", 4)
            .put(1, 3, "B", "x", "z", 5)
            .put(2, 4, "ß", "x", "z", 6));
    add(
        to,
        "every kind of value",
        new Story()
            .put(1, 1, "t", "k", "i", -1, "r", -0.25, "t", "ü", "b", new byte[] {0, 1}, "n", null));
  }

  private static void losers(Cases to) {
    add(
        to,
        "who had seen what it replaces beats it without a loser",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm")
            .seen(1)
            .patch(2, 2, "cities", "ulm", "name", "Neu-Ulm"));
    add(
        to,
        "of two that had not seen each other one is a loser, whichever comes first",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm")
            .seen(1)
            .patch(2, 3, "cities", "ulm", "name", "the higher")
            .patch(3, 2, "cities", "ulm", "name", "the lower"));
    add(
        to,
        "equal values do not lose to each other",
        new Story()
            .patch(1, 1, "cities", "ulm", "name", "Ulm")
            .patch(2, 2, "cities", "ulm", "name", "Ulm"));
    add(
        to,
        "whose author wrote once more without having seen the value goes on from its loser",
        new Story()
            .patch(2, 9, "cities", "ulm", "name", "the highest")
            .patch(1, 1, "cities", "ulm", "name", "first")
            .patch(1, 2, "cities", "ulm", "name", "second"));
    add(
        to,
        "a loser stays when somebody replaces the value",
        new Story()
            .patch(1, 1, "cities", "ulm", "name", "lost")
            .patch(2, 2, "cities", "ulm", "name", "value")
            .seen(2)
            .patch(1, 3, "cities", "ulm", "name", "next"));
    add(
        to,
        "a loser that is dismissed goes, and one that nobody has does nothing",
        new Story()
            .patch(1, 1, "cities", "ulm", "name", "lost")
            .patch(2, 2, "cities", "ulm", "name", "value", "people", 1)
            .seen(2)
            .dismiss(2, 3, "cities", "ulm", "people", 1, 1)
            .dismiss(3, 4, "cities", "ulm", "name", 1, 1));
    add(
        to,
        "a loser is over after the review window",
        new Story()
            .patch(1, 1, "cities", "ulm", "name", "lost")
            .patch(2, 2, "cities", "ulm", "name", "value")
            .seen(2)
            .serverTime(2 + Story.RULES.reviewWindowMillis())
            .patch(3, 3, "cities", "ulm", "people", 1)
            .patch(3, 4, "cities", "ulm", "people", 2));
    add(
        to,
        "two events of one file lose by themselves",
        new Story()
            .patch(2, 9, "cities", "ulm", "name", "the highest")
            .patch(1, 1, "cities", "ulm", "name", "first")
            .together()
            .patch(1, 2, "cities", "ulm", "people", 3));
  }

  private static void lostRows(Cases to) {
    add(
        to,
        "what a removal's author had not seen is lost with the row",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm", "people", 1)
            .seen(1)
            .patch(2, 2, "cities", "ulm", "name", "Neu-Ulm")
            .remove(3, 3, "cities", "ulm"));
    add(
        to,
        "and is no loser any more when the row comes back whole",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm", "people", 1)
            .remove(3, 3, "cities", "ulm")
            .seen(2)
            .patch(1, 4, "cities", "ulm", "people", 2));
    add(
        to,
        "a removal loses to a write that had not seen it",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm")
            .seen(1)
            .remove(2, 2, "cities", "ulm")
            .patch(3, 3, "cities", "ulm", "name", "Neu-Ulm")
            .remove(1, 2, "cities", "ulm"));
    add(
        to,
        "a row without columns is lost as such",
        new Story().put(1, 1, "cities", "ulm").remove(2, 2, "cities", "ulm"));
  }

  private static void cutOff(Cases to) {
    long cutOff = Story.RULES.cutOffMillis();
    add(
        to,
        "a write within the cut-off brings a row back whole",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm", "people", 1)
            .seen(1)
            .remove(1, 2, "cities", "ulm")
            .seen(2)
            .patch(1, 2 + cutOff, "cities", "ulm", "people", 2));
    add(
        to,
        "a write after the cut-off makes a new row, and what is older stays dead",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm", "people", 1)
            .seen(1)
            .remove(1, 2, "cities", "ulm")
            .seen(2)
            .patch(1, 3 + cutOff, "cities", "ulm", "people", 2));
    add(
        to,
        "what comes later than the cut-off is not merged",
        new Story()
            .put(1, 1, "cities", "ulm", "name", "Ulm")
            .serverTime(3 + cutOff)
            .patch(2, 2, "cities", "ulm", "name", "too late", "people", 1)
            .put(2, 3, "cities", "bonn")
            .remove(2, 4, "cities", "ulm"));
  }

  private static void add(Cases to, String name, Story story) {
    to.add(name, story.json());
  }

  /** What loses may leave no trace. */
  @Override
  protected boolean isGuarded(Inputs in) {
    return true;
  }

  @Override
  protected Json expect(Inputs in) throws FormatException {
    SpaceRules rules = LogFile.rules(in);
    List<LogFile> files = LogFile.all(in);
    Json expect = MergeModel.of(rules, files).describe(Json.object());
    requireSame(expect, Deliveries.digests(rules, files).get());
    return expect;
  }

  private static void requireSame(Json expect, com.google.gson.JsonObject other) {
    other.entrySet().forEach(field -> {
      if (!field.getValue().equals(expect.get().get(field.getKey()))) {
        throw new AssertionError("another " + field.getKey() + " in a store");
      }
    });
  }
}
