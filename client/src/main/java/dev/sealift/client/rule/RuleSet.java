package dev.sealift.client.rule;

import java.util.Comparator;
import java.util.List;

/** All rules of a space, each once, in an order that is the same on every device. Immutable. */
public record RuleSet(List<Reference> references, List<Unique> uniques) {
  public static final RuleSet NONE = new RuleSet(List.of(), List.of());

  public RuleSet {
    references = references.stream()
        .sorted(Comparator.comparing(Reference::table).thenComparing(Reference::column))
        .toList();
    uniques = uniques.stream()
        .sorted(Comparator.comparing(Unique::table)
            .thenComparing(unique -> String.join("/", unique.columns())))
        .toList();
  }

  public boolean isEmpty() {
    return references.isEmpty() && uniques.isEmpty();
  }

  /** Those of which the table's rows are the children. */
  public List<Reference> from(String table) {
    return references.stream()
        .filter(reference -> reference.table().equals(table))
        .toList();
  }

  /** Those of which the table's rows are the parents. */
  public List<Reference> to(String table) {
    return references.stream()
        .filter(reference -> reference.target().equals(table))
        .toList();
  }

  List<Reference> to(String table, OnRemove onRemove) {
    return to(table).stream()
        .filter(reference -> reference.onRemove() == onRemove)
        .toList();
  }

  public List<Unique> uniquesOf(String table) {
    return uniques.stream().filter(unique -> unique.table().equals(table)).toList();
  }
}
