package dev.sealift.client.store;

/** Why something is in the inbox. */
public enum LostReason {
  /** Another value of the same cell beat it, whose author had not seen it. */
  VALUE,
  /** The row was removed by somebody who had not seen it. */
  REMOVAL,
  /** It is a removal, and somebody who had not seen it wrote to the row. */
  WRITE,
  /** It came to the mesh so long after it was written that it was not merged. */
  LATE,
  /** It is a removal, and came so late. */
  LATE_REMOVAL,
  /** It was to take a value out of a set, and came so late. */
  LATE_DISCARD,
  /** Something that its transaction has read was written by somebody else before it came to the mesh; so nothing of the transaction was merged. */
  CONFLICT,
  /** It is a removal, of a transaction in conflict. */
  CONFLICT_REMOVAL,
  /** It was to take a value out of a set, in a transaction in conflict. */
  CONFLICT_DISCARD;

  /** Its number in a compaction, from 1 on: a new one comes behind all others. */
  int number() {
    return ordinal() + 1;
  }

  static LostReason of(int number) {
    return values()[number - 1];
  }

  /** Whether what lost is the removal of a row. */
  public boolean isRemoval() {
    return this == WRITE || this == LATE_REMOVAL || this == CONFLICT_REMOVAL;
  }

  /** Whether what lost is to take a value out of a set. */
  public boolean isDiscard() {
    return this == LATE_DISCARD || this == CONFLICT_DISCARD;
  }
}
