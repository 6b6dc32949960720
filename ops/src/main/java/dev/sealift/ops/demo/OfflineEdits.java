package dev.sealift.ops.demo;

import dev.sealift.client.Row;
import dev.sealift.client.Space;
import dev.sealift.client.Table;
import dev.sealift.client.store.QueryResult;
import dev.sealift.client.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What the two devices do while they cannot reach each other, and what must have become of it afterwards. */
final class OfflineEdits {
  private static final String NAME_BY_A = "Renamed on device A";
  private static final String NAME_BY_B = "Renamed on device B";
  private static final String REGION_BY_A = "Region from device A";
  private static final String DISTRICT_BY_B = "District from device B";
  private static final String NEW_ON_A = "new-place-of-device-a";
  private static final String NEW_ON_B = "new-place-of-device-b";

  /** Every text that a device wrote offline. */
  static final List<String> TEXTS =
      List.of(NAME_BY_A, NAME_BY_B, REGION_BY_A, DISTRICT_BY_B, NEW_ON_A, NEW_ON_B);

  private final String sameCell;
  private final String otherCells;
  private final String removedByA;
  private final String removedByB;
  private final String revived;
  private final String editedAfterRemoval;

  private OfflineEdits(List<String> keys) {
    sameCell = keys.get(0);
    otherCells = keys.get(1);
    removedByA = keys.get(2);
    removedByB = keys.get(3);
    revived = keys.get(4);
    editedAfterRemoval = keys.get(5);
  }

  /** Picks some rows that are there. */
  static OfflineEdits on(Space space) {
    List<String> keys = new ArrayList<>();
    try (QueryResult rows = space.query("select id from cities order by id limit 6")) {
      while (rows.next()) {
        keys.add(((Value.Text) rows.value(0)).value());
      }
    }
    return new OfflineEdits(keys);
  }

  void makeOnA(Table cities) {
    cities.patch(sameCell, Row.of("name", NAME_BY_A));
    cities.patch(otherCells, Row.of("region", REGION_BY_A));
    cities.remove(removedByA);
    Row before = cities.get(revived).orElseThrow();
    cities.remove(revived);
    cities.put(revived, before);
    cities.remove(editedAfterRemoval);
    cities.put(NEW_ON_A, Row.of("name", NAME_BY_A));
  }

  /** Made after those of A by every clock, so that the row that A removed comes back. */
  void makeOnB(Table cities) {
    cities.patch(sameCell, Row.of("name", NAME_BY_B));
    cities.patch(otherCells, Row.of("district", DISTRICT_BY_B));
    cities.remove(removedByB);
    cities.patch(editedAfterRemoval, Row.of("name", NAME_BY_B));
    cities.put(NEW_ON_B, Row.of("name", NAME_BY_B));
  }

  /** Whether a device shows what both did. */
  boolean areIn(Table cities) {
    return Set.of(NAME_BY_A, NAME_BY_B).contains(text(cities, sameCell, "name"))
        && text(cities, otherCells, "region").equals(REGION_BY_A)
        && text(cities, otherCells, "district").equals(DISTRICT_BY_B)
        && cities.get(removedByA).isEmpty()
        && cities.get(removedByB).isEmpty()
        && cities.get(revived).isPresent()
        && text(cities, editedAfterRemoval, "name").equals(NAME_BY_B)
        && text(cities, NEW_ON_A, "name").equals(NAME_BY_A)
        && text(cities, NEW_ON_B, "name").equals(NAME_BY_B);
  }

  /** The value that both chose for the cell that both wrote. */
  String winner(Table cities) {
    return text(cities, sameCell, "name");
  }

  private static String text(Table cities, String key, String column) {
    return cities.get(key).flatMap(row -> row.text(column)).orElse("");
  }
}
