package dev.sealift.client.rule;

/**
 * A column of a table holds keys of another table's rows, or of its own: a foreign key. Text is a key as it is, a whole number by its decimal digits; what is null, or of another kind, refers to
 * nothing.
 *
 * @param target the table whose rows it refers to
 */
public record Reference(String table, String column, String target, OnRemove onRemove) {
  /** To rows of another table. */
  public Reference to(String newTarget) {
    return new Reference(table, column, newTarget, onRemove);
  }
}
