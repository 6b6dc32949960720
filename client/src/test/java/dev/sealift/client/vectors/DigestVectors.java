package dev.sealift.client.vectors;

import dev.sealift.client.pack.RunKind;
import dev.sealift.protocol.FormatException;
import dev.sealift.protocol.id.Hash;
import dev.sealift.protocol.membership.SpaceRules;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.VectorFile;
import java.util.List;

final class DigestVectors extends VectorFile {
  DigestVectors() {
    super("digests", "Section 11: what both digests hash, and what comes of it.");
  }

  @Override
  protected void cases(Cases to) {
    to.add("nothing at all", new Story().json());
    to.add("one row", new Story().put(1, 1, "cities", "ulm", "name", "Ulm").json());
    to.add(
        "every kind of value, and a null that does not show",
        new Story()
            .put(1, 1, "t", "k", "i", -1, "r", -0.25, "t", "ü", "b", new byte[] {0, 1}, "n", null)
            .json());
    to.add(
        "a row without cells, a patched one, and a removed one",
        new Story()
            .put(1, 1, "a", "1")
            .patch(2, 2, "a", "2", "x", "")
            .put(1, 3, "a", "3", "x", 7)
            .remove(2, 4, "a", "3")
            .remove(1, 5, "b", "1")
            .json());
    to.add(
        "losers of a row, of a column, and of a row that is not there",
        new Story()
            .put(1, 1, "a", "1", "x", 1, "y", 2)
            .put(2, 2, "a", "1", "x", 3)
            .remove(3, 3, "a", "1")
            .patch(3, 4, "a", "2", "x", 4)
            .json());
    to.add(
        "Sealift's own tables are in the merge state alone",
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
            .put(1, 2, "Sealift_other", "x", "a", 1)
            .put(1, 3, "sealifting", "x", "a", 2)
            .json());
    to.add(
        "a compound cell of each kind, and one name for all",
        new Story()
            .patch(1, 1, "a", "1", "x", 1)
            .part(RunKind.ASSIGN, 1, 2, "a", "1", "x", "one")
            .part(RunKind.ASSIGN, 2, 3, "a", "1", "x", "other")
            .part(RunKind.COUNT, 1, 4, "a", "1", "x", 5)
            .part(RunKind.ADD, 1, 5, "a", "1", "x", 2)
            .part(RunKind.ADD, 2, 5, "a", "1", "x", 2)
            .part(RunKind.ADD, 2, 6, "a", "1", "x", -1)
            .part(RunKind.APPEND, 1, 7, "a", "1", "x", new byte[] {1})
            .part(RunKind.ADD, 1, 8, "a", "2", "x", 2)
            .part(RunKind.DISCARD, 1, 9, "a", "2", "x", 2)
            .json());
    to.add(
        "by arrival, each stamp begins with the place",
        new Story()
            .byArrival(1_000)
            .ahead()
            .put(1, 900, "a", "1", "x", 1, "y", 2)
            .patch(2, 2, "a", "1", "x", 3)
            .part(RunKind.ADD, 1, 901, "a", "1", "s", 4)
            .part(RunKind.ADD, 2, 3, "a", "1", "s", 5)
            .seen(4)
            .part(RunKind.DISCARD, 2, 4, "a", "1", "s", 4)
            .remove(3, 5, "a", "1")
            .remove(3, 6, "b", "1")
            .json());
    to.add(
        "of a dead removal nothing is left, and no table of a row that it hides",
        new Story()
            .put(1, 1, "a", "1", "x", 1)
            .part(RunKind.ADD, 1, 2, "a", "1", "s", 2)
            .remove(1, 3, "a", "1")
            .put(1, 4, "b", "1", "x", 3)
            .remove(1, 5, "b", "1")
            .put(1, 6 + Story.RULES.cutOffMillis(), "b", "1", "x", 4)
            .put(1, 6 + 2 * Story.RULES.cutOffMillis(), "c", "1", "x", 5)
            .json());
    to.add(
        "tables, rows and columns in the order of UTF-8, which is not that of UTF-16",
        new Story()
            .put(1, 1, "b", "\uD83C\uDF0A", "z", 1, "a", 2, "ä", 3)
            .put(2, 2, "b", "\uFFFD", "z", 4)
            .put(1, 3, "ß", "x", "z", 6)
            .json());
  }

  /** What an author had seen may leave no trace. */
  @Override
  protected boolean isGuarded(Inputs in) {
    return true;
  }

  @Override
  protected Json expect(Inputs in) throws FormatException {
    SpaceRules rules = LogFile.rules(in);
    List<LogFile> files = LogFile.all(in);
    Encodings encodings = new Encodings(MergeModel.of(rules, files));
    Json digests = Deliveries.digests(rules, files);
    requireDigest(digests, "visible_digest", encodings.visible());
    requireDigest(digests, "merge_digest", encodings.merge());
    return digests
        .hex("visible_encoding", encodings.visible())
        .hex("merge_encoding", encodings.merge());
  }

  private static void requireDigest(Json digests, String name, byte[] encoding) {
    if (!digests.get().get(name).getAsString().equals(Hash.of(encoding).toString())) {
      throw new AssertionError("the store's " + name + " is not that of the encoding");
    }
  }
}
