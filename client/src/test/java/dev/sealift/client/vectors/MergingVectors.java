package dev.sealift.client.vectors;

import com.google.gson.JsonElement;
import dev.sealift.protocol.FormatException;
import dev.sealift.vectors.BadVectorException;
import dev.sealift.vectors.Cases;
import dev.sealift.vectors.Inputs;
import dev.sealift.vectors.Json;
import dev.sealift.vectors.VectorFile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

final class MergingVectors extends VectorFile {
  MergingVectors() {
    super(
        "merging",
        "Section 9: events in several orders and groupings, and the one state that they all end in.");
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

  private static void add(Cases to, String name, Story story) {
    to.add(
        name,
        story
            .json()
            .list(
                "deliveries",
                story.deliveries(),
                delivery -> Json.array(
                    delivery, file -> Json.array(file, com.google.gson.JsonPrimitive::new))));
  }

  /** What loses leaves no trace. */
  @Override
  protected boolean isGuarded(Inputs in) {
    return true;
  }

  @Override
  protected Json expect(Inputs in) throws FormatException {
    List<Event> events = new ArrayList<>();
    for (Inputs event : in.objects("events")) {
      events.add(Event.of(event));
    }
    Json expect = MergeModel.of(events).describe(Json.object());
    for (List<List<Integer>> delivery : in.list("deliveries", MergingVectors::delivery)) {
      check(expect, events, delivery);
    }
    return expect;
  }

  private static List<List<Integer>> delivery(JsonElement json) {
    return Inputs.items(json, file -> Inputs.items(file, place -> (int) Inputs.u32(place)));
  }

  private static void check(Json expect, List<Event> events, List<List<Integer>> delivery) {
    List<List<Event>> files = new ArrayList<>();
    List<Event> inOrder = new ArrayList<>();
    Set<Integer> delivered = new HashSet<>();
    for (List<Integer> file : delivery) {
      files.add(file.stream().map(events::get).toList());
      inOrder.addAll(files.get(files.size() - 1));
      delivered.addAll(file);
    }
    if (delivered.size() != events.size()) {
      throw new BadVectorException("a delivery leaves out an event");
    }
    requireSame(expect, MergeModel.of(inOrder).describe(Json.object()).get());
    requireSame(expect, Deliveries.digests(files).get());
  }

  private static void requireSame(Json expect, com.google.gson.JsonObject other) {
    other.entrySet().forEach(field -> {
      if (!field.getValue().equals(expect.get().get(field.getKey()))) {
        throw new AssertionError("another " + field.getKey() + " after another delivery");
      }
    });
  }
}
