package dev.sealift.client.rule;

import java.util.List;
import java.util.Map;

/**
 * The rules of a table as an app declares them.
 *
 * @param renames the app's functions, by name
 */
public record TableRules(
    List<Reference> references, List<Unique> uniques, Map<String, Rename> renames) {
  public static final TableRules NONE = new TableRules(List.of(), List.of(), Map.of());

  public TableRules {
    references = List.copyOf(references);
    uniques = List.copyOf(uniques);
    renames = Map.copyOf(renames);
  }
}
